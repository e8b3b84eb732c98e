//! The review queue of a home: which chats go there, and how they leave it.
//!
//! The store has the chats; here is, of each, what decisions need: it waits, so its control key, its
//! text and its sealed bytes are used. While one is on its way into the log, what takes it back is
//! put off until it is there or was refused: so it is either explained before it can be accepted, or
//! an entry like any other.

mod attention;
mod enter;
mod leave;

use super::AfterExplain;
use super::input::AskId;
use crate::limits::{DUE_ITEMS_MAX, EXPLANATIONS_PARKED_MAX};
use crate::scrub::{Class, Kind, kind_of};
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::id::{BlobHash, ChatCommitment, PublicKey, StatementId};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Body, SignedStatement};
use sheaf_protocol::time::Day;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A chat of the review queue, as the store gives it at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The control key of its manifest.
    pub control: PublicKey,
    /// Its manifest.
    pub statement: StatementId,
    /// Who offered it.
    pub member: PublicKey,
    /// Keyed hash of member and text.
    pub fingerprint: [u8; 32],
    /// Its sealed bytes.
    pub blob: BlobHash,
    /// The commitment to its text.
    pub commitment: ChatCommitment,
    /// Its last day.
    pub due: Option<Day>,
    /// Whether it could not be looked through whole: nobody knows what is in it.
    pub unscanned: bool,
}

impl Waiting {
    /// What decisions need of a manifest; `None` for another statement.
    pub fn of(
        statement: &SignedStatement,
        member: PublicKey,
        fingerprint: [u8; 32],
        findings: &Findings,
    ) -> Option<Self> {
        let Body::Manifest(manifest) = &statement.content().body else { return None };
        Some(Self {
            control: manifest.control,
            statement: statement.id(),
            member,
            fingerprint,
            blob: manifest.blob.hash,
            commitment: manifest.commitment,
            due: manifest.consent.due,
            unscanned: findings.failed.is_some(),
        })
    }
}

/// How far a chat of the queue is.
enum Stage {
    /// On its way into the store; these wait for it.
    Arriving(Vec<AskId>),
    /// In the store.
    Waits,
    /// On its way into the log; this waits until it is there, or not.
    Accepting(Vec<(SignedStatement, AfterExplain)>),
}

/// The review queue of one community.
#[derive(Default)]
pub(super) struct Review {
    chats: BTreeMap<PublicKey, (Waiting, Stage)>,
    /// Fingerprints, blobs and commitments of these chats.
    used: BTreeSet<[u8; 32]>,
    /// How many each member has there.
    members: BTreeMap<PublicKey, usize>,
    /// In the log now, and still to be taken out of the store's queue.
    admitted: Vec<PublicKey>,
}

impl Review {
    /// The queue as it was at the last stop.
    pub(super) fn of(chats: Vec<Waiting>) -> Self {
        let mut review = Self::default();
        chats.into_iter().for_each(|chat| review.insert(chat, Stage::Waits));
        review
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.chats.len()
    }

    fn insert(&mut self, chat: Waiting, stage: Stage) {
        self.used.extend([chat.fingerprint, chat.blob.0, chat.commitment.0]);
        *self.members.entry(chat.member).or_default() += 1;
        self.chats.insert(chat.control, (chat, stage));
    }

    /// Takes a chat off the queue, and gives what waited for it.
    fn remove(&mut self, control: &PublicKey) -> Option<Stage> {
        let (chat, stage) = self.chats.remove(control)?;
        for value in [chat.fingerprint, chat.blob.0, chat.commitment.0] {
            self.used.remove(&value);
        }
        if let Entry::Occupied(mut count) = self.members.entry(chat.member) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        Some(stage)
    }

    /// The manifest that waits under a control key.
    pub(super) fn statement(&self, control: &PublicKey) -> Option<StatementId> {
        self.chats.get(control).map(|(chat, _)| chat.statement)
    }

    /// Whether a waiting chat has this fingerprint, blob hash or commitment.
    pub(super) fn uses(&self, value: &[u8; 32]) -> bool {
        self.used.contains(value)
    }

    /// How many chats of a member wait.
    pub(super) fn of_member(&self, member: &PublicKey) -> usize {
        self.members.get(member).copied().unwrap_or(0)
    }

    /// Puts off what takes back a chat that is on its way into the log. Gives it back where there is
    /// no such chat, or too much waits for it.
    fn park(
        &mut self,
        control: &PublicKey,
        statement: &SignedStatement,
        then: AfterExplain,
    ) -> Parked {
        match self.chats.get_mut(control) {
            Some((_, Stage::Accepting(parked))) if parked.len() < EXPLANATIONS_PARKED_MAX => {
                parked.push((statement.clone(), then));
                Parked::PutOff
            }
            Some((_, Stage::Accepting(_))) => Parked::TooMany(then),
            _ => Parked::Free(then),
        }
    }

    fn ended(&self, today: Day) -> Vec<PublicKey> {
        let resting = self.chats.values().filter(|(_, stage)| matches!(stage, Stage::Waits));
        let ended =
            resting.filter(|(chat, _)| has_ended(chat, today)).map(|(chat, _)| chat.control);
        ended.take(DUE_ITEMS_MAX).collect()
    }
}

/// Whether the last day of a chat is over.
fn has_ended(chat: &Waiting, today: Day) -> bool {
    chat.due.is_some_and(|day| day < today)
}

/// What became of something that takes a chat back.
pub(super) enum Parked {
    /// It waits until the chat is in the log, or not.
    PutOff,
    /// Too much waits for it already.
    TooMany(AfterExplain),
    /// Nothing is in its way.
    Free(AfterExplain),
}

/// Says of each kind that was found whether it sends a chat to review under a policy: what the policy
/// wants masked or pointed out, every secret, and what only the community knows. Whether anything
/// does.
pub(super) fn wants_review(policy: &Policy, findings: &mut Findings) -> bool {
    let listed = policy.mask.iter().chain(&policy.flag).filter_map(|name| kind_of(name));
    let listed: BTreeSet<Kind> = listed.collect();
    for found in &mut findings.kinds {
        found.review = kind_of(&found.kind).is_none_or(|kind| {
            let is_grave = kind.class() == Class::Secret || matches!(kind, Kind::Custom(_));
            is_grave || listed.contains(&kind)
        });
    }
    findings.failed.is_some() || findings.kinds.iter().any(|found| found.review)
}
