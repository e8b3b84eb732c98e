//! Recognising what cannot be imported, so that the refusal can name it.

use super::report::ImportError;
use crate::import::json::Value;

/// Refuses archives and files that are not text, by their first bytes.
pub(super) fn refuse_packed(start: &[u8]) -> Result<(), ImportError> {
    let packed = |kind| Err(ImportError::Packed { kind });
    let looks_like = |looks_like| Err(ImportError::NotRecognised { looks_like });
    match start {
        [b'P', b'K', 3 | 5 | 7, ..] => packed("zip"),
        [0x1f, 0x8b, ..] => packed("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => packed("zstd"),
        [b'P', b'A', b'R', b'1', ..] => looks_like("a Parquet file"),
        [b'<', ..] => looks_like("a web page; take the .json file of the export"),
        _ => Ok(()),
    }
}

/// Which tool's record this seems to be.
pub(super) fn looks_like(value: &Value) -> Option<&'static str> {
    let has = |pointer: &str| value.at(pointer).is_some();
    let signs = [("/spans", "labelled text, not chats"), ("/prompt", "prompts without answers")];
    if has("/message_id") && has("/parent_id") {
        return Some("OpenAssistant messages one by one; take the file of trees");
    }
    signs.into_iter().find_map(|(sign, name)| has(sign).then_some(name))
}
