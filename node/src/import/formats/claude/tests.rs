use super::*;
use crate::import::json::own;
use serde_json::{Value, json};
use sheaf_protocol::chat::{MediaKind, Part};
use std::collections::BTreeMap;

fn read_all(value: &Value) -> (Chat, BTreeMap<String, u64>) {
    let value = &own(value);
    assert!(matches(value), "{value}");
    let mut dropped = Dropped::default();
    let chat = read(value, &mut dropped).unwrap_or_else(|e| panic!("{e}: {value}")).chat;
    chat.validate().unwrap();
    (chat, dropped.into_counts())
}

fn said(uuid: &str, parent: &str, sender: &str, text: &str) -> Value {
    json!({"uuid": uuid, "parent_message_uuid": parent, "sender": sender, "text": "",
        "content": [{"type": "text", "text": text}], "created_at": "2025-01-01T01:00:00+01:00"})
}

#[test]
fn edits_and_new_answers_are_branches_under_the_root_sentinel() {
    let (chat, dropped) = read_all(&json!({"uuid": "c", "name": "", "title": "Soup",
    "created_at": "2025-01-01T00:00:00.5Z", "current_leaf_message_uuid": "a2",
    "chat_messages": [
        said("q1", ROOTS[0], "human", "Soup?"),
        said("a1", "q1", "assistant", "No."),
        said("a2", "q1", "assistant", "Yes."),
        said("q2", ROOTS[1], "human", "Soup, please?"),
        said("a3", "q2", "assistant", "Of course."),
    ]}));
    let told: Vec<_> = chat.messages.iter().map(|m| (m.parent, m.parts[0].body())).collect();
    let expected = [
        (None, "Soup?"),
        (Some(0), "No."),
        (Some(0), "Yes."),
        (None, "Soup, please?"),
        (Some(3), "Of course."),
    ];
    assert_eq!(told, expected, "an edited question is a root of its own");
    assert_eq!((chat.current, chat.title.as_deref()), (Some(2), Some("Soup")), "empty name");
    assert_eq!(chat.created.map(|t| t.ms()), Some(1_735_689_600_500));
    assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1_735_689_600_000), "offset");
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn blocks_are_preferred_to_text_and_keep_their_order() {
    let (chat, dropped) = read_all(&json!({"chat_messages": [
        {"sender": "human", "text": "Look it up.", "content": []},
        {"sender": "assistant", "text": "It is 3.", "content": [
            {"type": "thinking", "thinking": "Hm.", "summaries": [{"summary": "Thinking"}]},
            {"type": "thinking", "thinking": "", "summaries": [{"summary": "a"}, {"summary": "b"}]},
            {"type": "redacted_thinking", "data": "xyz"},
            {"type": "tool_use", "id": "t1", "name": "look", "input": {"q": "x"}, "message": "…"},
            {"type": "tool_use", "name": "", "input": {}},
            {"type": "tool_result", "tool_use_id": "t1", "name": "look", "is_error": true, "content": [
                {"type": "text", "text": "three"},
                {"type": "knowledge", "title": "T", "url": "https://example.org", "text": "3"},
                {"type": "image", "source": {}}, {"type": "rich", "n": 1}]},
            {"type": "web_search_tool_result", "content": "plain"},
            {"type": "token_budget"},
            {"type": "voice_note", "title": "note", "text": "spoken"},
            {"type": "text", "text": "It is 3.", "mood": 1, "citations": [{"url": "https://example.org"}]},
            {"type": "flag", "flag": "x"}]}]}));
    assert_eq!(
        chat.messages[0].parts,
        [Part::text("Look it up.")],
        "text where blocks say nothing"
    );
    let parts = &chat.messages[1].parts;
    let call = Part::ToolCall {
        id: Some("t1".into()),
        name: "look".into(),
        arguments: r#"{"q":"x"}"#.into(),
    };
    let output = "three\nT\nhttps://example.org\n3\n\n{\"n\":1,\"type\":\"rich\"}".into();
    let result = Part::ToolResult {
        id: Some("t1".into()),
        name: Some("look".into()),
        output,
        is_error: true,
    };
    assert_eq!(parts[0], Part::Reasoning { text: "Hm.".into() });
    assert_eq!(
        parts[1],
        Part::Reasoning { text: "a\nb".into() },
        "summaries stand for a hidden thought"
    );
    assert_eq!(parts[2], call);
    assert!(
        matches!(&parts[3], Part::Other { kind, .. } if kind == "tool_use"),
        "a call of nothing"
    );
    assert_eq!(parts[4], result);
    assert_eq!(parts[5].body(), "plain");
    assert!(
        matches!(&parts[6], Part::Media { kind: MediaKind::Audio, text: Some(t), .. } if t == "spoken")
    );
    assert_eq!(parts[7].body(), "It is 3.");
    assert!(matches!(&parts[8], Part::Other { kind, .. } if kind == "flag"));
    assert_eq!(parts.len(), 9);
    for lost in [
        "summary of a thought (the thought is kept)",
        "thoughts that only their provider can read",
        "picture in what a tool answered",
        "token budget",
        "sources of an answer",
        "picture, sound or file (that it was there is kept)",
        "block field “mood”",
    ] {
        assert_eq!(dropped.get(lost), Some(&1), "{lost}: {dropped:?}");
    }
}

