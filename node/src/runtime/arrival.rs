//! What a chat holds that its policy does not want: looked for when it arrives, before the service
//! decides what becomes of it.

use super::seldom::Seldom;
use super::{Context, blocking};
use crate::plugin::{Plugin, PluginError, PluginSettings};
use crate::scrub::{Answered, arrival, merge, question, read_answer, scan_chat, told};
use sheaf_protocol::chat::Chat;
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::limits::FINDING_FAILED_BYTES_MAX;
use std::sync::Arc;
use std::time::Instant;

/// The scrubber that a community plugged in.
pub(super) enum Plugged {
    /// There is none.
    None,
    /// A program that is asked, and its failing, which may be the same for each chat.
    Program(Plugin, Seldom),
    /// One that cannot be: every chat goes to review.
    Unusable(PluginError),
}

impl Plugged {
    /// What the settings name.
    pub(super) async fn open(settings: Option<&PluginSettings>) -> Self {
        let Some(settings) = settings else { return Self::None };
        let opened = Plugin::open(settings).await;
        opened.map_or_else(Self::Unusable, |plugin| Self::Program(plugin, Seldom::default()))
    }

    /// What a steward should know.
    pub(super) fn attention(&self) -> Option<String> {
        match self {
            Self::Program(plugin, _) if !plugin.is_confined() => Some(plugin.not_confined()),
            Self::Program(..) | Self::None => None,
            Self::Unusable(error) => Some(format!(
                "{error}; every chat waits for review until the node is started with one that runs \
                 (sheaf serve --scrubber PROGRAM) or without (--no-scrubber)"
            )),
        }
    }

    /// What the program answers about a chat.
    async fn answer(&self, question: String) -> Result<Vec<u8>, String> {
        match self {
            Self::None => Ok(NOTHING.to_vec()),
            Self::Unusable(error) => Err(error.to_string()),
            Self::Program(plugin, _) => {
                plugin.ask(question).await.map_err(|error| self.complain(&error))
            }
        }
    }

    /// What a chat goes to review for. The log has it once in a while: the same may happen to each.
    fn complain(&self, error: &PluginError) -> String {
        if let Self::Program(_, failing) = self
            && let Some(left_out) = failing.happened(Instant::now())
        {
            let said = match error.last_words.as_str() {
                "" => String::new(),
                words => format!("; the scrubber said: {words:?}"),
            };
            tracing::warn!("{error}: a chat goes to review{left_out}{said}");
        }
        error.to_string()
    }

    fn name(&self) -> &str {
        match self {
            Self::None => "",
            Self::Program(plugin, _) => plugin.name(),
            Self::Unusable(error) => &error.program,
        }
    }
}

/// What is said of a chat that could not be looked through.
const BROKE_OFF: &str = "the scan broke off";
/// An answer in which nothing was found.
const NOTHING: &[u8] = b"{\"spans\":[]}";

/// Everything that was found in a chat that arrived. What cannot be looked through says so in
/// `failed`, and the chat goes to review.
pub(super) async fn findings(context: &Context, chat: &Arc<Chat>, at_once: bool) -> Findings {
    let (scanner, scanned) = (context.scanner.clone(), chat.clone());
    let broke_off = || failed(Findings::default(), BROKE_OFF);
    if matches!(context.plugged, Plugged::None) {
        let found = worker(context, at_once, move || arrival(&scanner, &scanned)).await;
        return found.unwrap_or_else(broke_off);
    }
    let ours = worker(context, at_once, move || scan_chat(&scanner, &scanned)).await;
    let Some(ours) = ours else { return broke_off() };
    match others(context, chat, at_once).await {
        Ok(others) => {
            let chat = chat.clone();
            let merged = worker(context, at_once, move || told(&merge(&chat, ours, others))).await;
            merged.unwrap_or_else(broke_off)
        }
        Err(why) => failed(told(&ours), &why),
    }
}

/// What the community's own scrubber finds, or why it could not look.
async fn others(context: &Context, chat: &Arc<Chat>, at_once: bool) -> Result<Answered, String> {
    let broke_off = || BROKE_OFF.to_owned();
    let asked = chat.clone();
    let question =
        worker(context, at_once, move || question(&asked)).await.ok_or_else(broke_off)?;
    let answer = context.plugged.answer(question).await?;
    let chat = chat.clone();
    let read = worker(context, at_once, move || read_answer(&chat, &answer)).await;
    read.ok_or_else(broke_off)?.map_err(|error| {
        context.plugged.complain(&PluginError::of_answer(context.plugged.name(), error))
    })
}

/// Does work on a chat: a small one is looked through where it was read. `None` if it broke off.
async fn worker<T: Send + 'static>(
    context: &Context,
    at_once: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if at_once {
        return Some(work());
    }
    let _permit = context.workers.acquire().await;
    blocking(work).await
}

/// The same findings, from a scrubber that could not look through all of the chat.
fn failed(findings: Findings, why: &str) -> Findings {
    let end = why.floor_char_boundary(FINDING_FAILED_BYTES_MAX);
    Findings { failed: Some(why[..end].to_owned()), ..findings }
}
