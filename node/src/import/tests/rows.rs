//! Rows of training and research files, one small record of each format: side by side, damaged,
//! and from their JSON.

use super::super::*;
use super::import;
use sheaf_protocol::chat::Chat;

const OASST: &str = r#"{"message_tree_id":"t","tree_state":"growing","prompt":{"message_id":"t","text":"Soup?","role":"prompter","lang":"en","labels":{"spam":{"value":0,"count":1}},"emojis":{"+1":1},"created_date":"2023-02-05T14:23:50Z","replies":[{"message_id":"a","text":"No.","role":"assistant","rank":1,"replies":[]},{"message_id":"b","text":"Yes.","role":"assistant","rank":0,"deleted":false}]}}"#;
const ARENA: &str = r#"{"question_id":"q","model_a":"m","model_b":"n","winner":"model_a","judge":"j","language":"en","tstamp":1.5,"conversation_a":[{"role":"user","content":"Soup?"},{"role":"assistant","content":"No."}],"conversation_b":[{"role":"user","content":"Soup?"},{"role":"assistant","content":[{"type":"text","text":"Yes."}]}],"openai_moderation":{"flagged":true,"categories":{"hate":true},"category_scores":{"hate":0.5}}}"#;
const MT_BENCH: &str = r#"{"question_id":1,"model_id":"m","tstamp":1.5,"choices":[{"index":0,"turns":["No.","No!"]},{"index":1,"turns":["Yes."]}]}"#;
const LMSYS: &str = r#"{"conversation_id":"c","model":"m","redacted":true,"language":"en","turn":1,"conversation":[{"role":"user","content":"Soup?"},{"role":"assistant","content":"No."}],"openai_moderation":[{"flagged":true,"categories":{"hate":true},"category_scores":{"hate":0.5}},{}]}"#;
const WILDCHAT: &str = r#"{"conversation_hash":"c","model":"m","toxic":true,"timestamp":"2023-02-05T14:23:50Z","hashed_ip":"x","conversation":[{"role":"user","content":"Soup?","toxic":true,"turn_identifier":1,"header":{"a":1}},{"role":"assistant","content":"No.","timestamp":"2023-02-05T14:23:50Z"}],"detoxify_moderation":[{"toxicity":0.5}]}"#;
const SHAREGPT: &str = r#"{"id":"c","system":"Brief.","tools":"[{}]","images":["a/b.png"],"conversations":[{"from":"human","value":"<image>Soup?"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{}}"},{"from":"observation","value":"1"}],"chosen":{"from":"gpt","value":"Yes."},"rejected":{"from":"gpt","value":"No."}}"#;
const OPENAI: &str = r#"{"id":"c","messages":[{"role":"user","content":[{"type":"text","text":"Soup?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,A"}}]},{"role":"assistant","content":null,"weight":1,"tool_calls":[{"id":"k","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"k","content":"1"},{"role":"assistant","content":"Yes."}],"rejected_response":"No.","label":true,"tools":[{}]}"#;
const RESPONSE: &str = r#"{"model":"m","input":[{"role":"user","content":"Soup?"}],"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"No."}]}]}"#;
const PAIR: &str = r#"{"prompt":"Soup?","chosen":[{"role":"user","content":"Soup?"},{"role":"assistant","content":"Yes."}],"rejected":"No.","score_chosen":1.5,"score_rejected":1}"#;
const PREFERENCE: &str = r#"{"input":{"messages":[{"role":"user","content":"Soup?"}],"tools":[{}]},"preferred_output":[{"role":"assistant","content":"Yes."}],"non_preferred_output":[{"role":"assistant","content":"No."}]}"#;
const ALPACA: &str = r#"{"instruction":"Soup?","input":"Lentils.","output":"Yes.","history":[["Hi","Hello"]],"system":"Brief.","label":true}"#;
const NORMAL: &str = r#"{"created":5,"current":1,"feedback":{"rating":1},"messages":[{"parts":[{"text":"Soup?","type":"text"}],"role":"user"},{"feedback":{"scores":[{"name":"s","value":"0.5"}],"tags":["t"]},"parent":0,"parts":[{"arguments":"{}","name":"f","type":"tool_call"}],"role":"assistant"}],"source":"s","title":"Soup","version":1}"#;

