//! Real exports, and the samples of our own.

use super::super::*;
use super::import;
use serde_json::Value;
use sheaf_protocol::chat::{Chat, Part, Role};
use std::path::PathBuf;

/// Real exports lie beside the repository; CI must have them.
pub(super) fn data(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if root.is_dir() {
        return Some(root.join(name));
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is missing", root.display());
    println!("skipped: {} is missing", root.display());
    None
}

pub(super) fn import_file(path: PathBuf) -> Result<(Vec<Imported>, Report), ImportError> {
    let mut chats = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    read_chats(file, &mut |imported| chats.push(imported)).map(|report| (chats, report))
}

/// The counts were made by hand, with Python.
#[test]
fn real_exports_come_whole() {
    for (name, format, chats, messages) in [
        ("chatgpt/code-interpreter.json", "ChatGPT export", 1, 42),
        ("chatgpt/minimal-with-personal-details.json", "ChatGPT export", 5, 10),
        ("chatgpt/photosynthesis.json", "ChatGPT export", 1, 11),
        ("claude/private-use-chars-no-sender.json", "Claude export", 1, 2),
        ("claude/thinking.json", "Claude export", 1, 2),
        ("claude/tool-use-artifacts.json", "Claude export", 3, 8),
        ("gemini-aistudio/probability.json", "Google AI Studio prompt", 1, 3),
        ("chatbotui/export-v4.json", "Chatbot UI export", 2, 8),
        ("grok/photosynthesis.json", "Grok export", 1, 10),
        ("librechat/export-recursive-branches.json", "LibreChat export", 1, 6),
        ("librechat/linear.json", "LibreChat export", 1, 2),
        ("openai-messages/identity-blocks.jsonl", "OpenAI messages", 50, 100),
        ("openai-messages/multimodal.json", "OpenAI messages", 6, 24),
        ("openai-messages/tau-bench-airline-12.jsonl", "OpenAI messages", 12, 378),
        ("openwebui/converted-from-chatgpt.json", "Open WebUI export", 1, 10),
        ("openwebui/converted-from-claude.json", "Open WebUI export", 1, 10),
        ("openwebui/converted-from-claude_thinking.json", "Open WebUI export", 1, 2),
        ("openwebui/converted-from-grok.json", "Open WebUI export", 1, 10),
        ("openwebui/converted-from-invalid_unicode.json", "Open WebUI export", 1, 2),
        ("openwebui/single-chat.json", "Open WebUI export", 1, 2),
        ("derived/chatterbot-multilingual.jsonl", "OpenAI messages", 6000, 15974),
        ("derived/lmsys-shape-300.jsonl", "LMSYS-Chat-1M or WildChat", 300, 706),
        ("mt-bench/reference-gpt4.jsonl", "MT-Bench answers", 30, 60),
        ("oasst/trees-first-40.jsonl", "OpenAssistant trees", 40, 434),
        ("sharegpt/fastchat-dummy.json", "ShareGPT", 500, 2000),
        // Each of the 191 and 200 chats that have tools begins with a message that lists them.
        ("sharegpt/toolcall-en.json", "ShareGPT", 300, 1914 + 191),
        ("sharegpt/toolcall-zh.json", "ShareGPT", 300, 1880 + 200),
    ] {
        let Some(path) = data(name) else { return };
        let (read, report) = import_file(path).unwrap_or_else(|e| panic!("{name}: {e}"));
        let found: usize = read.iter().map(|imported| imported.chat.message_count()).sum();
        assert_eq!((report.format, read.len(), found), (format, chats, messages), "{name}");
        assert_eq!(report.skipped_count, 0, "{name}: {:?}", report.skipped);
        for imported in read {
            assert_both_forms(&imported.chat, name);
        }
    }
}

/// From either form of a chat the same chat can be read.
fn assert_both_forms(chat: &Chat, name: &str) {
    assert_eq!(Chat::from_cbor(&chat.to_cbor()).unwrap(), *chat, "{name}");
    let line = serde_json::to_string(&chat.to_json()).unwrap();
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(Chat::from_json(&value).unwrap(), *chat, "{name}: {line}");
}

/// The chats that a file has under `key`.
fn wrapped(name: &str, key: &str) -> Option<Vec<Imported>> {
    let file: Value = serde_json::from_slice(&std::fs::read(data(name)?).unwrap()).unwrap();
    let (chats, report) = import(file[key].to_string()).unwrap();
    assert_eq!(report.skipped_count, 0, "{name}: {:?}", report.skipped);
    chats.iter().for_each(|imported| assert_both_forms(&imported.chat, name));
    Some(chats)
}

#[test]
fn a_grok_conversation_is_one_branch_with_times() {
    let Some(chats) = wrapped("grok/photosynthesis.json", "conversations") else { return };
    let chat = &chats[0].chat;
    assert_eq!((chats.len(), chat.message_count()), (1, 10));
    assert_eq!(chat.path(9), (0..10).collect::<Vec<u32>>());
    assert_eq!((chat.model.as_deref(), chat.source.as_deref()), (Some("grok-3"), Some("grok")));
    assert!(chat.messages.iter().all(|m| m.model.is_none() && m.created.is_some()));
    let by_turns = (0..).zip(&chat.messages).all(|(n, m)| (m.role == Role::User) == (n % 2 == 0));
    assert!(by_turns, "“human” and “ASSISTANT”");
}

#[test]
fn chatbot_ui_chats_are_led_by_their_prompts() {
    let Some(chats) = wrapped("chatbotui/export-v4.json", "history") else { return };
    let counts: Vec<usize> = chats.iter().map(|imported| imported.chat.message_count()).collect();
    assert_eq!(counts, [4 + 1, 2 + 1], "the messages, and the prompt before them");
    assert!(chats.iter().all(|imported| imported.chat.messages[0].role == Role::System));
    let models: Vec<_> = chats.iter().map(|imported| imported.chat.model.as_deref()).collect();
    assert_eq!(models, [Some("gpt-4-1106-preview"), Some("gpt-3.5-turbo")]);
}

#[test]
fn of_a_blanked_account_only_what_says_something_is_read() {
    let Some(path) = data("claude/redacted-account.json") else { return };
    let (chats, report) = import_file(path).unwrap();
    assert_eq!((chats.len(), chats[0].chat.message_count()), (1, 10));
    assert_eq!((chats[0].position, report.skipped_count), (85, 84));
    let reasons = report.skipped.iter().map(|problem| problem.reason.to_string());
    assert!(reasons.into_iter().all(|reason| reason == "no message has any content"));
    assert_both_forms(&chats[0].chat, "redacted-account");
}

#[test]
fn the_same_thought_comes_out_of_claude_and_of_open_webui() {
    let thought =
        "The user asked for a greeting. I should respond warmly and invite further conversation.";
    for name in ["claude/thinking.json", "openwebui/converted-from-claude_thinking.json"] {
        let Some(path) = data(name) else { return };
        let chat = import_file(path).unwrap().0.remove(0).chat;
        let expected = [
            Part::Reasoning { text: thought.into() },
            Part::text("Hello there! It's great to hear from you."),
        ];
        assert_eq!(chat.messages[1].parts, expected, "{name}");
        assert_eq!(chat.messages[1].created.map(|t| t.ms()), Some(1_735_689_605_000), "{name}");
    }
}

#[test]
fn a_nested_librechat_export_is_one_branch() {
    let Some(path) = data("librechat/export-recursive-branches.json") else { return };
    let chat = import_file(path).unwrap().0.remove(0).chat;
    assert_eq!(chat.path(5), [0, 1, 2, 3, 4, 5]);
    assert_eq!(chat.messages[1].name.as_deref(), Some("GPT-3.5"));
    assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1_712_673_125_230));
    assert!(chat.messages[4].parts[0].body().starts_with("Is it for fully loaded"));
}

