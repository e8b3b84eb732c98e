use super::*;
use crate::import::json::own;
use serde_json::{Value, json};
use sheaf_protocol::chat::{MediaKind, Part};
use std::collections::BTreeMap;

fn read_all(responses: Value) -> (Draft, BTreeMap<String, u64>) {
    let value = json!({"conversation": {"conversation_id": "c", "title": "Leaves", "summary": "",
        "create_time": "2025-06-21T19:28:21.177720Z", "leaf_response_id": "a2", "starred": true},
        "responses": responses});
    let value = own(&value);
    assert!(matches(&value));
    let mut dropped = Dropped::default();
    let draft = read(&value, &mut dropped).unwrap_or_else(|e| panic!("{e}: {value}"));
    draft.chat.validate().unwrap();
    (draft, dropped.into_counts())
}

fn said(id: &str, parent: Value, sender: &str, text: &str) -> Value {
    json!({"response": {"_id": id, "parent_response_id": parent, "sender": sender, "message": text,
        "create_time": {"$date": {"$numberLong": "1750534101194"}}, "partial": false}, "share_link": null})
}

#[test]
fn new_answers_are_branches_and_every_other_sender_is_the_model() {
    let mut named = said("a3", json!({"$oid": "q"}), "grok-3", "Purple?");
    named["response"]["metadata"] = json!({"requestModelDetails": {}});
    let mut asked = said("q", json!(null), "human", "Why green?");
    asked["response"]["metadata"] = json!({"requestModelDetails": {"modelId": "grok-4"}});
    let mut other = said("a2", json!("q"), "assistant", "Light.");
    other["response"]["model"] = json!("grok-4-mini");
    let (draft, dropped) = read_all(json!([
        asked,
        said("a1", json!("q"), "ASSISTANT", "Chlorophyll."),
        other,
        named,
        said("q2", json!("a2"), "human", "Thanks.")
    ]));
    let chat = draft.chat;
    let told: Vec<_> = chat.messages.iter().map(|m| (m.parent, m.parts[0].body())).collect();
    let expected = [
        (None, "Why green?"),
        (Some(0), "Chlorophyll."),
        (Some(0), "Light."),
        (Some(2), "Thanks."),
        (Some(0), "Purple?"),
    ];
    assert_eq!(told, expected, "a branch is told to its end");
    use Role::{Assistant, User};
    let roles: Vec<Role> = chat.messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [User, Assistant, Assistant, User, Assistant]);
    let models: Vec<_> = chat.messages.iter().map(|m| m.model.as_deref()).collect();
    assert_eq!(models, [None, None, Some("grok-4-mini"), None, Some("grok-3")]);
    assert_eq!((chat.model.as_deref(), chat.current), (Some("grok-4"), Some(2)));
    assert_eq!(chat.created.map(|t| t.ms()), Some(1_750_534_101_177));
    assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1_750_534_101_194), "MongoDB's time");
    assert_eq!((draft.source_id.as_deref(), chat.title.as_deref()), (Some("c"), Some("Leaves")));
    assert_eq!(dropped, BTreeMap::from([("conversation field “starred”".to_owned(), 1)]));
}

#[test]
fn responses_without_links_follow_each_other() {
    let (draft, dropped) = read_all(json!([
        said("a1", json!(null), "human", "a"),
        said("a2", json!(""), "ASSISTANT", ""),
        said("a3", json!(null), "ASSISTANT", "b")
    ]));
    let parents: Vec<_> = draft.chat.messages.iter().map(|m| m.parent).collect();
    assert_eq!(parents, [None, Some(0)]);
    assert_eq!(
        draft.chat.current,
        Some(0),
        "the last seen said nothing: what it followed stands for it"
    );
    assert_eq!(dropped["empty assistant message"], 1);
}

fn answer(fields: Value) -> (Vec<Part>, BTreeMap<String, u64>) {
    let mut message = said("a2", json!(null), "ASSISTANT", "");
    message["response"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (draft, dropped) = read_all(json!([message]));
    (draft.chat.messages[0].parts.clone(), dropped)
}

#[test]
fn thoughts_come_first_and_once() {
    let thought = |text: &str| Part::Reasoning { text: text.into() };
    let step = json!({"tag_order": ["header", "summary"],
        "tagged_text": {"summary": ["- b", "- c"], "header": "A"}, "web_search_results": [1]});
    let (parts, dropped) = answer(json!({"message": "x", "thinking_trace": "Hm.", "steps": [step],
        "agent_thinking_traces": [{"agent_id": 1, "thinking_trace": "Aha."}]}));
    assert_eq!(parts, [thought("Hm."), thought("Aha."), Part::text("x")]);
    assert_eq!(dropped["step of a thought (the thought is kept)"], 1);
    let (parts, dropped) = answer(json!({"message": "x", "thinking_trace": null, "steps":
        [step, {}, {"text": ["d", "e"]}, {"tagged_text": {"header": "f"}}, {"tool_usage_results": [1]}]}));
    assert_eq!(parts[..3], [thought("A\n- b\n- c"), thought("d\ne"), thought("f")]);
    assert!(matches!(&parts[3], Part::Other { kind, .. } if kind == "step"), "kept as it was");
    assert_eq!(parts[4], Part::text("x"));
    assert_eq!(dropped["sources of an answer"], 1);
}

#[test]
fn pictures_files_failures_and_sources_are_told() {
    let (parts, dropped) = answer(json!({"query": "a leaf", "query_type": "imagine",
        "generated_image_urls": ["https://example.org/1.jpg"],
        "file_attachments": ["f-1", {"file_name": "a.pdf", "mime_type": "application/pdf", "size": 9}],
        "image_attachments": ["i-1"], "error": "Failed to respond.", "cited_web_search_results": [1],
        "mood": 1}));
    let media: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Media { kind, name, text, .. } => Some((*kind, name.as_deref(), text.as_deref())),
            _ => None,
        })
        .collect();
    let expected = [
        (MediaKind::Image, Some("i-1"), None),
        (MediaKind::File, Some("f-1"), None),
        (MediaKind::File, Some("a.pdf"), None),
        (MediaKind::Image, Some("https://example.org/1.jpg"), Some("a leaf")),
    ];
    assert_eq!(media, expected);
    assert!(
        matches!(&parts[4], Part::Other { kind, json } if kind == "error" && json.contains("Failed"))
    );
    assert_eq!((dropped["sources of an answer"], dropped["response field “mood”"]), (1, 1));
}

#[test]
fn a_response_of_nobody_is_refused() {
    let value =
        json!({"conversation": {}, "responses": [{"response": {"_id": "r", "message": "x"}}]});
    let error = read(&own(&value), &mut Dropped::default()).err().unwrap();
    assert_eq!(error.to_string(), "message r has the unknown role “”");
}
