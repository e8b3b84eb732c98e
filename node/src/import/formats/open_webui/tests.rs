use super::*;
use crate::import::json::own;
use serde_json::{Value, json};
use sheaf_protocol::chat::{MediaKind, Part, Role};
use std::collections::BTreeMap;

fn read_all(value: &Value) -> (Draft, BTreeMap<String, u64>) {
    let value = &own(value);
    assert!(matches(value), "{value}");
    let mut dropped = Dropped::default();
    let draft = read(value, &mut dropped).unwrap_or_else(|e| panic!("{e}: {value}"));
    draft.chat.validate().unwrap();
    (draft, dropped.into_counts())
}

fn told(chat: &Chat) -> Vec<(Option<u32>, &str)> {
    chat.messages.iter().map(|m| (m.parent, m.parts[0].body())).collect()
}

/// Two models answered at once, one answer was made again, and the lists of children are wrong.
fn body() -> Value {
    json!({"id": "", "title": "Tides", "models": ["m1"], "params": {"system": "Be brief."},
        "timestamp": 1_700_000_000_123_u64, "tags": ["sea", {"name": "moon"}],
        "history": {"currentId": "b2", "messages": {
            "q": {"id": "q", "parentId": null, "childrenIds": ["q", "gone", "b1"], "role": "user",
                  "content": "Why tides?", "timestamp": 1_700_000_001, "models": ["m1", "m2"]},
            "a9": {"id": "a9", "parentId": "q", "childrenIds": [], "role": "assistant", "modelIdx": 0,
                  "content": "The moon.", "model": "m1", "selectedModelId": null, "timestamp": 1_700_000_002,
                  "annotation": {"rating": 1, "comment": "Right.", "reason": "accurate_information",
                                 "tags": ["Science"], "details": {"rating": 8}}},
            "a1": {"id": "a1", "parentId": "q", "childrenIds": [], "role": "assistant", "modelIdx": 1,
                  "content": "Magic.", "model": "m2", "selectedModelId": null, "timestamp": 1_700_000_002,
                  "annotation": {"rating": -1}},
            "b2": {"id": "b2", "parentId": "q", "childrenIds": [], "role": "assistant",
                  "content": "The moon and the sun.", "originalContent": "The moon and the fun.",
                  "model": "m1", "timestamp": 1_700_000_009, "sources": [{"source": {}}]}}},
        "messages": [{"id": "q", "role": "user", "content": "Why tides?"}]})
}

#[test]
fn the_tree_is_that_of_the_parents() {
    let (draft, dropped) = read_all(&body());
    let chat = draft.chat;
    let expected = [
        (None, "Be brief."),
        (Some(0), "Why tides?"),
        (Some(1), "The moon."),
        (Some(1), "Magic."),
        (Some(1), "The moon and the fun."),
        (Some(1), "The moon and the sun."),
    ];
    assert_eq!(told(&chat), expected, "answers stand in the order of times, then of models");
    assert_eq!((chat.messages[0].role, chat.current), (Role::System, Some(5)));
    assert_eq!(chat.created.map(|t| t.ms()), Some(1_700_000_000_123), "milliseconds");
    assert_eq!(chat.messages[1].created.map(|t| t.ms()), Some(1_700_000_001_000), "seconds");
    let models: Vec<_> = chat.messages.iter().map(|m| m.model.as_deref()).collect();
    assert_eq!((chat.model.as_deref(), models[3]), (Some("m1"), Some("m2")));
    assert_eq!(models.iter().flatten().count(), 1, "the chat's own model is not repeated");
    assert_eq!(dropped, BTreeMap::from([("sources of an answer".to_owned(), 1)]));
    assert_eq!(draft.source_id, None, "an empty identifier is none");
}

