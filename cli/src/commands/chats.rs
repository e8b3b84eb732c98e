//! `sheaf chats`.

use crate::context::Context;
use crate::error::CliError;
use crate::output::{Page, Report};
use crate::person::Person;
use crate::progress::Progress;
use crate::text::{count, printable, shorten};
use serde::Serialize;
use sheaf_node::book::{ChatId, CommunityBook, State};
use sheaf_node::flow::chats::{Line, kept, list};
use sheaf_node::flow::contribute::send;
use sheaf_protocol::exchange::{ChatState, HolderState, Place};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::statement::{Role, TakedownReason};
use sheaf_protocol::time::Day;
use std::path::PathBuf;

/// Arguments of `sheaf chats`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those given to this community
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// Ask no node; show what is kept here
    #[arg(long)]
    offline: bool,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let person = Person::of(cx)?;
    let books = match args.community {
        Some(id) => vec![person.book.of(&id)],
        None => person.book.communities()?,
    };
    let mut chats = Chats { communities: Vec::new() };
    for book in books {
        chats.communities.push(of_community(&args, cx, &person, &book).await?);
    }
    cx.out.report(&chats)
}

async fn of_community(
    args: &Args,
    cx: &Context,
    person: &Person,
    book: &CommunityBook,
) -> Result<OfCommunity, CliError> {
    let name = book.known()?.map(|known| known.name).unwrap_or_default();
    let mut found = OfCommunity { community: book.id(), name, problem: None, chats: Vec::new() };
    let asked = if args.offline { None } else { Some(ask(cx, person, book).await) };
    let lines = match asked {
        Some(Ok(lines)) => lines,
        Some(Err(error)) => {
            found.problem = Some(error.message);
            kept(book)?
        }
        None => kept(book)?,
    };
    found.chats = lines.into_iter().map(|line| Given::new(line, book)).collect();
    Ok(found)
}

async fn ask(cx: &Context, person: &Person, book: &CommunityBook) -> Result<Vec<Line>, CliError> {
    let _waiting = Progress::spinner(&cx.out, "asking the community's node");
    let (client, info) = person.reach(book).await?;
    let mut lines = list(&client, &info, book).await.map_err(CliError::failed)?;
    for line in lines.iter_mut().filter(|line| was_accepted(line)) {
        // Its acknowledgement comes with the slip.
        send(&client, &info, book, &mut line.record).await?;
    }
    client.close().await;
    Ok(lines)
}

/// Whether a steward put a chat into the log since it was last asked after.
fn was_accepted(line: &Line) -> bool {
    let is_live = line.place.as_ref().is_some_and(|place| place.state == ChatState::Live);
    is_live && line.record.state == State::Pending
}

#[derive(Debug, Serialize)]
struct Chats {
    communities: Vec<OfCommunity>,
}

#[derive(Debug, Serialize)]
struct OfCommunity {
    community: CommunityId,
    name: String,
    /// Why the node was not asked with success; then the states are those last known.
    problem: Option<String>,
    chats: Vec<Given>,
}

#[derive(Debug, Serialize)]
struct Given {
    id: ChatId,
    title: Option<String>,
    messages: u32,
    licence: String,
    usage: String,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    due: Option<Day>,
    signed: String,
    /// As the book has it.
    kept: State,
    /// As the node has it, if it was asked.
    state: Option<ChatState>,
    index: Option<u64>,
    /// Why a steward took it down or did not accept it.
    reason: Option<TakedownReason>,
    holders: Vec<Holder>,
    /// Where the consent slip lies, if there is one.
    slip: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Holder {
    key: PublicKey,
    name: Option<String>,
    role: Role,
    state: HolderState,
}

impl Given {
    fn new(line: Line, book: &CommunityBook) -> Self {
        let record = line.record;
        let place = line.place;
        let logged = match record.state {
            State::Logged { index } => Some(index),
            _ => None,
        };
        Self {
            slip: Some(book.slip_path(&record.id())).filter(|path| path.exists()),
            id: record.id(),
            title: record.title,
            messages: record.messages,
            licence: record.licence,
            usage: record.usage,
            due: record.due,
            signed: record.signed.to_string(),
            kept: record.state,
            state: place.as_ref().map(|place| place.state),
            index: place.as_ref().and_then(|place| place.index).or(logged),
            reason: place.as_ref().and_then(|place| place.reason),
            holders: place.map(holders).unwrap_or_default(),
        }
    }

