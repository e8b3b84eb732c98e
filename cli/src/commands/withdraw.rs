//! `sheaf withdraw`.

use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::output::{Page, Report};
use crate::person::Person;
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::text::{count, printable, short_key, shorten};
use futures::StreamExt as _;
use serde::Serialize;
use sheaf_node::book::{ChatId, CommunityBook, Record};
use sheaf_node::flow::withdraw::{Taken, is_gone, watch, withdraw};
use sheaf_protocol::exchange::{HolderState, Place};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::statement::Role;
use std::time::Duration;

/// Withdrawals on their way to the node at once: it takes them in batches.
const SENDS_AHEAD: usize = 32;

/// Arguments of `sheaf withdraw`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chats, by their ids as `sheaf chats` shows them (the beginning is enough), or control keys
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ID")]
    ids: Vec<String>,
    /// Every chat given
    #[arg(long)]
    all: bool,
    /// Only those given to this community
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// Watch for so many seconds until the partner nodes have erased, too
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let person = Person::of(cx)?;
    let chosen = choose(&args, &person)?;
    let number: usize = chosen.iter().map(|(_, records)| records.len()).sum();
    if number == 0 {
        return Err(CliError::new(Kind::NotFound, "there is no chat to take back")
            .hint("`sheaf chats` lists what you gave"));
    }
    ask(&args, cx, &chosen, number as u64).await?;
    let mut withdrawn = Withdrawn { chats: Vec::new(), waited_secs: args.wait };
    for (book, records) in chosen {
        take_back(&args, cx, &person, &book, records, &mut withdrawn).await?;
    }
    cx.out.report(&withdrawn)
}

type Chosen = Vec<(CommunityBook, Vec<Record>)>;

fn choose(args: &Args, person: &Person) -> Result<Chosen, CliError> {
    let books = match args.community {
        Some(id) => vec![person.book.of(&id)],
        None => person.book.communities()?,
    };
    if args.all {
        let mut chosen = Chosen::new();
        for book in books {
            let records = book.records()?.into_iter().filter(can_be_taken_back).collect();
            chosen.push((book, records));
        }
        return Ok(chosen);
    }
    let mut chosen: Chosen = books.into_iter().map(|book| (book, Vec::new())).collect();
    for id in &args.ids {
        find(&mut chosen, id)?;
    }
    chosen.retain(|(_, records)| !records.is_empty());
    Ok(chosen)
}

fn can_be_taken_back(record: &Record) -> bool {
    record.state.is_given() || matches!(record.state, sheaf_node::book::State::Withdrawing { .. })
}

/// Looks for an id in every book; it must be in one of them.
fn find(chosen: &mut Chosen, id: &str) -> Result<(), CliError> {
    let mut missed = CliError::new(Kind::NotFound, "you have given no chat yet");
    for (book, records) in chosen.iter_mut() {
        match book.find(id)? {
            Ok(record) => {
                if records.iter().all(|other| other.control != record.control) {
                    records.push(record);
                }
                return Ok(());
            }
            Err(error) => missed = error.into(),
        }
    }
    Err(missed)
}

async fn ask(args: &Args, cx: &Context, chosen: &Chosen, number: u64) -> Result<(), CliError> {
    if args.yes {
        return Ok(());
    }
    cx.out.show(|page| {
        for record in chosen.iter().flat_map(|(_, records)| records) {
            let title = record.title.as_deref().map_or("(no title kept)".into(), printable);
            page.line(format_args!("  {}  {}", record.id().short(), shorten(&title, 60)));
        }
        page.aside(
            "  The community's node and its partner nodes erase them, on the record. This cannot \
             be undone;\n  the same text can be given again as a new chat.",
        );
    });
    confirm(&cx.out, &format!("Take back {}?", count(number, "chat"))).await
}