#[test]
fn thumbs_reasons_marks_and_tags_are_feedback() {
    let chat = read_all(&body()).0.chat;
    let good = chat.messages[2].feedback.clone().unwrap();
    assert_eq!((good.rating, good.comment.as_deref()), (Some(1), Some("Right.")));
    assert_eq!(good.tags, ["accurate_information", "Science"]);
    assert_eq!((good.scores[0].name.as_str(), good.scores[0].value.as_str()), ("rating", "8"));
    assert_eq!(chat.messages[3].feedback.as_ref().unwrap().rating, Some(-1));
    assert!(chat.messages[4].feedback.is_none() && chat.messages[5].feedback.is_none());
    assert_eq!(chat.feedback.unwrap().tags, ["sea", "moon"]);
}

#[test]
fn a_row_of_the_export_of_all_chats_has_the_chat_inside() {
    let row = json!({"id": "c1", "user_id": "u", "title": "Row", "chat": body(), "meta": {"tags": ["t"]},
        "created_at": 1_700_000_000, "updated_at": 1_700_000_001, "archived": true, "mood": "x"});
    let (draft, dropped) = read_all(&row);
    assert_eq!(
        (draft.source_id.as_deref(), draft.chat.title.as_deref()),
        (Some("c1"), Some("Row"))
    );
    assert_eq!(draft.chat.created.map(|t| t.ms()), Some(1_700_000_000_000));
    assert_eq!(draft.chat.feedback.unwrap().tags, ["t", "sea", "moon"]);
    assert_eq!(draft.chat.messages.len(), 6);
    assert_eq!(dropped["chat field “mood”"], 1);
}

#[test]
fn an_old_chat_without_history_is_a_list() {
    let said = |role, text| json!({"role": role, "content": text});
    let row = json!({"chat": {"messages": [said("user", "a"), said("assistant", "b")]}});
    assert_eq!(told(&read_all(&row).0.chat), [(None, "a"), (Some(0), "b")]);
    let linked = json!({"messages": [
        {"id": "1", "parentId": null, "role": "user", "content": "a"},
        {"id": "2", "parentId": "1", "role": "assistant", "content": "b", "originalContent": "c"},
        {"role": "user", "content": "d"},
        {"role": "assistant", "content": "e", "originalContent": "f"}]});
    let expected = [
        (None, "a"),
        (Some(0), "c"),
        (Some(0), "b"),
        (Some(2), "d"),
        (Some(3), "f"),
        (Some(3), "e"),
    ];
    assert_eq!(told(&read_all(&linked).0.chat), expected);
    let listed = json!({"history": {"messages": [said("user", "a")]}});
    assert_eq!(told(&read_all(&listed).0.chat), [(None, "a")]);
    let empty = json!({"history": {"messages": {}}, "messages": [said("user", "a")]});
    assert_eq!(told(&read_all(&empty).0.chat), [(None, "a")]);
    assert!(!matches(&own(&json!({"messages": [said("user", "a")]}))), "OpenAI messages");
}

fn answer(fields: Value) -> (Vec<Part>, BTreeMap<String, u64>) {
    let mut message = json!({"parentId": null, "role": "assistant"});
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (draft, dropped) = read_all(&json!({"history": {"messages": {"a": message}}}));
    (draft.chat.messages[0].parts.clone(), dropped)
}

