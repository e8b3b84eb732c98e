use super::super::message::PART_CHARS_SHOWN;
use super::*;
use crate::style::Style;
use serde_json::Value;
use sheaf_protocol::chat::{Feedback, MediaKind, Message, Part, Score, Version};
use sheaf_protocol::time::Time;

fn chat() -> Chat {
    let say = |role, parent, text: &str| Message::new(role, parent, vec![Part::text(text)]);
    Chat {
        title: Some("Tea\x1b[2J".into()),
        messages: vec![
            say(Role::User, None, "How long for green tea?"),
            say(Role::Assistant, Some(0), "An hour."),
            say(Role::Assistant, Some(0), "Two minutes."),
            say(Role::User, Some(1), "Surely not."),
        ],
        ..Chat::default()
    }
}

fn shown(chat: &Chat, detail: Detail) -> String {
    screen(&[Shown { chat, labels: &Labels::default() }], detail)
}

fn screen(chats: &[Shown<'_>], detail: Detail) -> String {
    let mut page = Page::new(Style::plain());
    show_chats(&mut page, chats, detail);
    page.text().to_owned()
}

#[test]
fn five_hundred_chats_are_a_list_with_the_words_they_begin_with() {
    let (chat, labels) = (chat(), Labels { languages: vec!["en".into()], ..Labels::default() });
    let chats = vec![Shown { chat: &chat, labels: &labels }; 500];
    let text = screen(&chats, Detail::Short);
    assert!(text.lines().count() < 100, "it stays readable: {}", text.lines().count());
    assert!(text.contains("How long for green tea?") && !text.contains("An hour."), "{text}");
    assert!(text.contains("… and 460 chats that are shared, too"), "none is left unsaid");
    assert!(text.contains("in en"), "each with its language");
    let full = screen(&chats, Detail::Full);
    assert_eq!(full.matches("Two minutes.").count(), 500, "--full shows every message");
}

#[test]
fn what_hides_in_a_chat_is_seen() {
    let mut chat = chat();
    let hidden = "A\u{202e}txet\u{2066} b\u{200b}c\u{e0041}d\x1b]0;title\x07";
    chat.messages[0].parts = vec![Part::text(hidden)];
    chat.messages[0].name = Some("\u{202e}resu".into());
    for detail in [Detail::Short, Detail::Full] {
        let text = shown(&chat, detail);
        assert!(text.contains("A�txet� b�c�d�]0;title�"), "{text}");
        assert!(text.contains("(�resu)"), "{text}");
        assert!(text.contains("(6 characters that command a terminal or hide: � here)"));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn every_branch_is_shown_and_marked() {
    let order: Vec<_> = reading_order(&chat()).iter().map(|step| step.index).collect();
    assert_eq!(order, [0, 1, 3, 2], "a branch is read to its end");
    let text = shown(&chat(), Detail::Short);
    assert!(text.contains("branch 2 of 2, after message 1"), "{text}");
    assert!(text.contains("Tea�[2J"), "a title does not clear the screen: {text}");
    for line in ["How long for green tea?", "An hour.", "Two minutes.", "Surely not."] {
        assert!(text.contains(line), "everything that is shared is shown: {text}");
    }
}

#[test]
fn what_is_not_shown_is_counted() {
    let mut chat = chat();
    chat.messages[0].parts = vec![Part::text("x".repeat(PART_CHARS_SHOWN + 7))];
    assert!(shown(&chat, Detail::Short).contains("… 7 more characters, shared"));
    assert!(!shown(&chat, Detail::Full).contains('…'), "--full shows all");
    for _ in 0..10 {
        chat.messages.push(Message::new(Role::User, None, vec![Part::text("more")]));
    }
    assert!(shown(&chat, Detail::Short).contains("… 6 more messages, shared"));
}

fn marked(name: &str) -> Option<String> {
    Some(format!("marker-{name}"))
}

fn thought(of: &str, rating: i64, rank: u32) -> Feedback {
    Feedback {
        rating: Some(rating),
        rank: Some(rank),
        scores: vec![Score { name: format!("score-{of}"), value: format!("0.{rank}") }],
        tags: vec![format!("tag-{of}-1"), format!("tag-{of}-2")],
        comment: marked(&format!("comment-{of}")),
    }
}

/// A chat of which every field says something of its own. Every field is named, so that a new one
/// has to be thought of here.
fn with_everything() -> Chat {
    let mut titled = "a long title ".repeat(12);
    titled.push_str("marker-title");
    let part = |name: &str| format!("marker-{name}");
    let parts = vec![
        Part::Text { text: part("text") },
        Part::Reasoning { text: part("reasoning") },
        Part::Code { language: marked("language"), text: part("code") },
        Part::ToolCall {
            id: marked("call-id"),
            name: part("call-name"),
            arguments: part("arguments"),
        },
        Part::ToolResult {
            id: marked("result-id"),
            name: marked("result-name"),
            output: part("output"),
            is_error: true,
        },
        Part::Media {
            kind: MediaKind::Video,
            mime: marked("mime"),
            name: marked("file-name"),
            bytes: Some(40_961),
            text: marked("transcript"),
        },
        Part::Other { kind: part("kind"), json: part("json") },
    ];
    let message = Message {
        parent: Some(0),
        role: Role::Tool,
        name: marked("name"),
        recipient: marked("recipient"),
        model: marked("message-model"),
        created: Time::from_ms(1_700_000_001_234),
        hidden: true,
        parts,
        feedback: Some(thought("message", -1, 41)),
    };
    Chat {
        version: Version::V1,
        title: Some(titled),
        source: marked("source"),
        model: marked("model"),
        created: Time::from_ms(1_700_000_000_567),
        messages: vec![Message::new(Role::Developer, None, vec![Part::text("root")]), message],
        current: Some(1),
        feedback: Some(thought("chat", 1, 43)),
    }
}

/// The texts and numbers of a chat, each with its place. Indices of messages are told in words.
fn leaves(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                leaves(value, &format!("{at}.{key}"), found);
            }
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(n, item)| leaves(item, &format!("{at}[{n}]"), found));
        }
        Value::String(text) => found.push((at.to_owned(), text.clone())),
        other => found.push((at.to_owned(), other.to_string())),
    }
}

