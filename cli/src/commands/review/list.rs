//! The chats that wait for review.

use super::{Known, all, found_words};
use crate::context::{Context, now};
use crate::error::CliError;
use crate::node::OwnNode;
use crate::output::{Page, Report};
use crate::text::{ago, bytes, count, printable, short_key, shorten};
use serde::Serialize;
use sheaf_node::book::ChatId;
use sheaf_protocol::exchange::FoundKind;
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::time::Time;

/// Characters of what was found that the table shows.
const FOUND_CHARS: usize = 40;

pub(super) async fn run(cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let chats = all(&node.client).await?;
    node.close().await;
    let now = now()?;
    let chats = chats.into_iter().map(|known| Line::new(known, now)).collect();
    cx.out.report(&Queue { chats })
}

#[derive(Debug, Serialize)]
struct Queue {
    /// The oldest first.
    chats: Vec<Line>,
}

#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: ChatId,
    pub(super) control: PublicKey,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    received: Time,
    bytes: u64,
    messages: u32,
    /// Who signed it: the author's key, or one for this chat alone.
    signer: PublicKey,
    /// Under which name it is given.
    name: Option<String>,
    /// What was found, and whether it is why the chat waits.
    found: Vec<FoundKind>,
    /// Why a scrubber could not look.
    failed: Option<String>,
    #[serde(skip)]
    age: String,
    #[serde(skip)]
    words: String,
}

impl Line {
    pub(super) fn new((id, chat): Known, now: Time) -> Self {
        Self {
            id,
            control: chat.control,
            received: chat.received,
            bytes: chat.plain_bytes,
            messages: chat.messages,
            signer: chat.signer,
            age: ago(chat.received, now),
            words: found_words(&chat),
            name: chat.name,
            found: chat.kinds,
            failed: chat.failed,
        }
    }

    /// A line of a question.
    pub(super) fn short(&self) -> String {
        format!("  {}  {}", self.id.short(), shorten(&self.words, FOUND_CHARS))
    }

    fn cells(&self) -> [String; 6] {
        let by = match &self.name {
            Some(name) => {
                format!("{} ({})", shorten(&printable(name), 24), short_key(&self.signer))
            }
            None => "nobody named".into(),
        };
        [
            self.id.short().to_owned(),
            self.age.clone(),
            self.messages.to_string(),
            bytes(self.bytes),
            shorten(&self.words, FOUND_CHARS),
            by,
        ]
    }
}

impl Report for Queue {
    fn page(&self, page: &mut Page) {
        if self.chats.is_empty() {
            page.line("No chat waits for review.");
            return;
        }
        let rows: Vec<_> = self.chats.iter().map(Line::cells).collect();
        page.table(["id", "came", "messages", "size", "found", "by"], &rows);
        page.blank();
        let waits = if self.chats.len() == 1 { "waits" } else { "wait" };
        let chats = count(self.chats.len() as u64, "chat");
        page.line(format_args!("{chats} {waits}; none is in the log or with a partner node."));
        page.aside("`sheaf review show ID` shows one; then `accept ID` or `reject ID --reason …`.");
    }
}