#[test]
fn output_is_preferred_to_the_page() {
    let (parts, dropped) = answer(json!({
        "content": "<details type=\"reasoning\">\n> old\n</details>\nIt rains.",
        "output": [
            {"type": "reasoning", "content": [{"type": "output_text", "text": "Oslo…"}], "summary": null},
            {"type": "reasoning", "content": [], "summary": [{"text": "short"}]},
            {"type": "function_call", "call_id": "k", "name": "weather", "arguments": "{\"a\": 1.50}"},
            {"type": "function_call_output", "call_id": "k", "output": [{"type": "input_text", "text": "rain"}]},
            {"type": "open_webui:code_interpreter", "lang": "python", "code": "1+1", "output": {"result": "2"}},
            {"type": "web_search_call", "id": "w"},
            {"type": "message", "content": [{"type": "output_text", "text": "It "}, {"text": "rains."}]}]}));
    let expected = [
        Part::Reasoning { text: "Oslo…".into() },
        Part::Reasoning { text: "short".into() },
        Part::ToolCall {
            id: Some("k".into()),
            name: "weather".into(),
            arguments: "{\"a\": 1.50}".into(),
        },
        Part::ToolResult {
            id: Some("k".into()),
            name: None,
            output: "rain".into(),
            is_error: false,
        },
        Part::Code { language: Some("python".into()), text: "1+1".into() },
        Part::ToolResult {
            id: None,
            name: None,
            output: r#"{"result":"2"}"#.into(),
            is_error: false,
        },
        Part::Other {
            kind: "web_search_call".into(),
            json: r#"{"id":"w","type":"web_search_call"}"#.into(),
        },
        Part::text("It rains."),
    ];
    assert_eq!(parts, expected);
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn without_an_answer_in_the_items_that_of_the_page_counts() {
    let (parts, _) = answer(json!({
        "content": "<details type=\"reasoning\">\n&gt; a\n</details>\nYes.",
        "output": [{"type": "reasoning", "content": [{"text": "a"}]}]}));
    assert_eq!(parts, [Part::Reasoning { text: "a".into() }, Part::text("Yes.")]);
    let (parts, _) =
        answer(json!({"content": "<details type=\"reasoning\">\n> a\n</details>\nYes."}));
    assert_eq!(parts, [Part::Reasoning { text: "a".into() }, Part::text("Yes.")]);
}

#[test]
fn files_failures_and_merged_answers_are_kept_beside() {
    let (parts, dropped) = answer(json!({"content": "",
        "files": [{"type": "image", "url": "data:image/png;base64,AAAA"},
                  {"type": "file", "name": "a.txt", "size": 3, "file": {"data": {"content": "abc"},
                   "meta": {"content_type": "text/plain"}}}],
        "error": {"content": "no model"}, "merged": {"status": true, "content": "Both."},
        "citations": [{"x": 1}], "lastSentence": "x", "halo": 1}));
    let image =
        Part::Media { kind: MediaKind::Image, mime: None, name: None, bytes: None, text: None };
    assert_eq!(parts[0], image, "the picture itself is not carried");
    let file = Part::Media {
        kind: MediaKind::File,
        mime: Some("text/plain".into()),
        name: Some("a.txt".into()),
        bytes: Some(3),
        text: Some("abc".into()),
    };
    assert_eq!(parts[1], file);
    assert!(matches!(&parts[2], Part::Other { kind, .. } if kind == "error"));
    assert!(matches!(&parts[3], Part::Other { kind, .. } if kind == "merged"));
    assert_eq!((dropped["message field “halo”"], dropped["sources of an answer"]), (1, 1));
}

#[test]
fn a_person_may_write_details_and_blocks() {
    let details = "<details type=\"reasoning\">\n> a\n</details>";
    let chat = read_all(&json!({"history": {"messages": {
        "1": {"parentId": null, "role": "user", "content": details, "timestamp": 1},
        "2": {"parentId": "1", "role": "user", "timestamp": 2,
              "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "x"}}]}}}}))
    .0
    .chat;
    assert_eq!(chat.messages[0].parts, [Part::text(details)]);
    assert_eq!(chat.messages[1].parts.len(), 2);
}

#[test]
fn in_the_arena_the_model_behind_the_answer_counts() {
    let chat = read_all(&json!({"models": ["arena-model"], "history": {"messages": {"a": {"parentId": null,
        "role": "assistant", "content": "x", "arena": true, "model": "arena-model", "selectedModelId": "m7"}}}}))
    .0
    .chat;
    assert_eq!(chat.messages[0].model.as_deref(), Some("m7"));
}
