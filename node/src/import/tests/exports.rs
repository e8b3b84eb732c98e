//! Real exports, and the samples of our own.

use super::super::*;
use super::import;
use sheaf_protocol::chat::{Chat, Part, Role};
use std::path::PathBuf;

/// Real exports lie beside the repository; CI must have them.
fn data(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if root.is_dir() {
        return Some(root.join(name));
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is missing", root.display());
    println!("skipped: {} is missing", root.display());
    None
}

fn import_file(path: PathBuf) -> Result<(Vec<Imported>, Report), ImportError> {
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
        ("openai-messages/identity-blocks.jsonl", "OpenAI messages", 50, 100),
        ("openai-messages/multimodal.json", "OpenAI messages", 6, 24),
        ("openai-messages/tau-bench-airline-12.jsonl", "OpenAI messages", 12, 378),
        ("derived/chatterbot-multilingual.jsonl", "OpenAI messages", 6000, 15974),
    ] {
        let Some(path) = data(name) else { return };
        let (read, report) = import_file(path).unwrap_or_else(|e| panic!("{name}: {e}"));
        let found: usize = read.iter().map(|imported| imported.chat.message_count()).sum();
        assert_eq!((report.format, read.len(), found), (format, chats, messages), "{name}");
        assert_eq!(report.skipped_count, 0, "{name}: {:?}", report.skipped);
        for imported in read {
            let bytes = imported.chat.to_cbor();
            assert_eq!(Chat::from_cbor(&bytes).unwrap(), imported.chat, "{name}");
        }
    }
}

#[test]
fn exports_of_other_tools_are_named() {
    for (name, looks_like) in [
        ("chatbotui/export-v4.json", "Chatbot UI"),
        ("claude/private-use-chars-no-sender.json", "Claude"),
        ("claude/redacted-account.json", "Claude"),
        ("claude/thinking.json", "Claude"),
        ("claude/tool-use-artifacts.json", "Claude"),
        ("derived/lmsys-shape-300.jsonl", "LMSYS"),
        ("derived/lmsys-shape-300.parquet", "Parquet"),
        ("derived/wildchat-shape-300.parquet", "Parquet"),
        ("gemini-aistudio/probability.json", "AI Studio"),
        ("grok/photosynthesis.json", "Grok"),
        ("librechat/export-recursive-branches.json", "LibreChat"),
        ("librechat/linear.json", "LibreChat"),
        ("mt-bench/reference-gpt4.jsonl", "MT-Bench"),
        ("oasst/trees-first-40.jsonl", "OpenAssistant"),
        ("oasst/trees-lines-41-45.jsonl.gz", "gzip archive: unpack it first"),
        ("openwebui/converted-from-chatgpt.json", "Open WebUI"),
        ("openwebui/converted-from-claude.json", "Open WebUI"),
        ("openwebui/converted-from-claude_thinking.json", "Open WebUI"),
        ("openwebui/converted-from-grok.json", "Open WebUI"),
        ("openwebui/converted-from-invalid_unicode.json", "Open WebUI"),
        ("openwebui/single-chat.json", "Open WebUI"),
        ("pii/faker-chat-dev.jsonl", "labelled text"),
        ("pii/presidio-generated-small.json", "labelled text"),
        ("sharegpt/fastchat-dummy.json", "ShareGPT"),
        ("sharegpt/toolcall-en.json", "ShareGPT"),
        ("sharegpt/toolcall-zh.json", "ShareGPT"),
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
