//! Which chats can be given under a policy and settings, and what giving each would mean.

use super::given::Given;
use super::result::{Outcome, Refused};
use super::scrubbing::{Held, Ready};
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
    pub(super) ready: Ready,
    told: Vec<String>,
    /// Recognises the chat as it was read.
    source: TextMark,
}

/// Chats, and the policy under which they are to be shown.
pub(super) struct Round {
    pub(super) info: CommunityInfo,
    /// As they were read.
    pub(super) chosen: Vec<Chosen>,
    /// As they are to be shared.
    pub(super) offers: Vec<Offer>,
    /// Those that hold secrets, and are not among the offers.
    pub(super) held: Vec<Held>,
    /// Those of them that were given before, with the secrets masked.
    pub(super) known: Vec<Held>,
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
    pub(super) fn all(ready: Vec<Ready>) -> Vec<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = ready.len().div_ceil(cores).max(1);
        let offers = |ready: &[Ready]| -> Vec<_> { ready.iter().cloned().map(Self::of).collect() };
        thread::scope(|scope| {
            let parts: Vec<_> =
                ready.chunks(share).map(|part| scope.spawn(move || offers(part))).collect();
            let joined = parts.into_iter().map(|part| part.join());
            joined.flat_map(|told| told.unwrap_or_else(|p| std::panic::resume_unwind(p))).collect()
        })
    }

    fn of(ready: Ready) -> Self {
        let told = languages(&ready.shared.chat);
        let source = mark_of(&ready.source);
        Self { ready, told, source }
    }
}

/// Recognises a chat as it was read.
pub(super) fn mark_of(chosen: &Chosen) -> TextMark {
    TextMark::of(&chosen.chat.chat.to_cbor())
}

impl Round {
    /// Chats that were chosen, nothing of them looked at yet.
    pub(super) fn new(info: CommunityInfo, chosen: Vec<Chosen>) -> Self {
        Self { info, chosen, offers: Vec::new(), held: Vec::new(), known: Vec::new() }
    }
}

impl Drafted {
    /// As it stands on the screen.
    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { chat: &self.offer.ready.shared.chat, labels: &self.draft.labels }
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
        for Held { source, .. } in &round.known {
            let chat = &source.chat.chat;
            if let Some((id, state)) = contributor.given_of(&mark_of(source)) {
                drafting.know(Given::before(id, state, chat).with_other_masks(), outcome);
            }
        }
        let mut texts = HashSet::new();
        for offer in &round.offers {
            let Ready { source: chosen, shared, scrubbed } = &offer.ready;
            let said = Said {
                scrubbed: scrubbed.clone(),
                ..wishes.said(chosen.verdict, &chosen.tags, &offer.told)
            };
            let chat = &shared.chat;
            match contributor.draft(chat, &drafting.decided.settings, &said, now) {
                Ok(draft) if !texts.insert(draft.mark().clone()) => drafting.repeated += 1,
                Ok(draft) => match contributor.given_of(&offer.source) {
                    Some((id, state)) if !wishes.again => {
                        let before = Given::before(id, state, chat).with_other_masks();
                        drafting.know(before, outcome);
                    }
                    _ => {
                        let draft = draft.made_of(offer.source.clone());
                        drafting.drafted.push(Drafted { draft, offer: offer.clone() });
                    }
                },
                Err(DraftError::Given { id, state }) => {
                    drafting.know(Given::before(&id, &state, chat), outcome);
                }
                Err(error @ DraftError::NotMember(_)) => return Err(not_member(error)),
                Err(error) => drafting.refused.push(Refused::new(chat.title.clone(), error)),
            }
        }
        Ok(drafting)
    }

    /// Notes a chat that was given before, unless this run told of it already.
    fn know(&mut self, given: Given, outcome: &Outcome) {
        match () {
            () if outcome.given.iter().any(|told| told.is_same(&given)) => {}
            () if self.before.iter().any(|before| before.is_same(&given)) => self.repeated += 1,
            () => self.before.push(given),
        }
    }

    /// As they stand on the screen.
    pub(super) fn shown(&self) -> Vec<Shown<'_>> {
        self.drafted.iter().map(Drafted::shown).collect()
    }
}
