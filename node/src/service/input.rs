//! What comes into the service: events of the network and results of what it asked for.
//!
//! Statements arrive here verified: workers check signatures and open blobs before the step.

use crate::store::{Blob, Queueing, Slot};
use sheaf_protocol::community::{Explanation, Known};
use sheaf_protocol::exchange::{
    Community, Findings, Hosted, LargeRequest, Parts, Refusal, Salted, StewardRequest,
};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{Entry, UnverifiedCheckpoint};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::SignedError;
use sheaf_protocol::statement::{Cause, SignedStatement, TakedownReason};

/// Names a request that waits for its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u64);

/// Names a call that the service made to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Names a job that the service gave to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// One event.
#[derive(Debug)]
pub enum Input {
    /// Time went on.
    Tick,
    /// A peer is connected.
    Connected {
        /// Who.
        peer: PublicKey,
        /// Where.
        address: String,
        /// Whether the peer dialled.
        inbound: bool,
    },
    /// The last connection to a peer is gone.
    Disconnected {
        /// Who.
        peer: PublicKey,
    },
    /// Dialling an address came to nothing, or to somebody.
    Dialled {
        /// The address.
        address: String,
        /// Who answered, or why nobody did.
        result: Result<PublicKey, String>,
    },
    /// Something heard by gossip.
    Gossip {
        /// For the verdict.
        token: u64,
        /// Who passed it on.
        from: PublicKey,
        /// On the topic of this community.
        community: CommunityId,
        /// What was heard.
        heard: Heard,
    },
    /// Somebody asks.
    Asked {
        /// For the reply.
        id: AskId,
        /// Who asks: the key of the connection.
        from: PublicKey,
        /// What.
        ask: Ask,
    },
    /// A peer answered a call.
    Answered {
        /// Which.
        call: CallId,
        /// The answer, or why there is none.
        answer: Result<Answer, CallFailed>,
    },
    /// A job of the store is done: durably, if it wrote.
    Done {
        /// Which.
        job: JobId,
        /// What came of it.
        result: JobResult,
    },
}

/// Gossip, decoded, its statements verified.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "made and taken apart once, never kept in a list")]
pub enum Heard {
    /// A head, perhaps with the entries that lead to it.
    Head {
        /// What the note claims.
        checkpoint: UnverifiedCheckpoint,
        /// The note.
        text: String,
        /// Index of the first entry.
        first: u64,
        /// Entries, each with its statement if it concerns everyone.
        entries: Vec<(Entry, Option<Arrived>)>,
    },
    /// A withdrawal or takedown.
    Explanation(SignedStatement),
    /// An encoded fork proof.
    Fork(Vec<u8>),
    /// Not a message of this protocol.
    Malformed(String),
}

/// A salted statement, its signature checked.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Salt and bytes as they came.
    pub salted: Salted,
    /// The statement, or why it is none.
    pub statement: Result<SignedStatement, SignedError>,
}

/// What is asked of this node.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made and taken apart once, never kept in a list")]
pub enum Ask {
    /// Which communities?
    Hosted,
    /// The highest head.
    Head(CommunityId),
    /// Log entries.
    Entries {
        /// The community.
        community: CommunityId,
        /// First index.
        from: u64,
        /// At most so many.
        max: u64,
        /// Size that the proof leads to.
        size: u64,
    },
    /// Statements, keys and blobs.
    Items {
        /// The community.
        community: CommunityId,
        /// Ascending indices.
        indices: Vec<u64>,
        /// Which parts.
        parts: Parts,
    },
    /// One large blob.
    Large(LargeRequest),
    /// Unlogged withdrawals and takedowns.
    Explanations(CommunityId),
    /// Live chats by licence and language.
    Counts(CommunityId),
    /// A fork proof.
    Fork {
        /// The community.
        community: CommunityId,
        /// The encoded proof.
        proof: Vec<u8>,
    },
    /// A signed statement, to be carried out.
    Statement {
        /// By which request it came.
        via: Via,
        /// The statement.
        statement: SignedStatement,
        /// Random bytes for its entry, drawn by the driver.
        salt: Salt,
    },
    /// A contribution, opened and checked by a worker.
    Submit(Box<Submitted>),
    /// Who is asking, before a request is read further.
    Standing,
    /// Name, head and policy.
    Community(Option<CommunityId>),
    /// Where chats are.
    Where {
        /// The community.
        community: CommunityId,
        /// Control keys.
        controls: Vec<PublicKey>,
    },
    /// Which control keys are used.
    Scan {
        /// The community.
        community: CommunityId,
        /// Control keys.
        controls: Vec<PublicKey>,
    },
    /// What the operator or a steward asks, statements aside.
    Steward(StewardRequest),
}

/// Who a peer is to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody whom a community here knows.
    Stranger,
    /// On the register of a community here: it accepted a policy.
    Known,
    /// A member or steward of a community here, or this node's operator.
    Member,
}

/// By which request a statement came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// An acceptance by who is connected.
    Accept,
    /// Brought by a peer.
    Offer,
    /// A member joins.
    Join,
    /// A member takes something back.
    Withdraw,
    /// A steward acts.
    Append,
}

