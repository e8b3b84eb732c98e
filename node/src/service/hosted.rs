//! One community as this node holds it.

use super::effect::{Explain, Job};
use super::ingest::{Batch, Queued};
use super::input::{Answer, CallFailed};
use super::review::{Review, Waiting};
use super::sync::Sync;
use super::trouble::Trouble;
use crate::limits::{
    ATTENTION_MAX, DOUBTED_PEERS_MAX, ERASURES_WAITING_MAX, EXPLANATIONS_OPEN_MAX,
    OFFERS_WAITING_MAX,
};
use crate::store::Slot;
use sheaf_protocol::community::Community;
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};
use sheaf_protocol::log::{SignedCheckpoint, UnverifiedCheckpoint};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Acceptance, Body, Erased, PolicyRef, Role, SignedStatement};
use sheaf_protocol::time::{Day, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A community as the store gives it at the start.
pub struct Hosting {
    /// Its place in the store.
    pub slot: Slot,
    /// Which.
    pub id: CommunityId,
    /// Its state at the head.
    pub fold: Community,
    /// The head's note, empty if there is none.
    pub checkpoint: String,
    /// The log's signing key, if this is its home.
    pub log_key: Option<SecretKey>,
    /// Where to find it, if it is followed.
    pub addresses: Vec<String>,
    /// Acceptances kept here, logged or not.
    pub acceptances: Vec<SignedStatement>,
    /// Explanations kept here that may not be logged yet.
    pub explanations: Vec<SignedStatement>,
    /// What is explained but not yet erased: a crash came between.
    pub unfinished: Vec<Explain>,
    /// What was erased and is in no statement yet: a crash came between.
    pub owed: Vec<Erased>,
    /// The proof that this log forked.
    pub fork: Option<Vec<u8>>,
    /// Receipts of our own that the origin has not acknowledged.
    pub unsent: Vec<Vec<u8>>,
    /// The review queue.
    pub waiting: Vec<Waiting>,
}

/// Whether the node may sign new heads of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// It is not this node's log.
    NotOurs,
    /// Some replica named in the log must first tell its highest head.
    Unconfirmed,
    /// It may.
    Ready,
}

/// An acceptance on record.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub(super) role: Role,
    pub(super) name: Option<String>,
    /// Index of the policy entry accepted.
    pub(super) policy: u64,
}

/// Where the fetching of chats stands.
#[derive(Debug, Default)]
pub(super) struct Filling {
    /// Chats are being looked for or fetched, or wait until those before them are stored.
    pub(super) busy: bool,
    /// Chats are being stored, while the next may be fetched.
    pub(super) storing: bool,
    /// What came meanwhile.
    pub(super) came: Option<Job>,
    /// There may be chats to fetch.
    pub(super) wanted: bool,
    /// More was appended since the store was asked what is missing.
    pub(super) again: bool,
    /// Fetch after this index; from the start when absent.
    pub(super) after: Option<u64>,
    /// Entries of the call under way.
    pub(super) asked: Vec<(u64, sheaf_protocol::log::Entry)>,
    /// What came while a batch was on its way: the batch carries a copy of the state.
    pub(super) parked: Option<(PublicKey, Result<Answer, CallFailed>)>,
    /// Peers that lacked something when last asked: others are asked first.
    pub(super) lacked: BTreeSet<PublicKey>,
    /// No peer could give what is wanted: not before this moment again.
    pub(super) not_before: Option<Time>,
}

impl Filling {
    /// There is more to fetch, or somebody new to fetch it from.
    pub(super) fn more(&mut self) {
        self.wanted = true;
        self.again = self.busy;
        self.not_before = None;
    }
}