/// How a field stands on the screen, where it does not stand there as it is.
fn words_for(at: &str, value: &str) -> Option<String> {
    let field = at.rsplit('.').next().unwrap_or_default();
    Some(match (field, value) {
        // The form itself, the kind of a part, and the place in the tree, which order and branches
        // tell.
        ("version" | "type" | "parent", _) => return None,
        ("role", role) => format!("] {role}"),
        ("kind", "video") => "film".into(),
        ("rating", "1") => "good".into(),
        ("rating", "-1") => "bad".into(),
        ("hidden", "true") => "hidden by the tool".into(),
        ("is_error", "true") => "which failed".into(),
        ("created", ms) => moment(Time::from_ms(ms.parse().unwrap()).unwrap()),
        ("current", _) => "last looked at: message 2".into(),
        _ => value.to_owned(),
    })
}

#[test]
fn nothing_that_is_shared_is_unseen() {
    let (chat, mut found) = (with_everything(), Vec::new());
    chat.validate().unwrap();
    leaves(&chat.to_json(), "", &mut found);
    assert!(found.len() > 40, "{found:?}");
    let (mut whole, full) = (Page::new(Style::plain()), shown(&chat, Detail::Full));
    show_whole(&mut whole, &chat);
    for (at, value) in found {
        let Some(words) = words_for(&at, &value) else { continue };
        assert!(full.contains(&words), "{at}: {words:?} is shared and not on the screen\n{full}");
        assert!(whole.text().contains(&words), "{at}: {words:?} is not in the view\n{full}");
    }
    let short = shown(&chat, Detail::Short);
    for words in ["bad; rank 41", "score-message 0.41", "tag-chat-1", "marker-comment-chat"] {
        assert!(short.contains(words), "ratings are seen before anything is asked: {short}");
    }
    let listed = screen(&[Shown { chat: &chat, labels: &Labels::default() }; 9], Detail::Short);
    assert!(listed.contains("feedback on 1 message"), "and counted in a list: {listed}");
}
