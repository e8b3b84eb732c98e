//! Accepting and refusing chats that wait.

use super::list::Line;
use super::{AcceptArgs, Known, RejectArgs, all, chosen};
use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::steward::Steward;
use crate::text::{count, printable};
use futures::StreamExt as _;
use serde::Serialize;
use sheaf_node::book::ChatId;
use sheaf_node::client::{CallError, Client};
use sheaf_protocol::exchange::{StewardReply, StewardRequest};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::statement::{Body, Takedown, TakedownReason};

/// Chats on their way into the log, or out of the queue, at once: the node takes them in batches.
const AHEAD: usize = 32;

pub(super) async fn accept(args: AcceptArgs, cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let chats = wanted(&node.client, args.all, &args.ids).await?;
    ask(cx, &chats, args.yes, "Put them into the log, for everybody whom the policy lets read")
        .await?;
    let bar = Progress::bar(&cx.out, "accepting", chats.len() as u64);
    let client = &node.client;
    let admits = chats.into_iter().map(|(id, chat)| async move {
        let request = StewardRequest::Admit { control: chat.control };
        (id, chat.control, client.steward(&request).await)
    });
    let mut admits = futures::stream::iter(admits).buffered(AHEAD);
    let mut accepted = Accepted { accepted: Vec::new(), refused: Vec::new() };
    for number in 1.. {
        let Some((id, control, answer)) = admits.next().await else { break };
        match answer {
            Ok(StewardReply::Logged { logged }) => {
                accepted.accepted.push(Logged { id, control, index: logged.index });
            }
            Ok(_) => return Err(unexpected()),
            Err(CallError::Refused(refusal)) => {
                accepted.refused.push(Refused { id, control, reason: refusal.sentence });
            }
            Err(error) => return Err(error.into()),
        }
        bar.at(number);
    }
    drop((admits, bar));
    node.close().await;
    cx.out.report(&accepted)?;
    accepted.verdict()
}

pub(super) async fn reject(args: RejectArgs, cx: &Context) -> Result<(), CliError> {
    let steward = Steward::of(cx).await?;
    let chats = wanted(&steward.client, args.all, &args.ids).await?;
    let reason = TakedownReason::from(args.reason);
    let what = format!("Refuse and erase them, and say why: {}", reason.words());
    ask(cx, &chats, args.yes, &what).await?;
    let mut rejected = Rejected { reason, rejected: Vec::new() };
    let bar = Progress::bar(&cx.out, "erasing", chats.len() as u64);
    let takes = chats.into_iter().map(|(id, chat)| {
        let (steward, control) = (&steward, chat.control);
        async move {
            let done = steward.take_down(Body::Takedown(Takedown { control, reason })).await;
            done.map(|()| Erased { id, control })
        }
    });
    let mut takes = futures::stream::iter(takes).buffered(AHEAD);
    for number in 1.. {
        let Some(erased) = takes.next().await else { break };
        rejected.rejected.push(erased?);
        bar.at(number);
    }
    drop((takes, bar));
    steward.close().await;
    cx.out.report(&rejected)
}

/// The chats that somebody decides on.
async fn wanted(client: &Client, every: bool, ids: &[String]) -> Result<Vec<Known>, CliError> {
    let waiting = all(client).await?;
    let chats = if every { waiting } else { chosen(waiting, ids)? };
    match chats.is_empty() {
        true => Err(CliError::new(Kind::NotFound, "no chat waits for review")),
        false => Ok(chats),
    }
}

async fn ask(cx: &Context, chats: &[Known], yes: bool, what: &str) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    let now = now()?;
    cx.out.show(|page| {
        chats.iter().for_each(|known| page.line(Line::new(known.clone(), now).short()));
    });
    confirm(&cx.out, &format!("{}. {what}?", count(chats.len() as u64, "chat"))).await
}

#[derive(Debug, Serialize)]
struct Accepted {
    accepted: Vec<Logged>,
    /// They wait on.
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize)]
struct Logged {
    id: ChatId,
    control: PublicKey,
    index: u64,
}

#[derive(Debug, Serialize)]
struct Refused {
    id: ChatId,
    control: PublicKey,
    reason: String,
}

impl Accepted {
    /// # Errors
    /// [`Kind::Refused`] if the node took none.
    fn verdict(&self) -> Result<(), CliError> {
        match self.accepted.is_empty() {
            false => Ok(()),
            true => Err(CliError::new(Kind::Refused, "none of these chats came into the log")
                .hint("the reason stands beside each; `sheaf review list` shows what waits now")),
        }
    }
}

impl Report for Accepted {
    fn page(&self, page: &mut Page) {
        for Logged { id, index, .. } in &self.accepted {
            page.line(format_args!("  {}  log entry {index}", id.short()));
        }
        for Refused { id, reason, .. } in &self.refused {
            let line = format!("  {}  waits on: {}", id.short(), printable(reason));
            page.hanging(page.style.yellow(&line), 14);
        }
        if !self.accepted.is_empty() {
            let done = format!("{} in the log now.", count(self.accepted.len() as u64, "chat"));
            page.line(page.style.green(&done));
        }
    }
}

#[derive(Debug, Serialize)]
struct Rejected {
    reason: TakedownReason,
    rejected: Vec<Erased>,
}

#[derive(Debug, Serialize)]
struct Erased {
    id: ChatId,
    control: PublicKey,
}

impl Report for Rejected {
    fn page(&self, page: &mut Page) {
        for Erased { id, .. } in &self.rejected {
            page.line(format_args!("  {}  erased", id.short()));
        }
        let chats = count(self.rejected.len() as u64, "chat");
        page.line(format_args!("{chats} refused and erased: {}.", self.reason.words()));
        page.aside("Their members see it in `sheaf chats`.");
    }
}
