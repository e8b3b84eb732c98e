//! `sheaf review`.

mod decide;
mod list;
mod show;

use crate::context::Context;
use crate::error::{CliError, Kind};
use sheaf_node::book::ChatId;
use sheaf_node::client::Client;
use sheaf_node::flow::review::waiting;
use sheaf_protocol::exchange::WaitingChat;
use sheaf_protocol::statement::TakedownReason;

/// What to do about chats that wait for review.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The chats that wait, the oldest first, and why
    List,
    /// One of them whole, with what was found in it marked, and its terms
    Show {
        /// Its id as `sheaf review list` shows it (the beginning is enough), or its control key
        id: String,
    },
    /// Put chats into the log
    Accept(AcceptArgs),
    /// Refuse chats: they are erased, and their members are told why
    Reject(RejectArgs),
}

/// Arguments of `sheaf review accept`.
#[derive(Debug, clap::Args)]
pub(crate) struct AcceptArgs {
    /// The chats, by their ids (the beginning is enough) or control keys
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ID")]
    ids: Vec<String>,
    /// Every chat that waits
    #[arg(long)]
    all: bool,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}

/// Arguments of `sheaf review reject`.
#[derive(Debug, clap::Args)]
pub(crate) struct RejectArgs {
    /// The chats, by their ids (the beginning is enough) or control keys
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ID")]
    ids: Vec<String>,
    /// Every chat that waits
    #[arg(long)]
    all: bool,
    /// Why; the chat's member is told
    #[arg(long, value_enum)]
    reason: Reason,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}

/// Why a chat is refused.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Reason {
    /// Somebody's private data
    Privacy,
    /// Against the community's policy
    Policy,
    /// An order or a duty of law
    Legal,
    /// Its member asked for it
    MemberRequest,
}

impl From<Reason> for TakedownReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Privacy => Self::Privacy,
            Reason::Policy => Self::Policy,
            Reason::Legal => Self::Legal,
            Reason::MemberRequest => Self::MemberRequest,
        }
    }
}

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::List => list::run(cx).await,
        Command::Show { id } => show::run(&id, cx).await,
        Command::Accept(args) => decide::accept(args, cx).await,
        Command::Reject(args) => decide::reject(args, cx).await,
    }
}

/// A chat that waits, by the id that its member knows it by.
type Known = (ChatId, WaitingChat);

async fn all(client: &Client) -> Result<Vec<Known>, CliError> {
    let chats = waiting(client).await?;
    Ok(chats.into_iter().map(|chat| (ChatId::of(&chat.control), chat)).collect())
}

/// The chats of these ids, each once.
fn chosen(all: Vec<Known>, ids: &[String]) -> Result<Vec<Known>, CliError> {
    let mut wanted = Vec::with_capacity(ids.len());
    for id in ids {
        let known = all.iter().map(|(known, _)| known);
        wanted.push(ChatId::find(id, known).map_err(not_found)?.clone());
    }
    Ok(all.into_iter().filter(|(id, _)| wanted.contains(id)).collect())
}

fn not_found(error: impl std::fmt::Display) -> CliError {
    CliError::new(Kind::NotFound, error)
        .hint("`sheaf review list` shows the ids of the chats that wait")
}

/// How often which kinds were found, those that send a chat to review first.
fn found_words(chat: &WaitingChat) -> String {
    let mut kinds: Vec<_> = chat.kinds.iter().collect();
    kinds.sort_by_key(|found| !found.review);
    let kinds = kinds.iter().map(|found| match found.times {
        1 => crate::text::printable(&found.kind),
        times => format!("{times} {}", crate::text::printable(&found.kind)),
    });
    let failed = chat.failed.is_some().then(|| "not scanned whole".to_owned());
    failed.into_iter().chain(kinds).collect::<Vec<_>>().join(", ")
}
