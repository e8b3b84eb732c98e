//! Rows of training and research files, one small record of each format: side by side, damaged,
//! and from their JSON.

use super::super::*;
use super::import;
use sheaf_protocol::chat::Chat;

const OASST: &str = include_str!("records/oasst.json");
const ARENA: &str = include_str!("records/arena.json");
const MT_BENCH: &str = include_str!("records/mt-bench.json");
const LMSYS: &str = include_str!("records/lmsys.json");
const WILDCHAT: &str = include_str!("records/wildchat.json");
const SHAREGPT: &str = include_str!("records/sharegpt.json");
const OPENAI: &str = include_str!("records/openai-messages.json");
const RESPONSE: &str = include_str!("records/openai-response.json");
const PAIR: &str = include_str!("records/preference-pair.json");
const PREFERENCE: &str = include_str!("records/openai-preference.json");
const ALPACA: &str = include_str!("records/alpaca.json");
const NORMAL: &str = include_str!("records/normal.json");

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
        let value: serde_json::Value = serde_json::from_str(row).unwrap();
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
fn pointers(value: &serde_json::Value) -> Vec<String> {
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