/// The name of a format, a record, how many messages and how many branches it has.
const RECORDS: [(&str, &str, usize, usize); 12] = [
    ("OpenAssistant trees", OASST, 3, 2),
    ("Chatbot Arena", ARENA, 3, 2),
    ("MT-Bench answers", MT_BENCH, 3, 2),
    ("LMSYS-Chat-1M or WildChat", LMSYS, 2, 1),
    ("LMSYS-Chat-1M or WildChat", WILDCHAT, 2, 1),
    ("ShareGPT", SHAREGPT, 7, 2),
    ("OpenAI messages", OPENAI, 6, 2),
    ("OpenAI messages", RESPONSE, 3, 1),
    ("prompts and answers", PAIR, 3, 2),
    ("prompts and answers", PREFERENCE, 4, 2),
    ("prompts and answers", ALPACA, 5, 1),
    ("Sheaf chats", NORMAL, 2, 1),
];

#[test]
fn one_row_a_list_of_rows_and_lines_are_read_alike() {
    for (format, row, messages, branches) in RECORDS {
        for (text, count) in [
            (row.to_owned(), 1),
            (format!("[{row},\n{row}]"), 2),
            (format!("{row}\n{row}\n{row}\n"), 3),
        ] {
            let (chats, report) = import(&text).unwrap_or_else(|e| panic!("{format}: {e}"));
            assert_eq!((report.format, report.skipped_count), (format, 0), "{:?}", report.skipped);
            assert_eq!(chats.len(), count, "{format}");
            for Imported { chat, .. } in chats {
                let found = (chat.message_count(), chat.leaves().len());
                assert_eq!(found, (messages, branches), "{format}");
            }
        }
    }
}

/// Normal form → line → normal form, through the importer itself.
#[test]
fn what_was_imported_is_imported_again_from_its_line() {
    for (format, row, ..) in RECORDS {
        let chat = import(row).unwrap().0.remove(0).chat;
        let (mut again, report) = import(format!("{}\n", chat.to_json())).unwrap();
        assert_eq!((again.remove(0).chat, report.format), (chat, "Sheaf chats"), "{format}");
    }
}

/// Each value of a row is replaced in turn: chats or named problems, never a panic, and never a
/// chat that breaks a rule.
#[test]
fn a_wrong_value_anywhere_costs_at_most_its_chat() {
    const WRONG: [&str; 11] = [
        "null",
        "true",
        "-1",
        "1e300",
        "\"\"",
        "\"x\"",
        "[]",
        "[null]",
        "{}",
        "{\"a\":{}}",
        "[[]]",
    ];
    for (format, row, ..) in RECORDS {
        let value: Value = serde_json::from_str(row).unwrap();
        for path in pointers(&value) {
            for wrong in WRONG {
                let mut broken = value.clone();
                let Some(place) = broken.pointer_mut(&path) else { continue };
                *place = serde_json::from_str(wrong).unwrap();
                let (chats, report) = import(format!("[{row},{broken}]")).unwrap();
                let all = chats.len() as u64 + report.skipped_count;
                assert!(all == 2 && !chats.is_empty(), "{format}: {path} = {wrong}");
                for chat in chats.iter().map(|imported| &imported.chat) {
                    assert_eq!(
                        Chat::from_json(&chat.to_json()).as_ref().ok(),
                        Some(chat),
                        "{path}"
                    );
                }
            }
        }
    }
}

/// Where every value inside of `value` stands.
fn pointers(value: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((at, value)) = open.pop() {
        let fields = value.as_object().into_iter().flatten();
        let items = value.as_array().into_iter().flatten().enumerate();
        open.extend(fields.map(|(key, value)| (format!("{at}/{key}"), value)));
        open.extend(items.map(|(n, value)| (format!("{at}/{n}"), value)));
        pointers.push(at);
    }
    pointers
}