async fn take_back(
    args: &Args,
    cx: &Context,
    person: &Person,
    book: &CommunityBook,
    records: Vec<Record>,
    withdrawn: &mut Withdrawn,
) -> Result<(), CliError> {
    let (client, info) = person.reach(book).await?;
    let bar = Progress::bar(&cx.out, "taking back", records.len() as u64);
    let mut controls = Vec::new();
    let (node, community, now) = (&client, &info, now()?);
    let sends = records.into_iter().map(|mut record| async move {
        let taken = withdraw(node, community, book, &person.seed, &mut record, now).await;
        (taken, record)
    });
    let mut sends = futures::stream::iter(sends).buffered(SENDS_AHEAD);
    while let Some((taken, record)) = sends.next().await {
        controls.push(record.control);
        withdrawn.chats.push(Gone::new(book.id(), &record, taken?));
        bar.at(controls.len() as u64);
    }
    drop((bar, sends));
    let places = {
        let waiting = Progress::spinner(&cx.out, "watching it go");
        let patience = Duration::from_secs(args.wait);
        let told = |places: &[Place]| waiting.say(progress_words(places));
        watch(&client, &info, &controls, patience, told).await?
    };
    client.close().await;
    places.iter().for_each(|place| withdrawn.place(place));
    Ok(())
}

fn progress_words(places: &[Place]) -> String {
    let gone = places.iter().filter(|place| is_gone(place)).count();
    format!("gone everywhere: {gone} of {}", places.len())
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    chats: Vec<Gone>,
    /// How long the partner nodes were given, in seconds.
    waited_secs: u64,
}

#[derive(Debug, Serialize)]
struct Gone {
    id: ChatId,
    #[serde(skip)]
    control: PublicKey,
    community: CommunityId,
    title: Option<String>,
    how: How,
    /// Index of the withdrawal in the log.
    index: Option<u64>,
    /// Whether the node and all partner nodes have erased it.
    everywhere: bool,
    /// Partner nodes that sent a receipt.
    erased: Vec<String>,
    /// Partner nodes that did not yet.
    missing: Vec<String>,
    /// Readers who were told, or could not be: what they built stays with them.
    readers: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    TakenBack,
    NeverArrived,
    TakenBackBefore,
}

impl Gone {
    fn new(community: CommunityId, record: &Record, taken: Taken) -> Self {
        let (how, index) = match taken {
            Taken::Back { index } => (How::TakenBack, index),
            Taken::NeverArrived => (How::NeverArrived, None),
            Taken::Before => (How::TakenBackBefore, None),
        };
        Self {
            id: record.id(),
            control: record.control,
            community,
            title: record.title.clone(),
            how,
            index,
            everywhere: false,
            erased: Vec::new(),
            missing: Vec::new(),
            readers: 0,
        }
    }

    fn line(&self) -> String {
        let replicas = self.erased.len() + self.missing.len();
        match self.how {
            How::NeverArrived => "never arrived; it will not be sent any more".into(),
            _ if self.everywhere && replicas == 0 => "erased; no partner node held it".to_owned(),
            _ if self.everywhere => {
                format!(
                    "erased, and so did {}, with receipts",
                    count(replicas as u64, "partner node")
                )
            }
            _ => format!(
                "taken back; {} of {} erased so far, still to come: {}",
                self.erased.len(),
                count(replicas as u64, "partner node"),
                self.missing.join(", ")
            ),
        }
    }
}

impl Withdrawn {
    fn place(&mut self, place: &Place) {
        let Some(gone) = self.chats.iter_mut().find(|gone| gone.control == place.control) else {
            return;
        };
        gone.everywhere = is_gone(place);
        for holder in &place.holders {
            let name = holder.name.as_deref().map(printable);
            let name = name.unwrap_or_else(|| short_key(&holder.key));
            match (holder.role, holder.state) {
                (Role::Reader, _) => gone.readers += 1,
                (Role::Replica, HolderState::Erased) => gone.erased.push(name),
                (Role::Replica, _) => gone.missing.push(name),
            }
        }
    }
}

impl Report for Withdrawn {
    fn page(&self, page: &mut Page) {
        for gone in &self.chats {
            let title = gone.title.as_deref().map(printable).unwrap_or_default();
            page.line(format_args!("  {}  {}", gone.id.short(), shorten(&title, 60)));
            page.line(format_args!("              {}", gone.line()));
            if gone.readers > 0 {
                let readers = count(gone.readers, "reader");
                page.aside(format_args!(
                    "              {readers} may have it in a dataset of their own; the log tells them",
                ));
            }
        }
        if self.chats.iter().any(|gone| !gone.everywhere && gone.how != How::NeverArrived) {
            page.aside("`sheaf chats` shows how far it is.");
        }
    }
}
