//! Which chats of the files are meant: all of them, those that a query takes, or those that the
//! member chooses from a list.

use super::Args;
use super::deliver::Delivery;
use super::drafting::not_member;
use super::settings::Wishes;
use crate::choose::{Candidate, Chooser, Query, Standing};
use crate::chosen::Chosen;
use crate::context::now;
use crate::error::{CliError, Kind};
use crate::progress::Progress;
use crate::text::{count, printable};
use sheaf_node::book::{ChatId, State};
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{Contributor, DraftError, Settings};
use sheaf_node::import::Imported;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

/// What decides whether a chat can be given.
pub(super) struct Judge<'a> {
    pub(super) delivery: &'a Delivery<'a>,
    pub(super) info: &'a CommunityInfo,
    pub(super) wishes: &'a Wishes,
    pub(super) settings: Settings,
}

/// The chats that are meant.
pub(super) struct Choice {
    pub(super) chosen: Vec<Chosen>,
    /// Where the member chose them, to come back to.
    pub(super) list: Option<Chooser>,
}

impl Judge<'_> {
    /// Chats of an export, as they are meant; `None` if the member leaves.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if a query takes none.
    pub(super) async fn choice(
        &self,
        args: &Args,
        chats: Vec<Imported>,
    ) -> Result<Option<Choice>, CliError> {
        let chats: Vec<Arc<Imported>> = chats.into_iter().map(Arc::new).collect();
        let asks = args.select.is_none() && chats.len() > 1 && is_asked(args, self.delivery);
        if args.select.is_none() && !asks {
            return Ok(Some(Choice::meant(chats)));
        }
        let standings = self.standings(chats.iter().map(|chat| &**chat))?;
        let both = chats.into_iter().zip(standings);
        let candidates: Vec<_> =
            both.map(|(chat, standing)| Candidate { chat, standing }).collect();
        let is_free = |candidate: &Candidate| candidate.standing == Standing::Free;
        match &args.select {
            Some(query) => Ok(Some(Choice::meant(taken(query, candidates)?))),
            // There is nothing to choose; why, is said of each in the end.
            None if !candidates.iter().any(is_free) => {
                Ok(Some(Choice::meant(candidates.into_iter().map(|one| one.chat))))
            }
            None => self.asked(Chooser::new(&heading(self.info), candidates)).await,
        }
    }

    /// Lets a member who signed nothing choose again; `None` if they leave.
    ///
    /// # Errors
    /// Where nobody can answer.
    pub(super) async fn again(&self, mut list: Chooser) -> Result<Option<Choice>, CliError> {
        let standings = self.standings(list.chats())?;
        list.again(standings);
        self.asked(list).await
    }

    async fn asked(&self, list: Chooser) -> Result<Option<Choice>, CliError> {
        let list = list.ask(&self.delivery.cx.out).await?;
        Ok(list.map(|list| Choice { chosen: list.chosen(), list: Some(list) }))
    }

    /// Whether each can be given.
    fn standings<'c>(
        &self,
        chats: impl Iterator<Item = &'c Imported>,
    ) -> Result<Vec<Standing>, CliError> {
        let Delivery { cx, book, person, .. } = self.delivery;
        let _waiting = Progress::spinner(&cx.out, "looking which can be given");
        let contributor = Contributor::new(book, &person.seed, self.info)?;
        let (now, said) = (now()?, self.wishes.said(None, &[], &[]));
        let standing = |chat: &Imported| {
            Ok(match contributor.draft(&chat.chat, &self.settings, &said, now) {
                Ok(_) | Err(DraftError::Given { .. }) if self.wishes.again => Standing::Free,
                Ok(draft) => contributor
                    .given_of(draft.mark())
                    .map_or(Standing::Free, |(id, state)| given(id, state)),
                Err(DraftError::Given { id, state }) => given(&id, &state),
                Err(error @ DraftError::NotMember(_)) => return Err(not_member(error)),
                Err(error) => Standing::Barred(error.to_string()),
            })
        };
        tokio::task::block_in_place(|| chats.map(standing).collect())
    }
}

impl Choice {
    /// What was named with the command.
    fn meant(chats: impl IntoIterator<Item = Arc<Imported>>) -> Self {
        Self { chosen: chats.into_iter().map(Chosen::from).collect(), list: None }
    }
}

fn given(id: &ChatId, state: &State) -> Standing {
    let since = if state.is_given() { "" } else { ", taken back since" };
    Standing::Given(format!("{}{since}", id.short()))
}

/// Whether somebody is there to choose, and did not say before that all are meant.
fn is_asked(args: &Args, delivery: &Delivery<'_>) -> bool {
    let said = args.all || args.yes || args.dry_run || delivery.cx.out.json;
    !said && io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn heading(info: &CommunityInfo) -> String {
    format!("Choose for \"{}\"", printable(info.name()))
}

fn taken(query: &Query, candidates: Vec<Candidate>) -> Result<Vec<Arc<Imported>>, CliError> {
    let looked = count(candidates.len() as u64, "chat");
    let takes = |one: &Candidate| query.takes_unmarked(&one.chat.chat, &one.standing);
    let taken: Vec<_> = candidates.into_iter().filter(takes).map(|one| one.chat).collect();
    if taken.is_empty() {
        return Err(CliError::new(Kind::NotFound, format!("--select takes none of {looked}"))
            .hint("try another query: sheaf import FILE --list --select QUERY; no node is asked"));
    }
    Ok(taken)
}
