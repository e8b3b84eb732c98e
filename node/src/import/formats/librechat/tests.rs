use super::content::failure;
use super::*;
use crate::import::json::own;
use serde_json::{Value, json};
use sheaf_protocol::chat::Part;
use std::collections::BTreeMap;

fn read_all(value: &Value) -> (Chat, BTreeMap<String, u64>) {
    let value = &own(value);
    assert!(matches(value), "{value}");
    let mut dropped = Dropped::default();
    let chat = read(value, &mut dropped).unwrap_or_else(|e| panic!("{e}: {value}")).chat;
    chat.validate().unwrap();
    (chat, dropped.into_counts())
}

fn said(id: &str, parent: Value, by_user: bool, text: &str) -> Value {
    json!({"messageId": id, "parentMessageId": parent, "isCreatedByUser": by_user,
        "sender": if by_user { "User" } else { "GPT-4" }, "text": text,
        "createdAt": "2024-04-09T14:32:05.230Z", "error": false, "model": null})
}

fn told(chat: &Chat) -> Vec<(Option<u32>, Role, &str)> {
    chat.messages.iter().map(|m| (m.parent, m.role, m.parts[0].body())).collect()
}

const TOLD: [(Option<u32>, Role, &str); 5] = [
    (None, Role::User, "Soup?"),
    (Some(0), Role::Assistant, "No."),
    (Some(0), Role::Assistant, "Yes."),
    (Some(2), Role::User, "Thanks."),
    (None, Role::User, "Bread?"),
];

#[test]
fn a_flat_export_is_a_tree_by_its_parents() {
    let (chat, dropped) =
        read_all(&json!({"conversationId": "c", "title": "Food", "exportAt": "…",
        "options": {"model": "gpt-4", "tags": ["kitchen"]}, "recursive": false, "messages": [
            said("q", json!(ROOT), true, "Soup?"), said("a", json!("q"), false, "No."),
            said("b", json!("q"), false, "Yes."), said("t", json!("b"), true, "Thanks."),
            said("q2", json!(null), true, "Bread?")]}));
    assert_eq!(told(&chat), TOLD);
    assert_eq!(chat.messages[1].name.as_deref(), Some("GPT-4"));
    assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1_712_673_125_230));
    assert_eq!((chat.model.as_deref(), chat.messages[1].model.as_deref()), (Some("gpt-4"), None));
    assert_eq!(chat.feedback.unwrap().tags, ["kitchen"]);
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn a_nested_export_is_the_same_tree() {
    let nest = |mut message: Value, children: Value| {
        message["children"] = children;
        message
    };
    let thanks = said("t", json!("b"), true, "Thanks.");
    let answers = json!([
        said("a", json!("q"), false, "No."),
        nest(said("b", json!("q"), false, "Yes."), json!([thanks]))
    ]);
    let question = nest(said("q", json!(ROOT), true, "Soup?"), answers);
    let (chat, _) = read_all(&json!({"conversationId": "c", "recursive": true, "messagesTree":
        [question, said("q2", json!(ROOT), true, "Bread?")]}));
    assert_eq!(told(&chat), TOLD);
}

#[test]
fn nesting_counts_where_messages_have_no_identifiers() {
    let said =
        |text: &str, children: Value| json!({"sender": "user", "text": text, "children": children});
    let (chat, _) = read_all(&json!({"conversationId": "c", "recursive": true, "messages": [
        said("a", json!([said("b", json!([])), said("c", json!([]))])), said("d", json!([]))]}));
    let parents: Vec<_> = chat.messages.iter().map(|m| m.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(0), None]);
}