#[test]
fn attachments_keep_their_text_and_files_are_there_once() {
    let (chat, dropped) = read_all(&json!({"chat_messages": [
        {"sender": "human", "text": "", "content": [{"type": "text", "text": ""}],
         "attachments": [{"file_name": "", "file_size": 9, "file_type": "txt", "extracted_content": "pasted"}],
         "files": [{"file_uuid": "f", "file_name": "a.png", "file_kind": "image"}],
         "files_v2": [{"file_uuid": "f", "file_name": "a.png", "file_kind": "image"}]}]}));
    let pasted = Part::Media {
        kind: MediaKind::File,
        mime: None,
        name: None,
        bytes: Some(9),
        text: Some("pasted".into()),
    };
    assert_eq!(chat.messages[0].parts[0], pasted, "a long paste is an attachment without a name");
    assert_eq!(chat.messages[0].parts.len(), 2);
    assert_eq!(dropped["picture, sound or file (that it was there is kept)"], 2);
}

#[test]
fn a_share_snapshot_and_a_list_without_links_are_read() {
    let (chat, dropped) =
        read_all(&json!({"uuid": "s", "snapshot_name": "Shared", "summary": "long",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "Hello", "content": null},
            {"uuid": "2", "sender": "assistant", "text": "Hi", "content": null, "model": "m",
             "chat_feedback": {"type": "flag/bug", "reason": "too short"}},
            {"uuid": "3", "sender": "human", "text": "", "content": null},
            {"uuid": "4", "sender": "assistant", "text": "Still there?", "content": null,
             "chat_feedback": {"type": "upvote", "reason": ""}}]}));
    let parents: Vec<_> = chat.messages.iter().map(|m| m.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1)], "an empty message is passed over");
    let bad = chat.messages[1].feedback.clone().unwrap();
    assert_eq!((bad.rating, bad.tags.as_slice()), (Some(-1), ["bug".to_owned()].as_slice()));
    assert_eq!(bad.comment.as_deref(), Some("too short"));
    assert_eq!(chat.messages[2].feedback.as_ref().unwrap().rating, Some(1));
    assert_eq!(chat.title.as_deref(), Some("Shared"));
    assert_eq!(dropped["empty user message"], 1);
    assert_eq!(dropped["conversation field “summary”"], 1);
}

#[test]
fn messages_of_nobody_are_taken_by_turns() {
    let (chat, dropped) = read_all(&json!({"title": "t", "create_time": 1000, "chat_messages":
        [{"text": "\u{e203}Hello\u{e204}"}, {"text": "World"}]}));
    let roles: Vec<Role> = chat.messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant]);
    assert_eq!(chat.messages[0].parts[0].body(), "\u{e203}Hello\u{e204}", "no text is changed");
    assert_eq!(chat.created.map(|t| t.ms()), Some(1_000_000));
    assert_eq!(dropped["message of nobody (taken by turns, the person first)"], 2);
}

#[test]
fn a_conversation_that_says_nothing_is_named() {
    for messages in [json!([]), json!([{"sender": "human", "text": "", "content": []}])] {
        let value = json!({"uuid": "c", "name": "", "chat_messages": messages});
        let chat = read(&own(&value), &mut Dropped::default()).unwrap().chat;
        assert_eq!(chat.validate().unwrap_err().to_string(), "no message has any content");
    }
    let wizard = json!({"chat_messages": [{"uuid": "m", "sender": "wizard", "text": "x"}]});
    let error = read(&own(&wizard), &mut Dropped::default()).err().unwrap();
    assert_eq!(error.to_string(), "message m has the unknown role “wizard”");
}