#[test]
fn artifacts_are_calls_with_their_arguments() {
    let Some(path) = data("claude/tool-use-artifacts.json") else { return };
    let chat = import_file(path).unwrap().0.remove(0).chat;
    let parts = &chat.messages[1].parts;
    assert!(matches!(parts[0], Part::Reasoning { .. }) && matches!(parts[1], Part::Text { .. }));
    assert!(matches!(&parts[2], Part::ToolCall { name, arguments, .. }
        if name == "artifacts" && arguments.contains("\"command\":\"create\"")));
    assert_eq!(chat.leaves(), [3], "an export without links is one branch");
}

#[test]
fn exports_of_other_tools_are_named() {
    for (name, looks_like) in [
        ("derived/lmsys-shape-300.parquet", "Parquet"),
        ("derived/wildchat-shape-300.parquet", "Parquet"),
        ("oasst/trees-lines-41-45.jsonl.gz", "gzip archive: unpack it first"),
        ("pii/faker-chat-dev.jsonl", "labelled text"),
        ("pii/presidio-generated-small.json", "labelled text"),
    ] {
        let Some(path) = data(name) else { return };
        let error = import_file(path).expect_err("not a known format").to_string();
        assert!(error.contains(looks_like), "{name}: {error}");
    }
}

#[test]
fn the_code_interpreter_chat_keeps_programs_results_and_times() {
    let Some(path) = data("chatgpt/code-interpreter.json") else { return };
    let (chats, report) = import_file(path).unwrap();
    let chat = &chats[0].chat;
    assert_eq!(
        chat.created.map(|t| t.ms()),
        Some(1_695_326_273_969),
        "seconds become milliseconds"
    );
    assert_eq!(report.dropped["empty system message"], 2);
    let calls = chat.messages.iter().filter(|m| m.recipient.as_deref() == Some("python"));
    assert_eq!(calls.count(), 11);
    let results = chat.messages.iter().filter(|m| m.role == Role::Tool);
    assert!(results.clone().all(|m| matches!(m.parts[0], Part::ToolResult { .. })));
    assert_eq!(results.count(), 11);
    assert_eq!(chat.current_path().len(), 42 - other_branches(chat));
}

fn other_branches(chat: &Chat) -> usize {
    let path = chat.current_path();
    (0..chat.message_count() as u32).filter(|index| !path.contains(index)).count()
}

#[test]
fn the_samples_are_two_dozen_chats() {
    let mut count = 0;
    for (name, text) in samples::SAMPLES {
        let (chats, report) = import(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((chats.len(), report.skipped_count), (8, 0), "{name}: {:?}", report.skipped);
        for imported in &chats {
            let messages = imported.chat.message_count();
            assert!((4..=12).contains(&messages), "{name}: {:?}", imported.chat.title);
        }
        count += chats.len();
    }
    assert_eq!(count, 24);
}