pub(super) struct Hosted {
    pub(super) slot: Slot,
    pub(super) id: CommunityId,
    pub(super) fold: Community,
    pub(super) head: Option<SignedCheckpoint>,
    pub(super) log_key: Option<SecretKey>,
    pub(super) signing: Signing,
    pub(super) queue: VecDeque<Queued>,
    pub(super) batch: Option<Batch>,
    /// Chats that a steward has to look at.
    pub(super) review: Review,
    pub(super) sync: Option<Sync>,
    pub(super) filling: Filling,
    pub(super) erasures: VecDeque<Explain>,
    /// What was erased before the start and is still to be said.
    pub(super) owed: Vec<Erased>,
    /// The erasure under way.
    pub(super) erasing: Vec<Explain>,
    /// What a failing store left undone.
    pub(super) trouble: Trouble,
    /// Acceptances kept here, by key: a superset of the fold's register while any is unlogged.
    pub(super) accepted: BTreeMap<PublicKey, Accepted>,
    /// Withdrawals and takedowns in force that the log may not hold yet.
    pub(super) explanations: BTreeMap<PublicKey, SignedStatement>,
    /// Statements to bring to the origin until it acknowledges: receipts, acceptances.
    pub(super) offers: VecDeque<Vec<u8>>,
    pub(super) offering: bool,
    /// Addresses of a followed community.
    pub(super) addresses: Vec<String>,
    /// The next time to dial, and how long to wait after that.
    pub(super) redial: Option<(Time, u64)>,
    /// Whether a head at least as new as ours was told during this run.
    pub(super) fresh: bool,
    pub(super) heads_asked: Option<Time>,
    pub(super) due_looked: Option<Day>,
    /// Why the community needs a person.
    pub(super) attention: Vec<String>,
    /// Two histories were signed: nothing is signed or followed until a person looked.
    pub(super) forked: bool,
    /// The proof of it, if there is one for others.
    pub(super) fork: Option<Vec<u8>>,
    /// A smaller head is being compared with our log.
    pub(super) comparing: bool,
    /// The last smaller head that was the beginning of our log.
    pub(super) agreed: Option<(u64, TreeHash)>,
    /// Peers whose longer head came to nothing, and until when they are left alone.
    pub(super) doubted: BTreeMap<PublicKey, Time>,
    /// Acceptances kept here at the start, of which some may not be logged.
    pub(super) open_acceptances: Vec<SignedStatement>,
}

impl Hosted {
    /// Takes up a community from the store.
    pub(super) fn open(hosting: Hosting, node: &PublicKey, sign_unconfirmed: bool) -> Self {
        let fold = hosting.fold;
        let head = UnverifiedCheckpoint::parse(&hosting.checkpoint)
            .ok()
            .filter(|note| note.claimed().size == fold.size())
            .and_then(|note| note.verify(&hosting.id, fold.epoch(), &fold.log_key()?).ok());
        let mut hosted = Self {
            slot: hosting.slot,
            id: hosting.id,
            head,
            signing: Signing::NotOurs,
            log_key: hosting.log_key,
            queue: VecDeque::new(),
            batch: None,
            review: Review::of(hosting.waiting),
            sync: None,
            filling: Filling { wanted: true, ..Filling::default() },
            erasures: hosting.unfinished.into(),
            erasing: Vec::new(),
            trouble: Trouble::default(),
            explanations: BTreeMap::new(),
            owed: hosting.owed,
            offers: hosting.unsent.into(),
            offering: false,
            addresses: hosting.addresses,
            redial: None,
            fresh: false,
            heads_asked: None,
            due_looked: None,
            attention: Vec::new(),
            forked: false,
            fork: None,
            comparing: false,
            agreed: None,
            doubted: BTreeMap::new(),
            accepted: hosting.acceptances.iter().filter_map(accepted_of).collect(),
            open_acceptances: hosting.acceptances,
            fold,
        };
        hosted.explanations =
            hosting.explanations.into_iter().filter_map(|s| Some((control_of(&s)?, s))).collect();
        hosted.signing = hosted.signing_at_start(node, sign_unconfirmed);
        if hosting.fork.is_some() {
            hosted.set_forked(hosting.fork);
        }
        hosted
    }

    fn signing_at_start(&self, node: &PublicKey, sign_unconfirmed: bool) -> Signing {
        if self.log_key.is_none() {
            return Signing::NotOurs;
        }
        if sign_unconfirmed || self.replicas(node).next().is_none() {
            return Signing::Ready;
        }
        Signing::Unconfirmed
    }

