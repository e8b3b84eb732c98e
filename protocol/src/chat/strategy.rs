//! Arbitrary valid chats for the properties of this crate, and of the importers of the node, which
//! include this file: what it needs, `super` has.

use super::*;
use proptest::{
    collection::vec,
    option,
    prelude::{Strategy, any, prop_oneof},
};

const SHORT: &str = "[a-z0-9é中 .]{1,12}";

/// A chat that keeps every rule.
pub(crate) fn chats() -> impl Strategy<Value = Chat> {
    let head = (option::of(SHORT), option::of(SHORT), option::of(SHORT), option::of(times()));
    let body = (vec((any::<u32>(), messages()), 1..12), option::of(any::<u32>()));
    (head, body, option::of(feedback())).prop_map(
        |((title, source, model, created), (drafts, current), feedback)| {
            let len = drafts.len() as u32;
            let mut messages: Vec<Message> = (0..).zip(drafts).map(place).collect();
            messages[0].parts.push(Part::text("Something is said."));
            let current = current.map(|n| n % len);
            Chat {
                version: Version::V1,
                title,
                source,
                model,
                created,
                messages,
                current,
                feedback,
            }
        },
    )
}

/// Gives a drafted message a parent before it, or none.
fn place((index, (pick, message)): (u32, (u32, Message))) -> Message {
    let parent = (pick % (index + 1)).checked_sub(1);
    Message { parent, ..message }
}

fn messages() -> impl Strategy<Value = Message> {
    let names = (option::of(SHORT), option::of(SHORT), option::of(SHORT));
    let rest = (option::of(times()), any::<bool>(), vec(parts(), 0..4), option::of(feedback()));
    (roles(), names, rest).prop_map(
        |(role, (name, recipient, model), (created, hidden, parts, feedback))| Message {
            parent: None,
            role,
            name,
            recipient,
            model,
            created,
            hidden,
            parts,
            feedback,
        },
    )
}

fn parts() -> impl Strategy<Value = Part> {
    let text = || "(?s).{0,40}";
    prop_oneof![
        text().prop_map(|text| Part::Text { text }),
        text().prop_map(|text| Part::Reasoning { text }),
        (option::of(SHORT), text()).prop_map(|(language, text)| Part::Code { language, text }),
        (option::of(SHORT), SHORT, text()).prop_map(|(id, name, arguments)| Part::ToolCall {
            id,
            name,
            arguments
        }),
        (option::of(SHORT), option::of(SHORT), text(), any::<bool>()).prop_map(
            |(id, name, output, is_error)| Part::ToolResult { id, name, output, is_error }
        ),
        media(),
        (SHORT, text()).prop_map(|(kind, json)| Part::Other { kind, json }),
    ]
}

fn media() -> impl Strategy<Value = Part> {
    let kinds = vec![MediaKind::Image, MediaKind::Audio, MediaKind::Video, MediaKind::File];
    let fields =
        (option::of(SHORT), option::of(SHORT), option::of(0..1_u64 << 53), option::of(SHORT));
    (proptest::sample::select(kinds), fields)
        .prop_map(|(kind, (mime, name, bytes, text))| Part::Media { kind, mime, name, bytes, text })
}

fn feedback() -> impl Strategy<Value = Feedback> {
    let scores = vec((SHORT, "-?[1-9][0-9]{0,3}(\\.[0-9]{0,3}[1-9])?"), 0..3);
    let lists = (scores, vec(SHORT, 0..3), option::of(SHORT));
    (-1..=1_i64, option::of(any::<u32>()), lists).prop_map(
        |(rating, rank, (scores, tags, comment))| {
            let scores = scores.into_iter().map(|(name, value)| Score { name, value }).collect();
            Feedback { rating: Some(rating), rank, scores, tags, comment }
        },
    )
}

fn roles() -> impl Strategy<Value = Role> {
    let roles = [Role::System, Role::Developer, Role::User, Role::Assistant, Role::Tool];
    (0..roles.len()).prop_map(move |n| roles[n])
}

fn times() -> impl Strategy<Value = Time> {
    (0..1_u64 << 48).prop_filter_map("in range", Time::from_ms)
}
