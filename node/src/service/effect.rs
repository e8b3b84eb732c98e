//! What the service asks the driver to do. Everything with an id comes back as an input.

use super::input::{AskId, CallId, JobId, Standing};
use crate::store::{Append, Fill, Pending, Slot};
use sheaf_protocol::community::Needs;
use sheaf_protocol::exchange::{
    Announcement, Community, LargeRequest, MemberReply, NodeStatus, Parts, PullReply, PullRequest,
    Refusal, StewardReply,
};
use sheaf_protocol::id::{BlobHash, ChatCommitment, CommunityId, PublicKey};
use sheaf_protocol::log::Entry;
use sheaf_protocol::statement::{Cause, Role};
use sheaf_protocol::time::{Day, Time};

/// One thing to do.
#[derive(Debug)]
pub enum Effect {
    /// Work of the store.
    Job {
        /// Comes back in `Done`.
        job: JobId,
        /// What.
        work: Job,
    },
    /// A question to a connected peer.
    Call {
        /// Comes back in `Answered`.
        call: CallId,
        /// Whom.
        peer: PublicKey,
        /// What.
        request: Box<Call>,
    },
    /// The reply to a request.
    Reply {
        /// Which.
        id: AskId,
        /// What.
        reply: Box<Reply>,
    },
    /// Gossip.
    Publish {
        /// On whose topic.
        community: CommunityId,
        /// What.
        announcement: Announcement,
    },
    /// What to do with heard gossip.
    Verdict {
        /// Which.
        token: u64,
        /// Whether it is passed on.
        verdict: GossipVerdict,
    },
    /// Listen to a community's topic.
    Subscribe(CommunityId),
    /// No longer.
    Unsubscribe(CommunityId),
    /// Dial an address; comes back as `Dialled`.
    Dial(String),
    /// Close the connections with a peer.
    Disconnect(PublicKey),
    /// Refuse a peer, or no longer.
    Ban {
        /// The peer.
        peer: PublicKey,
        /// Whether.
        banned: bool,
    },
    /// What a peer sent does not hold: told in the log, and counted against it.
    Blame {
        /// The peer.
        peer: PublicKey,
        /// Why it does not hold.
        why: String,
    },
    /// A line for the log.
    Note(Note),
}

/// Whether gossip is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GossipVerdict {
    /// Good: pass it on.
    Accept,
    /// Cannot tell, or nothing new.
    Ignore,
    /// Bad: its sender sent garbage.
    Reject,
}

/// One line for the operator's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Whether a person should look.
    pub warn: bool,
    /// What happened.
    pub text: String,
}

/// A question to a peer.
#[derive(Debug, Clone)]
pub enum Call {
    /// As it stands on the wire.
    Pull(PullRequest),
    /// Items, with the entries they must fit.
    Items {
        /// The community.
        community: CommunityId,
        /// Indices and entries.
        entries: Vec<(u64, Entry)>,
        /// Which parts.
        parts: Parts,
    },
    /// What the peer says of each community it holds.
    Communities,
}

/// Work of the store.
#[derive(Debug)]
pub enum Job {
    /// What does the store know of a batch?
    Lookup(Box<Question>),
    /// Append entries and move the head.
    Append(Box<Append>),
    /// Keep a newer cosignature of the same head.
    Refresh {
        /// Where.
        slot: Slot,
        /// The newer note.
        checkpoint: String,
    },
    /// Keep late arrivals.
    Fill {
        /// Where.
        slot: Slot,
        /// What.
        fills: Vec<Fill>,
        /// The state that late memberships made, and the size of the log that it belongs to.
        state: Option<(u64, Vec<u8>)>,
    },
    /// Which chats are still to fetch?
    Wanted {
        /// Where.
        slot: Slot,
        /// After this index.
        after: Option<u64>,
        /// At most so many.
        max: usize,
    },
    /// Which entries' due days end before this day?
    Due {
        /// Where.
        slot: Slot,
        /// The first day that has not ended.
        today: Day,
        /// At most so many.
        max: usize,
    },
    /// Keep an explanation for ever.
    Explain(Box<Explain>),
    /// Destroy, compact, look.
    Erase {
        /// Where.
        slot: Slot,
        /// What.
        items: Vec<Explain>,
    },
    /// The root of the first `size` entries, and how it leads to the root of `of` entries.
    Prefix {
        /// Where.
        slot: Slot,
        /// Size.
        size: u64,
        /// The greater size.
        of: u64,
    },
    /// A place for a community.
    AddCommunity {
        /// Which.
        id: CommunityId,
        /// Where to find it.
        addresses: Vec<String>,
    },
    /// Stop following.
    Forget {
        /// Where.
        slot: Slot,
    },
    /// Keep an acceptance.
    SaveAcceptance {
        /// Where.
        slot: Slot,
        /// Who accepts.
        key: PublicKey,
        /// The signed statement.
        statement: Vec<u8>,
    },
    /// Keep a receipt.
    SaveReceipt {
        /// Where.
        slot: Slot,
        /// Whose.
        key: PublicKey,
        /// Of which entries.
        indices: Vec<u64>,
        /// The signed statement.
        statement: Vec<u8>,
        /// Whether it is this node's, which ends what the node owes.
        own: bool,
    },
    /// Put chats into the review queue.
    Hold {
        /// Where.
        slot: Slot,
        /// The chats.
        chats: Vec<Pending>,
    },
    /// Read a chat of the review queue.
    Offered {
        /// Where.
        slot: Slot,
        /// Which.
        control: PublicKey,
    },
    /// Take chats out of the review queue that are in the log.
    Release {
        /// Where.
        slot: Slot,
        /// Which.
        controls: Vec<PublicKey>,
    },
    /// Keep a fork proof.
    SaveFork {
        /// Where.
        slot: Slot,
        /// The proof.
        proof: Vec<u8>,
    },
    /// Keep what is known of a peer.
    SavePeer {
        /// Who.
        key: PublicKey,
        /// Addresses.
        addresses: Vec<String>,
        /// When last seen.
        seen: Time,
        /// Whether it is refused.
        blocked: bool,
    },
}

