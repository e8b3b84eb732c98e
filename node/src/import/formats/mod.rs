//! The formats, one file each.

mod arena;
mod chatbot_ui;
mod chatgpt;
mod claude;
mod gemini;
mod grok;
mod librechat;
mod lmsys;
mod mt_bench;
mod normal;
mod oasst;
mod open_webui;
pub(super) mod openai;
mod prompts;
mod sharegpt;

use super::fields::Dropped;
use super::report::SkipReason;
use crate::import::json::Value;
use sheaf_protocol::chat::Chat;

/// One format: how to recognise a record of it and how to read one.
pub(super) struct Format {
    /// Its name for a person.
    pub(super) name: &'static str,
    /// Whether a record is of this format, by its structure.
    pub(super) matches: fn(&Value) -> bool,
    /// Reads one record; counts what it cannot carry over.
    pub(super) read: fn(&Value, &mut Dropped) -> Result<Draft, SkipReason>,
}

/// What a format makes of one record, before it is checked.
pub(super) struct Draft {
    /// The identifier that the tool gave the chat.
    pub(super) source_id: Option<String>,
    /// The chat; its rules are checked by the caller.
    pub(super) chat: Chat,
}

/// Every format that is read. The first that matches a file's first record reads the file, so the
/// narrower stand above the wider.
pub(super) const FORMATS: [&Format; 15] = [
    &normal::FORMAT,
    &chatgpt::FORMAT,
    &claude::FORMAT,
    &open_webui::FORMAT,
    &librechat::FORMAT,
    &grok::FORMAT,
    &gemini::FORMAT,
    &chatbot_ui::FORMAT,
    &oasst::FORMAT,
    &arena::FORMAT,
    &mt_bench::FORMAT,
    &lmsys::FORMAT,
    &sharegpt::FORMAT,
    &openai::FORMAT,
    &prompts::FORMAT,
];
