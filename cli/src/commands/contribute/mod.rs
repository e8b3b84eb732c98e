//! `sheaf contribute`: read, show, ask, sign, send.

mod choosing;
mod deliver;
mod result;
mod settings;

use crate::choose::Query;
use crate::chosen::Chosen;
use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::exports::read_files;
use crate::person::Person;
use crate::preview::{Detail, show_chats, show_terms};
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::text::{count, printable};
use clap::ValueEnum;
use deliver::Delivery;
use result::{Given, Outcome, Refused};
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{Contributor, Draft, DraftError, Settings};
use sheaf_protocol::chat::Chat;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::time::{Day, Time};
use std::path::PathBuf;

/// Arguments of `sheaf contribute`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of other tools: files as they are, packed (.zip, .gz), folders, or - for standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Give every chat, without choosing among them
    #[arg(long)]
    all: bool,
    /// Give the chats that a query takes, such as "model:gpt-4 after:2025-01 given:no"
    #[arg(long, value_name = "QUERY", conflicts_with = "all")]
    select: Option<Query>,
    /// To which community [default: the only one you are a member of]
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// The licence, an SPDX expression [default: as last time, or the first that the policy names]
    #[arg(long, value_name = "SPDX")]
    licence: Option<String>,
    /// The preference for use by machines, such as "train-ai=y, search=n" [default: as last time,
    /// or none]
    #[arg(long, value_name = "PREFERENCE")]
    usage: Option<String>,
    /// Under which name; "none" leaves no link between your chats [default: as last time, or none]
    #[arg(long, value_name = "none|NAME")]
    attribution: Option<String>,
    /// The last day on which the chats may be held (YYYY-MM-DD) [default: as long as the policy
    /// allows]
    #[arg(long, value_name = "DATE", conflicts_with = "keep_days")]
    due: Option<Day>,
    /// The same, as a number of days from today
    #[arg(long, value_name = "N")]
    keep_days: Option<u32>,
    /// What you think of the chats
    #[arg(long, value_enum)]
    verdict: Option<VerdictName>,
    /// A word to find them by (may be given several times)
    #[arg(long, value_name = "WORD")]
    tag: Vec<String>,
    /// A language they are in, such as en or pt-BR (may be given several times)
    #[arg(long, value_name = "TAG")]
    language: Vec<String>,
    /// Show every message to its end
    #[arg(long)]
    full: bool,
    /// Agree beforehand to what is shown
    #[arg(long)]
    yes: bool,
    /// Show what would be shared, and send nothing
    #[arg(long)]
    dry_run: bool,
}

/// A judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerdictName {
    /// Worth learning from
    Good,
    /// Worth avoiding
    Bad,
    /// Worth studying
    Interesting,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let person = Person::of(cx)?;
    let book = person.community(args.community)?;
    let (chats, files) = read_files(args.files.clone(), cx.out).await?;
    let (client, info) = {
        let _waiting = Progress::spinner(&cx.out, "reaching the community's node");
        person.reach(&book).await?
    };
    check_clock(&info, now()?)?;
    let settings = settings::settings(&args, &book, info.policy(), now()?.day())?;
    let mut outcome = Outcome::new(&info, files, args.dry_run);
    let delivery = Delivery { cx, person: &person, book: &book, client: &client };
    if !args.dry_run {
        delivery.resume(&info, &mut outcome).await?;
    }
    let chats = choosing::chosen(&args, &delivery, &info, &settings, chats).await?;
    let mut round = Round { info, chats };
    loop {
        let drafted = draft(&args, &delivery, &round, &settings, now()?, &mut outcome)?;
        if !drafted.is_empty() {
            ask(&args, cx, &round.info, &drafted).await?;
        }
        if args.dry_run || drafted.is_empty() {
            outcome.would_give(&drafted);
            break;
        }
        let agreed = drafted.into_iter().map(|drafted| (drafted.draft, drafted.chosen)).collect();
        match delivery.deliver(&round.info, agreed, &mut outcome).await? {
            None => break,
            Some(_) if args.yes => return Err(policy_changed(&round.info)),
            Some(changed) => {
                show_change(cx, &round.info, &changed.info);
                round = Round { info: *changed.info, chats: changed.chats };
            }
        }
    }
    client.close().await;
    settings::remember(&book, &settings, &outcome)?;
    cx.out.report(&outcome)?;
    outcome.verdict()
}