    /// The replicas on the register, this node left out.
    pub(super) fn replicas<'a>(&'a self, node: &'a PublicKey) -> impl Iterator<Item = PublicKey> {
        self.register()
            .into_iter()
            .filter(|(_, a)| a.role == Role::Replica)
            .map(|(key, _)| key)
            .filter(move |key| key != node)
    }

    /// Who may hold chat keys: logged ∪ listed here, each with the newest policy accepted.
    pub(super) fn register(&self) -> BTreeMap<PublicKey, Accepted> {
        let mut register: BTreeMap<_, _> = self
            .fold
            .register()
            .iter()
            .map(|a| {
                (a.key, Accepted { role: a.role, name: a.name.clone(), policy: a.policy.index })
            })
            .collect();
        for (key, accepted) in &self.accepted {
            match register.get(key) {
                Some(logged) if logged.policy >= accepted.policy => {}
                _ => {
                    register.insert(*key, accepted.clone());
                }
            }
        }
        register
    }

    /// The newest policy that `key` accepted.
    pub(super) fn acceptance(&self, key: &PublicKey) -> Option<u64> {
        let logged =
            self.fold.register().iter().filter(|a| a.key == *key).map(|a| a.policy.index).max();
        logged.max(self.accepted.get(key).map(|a| a.policy))
    }

    /// Queues an erasure, unless the same is queued or under way.
    pub(super) fn erase_once(&mut self, explain: Explain) {
        let mut open = self.erasures.iter().chain(&self.erasing);
        if open.any(|waiting| waiting.control == explain.control) {
            return;
        }
        match self.erasures.len() + self.erasing.len() < ERASURES_WAITING_MAX {
            true => self.erasures.push_back(explain),
            false => self.needs_person(
                "more is to be erased than can wait: restart the node once it is through".into(),
            ),
        }
    }

    /// Queues a statement for the home, unless it waits already.
    pub(super) fn offer_once(&mut self, statement: Vec<u8>) {
        if self.offers.contains(&statement) {
            return;
        }
        match self.offers.len() < OFFERS_WAITING_MAX {
            true => self.offers.push_back(statement),
            false => self.needs_person(
                "more waits for the home than is remembered: the rest follows the next start"
                    .into(),
            ),
        }
    }

    /// Remembers a withdrawal or takedown in force that the log may not hold yet.
    pub(super) fn keep_open(&mut self, statement: &SignedStatement) {
        let full = self.explanations.len() >= EXPLANATIONS_OPEN_MAX;
        if let Some(control) = control_of(statement).filter(|_| !full) {
            self.explanations.insert(control, statement.clone());
        }
    }

    /// Two histories were signed: a home signs nothing more until a person looked.
    pub(super) fn set_forked(&mut self, proof: Option<Vec<u8>>) {
        self.forked = true;
        if self.is_home() {
            self.signing = Signing::Unconfirmed;
        }
        let sentence = match &proof {
            Some(_) => "two histories of this log were signed: a fork proof is kept",
            None => "a partner node holds another history of this log under its earlier key",
        };
        self.fork = proof.or_else(|| self.fork.take());
        self.needs_person(format!("{sentence}; nothing is signed or followed until you look"));
    }

    /// A line of attention, once; the oldest stay.
    pub(super) fn needs_person(&mut self, sentence: String) {
        if !self.attention.contains(&sentence) && self.attention.len() < ATTENTION_MAX {
            self.attention.push(sentence);
        }
    }

    /// A longer head, if the newest log key known here signed it.
    pub(super) fn signed_by_newest(&self, head: &UnverifiedCheckpoint) -> Option<SignedCheckpoint> {
        let own = self.log_key.as_ref().map(SecretKey::public);
        let key = own.or_else(|| self.fold.log_key())?;
        head.clone().verify(&self.id, self.fold.epoch(), &key).ok()
    }

    /// Leaves a peer alone for a while as a source of longer logs.
    pub(super) fn doubt(&mut self, peer: PublicKey, until: Time) {
        if self.doubted.len() >= DOUBTED_PEERS_MAX
            && let Some(first) = self.doubted.iter().min_by_key(|(_, at)| **at).map(|(k, _)| *k)
        {
            self.doubted.remove(&first);
        }
        self.doubted.insert(peer, until);
    }

    /// A head of at most our size, signed by the key that the log had then.
    pub(super) fn verified(&self, head: UnverifiedCheckpoint) -> Option<SignedCheckpoint> {
        let key = self.fold.log_key_at(head.claimed().size)?;
        head.verify(&self.id, self.fold.epoch(), &key).ok()
    }

    pub(super) fn is_home(&self) -> bool {
        self.log_key.is_some()
    }

    /// The policy in force, as a reference.
    pub(super) fn policy_ref(&self) -> Option<PolicyRef> {
        self.fold.policy().map(|(reference, _)| reference)
    }

    pub(super) fn head_text(&self) -> Option<String> {
        self.head.as_ref().map(SignedCheckpoint::text)
    }
}

/// Who accepts what, if the statement is an acceptance.
pub(super) fn accepted_of(statement: &SignedStatement) -> Option<(PublicKey, Accepted)> {
    let Body::Acceptance(Acceptance { role, name }) = &statement.content().body else {
        return None;
    };
    let policy = statement.content().policy?.index;
    Some((statement.signer(), Accepted { role: *role, name: name.clone(), policy }))
}

/// The control key that a withdrawal or takedown speaks of.
pub(crate) fn control_of(statement: &SignedStatement) -> Option<PublicKey> {
    match &statement.content().body {
        Body::Withdrawal(w) => Some(w.control),
        Body::Takedown(t) => Some(t.control),
        _ => None,
    }
}
