//! When the store fails, as it does on a full disk: whoever waits is told, what nobody else would
//! bring again is kept and tried again, and the status says why. And what did
//! not read at the start: the rest is served, and the status names it.

use super::hosted::Hosted;
use super::ingest::Queued;
use super::statements::Origin;
use super::{Reply, Service};
use crate::limits::{QUEUE_ENTRIES_MAX, STORE_RETRY_SECS, TROUBLE_SHOWN_SECS};
use sheaf_protocol::exchange::{MemberReply, Refusal, RefusalCode, StatusLine, StewardReply};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::time::Time;

/// A community in the store whose rows do not read: it is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Which.
    pub id: CommunityId,
    /// Whether its log is written here.
    pub home: bool,
    /// What was found, and where.
    pub why: String,
}

/// What a failing store left undone in one community.
#[derive(Default)]
pub(super) struct Trouble {
    /// What failed last, when and why, for the status.
    said: Option<(Time, String)>,
    /// Whether a write succeeded since.
    over: bool,
    /// The same without its time: said once in the node's log.
    why: String,
    /// Statements of our own that are not in the log yet.
    statements: Vec<Queued>,
    /// Nothing is tried again before.
    not_before: Option<Time>,
}

impl Trouble {
    /// Why somebody should look at the disk. For a while also when a write succeeded since: a small
    /// one may, where what a member gave did not.
    pub(super) fn said(&self, now: Time) -> Option<String> {
        let (at, said) = self.said.as_ref()?;
        let shown = !self.over || now.secs_since(*at) < TROUBLE_SHOWN_SECS;
        shown.then(|| said.clone())
    }

    /// Whether a try would come too early.
    pub(super) fn waits(&self, now: Time) -> bool {
        self.not_before.is_some_and(|at| now < at)
    }
}

impl Service {
    /// What did not read at the start: communities, and files that the others do without.
    pub fn begin_damaged(&mut self, communities: Vec<Damaged>, files: &[String]) {
        self.damaged = communities;
        for hosted in self.hosted.values_mut() {
            files.iter().for_each(|file| hosted.needs_person(file.clone()));
        }
    }

    /// What a steward should know of the node at which chats arrive.
    pub fn begin_attention(&mut self, sentence: &str) {
        for hosted in self.hosted.values_mut().filter(|hosted| hosted.is_home()) {
            hosted.needs_person(sentence.to_owned());
        }
    }

    /// Why a community is not served although it is in the store.
    pub(super) fn damage_of(&self, community: &CommunityId) -> Option<String> {
        self.damaged.iter().find(|damaged| damaged.id == *community).map(Damaged::sentence)
    }

    /// Communities that are not served, as the status shows them.
    pub(super) fn damaged_lines(&self) -> impl Iterator<Item = StatusLine> {
        self.damaged.iter().map(|damaged| StatusLine {
            attention: vec![damaged.sentence()],
            ..StatusLine::unknown(damaged.id, damaged.home)
        })
    }

    /// A write failed.
    pub(super) fn store_failed(&mut self, community: CommunityId, what: &str, why: &str) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let trouble = &mut hosted.trouble;
        trouble.said = Some((now, format!("{what} ({now}): {why}")));
        trouble.over = false;
        trouble.not_before = Some(now.plus_secs(STORE_RETRY_SECS));
        let why = format!("{what}: {why}");
        if trouble.why != why {
            trouble.why.clone_from(&why);
            self.warn(why);
        }
    }

    /// A write succeeded.
    pub(super) fn store_worked(&mut self, community: CommunityId) {
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.trouble.over = true;
            hosted.trouble.why.clear();
        }
    }

    /// A statement was not stored: who brought it brings it again, our own are kept.
    pub(super) fn not_stored(&mut self, community: CommunityId, item: Queued, why: &str) {
        let item = match item.origin {
            Origin::Own => item,
            // The withdrawal is in force, and goes into the log when it can.
            Origin::Withdrawer(id) => {
                self.reply(id, Reply::Member(MemberReply::Withdrawn { index: None }));
                Queued { origin: Origin::Own, ..item }
            }
            Origin::TakesDown(id) => {
                self.reply(id, Reply::Steward(StewardReply::Done));
                Queued { origin: Origin::Own, ..item }
            }
            origin => {
                let text = format!("the node could not store it: {why}");
                let refusal = Refusal::new(RefusalCode::Internal, text);
                return self.refuse_queued(community, origin, refusal);
            }
        };
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.keep_for_later(item);
        }
    }

    /// Tries again what a failing store left undone.
    pub(super) fn try_again(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.trouble.not_before.is_none() || hosted.trouble.waits(now) {
            return;
        }
        hosted.trouble.not_before = None;
        for item in std::mem::take(&mut hosted.trouble.statements) {
            self.enqueue(community, item);
        }
    }
}

impl Damaged {
    fn sentence(&self) -> String {
        format!(
            "not served: {}; stop the node and run sheaf doctor, which says what to do",
            self.why
        )
    }
}

impl Hosted {
    fn keep_for_later(&mut self, item: Queued) {
        match self.trouble.statements.len() < QUEUE_ENTRIES_MAX {
            true => self.trouble.statements.push(item),
            false => self.needs_person(
                "more waits for the disk than is remembered: restart the node once it has room"
                    .into(),
            ),
        }
    }
}
