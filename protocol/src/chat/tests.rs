use super::strategy::chats;
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn said(parents: &[Option<u32>]) -> Chat {
    let message = |parent: &Option<u32>| Message::new(Role::User, *parent, vec![Part::text("x")]);
    Chat { messages: parents.iter().map(message).collect(), ..Chat::default() }
}

proptest! {
    #[test]
    fn cbor_brings_a_chat_back(chat in chats()) {
        let bytes = chat.to_cbor();
        let back = Chat::from_cbor(&bytes).unwrap();
        prop_assert_eq!(back.to_cbor(), bytes);
        prop_assert_eq!(back, chat);
    }

    #[test]
    fn json_brings_a_chat_back(chat in chats()) {
        let text = crate::json::canonical(&chat.to_json());
        let value = crate::json::parse_canonical(&text).unwrap();
        prop_assert_eq!(Chat::from_json(&value).unwrap(), chat);
    }

    /// Bytes that still are a chat after a change are another chat, in its one form.
    #[test]
    fn a_changed_byte_is_refused_or_another_chat(chat in chats(), at: usize, flip in 1..=255_u8) {
        let mut bytes = chat.to_cbor();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(other) = Chat::from_cbor(&bytes) {
            prop_assert_ne!(&other, &chat);
            prop_assert_eq!(other.to_cbor(), bytes);
        }
    }

    #[test]
    fn every_message_lies_on_the_path_of_some_leaf(chat in chats()) {
        let paths: Vec<_> = chat.leaves().into_iter().map(|leaf| chat.path(leaf)).collect();
        for index in 0..chat.message_count() as u32 {
            prop_assert!(paths.iter().any(|path| path.contains(&index)));
        }
        for path in paths {
            prop_assert!(chat.messages[path[0] as usize].parent.is_none(), "a path starts at a root");
            for pair in path.windows(2) {
                prop_assert_eq!(chat.messages[pair[1] as usize].parent, Some(pair[0]));
            }
        }
    }
}

#[test]
fn a_regenerated_answer_is_a_second_branch() {
    let mut chat = said(&[None, Some(0), Some(0), Some(2)]);
    assert_eq!(chat.leaves(), [1, 3]);
    assert_eq!(chat.path(1), [0, 1]);
    assert_eq!(chat.current_path(), [0, 2, 3], "without `current`, the branch that ends last");
    chat.current = Some(1);
    assert_eq!(chat.current_path(), [0, 1]);
}

#[test]
fn parents_and_current_must_exist() {
    let refused = |chat: &Chat| chat.validate().expect_err("must be refused").to_string();
    assert_eq!(
        refused(&said(&[None, Some(1)])),
        "message 1 names 1 as its parent, which is not an earlier message"
    );
    assert_eq!(
        refused(&Chat { current: Some(2), ..said(&[None, Some(0)]) }),
        "current is 2, but there are 2 messages"
    );
}

#[test]
fn a_chat_says_something() {
    assert!(matches!(Chat::default().validate(), Err(ChatError::NoContent)));
    let mut chat = said(&[None]);
    chat.messages[0].parts = vec![Part::text(""), Part::Reasoning { text: String::new() }];
    assert!(matches!(chat.validate(), Err(ChatError::NoContent)));
}

#[test]
fn an_absent_text_is_absent() {
    let mut chat = said(&[None, Some(0)]);
    chat.messages[1].name = Some(String::new());
    let error = chat.validate().expect_err("an empty name must be left out");
    assert_eq!(error.to_string(), "messages[1].name is empty; leave it out instead");
    chat.messages[1].name = None;
    chat.feedback = Some(Feedback::default());
    assert!(chat.validate().is_err(), "feedback that says nothing must be left out");
}

#[test]
fn scores_have_one_form() {
    for good in ["0", "-1", "3.5", "0.25", "-0.5", "10"] {
        assert!(super::validate::is_decimal(good), "{good}");
    }
    for bad in ["", "-", "-0", "+1", "01", "1.", ".5", "1.50", "1e3", "١", "NaN", " 1", "1.0"] {
        assert!(!super::validate::is_decimal(bad), "{bad}");
    }
}

#[test]
fn other_json_of_the_same_chat_is_refused() {
    let good = json!({"version": 1, "messages": [
        {"role": "user", "parts": [{"type": "text", "text": "hello"}]}]});
    assert!(Chat::from_json(&good).is_ok());
    let with = |key: &str, value: serde_json::Value| {
        let mut changed = good.clone();
        changed["messages"][0][key] = value;
        Chat::from_json(&changed).expect_err("must be refused").to_string()
    };
    for (key, value) in [("name", json!(null)), ("hidden", json!(false))] {
        let expected = format!("messages[0].{key} is not written in the one form of its value");
        assert_eq!(with(key, value), expected);
    }
    assert!(with("parent", json!(0.0)).contains("floating point"));
    assert!(with("mood", json!("good")).contains("unknown field `mood`"));
    assert!(with("role", json!("wizard")).contains("wizard"));
}

#[test]
fn an_unknown_version_is_named() {
    let mut bytes = said(&[None]).to_cbor();
    bytes[1] = 2;
    assert!(matches!(Chat::from_cbor(&bytes), Err(ChatError::Version(2))));
    let later = json!({"version": 7, "messages": [], "mood": "unknown to us"});
    assert!(matches!(Chat::from_json(&later), Err(ChatError::Version(7))));
}

/// Three bytes a part: what a hostile sender pays for a part must not be multiplied without bound.
#[test]
fn empty_parts_do_not_fill_the_memory() {
    let message = Message::new(Role::User, None, vec![Part::text(""); MESSAGE_PARTS_MAX]);
    let count = CHAT_PARTS_MAX / MESSAGE_PARTS_MAX + 1;
    let chat = Chat { messages: vec![message; count], ..Chat::default() };
    let error = Chat::from_cbor(&chat.to_cbor()).expect_err("too many parts");
    assert!(error.to_string().contains("longer than the bound"), "{error}");
    assert!(matches!(chat.validate(), Err(ChatError::TooManyParts { message: 40 })));
}
