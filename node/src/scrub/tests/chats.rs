//! Chats in, finds with their places out.

use super::SCANNER;
use crate::scrub::{ChatFind, scan_chat, with_texts};
use sheaf_protocol::chat::{Chat, Feedback, MediaKind, Message, Part, Role};

pub(super) fn chat(messages: Vec<Message>) -> Chat {
    Chat { messages, ..Chat::default() }
}

pub(super) fn says(parts: Vec<Part>) -> Message {
    Message::new(Role::User, None, parts)
}

/// Where something was found, and its text there.
fn places(chat: &Chat) -> Vec<(String, String)> {
    let finds = scan_chat(&SCANNER, chat);
    let mut places = Vec::new();
    with_texts(chat, &finds, &mut |find, text| {
        places.push((find.place.to_string(), text[find.span.range()].to_owned()));
    });
    assert_eq!(places.len(), finds.len(), "every find has its text");
    places
}

#[test]
fn every_text_that_is_shared_is_looked_at() {
    let at = |n: u32| format!("a{n}@example.org");
    let some = |n| Some(at(n));
    let feedback =
        |n| Some(Feedback { comment: some(n), tags: vec![at(n + 1)], ..Feedback::default() });
    let parts = vec![
        Part::text(at(10)),
        Part::Reasoning { text: at(11) },
        Part::Code { language: some(12), text: at(13) },
        Part::ToolCall { id: some(14), name: at(15), arguments: at(16) },
        Part::ToolResult { id: some(17), name: some(18), output: at(19), is_error: false },
        Part::Media {
            kind: MediaKind::Image,
            mime: some(20),
            name: some(21),
            bytes: None,
            text: some(22),
        },
        Part::Other { kind: at(23), json: format!("{{\"x\":\"{}\"}}", at(24)) },
    ];
    let message = Message {
        name: some(7),
        recipient: some(8),
        model: some(9),
        feedback: feedback(25),
        ..says(parts)
    };
    let chat = Chat {
        title: some(1),
        source: some(2),
        model: some(3),
        feedback: feedback(4),
        messages: vec![says(vec![Part::text("hello")]), message],
        ..Chat::default()
    };
    let found = places(&chat);
    let json = chat.to_json().to_string();
    assert_eq!(found.len(), json.matches("@example.org").count(), "{found:?}");
    assert!(found.contains(&("title".to_owned(), at(1))));
    assert!(found.contains(&("messages[1].parts[3].arguments".to_owned(), at(16))));
    assert!(found.contains(&("messages[1].feedback.tags[0]".to_owned(), at(26))));
}

#[test]
fn offsets_count_bytes_and_code_points() {
    let chat = chat(vec![says(vec![Part::text("Größe 你好 alice@example.org")])]);
    let finds = scan_chat(&SCANNER, &chat);
    let [ChatFind { span, code_points, .. }] = &finds[..] else { panic!("{finds:?}") };
    assert_eq!((span.range(), code_points.clone()), (15..32, 9..26));
}

#[test]
fn a_value_that_the_end_of_a_part_cuts_is_found_in_its_pieces() {
    let parts = ["write to ali", "ce@exam", "ple.org, or to", " bob@example.org"];
    let cut = chat(vec![says(parts.map(Part::text).to_vec())]);
    let pieces: Vec<_> = places(&cut).into_iter().map(|(_, piece)| piece).collect();
    assert_eq!(pieces, ["ali", "ce@exam", "ple.org", "bob@example.org"]);
    let continues: Vec<_> = scan_chat(&SCANNER, &cut).iter().map(|find| find.continues).collect();
    assert_eq!(continues, [false, true, true, false]);

    let apart = chat(vec![says(["write to ali ", "ce@example.org"].map(Part::text).to_vec())]);
    assert_eq!(places(&apart)[0].1, "ce@example.org", "a space ends a value");
}

#[test]
fn what_json_escapes_is_read_as_what_it_is() {
    let arguments = r#"{"to":"\nalice\u0040example.org\n","n":1}"#;
    let call = Part::ToolCall { id: None, name: "mail".into(), arguments: arguments.into() };
    let found = places(&chat(vec![says(vec![call])]));
    assert_eq!(found[0].1, r"alice\u0040example.org");
}
