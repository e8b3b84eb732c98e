//! Recognising what cannot be imported, so that the refusal can name it.

use super::report::ImportError;
use serde_json::Value;

/// Refuses archives and files that are not text, by their first bytes.
pub(super) fn refuse_packed(start: &[u8]) -> Result<(), ImportError> {
    let packed = |kind| Err(ImportError::Packed { kind });
    let looks_like = |looks_like| Err(ImportError::NotRecognised { looks_like });
    match start {
        [b'P', b'K', 3 | 5 | 7, ..] => packed("zip"),
        [0x1f, 0x8b, ..] => packed("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => packed("zstd"),
        [b'P', b'A', b'R', b'1', ..] => looks_like("a Parquet file"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => looks_like("text in UTF-16; save it as UTF-8"),
        [b'<', ..] => looks_like("a web page; take the .json file of the export"),
        _ => Ok(()),
    }
}

/// Which tool's record this seems to be.
pub(super) fn looks_like(value: &Value) -> Option<&'static str> {
    let has = |pointer: &str| value.pointer(pointer).is_some();
    let signs = [
        ("/conversations/0/conversation", "a Grok export"),
        ("/conversations/0/from", "ShareGPT rows"),
        ("/conversations/0/value", "ShareGPT rows"),
        ("/history/0/messages", "a Chatbot UI export"),
        ("/message_tree_id", "OpenAssistant trees"),
        ("/choices/0/turns", "MT-Bench answers"),
        ("/conversation/0/role", "LMSYS-Chat-1M or WildChat rows"),
        ("/spans", "labelled text, not chats"),
        ("/prompt", "prompts and completions, not chats"),
    ];
    signs.into_iter().find_map(|(sign, name)| has(sign).then_some(name))
}
