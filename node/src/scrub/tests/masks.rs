//! Masks.

use super::SCANNER;
use super::chats::{chat, says};
use crate::scrub::{Kind, mask, scan_chat};
use sheaf_protocol::chat::{Chat, Part};

fn masked(chat: &Chat) -> Chat {
    let masked = mask(chat, &scan_chat(&SCANNER, chat));
    assert_eq!(scan_chat(&SCANNER, &masked.chat), [], "nothing is left: {:?}", masked.chat);
    masked.chat
}

fn bodies(chat: &Chat) -> Vec<&str> {
    chat.messages.iter().flat_map(|m| &m.parts).map(Part::body).collect()
}

#[test]
fn the_same_value_has_the_same_number_throughout_a_chat() {
    let call = |arguments: &str| Part::ToolCall {
        id: None,
        name: "mail".into(),
        arguments: arguments.to_owned(),
    };
    let result = Part::ToolResult {
        id: None,
        name: None,
        output: "sent to ALICE@example.org and bob@example.org".into(),
        is_error: false,
    };
    let chat = chat(vec![
        says(vec![Part::text("I am alice@example.org, log in from 45.77.12.9")]),
        says(vec![call("{\"to\":\"alice\\u0040example.org\",\"cc\":\"bob@example.org\"}")]),
        says(vec![result]),
        says(vec![Part::text("al\u{200B}ice@example.org or bob@example.org?")]),
    ]);
    assert_eq!(
        bodies(&masked(&chat)),
        [
            "I am [EMAIL_1], log in from [IP_1]",
            "{\"to\":\"[EMAIL_1]\",\"cc\":\"[EMAIL_2]\"}",
            "sent to [EMAIL_1] and [EMAIL_2]",
            "[EMAIL_1] or [EMAIL_2]?",
        ]
    );
    let tally = mask(&chat, &scan_chat(&SCANNER, &chat)).tally();
    assert_eq!((tally[&Kind::Email].values, tally[&Kind::Email].places), (2, 7));
}

#[test]
fn a_mask_that_a_chat_has_already_is_not_given_again() {
    let chat = chat(vec![says(vec![Part::text("[EMAIL_4] wrote to alice@example.org [x] [_]")])]);
    assert_eq!(bodies(&masked(&chat)), ["[EMAIL_4] wrote to [EMAIL_5] [x] [_]"]);
}

#[test]
fn json_stays_json() {
    for (arguments, expected) in [
        (
            r#"{"lat": 52.520008, "lon": 13.404954}"#,
            r#"{"lat": "[POSITION_1]", "lon": "[POSITION_2]"}"#,
        ),
        (r#"["alice@example.org"]"#, r#"["[EMAIL_1]"]"#),
        (r#"{"alice@example.org": "a\\"}"#, r#"{"[EMAIL_1]": "a\\"}"#),
        (
            r#"{"path":"C:\\x","a":"say \"alice@example.org\""}"#,
            r#"{"path":"C:\\x","a":"say \"[EMAIL_1]\""}"#,
        ),
    ] {
        let call = Part::ToolCall { id: None, name: "f".into(), arguments: arguments.into() };
        let masked = mask(
            &chat(vec![says(vec![call.clone()])]),
            &scan_chat(&SCANNER, &chat(vec![says(vec![call])])),
        );
        let body = masked.chat.messages[0].parts[0].body();
        assert_eq!(body, expected);
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
    }
}

#[test]
fn a_value_in_pieces_has_one_mask() {
    let parts = ["write to ali", "ce@exam", "ple.org."].map(Part::text).to_vec();
    assert_eq!(bodies(&masked(&chat(vec![says(parts)]))), ["write to [EMAIL_1]", "", "."]);
}

#[test]
fn what_was_replaced_is_told() {
    let chat = chat(vec![says(vec![Part::text("mail alice@example.org")])]);
    let masked = mask(&chat, &scan_chat(&SCANNER, &chat));
    let [change] = &masked.changes[..] else { panic!("{:?}", masked.changes) };
    assert_eq!((change.before.as_str(), change.after.as_str()), ("alice@example.org", "[EMAIL_1]"));
    assert_eq!(change.place.to_string(), "messages[0].parts[0].text");
}