/// Said before anything is signed: the node would refuse each chat for it.
fn check_clock(info: &CommunityInfo, now: Time) -> Result<(), CliError> {
    if info.clock_off(now).is_none() {
        return Ok(());
    }
    let node = info.node_clock();
    let message = format!("the clock of this machine says {now}, the node's says {node}");
    Err(CliError::new(Kind::Clock, message).hint("the wrong one must be set; then run it again"))
}

/// Chats, and the policy under which they are to be shown.
struct Round {
    info: CommunityInfo,
    chats: Vec<Chosen>,
}

/// A chat that can be given, and what giving it would mean.
struct Drafted {
    draft: Draft,
    chosen: Chosen,
}

fn draft(
    args: &Args,
    delivery: &Delivery<'_>,
    round: &Round,
    settings: &Settings,
    now: Time,
    outcome: &mut Outcome,
) -> Result<Vec<Drafted>, CliError> {
    let contributor = Contributor::new(delivery.book, &delivery.person.seed, &round.info)?;
    let mut drafted: Vec<Drafted> = Vec::new();
    for chosen in &round.chats {
        let chat = &chosen.chat.chat;
        match contributor.draft(chat, settings, &settings::said(args, chosen), now) {
            // One text twice in the files is one chat.
            Ok(draft) if drafted.iter().any(|other| other.draft.plain == draft.plain) => {}
            Ok(draft) => drafted.push(Drafted { draft, chosen: chosen.clone() }),
            Err(DraftError::Given { id, .. }) if outcome.names(&id) => {}
            Err(DraftError::Given { id, .. }) => {
                outcome.given.push(Given::before(&id, chat));
            }
            Err(error @ DraftError::NotMember(_)) => {
                return Err(not_member(error));
            }
            Err(error) => outcome.refused.push(Refused::new(chat.title.clone(), error)),
        }
    }
    Ok(drafted)
}

fn not_member(error: DraftError) -> CliError {
    CliError::new(Kind::NotMember, error)
        .hint("ask a steward for an invitation: sheaf member join LINE")
}

async fn ask(
    args: &Args,
    cx: &Context,
    info: &CommunityInfo,
    drafted: &[Drafted],
) -> Result<(), CliError> {
    let chats: Vec<&Chat> = drafted.iter().map(|drafted| &drafted.chosen.chat.chat).collect();
    let detail = if args.full { Detail::Full } else { Detail::Short };
    let name = printable(info.name());
    let number = count(chats.len() as u64, "chat");
    if !cx.out.quiet {
        cx.out.show(|page| {
            page.heading(format_args!("{number} for \"{name}\", exactly as they will be shared"));
            page.blank();
            show_chats(page, &chats, detail);
            if let Some(first) = drafted.first() {
                show_terms(page, info, &first.draft);
            }
        });
    }
    if args.yes || args.dry_run {
        return Ok(());
    }
    confirm(&cx.out, &format!("Sign and give {number} to \"{name}\"?")).await
}

fn show_change(cx: &Context, before: &CommunityInfo, after: &CommunityInfo) {
    cx.out.show(|page| {
        page.blank();
        page.heading(
            "The community changed its policy meanwhile. Nothing was given under the old one.",
        );
        for line in before.policy().diff(after.policy()) {
            page.line(format_args!("  {}", printable(&line)));
        }
        page.blank();
    });
}

fn policy_changed(info: &CommunityInfo) -> CliError {
    let message = format!(
        "the policy of \"{}\" changed while this ran; what was agreed to beforehand was the old one",
        printable(info.name())
    );
    CliError::new(Kind::Refused, message).hint("run it again: the new policy will be shown")
}
