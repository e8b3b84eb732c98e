//! Which chats of the files are meant: all of them, those that a query takes, or those that the
//! member chooses from a list.

use super::Args;
use super::deliver::Delivery;
use super::drafting::not_member;
use super::settings::Wishes;
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

/// What decides whether a chat can be given.
pub(super) struct Judge<'a> {
    pub(super) delivery: &'a Delivery<'a>,
    pub(super) info: &'a CommunityInfo,
    pub(super) wishes: &'a Wishes,
    pub(super) settings: &'a Settings,
}

impl Judge<'_> {
    /// Chats of an export, as they are meant.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if a query takes none, [`Kind::Declined`] if the member leaves.
    pub(super) async fn chosen(
        &self,
        args: &Args,
        chats: Vec<Imported>,
    ) -> Result<Vec<Chosen>, CliError> {
        let asks = args.select.is_none() && chats.len() > 1 && is_asked(args, self.delivery);
        if args.select.is_none() && !asks {
            return Ok(chats.into_iter().map(Chosen::from).collect());
        }
        let candidates = tokio::task::block_in_place(|| self.candidates(chats))?;
        let is_free = |candidate: &Candidate| candidate.standing == Standing::Free;
        match &args.select {
            Some(query) => taken(query, candidates),
            // There is nothing to choose; why, is said of each in the end.
            None if !candidates.iter().any(is_free) => {
                Ok(candidates.into_iter().map(given).collect())
            }
            None => choose(&self.delivery.cx.out, &heading(self.info), candidates).await,
        }
    }

    /// The chats, with whether each can be given.
    fn candidates(&self, chats: Vec<Imported>) -> Result<Vec<Candidate>, CliError> {
        let Delivery { cx, book, person, .. } = self.delivery;
        let _waiting = Progress::spinner(&cx.out, "looking which can be given");
        let contributor = Contributor::new(book, &person.seed, self.info)?;
        let (now, said) = (now()?, self.wishes.said(None, &[], &[]));
        let judge = |chat: Imported| {
            let standing = match contributor.draft(&chat.chat, self.settings, &said, now) {
                Ok(_) => Standing::Free,
                Err(DraftError::Given { id, state }) => {
                    let since = if state.is_given() { "" } else { ", taken back since" };
                    Standing::Given(format!("{}{since}", id.short()))
                }
                Err(error @ DraftError::NotMember(_)) => return Err(not_member(error)),
                Err(error) => Standing::Barred(error.to_string()),
            };
            Ok(Candidate { chat, standing })
        };
        chats.into_iter().map(judge).collect()
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
