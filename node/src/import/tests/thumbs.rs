//! Thumbs that lie beside the conversations of a ChatGPT archive.

use super::super::*;
use super::node;
use super::zips::{entry, zip};
use sheaf_protocol::chat::Feedback;
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

const THUMBS: &str = r#"[
{"message_id":"a","conversation_id":"c","user_id":"u","rating":"thumbsDown","content":"{\"tags\": [\"not-helpful\"], \"text\": \"Too long.\", \"harm\": 1}"},
{"id":"b","conversation_id":"c","user_id":"u","rating":"thumbs_up","create_time":"2025-01-01T00:00:00Z","workspace_id":null,"content":{}},
{"id":"gone","conversation_id":"c","user_id":"u","rating":"thumbs_up","content":"{}"},
{"id":"a","conversation_id":"another","user_id":"u","rating":"thumbs_up","content":"{}"}]"#;

fn conversations() -> String {
    let nodes = [
        node("q", "null", "user", "Soup?"),
        node("a", "\"q\"", "assistant", "No."),
        node("x", "\"q\"", "assistant", "Yes.").replacen(
            "\"message\":{",
            "\"message\":{\"id\":\"b\",",
            1,
        ),
    ];
    format!(r#"[{{"conversation_id":"c","title":"Soup","mapping":{{{}}}}}]"#, nodes.join(","))
}

/// What is thought of each message of the only chat, and what was passed over.
fn thumbs_of(
    read: impl FnOnce(&mut dyn FnMut(Imported)) -> Opened,
) -> (Vec<Option<Feedback>>, Opened) {
    let mut chats = Vec::new();
    let opened = read(&mut |imported| chats.push(imported.chat));
    assert_eq!(chats.len(), 1, "{opened:?}");
    (chats.remove(0).messages.into_iter().map(|message| message.feedback).collect(), opened)
}

fn expected() -> Vec<Option<Feedback>> {
    let down = Feedback {
        rating: Some(-1),
        tags: vec!["not-helpful".into()],
        comment: Some("Too long.".into()),
        ..Feedback::default()
    };
    vec![None, Some(down), Some(Feedback { rating: Some(1), ..Feedback::default() })]
}

#[test]
fn thumbs_find_their_messages_wherever_they_lie_in_an_archive() {
    for order in [[0, 1], [1, 0]] {
        let entries = [entry("conversations.json", conversations()), entry("thumbs.json", THUMBS)];
        let archive = zip(&order.map(|n| entries[n].clone()));
        let (found, opened) = thumbs_of(|sink| read_source("file", Cursor::new(archive), sink));
        assert_eq!(found, expected());
        assert_eq!(opened.inputs.len(), 1, "{opened:?}");
        assert_eq!(opened.passed_over["thumb for a message that is not there"], 2, "{opened:?}");
        let report = opened.inputs[0].result.as_ref().unwrap();
        assert_eq!(report.dropped, BTreeMap::from([("thumb field “harm”".to_owned(), 1)]));
    }
}

#[test]
fn thumbs_find_their_messages_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("conversations.json"), conversations()).unwrap();
    fs::write(folder.path().join("message_feedback.json"), THUMBS).unwrap();
    let (found, opened) = thumbs_of(|sink| read_path(folder.path(), sink));
    assert_eq!(found, expected());
    assert_eq!(opened.passed_over.len(), 1, "{opened:?}");
}

#[test]
fn what_only_looks_like_thumbs_is_read_as_what_it_is() {
    let row =
        r#"[{"conversation_id":"c","rating":"4","messages":[{"role":"user","content":"x"}]}]"#;
    let archive = zip(&[entry("a.json", row), entry("b.json", conversations())]);
    let mut chats = 0;
    let opened = read_source("file", Cursor::new(archive), &mut |_| chats += 1);
    assert_eq!((chats, opened.passed_over.len()), (2, 0), "{opened:?}");
}

#[test]
fn bad_thumbs_are_counted_and_many_are_bounded() {
    let thumb = |id: usize, text: &str| {
        format!(r#"{{"id":"{id}","conversation_id":"c","rating":"thumbs_up","content":"{text}"}}"#)
    };
    let bad = format!(
        r#"[{},{},3,{{"conversation_id":"c","rating":"thumbs_up"}},{{"id":"a","conversation_id":"c","rating":"purple"}}]"#,
        thumb(1, ""),
        thumb(1, "")
    );
    let archive = zip(&[entry("thumbs.json", bad), entry("conversations.json", conversations())]);
    let (found, opened) = thumbs_of(|sink| read_source("file", Cursor::new(archive), sink));
    assert_eq!(found, vec![None; 3]);
    for what in [
        "record among thumbs that is none",
        "thumb that names no message",
        "earlier thumb for the same message",
        "thumb for a message that is not there",
    ] {
        assert_eq!(opened.passed_over.get(what), Some(&1), "{what}: {opened:?}");
    }
    let long = "x".repeat(100_000);
    let many: Vec<String> = (0..400).map(|n| thumb(n, &format!("{n} {long}"))).collect();
    let mut thumbs = Thumbs::default();
    assert!(thumbs.read(format!("[{}]", many.join(",")).as_bytes()).unwrap());
    let lost = thumbs.into_lost();
    assert!(lost["thumb beyond those that are kept"] > 200, "{lost:?}");
}