#[test]
fn a_conversation_nested_beyond_the_parser_is_read() {
    let depth = 20_000;
    let mut text = r#"{"conversationId":"c","recursive":true,"messages":["#.to_owned();
    for n in 0..depth {
        let parent = if n == 0 { ROOT.to_owned() } else { (n - 1).to_string() };
        text += &format!(
            r#"{{"messageId":"{n}","parentMessageId":"{parent}","isCreatedByUser":{},"text":"{n}","children":["#,
            n % 2 == 0
        );
    }
    text += &"]}".repeat(depth);
    text += "]}";
    let (mut lifted, mut dropped) = (Vec::new(), Dropped::default());
    let value = crate::import::nested::parse(text.as_bytes(), &mut lifted).unwrap();
    let chat = read(&value, &mut dropped).unwrap().chat;
    let dropped = dropped.into_counts();
    assert_eq!(chat.path(depth as u32 - 1).len(), depth, "one branch, to its end");
    assert_eq!(chat.messages[depth - 1].parts[0].body(), (depth - 1).to_string());
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn a_list_without_links_is_one_branch() {
    let (chat, _) = read_all(&json!({"conversationId": "c", "messages": [
        {"sender": "user", "text": "a"}, {"sender": "Bing", "text": "b"}, {"sender": "User", "text": "c"}]}));
    let parents: Vec<_> = chat.messages.iter().map(|m| (m.parent, m.role)).collect();
    assert_eq!(parents, [(None, Role::User), (Some(0), Role::Assistant), (Some(1), Role::User)]);
    let nobody = json!({"conversationId": "c", "messages": [{"messageId": "m", "text": "a"}]});
    let error = read(&own(&nobody), &mut Dropped::default()).err().unwrap();
    assert_eq!(error.to_string(), "message m has the unknown role “”");
}

fn answer(fields: Value) -> (Vec<Part>, Option<Feedback>, BTreeMap<String, u64>) {
    let mut message = said("a", json!(ROOT), false, "");
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (mut chat, dropped) = read_all(&json!({"conversationId": "c", "messages": [message]}));
    let message = chat.messages.remove(0);
    (message.parts, message.feedback, dropped)
}

#[test]
fn blocks_calls_and_files_find_their_parts() {
    let (parts, _, dropped) = answer(json!({"text": "repeated", "content": [
        {"type": "think", "think": "Hm."},
        {"type": "text", "text": {"value": "Let me look.", "annotations": []}},
        {"type": "tool_call", "tool_call": {"id": "k", "name": "search", "args": "{\"q\": 1.50}", "output": "found", "progress": 1}},
        {"type": "tool_call", "tool_call": {"id": "f", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}},
        {"type": "tool_call", "tool_call": {"type": "code_interpreter"}},
        {"type": "image_file", "image_file": {"filename": "a.png"}},
        {"type": "agent_update", "agent_update": {"agentId": "x"}},
        {"type": "error", "error": "broken"},
        {"type": "text", "text": "Done."}],
        "attachments": [{"web_search": {}}, {"filename": "b.csv", "type": "text/csv"}],
        "files": [{"filename": "c.pdf", "type": "application/pdf", "bytes": 7}], "plugin": {"x": 1}}));
    let tool = |id: &str, name: &str, arguments: &str| Part::ToolCall {
        id: Some(id.into()),
        name: name.into(),
        arguments: arguments.into(),
    };
    let (id, name) = (Some("k".into()), Some("search".into()));
    assert_eq!(parts[0], Part::Reasoning { text: "Hm.".into() });
    assert_eq!(parts[1], Part::text("Let me look."));
    assert_eq!(parts[2], tool("k", "search", "{\"q\": 1.50}"));
    assert_eq!(parts[3], Part::ToolResult { id, name, output: "found".into(), is_error: false });
    assert_eq!(parts[4], tool("f", "f", "{\"a\":1}"), "a call without a result");
    assert!(matches!(&parts[5], Part::Other { kind, .. } if kind == "code_interpreter"));
    assert!(matches!(&parts[6], Part::Media { name: Some(n), .. } if n == "a.png"));
    assert!(
        matches!(&parts[7], Part::Other { kind, json } if kind == "error" && json == "\"broken\"")
    );
    assert_eq!(parts[8], Part::text("Done."));
    assert!(matches!(&parts[9], Part::Media { name: Some(n), bytes: Some(7), .. } if n == "c.pdf"));
    assert!(matches!(&parts[10], Part::Media { name: Some(n), .. } if n == "b.csv"));
    assert_eq!(parts.len(), 11);
    assert_eq!(dropped["message field “plugin”"], 1);
    assert_eq!(dropped["sources of an answer"], 1);
    assert_eq!(dropped["change of the agent that answers"], 1);
}

#[test]
fn an_answer_in_the_text_follows_the_calls_in_the_blocks() {
    let call = json!({"type": "tool_call", "tool_call": {"name": "f", "args": {}}});
    let (parts, ..) = answer(json!({"text": "Done.", "content": [call]}));
    let call = Part::ToolCall { id: None, name: "f".into(), arguments: "{}".into() };
    assert_eq!(parts, [call, Part::text("Done.")]);
}

#[test]
fn thoughts_in_the_text_and_failures_are_told_apart() {
    let (parts, ..) = answer(json!({"text": ":::thinking\nHm.\n:::\n\nYes."}));
    assert_eq!(parts, [Part::Reasoning { text: "Hm.".into() }, Part::text("Yes.")]);
    let (parts, ..) = answer(json!({"text": ":::thinking\nnever closed"}));
    assert_eq!(parts, [Part::text(":::thinking\nnever closed")]);
    let (parts, ..) = answer(json!({"text": "quota", "error": true}));
    assert_eq!(parts, [failure("quota")], "the model did not say this");
}

#[test]
fn thumbs_are_feedback() {
    let given = json!({"feedback": {"rating": "thumbsDown", "tag": {"key": "inaccurate"}, "text": "Wrong year."}, "text": "x"});
    let feedback = answer(given).1.unwrap();
    assert_eq!((feedback.rating, feedback.tags), (Some(-1), vec!["inaccurate".to_owned()]));
    assert_eq!(feedback.comment.as_deref(), Some("Wrong year."));
    let given =
        json!({"feedback": {"rating": "thumbsUp", "tag": "creative_solution"}, "text": "x"});
    let feedback = answer(given).1.unwrap();
    assert_eq!((feedback.rating, feedback.tags), (Some(1), vec!["creative_solution".to_owned()]));
}