/// What a batch needs to know.
#[derive(Debug)]
pub struct Question {
    /// Where.
    pub slot: Slot,
    /// For the fold.
    pub needs: Needs,
    /// By position: fingerprint of member and text.
    pub fingerprints: Vec<Option<[u8; 32]>>,
    /// By position: blob and chat commitment.
    pub chats: Vec<Option<(BlobHash, ChatCommitment)>>,
}

/// An explanation to keep.
#[derive(Debug, Clone)]
pub struct Explain {
    /// Where.
    pub slot: Slot,
    /// Index, if known.
    pub index: Option<u64>,
    /// The control key that is explained.
    pub control: PublicKey,
    /// Why.
    pub cause: Cause,
    /// The encoded explanation.
    pub explanation: Vec<u8>,
}

/// A reply, or what the driver must read to make it.
#[derive(Debug)]
pub enum Reply {
    /// As it stands.
    Pull(PullReply),
    /// As it stands.
    Member(MemberReply),
    /// As it stands.
    Steward(StewardReply),
    /// Entries from the store.
    Entries {
        /// Where.
        slot: Slot,
        /// First index.
        from: u64,
        /// At most so many.
        max: u64,
        /// Size that the proof leads to.
        size: u64,
    },
    /// Items from the store.
    Items {
        /// Where.
        slot: Slot,
        /// Indices.
        indices: Vec<u64>,
        /// Which parts.
        parts: Parts,
        /// What the asker may have.
        access: Access,
    },
    /// A large blob.
    Large {
        /// Where.
        slot: Slot,
        /// Which.
        request: LargeRequest,
        /// What the asker may have.
        access: Access,
    },
    /// Counts from the store.
    Counts(Slot),
    /// Who asks, and how many entries all logs here have.
    Standing(Standing, u64),
    /// Name, head and policy: the driver adds charter and policy statements.
    Community {
        /// Where.
        slot: Slot,
        /// Everything but the statements.
        community: Box<CommunityHead>,
    },
    /// Proof that an index is in the log under the newest head.
    Logged {
        /// Where.
        slot: Slot,
        /// Which.
        index: u64,
        /// Whether it was there before.
        already: bool,
        /// Whether a steward asked.
        steward: bool,
    },
    /// Where chats are: the driver reads their states and receipts.
    Where {
        /// Where.
        slot: Slot,
        /// Control keys.
        controls: Vec<PublicKey>,
        /// The register: key, role, name, and whether it said that it holds the log whole.
        register: Vec<(PublicKey, Role, Option<String>, bool)>,
    },
    /// Which control keys are used.
    Scan {
        /// Where.
        slot: Slot,
        /// Control keys.
        controls: Vec<PublicKey>,
    },
    /// Log entries for people.
    Log {
        /// Where.
        slot: Slot,
        /// First index.
        from: u64,
        /// At most so many.
        max: u64,
        /// The checkpoint.
        checkpoint: Option<String>,
    },
    /// The status: the driver adds counts.
    Status {
        /// All but the counts.
        status: Box<NodeStatus>,
        /// Slots of its lines.
        slots: Vec<Slot>,
    },
    /// Communities that another node told of.
    Found(Vec<Community>),
    /// Chats of the review queue, from the store.
    Waiting {
        /// Where.
        slot: Slot,
        /// After this control key.
        after: Option<PublicKey>,
        /// At most so many.
        max: u64,
        /// How many wait in all.
        total: u64,
    },
    /// One of them, whole.
    Review {
        /// Where.
        slot: Slot,
        /// Its control key.
        control: PublicKey,
    },
}

/// A community without the statements that the driver reads.
#[derive(Debug)]
pub struct CommunityHead {
    /// The reply, its two statements empty.
    pub community: Community,
    /// Index of the charter to show.
    pub charter_index: u64,
}

/// What an asker may have.
#[derive(Debug, Clone)]
pub struct Access {
    /// Highest index of a policy entry that the asker accepted.
    pub accepted: Option<u64>,
    /// Whether chat keys may be handed out now.
    pub keys: Result<(), Refusal>,
}
