//! Chats as they are to be shared: looked through, masked, or held back.

use super::list::List;
use super::plan::Plan;
use crate::chosen::Chosen;
use crate::error::CliError;
use crate::preview::{Fates, Handled};
use crate::scrubber::Scrubbers;
use sheaf_node::import::Imported;
use sheaf_node::scrub::{
    Class, Kind, Mention, Text, Value, find_texts, longer_words, mentions, merge_named, replace,
    sought,
};
use sheaf_protocol::statement::Scrubbed;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A chat that is to be given.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// As it was read, with what its member says of it.
    pub(crate) source: Chosen,
    /// As it is to be shared.
    pub(crate) shared: Arc<Imported>,
    /// What was found in it that is private, by kind.
    pub(crate) scrubbed: Vec<Scrubbed>,
}

/// A chat that is held back, and the kinds of secrets in it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) source: Chosen,
    pub(crate) kinds: BTreeSet<Kind>,
}

/// A chat, and what is private in it.
pub(super) struct Scanned {
    pub(super) chosen: Chosen,
    pub(super) found: Vec<Mention>,
}

/// What becomes of the chats.
#[derive(Default)]
pub(super) struct Applied {
    pub(super) ready: Vec<Ready>,
    pub(super) held: Vec<Held>,
    /// How many of those that are to be given keep what the community's policy masks or points out: its
    /// node lets them wait for a steward.
    pub(super) waiting: u64,
    /// How much of each kind is masked, kept or held back.
    pub(super) fates: BTreeMap<Kind, Fates>,
}

/// Looks through the chats.
///
/// # Errors
/// If another scrubber than Sheaf's fails: what is private is not known then.
pub(super) fn scan(scrubbers: &Scrubbers, chosen: Vec<Chosen>) -> Result<Vec<Scanned>, CliError> {
    let scan = |chosen: Chosen| {
        let chat = &chosen.chat.chat;
        let finds = scrubbers.finds(chat).map_err(|e| e.in_chat(chosen.chat.position))?;
        let found = mentions(chat, &finds);
        Ok(Scanned { chosen, found })
    };
    chosen.into_iter().map(scan).collect()
}

/// Carries a plan out, and tells in the list what became of each value.
pub(super) fn apply(scanned: &[Scanned], plan: &Plan<'_>, list: &mut List) -> Applied {
    let named: Vec<Text> = plan.wants.texts().into_iter().chain(secrets(scanned, plan)).collect();
    let mut applied = Applied::default();
    list.clear();
    for Scanned { chosen, found } in scanned {
        let chat = &chosen.chat.chat;
        let stays = |value: &_| plan.handles_value(value) == Handled::Kept;
        let handled = |mention: &&Mention| plan.handles_value(&mention.value);
        let is_masked = |mention: &&Mention| handled(mention) == Handled::Masked;
        let values = sought(found.iter().filter(is_masked));
        let texts: Vec<Text> = named.iter().cloned().chain(values).collect();
        let all = merge_named(found, find_texts(chat, &texts), &stays);
        let masked: Vec<_> = all.iter().filter(is_masked).cloned().collect();
        let words = |value: &_| plan.wants.words(value).map(|words| words.text.as_str());
        let done = (!masked.is_empty()).then(|| replace(chat, &masked, &words));
        let changes = done.as_ref().map(|done| done.changes.as_slice()).unwrap_or_default();
        list.add((chat, scanned.len() > 1), &all, changes, plan);
        count(&all, plan, &mut applied.fates);
        let is_held = |mention: &&Mention| handled(mention) == Handled::LeftOut;
        let secrets = all.iter().filter(is_held).map(|mention| mention.value.kind());
        let kinds: BTreeSet<Kind> = secrets.collect();
        if !kinds.is_empty() {
            applied.held.push(Held { source: chosen.clone(), kinds });
            continue;
        }
        let is_why = |mention: &Mention| plan.lets_wait(&mention.value);
        applied.waiting += u64::from(all.iter().any(is_why));
        let shared = done.map_or_else(|| chosen.chat.clone(), |done| with(&chosen.chat, done.chat));
        let (source, scrubbed) = (chosen.clone(), scrubbed(&all, plan));
        applied.ready.push(Ready { source, shared, scrubbed });
    }
    applied
}

/// Secrets of all chats, to be looked for in each: a password that one of them announces stands in another
/// as it is.
fn secrets(scanned: &[Scanned], plan: &Plan<'_>) -> Vec<Text> {
    let is_secret = |value: &Value| value.kind().class() == Class::Secret;
    let goes = |mention: &&Mention| {
        is_secret(&mention.value) && plan.handles_value(&mention.value) != Handled::Kept
    };
    sought(scanned.iter().flat_map(|chat| &chat.found).filter(goes))
}

fn with(imported: &Imported, chat: sheaf_protocol::chat::Chat) -> Arc<Imported> {
    let Imported { source_id, position, .. } = imported;
    Arc::new(Imported { source_id: source_id.clone(), position: *position, chat })
}

/// Counts each value once for every place; what is private in a member's own words stays there.
fn count(mentions: &[Mention], plan: &Plan<'_>, fates: &mut BTreeMap<Kind, Fates>) {
    for mention in mentions.iter().filter(|mention| !mention.find.continues) {
        let value = &mention.value;
        fates.entry(value.kind()).or_default().count(plan.handles_value(value));
        for kind in plan.wants.words(value).into_iter().flat_map(|words| &words.holds) {
            fates.entry(*kind).or_default().count(Handled::Kept);
        }
    }
}

/// What a manifest says of it: kinds and counts.
fn scrubbed(mentions: &[Mention], plan: &Plan<'_>) -> Vec<Scrubbed> {
    let mut fates = BTreeMap::new();
    count(mentions, plan, &mut fates);
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let scrubbed = fates.into_iter().map(|(kind, Fates { masked, kept, .. })| Scrubbed {
        kind: kind.name().into_owned(),
        masked: number(masked),
        kept: number(kept),
    });
    let mut scrubbed: Vec<_> = scrubbed.collect();
    scrubbed.sort_by(|one, other| one.kind.cmp(&other.kind));
    scrubbed
}

/// Words that these texts are only a part of, the most frequent first.
pub(super) fn longer(scanned: &[Scanned], texts: &[Text]) -> Vec<(String, u64)> {
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    for chat in scanned.iter().map(|scanned| &scanned.chosen.chat.chat) {
        for (word, times) in texts.iter().flat_map(|text| longer_words(chat, text)) {
            *words.entry(word).or_default() += times;
        }
    }
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    words
}
