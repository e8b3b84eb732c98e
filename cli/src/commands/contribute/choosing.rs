//! Which chats of the files are meant: all of them, those that a query takes, or those that the
//! member chooses from a list.

use super::deliver::Delivery;
use super::{Args, not_member, settings};
use crate::choose::{Candidate, Query, Standing, choose};
use crate::chosen::Chosen;
use crate::context::now;
use crate::error::{CliError, Kind};
use crate::progress::Progress;
use crate::text::{count, printable};
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{Contributor, DraftError, Settings};
use sheaf_node::import::Imported;
use std::io::{self, IsTerminal as _};

/// Chats of an export, as they are meant.
///
/// # Errors
/// [`Kind::NotFound`] if a query takes none, [`Kind::Declined`] if the member leaves.
pub(super) async fn chosen(
    args: &Args,
    delivery: &Delivery<'_>,
    info: &CommunityInfo,
    settings: &Settings,
    chats: Vec<Imported>,
) -> Result<Vec<Chosen>, CliError> {
    let asks = args.select.is_none() && chats.len() > 1 && is_asked(args, delivery);
    if args.select.is_none() && !asks {
        return Ok(chats.into_iter().map(Chosen::from).collect());
    }
    let judged = || candidates(args, delivery, info, settings, chats);
    let candidates = tokio::task::block_in_place(judged)?;
    let is_free = |candidate: &Candidate| candidate.standing == Standing::Free;
    match &args.select {
        Some(query) => taken(query, candidates),
        // There is nothing to choose; why, is said of each in the end.
        None if !candidates.iter().any(is_free) => Ok(candidates.into_iter().map(given).collect()),
        None => choose(&delivery.cx.out, &heading(info), candidates).await,
    }
}

/// Whether somebody is there to choose, and did not say before that all are meant.
fn is_asked(args: &Args, delivery: &Delivery<'_>) -> bool {
    let said = args.all || args.yes || args.dry_run || delivery.cx.out.json;
    !said && io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn heading(info: &CommunityInfo) -> String {
    format!("Choose for \"{}\"", printable(info.name()))
}

fn taken(query: &Query, candidates: Vec<Candidate>) -> Result<Vec<Chosen>, CliError> {
    let looked = count(candidates.len() as u64, "chat");
    let takes = |one: &Candidate| query.takes_unmarked(&one.chat.chat, &one.standing);
    let taken: Vec<_> = candidates.into_iter().filter(takes).map(given).collect();
    if taken.is_empty() {
        return Err(CliError::new(Kind::NotFound, format!("--select takes none of {looked}"))
            .hint("try another query: sheaf import FILE --list --select QUERY; no node is asked"));
    }
    Ok(taken)
}

fn given(candidate: Candidate) -> Chosen {
    Chosen::from(candidate.chat)
}

/// The chats, with whether each can be given.
fn candidates(
    args: &Args,
    delivery: &Delivery<'_>,
    info: &CommunityInfo,
    settings: &Settings,
    chats: Vec<Imported>,
) -> Result<Vec<Candidate>, CliError> {
    let _waiting = Progress::spinner(&delivery.cx.out, "looking which can be given");
    let contributor = Contributor::new(delivery.book, &delivery.person.seed, info)?;
    let now = now()?;
    let judge = |chat: Imported| {
        let chosen = Chosen::from(chat);
        let said = settings::said(args, &chosen);
        let standing = match contributor.draft(&chosen.chat.chat, settings, &said, now) {
            Ok(_) => Standing::Free,
            Err(DraftError::Given { id, state }) => {
                let since = if state.is_given() { "" } else { ", taken back since" };
                Standing::Given(format!("{}{since}", id.short()))
            }
            Err(error @ DraftError::NotMember(_)) => return Err(not_member(error)),
            Err(error) => Standing::Barred(error.to_string()),
        };
        Ok(Candidate { chat: chosen.chat, standing })
    };
    chats.into_iter().map(judge).collect()
}
