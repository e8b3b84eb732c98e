//! Which chats can be given under a policy and settings, and what giving each would mean.

use super::result::{Given, Outcome, Refused};
use super::settings::{Decided, Wishes};
use crate::chosen::Chosen;
use crate::error::{CliError, Kind};
use crate::person::Person;
use crate::preview::Shown;
use sheaf_node::book::{Choices, CommunityBook, TextMark};
use sheaf_node::client::CommunityInfo;
use sheaf_node::flow::contribute::{Contributor, Draft, DraftError, Said};
use sheaf_node::language::languages;
use sheaf_protocol::time::Time;
use std::collections::HashSet;
use std::thread;

/// A chat that is to be given, and the languages that its words tell.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) chosen: Chosen,
    told: Vec<String>,
}

/// Chats, and the policy under which they are to be shown.
pub(super) struct Round {
    pub(super) info: CommunityInfo,
    pub(super) offers: Vec<Offer>,
}

/// A chat that can be given, and what giving it would mean.
#[derive(Debug)]
pub(super) struct Drafted {
    pub(super) draft: Draft,
    pub(super) offer: Offer,
}

/// What can be given, and what cannot.
#[derive(Debug)]
pub(super) struct Drafting {
    pub(super) decided: Decided,
    pub(super) drafted: Vec<Drafted>,
    pub(super) before: Vec<Given>,
    pub(super) refused: Vec<Refused>,
    /// Chats that stand in the files a second time.
    pub(super) repeated: u64,
}

pub(super) fn not_member(error: DraftError) -> CliError {
    CliError::new(Kind::NotMember, error)
        .hint("ask a steward for an invitation: sheaf member join LINE")
}

impl Offer {
    /// Tells the languages of all chats, on every core.
    pub(super) fn all(chosen: Vec<Chosen>) -> Vec<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = chosen.len().div_ceil(cores).max(1);
        let tell = |chosen: &[Chosen]| -> Vec<_> {
            chosen.iter().map(|chosen| languages(&chosen.chat.chat)).collect()
        };
        let told: Vec<Vec<String>> = thread::scope(|scope| {
            let parts: Vec<_> =
                chosen.chunks(share).map(|part| scope.spawn(move || tell(part))).collect();
            let joined = parts.into_iter().map(|part| part.join());
            joined.flat_map(|told| told.unwrap_or_else(|p| std::panic::resume_unwind(p))).collect()
        });
        chosen.into_iter().zip(told).map(|(chosen, told)| Self { chosen, told }).collect()
    }
}

impl Drafted {
    /// As it stands on the screen.
    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { chat: &self.offer.chosen.chat.chat, labels: &self.draft.labels }
    }
}

impl Drafting {
    /// # Errors
    /// If nothing at all can be given: not a member, settings that cannot be read, a book that
    /// fails.
    pub(super) fn of(
        round: &Round,
        (person, book): (&Person, &CommunityBook),
        (wishes, last): (&Wishes, Option<&Choices>),
        outcome: &Outcome,
        now: Time,
    ) -> Result<Self, CliError> {
        let decided = Decided::by(wishes, last, round.info.policy(), now.day())?;
        let contributor = Contributor::new(book, &person.seed, &round.info)?;
        let (drafted, before, refused) = (Vec::new(), Vec::new(), Vec::new());
        let mut drafting = Self { decided, drafted, before, refused, repeated: 0 };
        let mut texts = HashSet::new();
        for offer in &round.offers {
            let chosen = &offer.chosen;
            let said = Said {
                scrubbed: chosen.scrubbed.clone(),
                ..wishes.said(chosen.verdict, &chosen.tags, &offer.told)
            };
            let chat = &chosen.chat.chat;
            match contributor.draft(chat, &drafting.decided.settings, &said, now) {
                Ok(draft) if !texts.insert(TextMark::of(&draft.plain)) => drafting.repeated += 1,
                Ok(draft) => {
                    drafting.drafted.push(Drafted { draft, offer: offer.clone() });
                }
                Err(DraftError::Given { id, .. }) if outcome.names(&id) => {}
                Err(DraftError::Given { id, .. }) if drafting.names(&id) => drafting.repeated += 1,
                Err(DraftError::Given { id, state }) => {
                    drafting.before.push(Given::before(&id, &state, chat));
                }
                Err(error @ DraftError::NotMember(_)) => return Err(not_member(error)),
                Err(error) => drafting.refused.push(Refused::new(chat.title.clone(), error)),
            }
        }
        Ok(drafting)
    }

    fn names(&self, id: &sheaf_node::book::ChatId) -> bool {
        self.before.iter().any(|given| given.is(id))
    }

    /// As they stand on the screen.
    pub(super) fn shown(&self) -> Vec<Shown<'_>> {
        self.drafted.iter().map(Drafted::shown).collect()
    }
}