    fn cells(&self) -> [String; 5] {
        let untitled = match self.kept {
            State::Recovered => "(title not kept)",
            _ => "(without a title)",
        };
        let title = self.title.as_deref().map_or(untitled.into(), printable);
        [
            self.id.short().to_owned(),
            self.index.map(|index| index.to_string()).unwrap_or_default(),
            self.state_words(),
            self.holder_words(),
            shorten(&title, 50),
        ]
    }

    fn state_words(&self) -> String {
        match (self.state, &self.kept) {
            (Some(ChatState::TakenDown), _) => self.taken_down_words(),
            (Some(state), kept) if state != ChatState::Unknown || !kept.is_given() => {
                chat_state(state).into()
            }
            (_, State::Prepared) => "signed, not sent yet".into(),
            (_, State::Pending) => "waits for review".into(),
            (_, State::Logged { .. }) => "in the log".into(),
            (_, State::Refused { sentence }) => {
                format!("refused: {}", shorten(&printable(sentence), 60))
            }
            (_, State::Withdrawing { .. }) => "withdrawal not sent yet".into(),
            (_, State::Withdrawn { .. }) => "withdrawn".into(),
            (_, State::Recovered) => "in the log (recovered)".into(),
        }
    }

    fn taken_down_words(&self) -> String {
        let what = match self.index {
            Some(_) => chat_state(ChatState::TakenDown),
            None => "not accepted, erased",
        };
        let why = self.reason.map(|reason| format!(": {}", reason.words()));
        format!("{what}{}", why.unwrap_or_default())
    }

    /// Counted; `--json` names each.
    fn holder_words(&self) -> String {
        let of = |role| self.holders.iter().filter(move |holder| holder.role == role);
        let (nodes, readers) = (of(Role::Replica).count(), of(Role::Reader).count());
        let erased = of(Role::Replica).filter(|holder| holder.state == HolderState::Erased).count();
        let mut words = match (nodes, erased) {
            (0, _) => Vec::new(),
            (nodes, 0) => vec![count(nodes as u64, "partner node")],
            (nodes, erased) => {
                vec![format!("{erased} of {} erased", count(nodes as u64, "partner node"))]
            }
        };
        if readers > 0 {
            words.push(count(readers as u64, "reader"));
        }
        words.join(", ")
    }
}

fn holders(place: Place) -> Vec<Holder> {
    let holder = |holder: sheaf_protocol::exchange::Holder| Holder {
        key: holder.key,
        name: holder.name,
        role: holder.role,
        state: holder.state,
    };
    place.holders.into_iter().map(holder).collect()
}

/// The state of a chat at its node, in words.
pub(super) fn chat_state(state: ChatState) -> &'static str {
    match state {
        ChatState::Unknown => "not there",
        ChatState::Pending => "waits for review",
        ChatState::Live => "shared",
        ChatState::Void => "without effect",
        ChatState::Withdrawn => "withdrawn, erased",
        ChatState::Due => "due, erased",
        ChatState::TakenDown => "taken down, erased",
        ChatState::Erasing => "being erased",
    }
}

impl Report for Chats {
    fn page(&self, page: &mut Page) {
        if self.communities.is_empty() {
            page.line("You have given no chat yet: sheaf contribute FILE");
        }
        for community in &self.communities {
            let name = printable(&community.name);
            page.heading(format_args!("{name}  {}", community.community));
            if let Some(problem) = &community.problem {
                let line = format!("  as last known: {}", printable(problem));
                page.line(page.style.yellow(&line));
            }
            let rows: Vec<_> = community.chats.iter().map(Given::cells).collect();
            page.table(["id", "entry", "state", "who has it", "title"], &rows);
        }
    }
}
