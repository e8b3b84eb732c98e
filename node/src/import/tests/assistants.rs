//! Exports of assistants, one small record of each, as files: whole, side by side, damaged.

use super::super::*;
use super::import;
use sheaf_protocol::chat::Chat;

const CHATGPT: &str = include_str!("records/chatgpt.json");
const CLAUDE: &str = include_str!("records/claude.json");
const OPEN_WEBUI: &str = include_str!("records/open-webui.json");
const LIBRECHAT: &str = include_str!("records/librechat.json");
const GROK: &str = include_str!("records/grok.json");
const GEMINI: &str = include_str!("records/gemini.json");
const CHATBOT_UI: &str = include_str!("records/chatbot-ui.json");

/// The name of a format, its `source`, a record, how many messages and how many branches it has.
fn records() -> [(&'static str, &'static str, String, usize, usize); 7] {
    [
        ("ChatGPT export", "chatgpt", CHATGPT.into(), 7, 2),
        ("Claude export", "claude", CLAUDE.into(), 3, 2),
        ("Open WebUI export", "open-webui", OPEN_WEBUI.into(), 4, 3),
        ("LibreChat export", "librechat", LIBRECHAT.into(), 3, 2),
        ("Grok export", "grok", GROK.into(), 3, 2),
        ("Google AI Studio prompt", "gemini", GEMINI.into(), 6, 2),
        ("Chatbot UI export", "chatbot-ui", CHATBOT_UI.into(), 3, 1),
    ]
}

#[test]
fn one_record_a_list_of_them_and_lines_are_read_alike() {
    for (format, source, record, messages, branches) in records() {
        let line = record.replace('\n', "");
        for (text, count) in [
            (record.clone(), 1),
            (format!("[{record},\n{record}]"), 2),
            (format!("{line}\n{line}\n{line}\n"), 3),
        ] {
            let (chats, report) = import(&text).unwrap_or_else(|e| panic!("{format}: {e}"));
            assert_eq!((report.format, report.skipped_count), (format, 0), "{:?}", report.skipped);
            assert_eq!(chats.len(), count, "{format}");
            for Imported { chat, .. } in chats {
                assert_eq!(
                    (chat.message_count(), chat.leaves().len()),
                    (messages, branches),
                    "{format}"
                );
                assert_eq!(chat.source.as_deref(), Some(source));
            }
        }
    }
}

/// Normal form → line of JSON → normal form.
#[test]
fn what_was_imported_comes_back_from_its_line() {
    for (format, _, record, ..) in records() {
        let chat = import(&record).unwrap().0.remove(0).chat;
        let line = serde_json::to_string(&chat.to_json()).unwrap();
        let back = Chat::from_json(&serde_json::from_str(&line).unwrap()).unwrap();
        assert_eq!(back, chat, "{format}");
        assert_eq!(serde_json::to_string(&back.to_json()).unwrap(), line, "{format}");
    }
}

/// Every format knows its own records only: the order of the table decides nothing between them.
#[test]
fn no_record_is_of_two_formats() {
    for (format, _, record, ..) in records() {
        let mut lifted = Vec::new();
        let value = nested::parse(record.as_bytes(), &mut lifted).unwrap();
        let known = FORMATS.iter().filter(|known| (known.matches)(&value)).map(|known| known.name);
        let known: Vec<&str> = known.filter(|name| *name != "OpenAI messages").collect();
        assert_eq!(known, [format]);
    }
}

/// A message without an identifier, a role or a text, and fields of every wrong type: chats, named
/// problems, never a panic. Each value of a record is replaced in turn.
#[test]
fn a_wrong_value_anywhere_costs_at_most_its_chat() {
    let wrong =
        ["null", "true", "-1", "1e300", "\"\"", "\"x\"", "[]", "[null]", "{}", "{\"a\":{}}"];
    for (format, _, record, ..) in records() {
        let value: serde_json::Value = serde_json::from_str(&record).unwrap();
        for path in paths(&value) {
            for wrong in wrong {
                let mut broken = value.clone();
                let Some(place) = broken.pointer_mut(&path) else { continue };
                *place = serde_json::from_str(wrong).unwrap();
                let text = format!("[{record},{broken}]");
                let (chats, report) = import(text).unwrap_or_else(|e| panic!("{format}: {e}"));
                let all = chats.len() as u64 + report.skipped_count;
                assert!(all == 2 && !chats.is_empty(), "{format}: {path} = {wrong}");
            }
        }
    }
}

/// Pointers to everything inside of `value`.
fn paths(value: &serde_json::Value) -> Vec<String> {
    let mut paths = vec![];
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        let fields = value.as_object().into_iter().flatten();
        open.extend(
            fields.map(|(key, value)| (format!("{path}/{}", key.replace('/', "~1")), value)),
        );
        let items = value.as_array().into_iter().flatten().enumerate();
        open.extend(items.map(|(n, value)| (format!("{path}/{n}"), value)));
        paths.push(path);
    }
    paths
}

/// A chain of 20,000 messages and 20,000 answers to one question take seconds at most, in a build
/// that is not optimised.
#[test]
fn long_chains_and_many_answers_are_read_in_order() {
    const COUNT: usize = 20_000;
    let list = |one: fn(usize, &str) -> String, parent: fn(usize) -> String| {
        (1..COUNT).map(|n| one(n, &parent(n))).collect::<Vec<_>>().join(",")
    };
    let claude = |n: usize, parent: &str| {
        format!(
            r#"{{"uuid":"{n}","parent_message_uuid":"{parent}","sender":"human","text":"{n}"}}"#
        )
    };
    let open_webui = |n: usize, parent: &str| {
        format!(r#""{n}":{{"parentId":"{parent}","role":"user","content":"{n}","timestamp":{n}}}"#)
    };
    let grok = |n: usize, parent: &str| {
        format!(
            r#"{{"response":{{"_id":"{n}","parent_response_id":"{parent}","sender":"human","message":"{n}"}}}}"#
        )
    };
    let chain: fn(usize) -> String = |n| (n - 1).to_string();
    for (parent, leaves) in [(chain, 1), ((|_| "0".into()) as fn(usize) -> String, COUNT - 1)] {
        let claude = format!(
            r#"{{"chat_messages":[{{"uuid":"0","parent_message_uuid":null,"sender":"human","text":"0"}},{}]}}"#,
            list(claude, parent)
        );
        let open_webui = format!(
            r#"{{"history":{{"messages":{{"0":{{"parentId":null,"role":"user","content":"0"}},{}}}}}}}"#,
            list(open_webui, parent)
        );
        let grok = format!(
            r#"{{"conversation":{{}},"responses":[{{"response":{{"_id":"0","sender":"human","message":"0"}}}},{}]}}"#,
            list(grok, parent)
        );
        for text in [claude, open_webui, grok] {
            let chat = import(&text).unwrap().0.remove(0).chat;
            assert_eq!((chat.message_count(), chat.leaves().len()), (COUNT, leaves));
            let in_order =
                (0..).zip(&chat.messages).all(|(n, m)| m.parts[0].body() == format!("{n}"));
            assert!(in_order, "{text:.80}");
        }
    }
}