/// A contribution whose blob opened to its commitment.
#[derive(Debug)]
pub struct Submitted {
    /// The manifest.
    pub statement: SignedStatement,
    /// Random bytes for its entry.
    pub salt: Salt,
    /// The chat key.
    pub key: ChatKey,
    /// The sealed bytes, or where they already lie durably.
    pub blob: Blob,
    /// Keyed hash of asking member and text: finds a chat given twice, links nothing outside.
    pub fingerprint: [u8; 32],
    /// What was found private in it here.
    pub findings: Findings,
}

/// A chat of the review queue, as it was offered.
#[derive(Debug)]
pub struct Offered {
    /// The manifest.
    pub statement: SignedStatement,
    /// Random bytes for its entry.
    pub salt: Salt,
    /// The chat key.
    pub key: ChatKey,
    /// The sealed bytes, or where they lie durably.
    pub blob: Blob,
    /// Keyed hash of member and text.
    pub fingerprint: [u8; 32],
}

/// Why a chat does not come in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// What kind of reason.
    pub cause: Cause,
    /// The steward's, of a takedown.
    pub reason: Option<TakedownReason>,
}

impl Gone {
    /// For the member who offers it again.
    pub(super) fn sentence(&self) -> String {
        match (self.cause, self.reason) {
            (Cause::Withdrawn, _) => "this chat was taken back and does not come in again".into(),
            (Cause::Due, _) => "the last day of this chat is over".into(),
            (Cause::TakenDown, None) => "a steward did not leave this chat in".into(),
            (Cause::TakenDown, Some(reason)) => {
                format!("a steward did not leave this chat in: {}", reason.words())
            }
        }
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFailed {
    /// The peer refused.
    Refused(Refusal),
    /// The peer could not be reached, or broke off.
    Unreached(String),
    /// The peer does not serve this protocol: a member's or a reader's command.
    Unserved(String),
    /// The peer sent something that is not an answer.
    Malformed(String),
}

impl std::fmt::Display for CallFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::Unreached(why) => write!(f, "not reached: {why}"),
            Self::Unserved(why) => f.write_str(why),
            Self::Malformed(why) => write!(f, "not an answer: {why}"),
        }
    }
}

/// A peer's answer, decoded and verified as far as it can be without the fold.
#[derive(Debug)]
pub enum Answer {
    /// Its communities.
    Hosted(Vec<Hosted>),
    /// Its highest head.
    Head(Option<(UnverifiedCheckpoint, String)>),
    /// Entries with the proof to the size asked.
    Entries {
        /// Entries.
        entries: Vec<Entry>,
        /// The proof.
        consistency: Vec<TreeHash>,
    },
    /// Items, in the order asked.
    Items(Vec<Received>),
    /// Unlogged withdrawals and takedowns.
    Explanations(Vec<SignedStatement>),
    /// What it says of its communities.
    Communities(Vec<Community>),
    /// Carried out.
    Done,
}

/// One item, checked by a worker against its entry.
#[derive(Debug, Clone)]
pub enum Received {
    /// The statement; with a chat if one was asked for and it opened to its commitment.
    Here {
        /// The statement.
        arrived: Arrived,
        /// Key and blob.
        chat: Option<(ChatKey, Blob)>,
    },
    /// A hole.
    Gone(Explanation),
    /// Held there, but not for us.
    Denied(Refusal),
    /// Not held there.
    Missing,
    /// Something that does not fit its entry or its manifest; says what.
    Bad(String),
}

impl Received {
    /// The statement, if it is here.
    pub(super) fn statement(self) -> Option<Arrived> {
        match self {
            Self::Here { arrived, .. } => Some(arrived),
            _ => None,
        }
    }
}

/// What came of a job.
#[derive(Debug)]
pub enum JobResult {
    /// Answers to a lookup.
    Known(Box<Lookup>),
    /// Durable.
    Saved,
    /// A community's place in the store.
    Added(Slot),
    /// Chats still to fetch, with their entries.
    Wanted(Vec<(u64, Entry)>),
    /// Entries whose due day has ended.
    Due(Vec<(u64, Entry)>),
    /// An explanation is durable; says what it concerns here.
    Explained {
        /// The entry, if the control key is in the log.
        entry: Option<(u64, Entry)>,
        /// Whether anything of it is still held.
        held: bool,
        /// Whether a pending chat was dropped.
        pending: bool,
        /// Whether it was explained before.
        before: bool,
    },
    /// Erased and observed gone.
    Erased(Vec<(u64, PublicKey, Cause)>),
    /// What became of each chat that was to be put into the review queue, in their order.
    Held(Vec<Queueing>),
    /// A chat of the review queue, if it is there.
    Offered(Option<Box<Offered>>),
    /// A root with its consistency proof, if the store has them.
    Prefix(Option<(TreeHash, Vec<TreeHash>)>),
    /// It failed; the sentence names the file.
    Failed(String),
}

/// What the store knew of a batch.
#[derive(Debug, Default)]
pub struct Lookup {
    /// For the fold.
    pub known: Known,
    /// Control keys in the log before: their index and the id of the statement there, if held.
    pub controls: Vec<(PublicKey, u64, Option<sheaf_protocol::id::StatementId>)>,
    /// Control keys with an explanation: never to be added again.
    pub explained: Vec<(PublicKey, Gone)>,
    /// Positions in the batch whose text this member gave before.
    pub duplicates: Vec<usize>,
    /// Positions in the batch whose blob or chat commitment was used before.
    pub reused: Vec<usize>,
}
