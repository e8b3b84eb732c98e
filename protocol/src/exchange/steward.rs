use super::codec::variants;
use super::{Refusal, ReviewChat, WaitingChat};
use crate::cbor::Bytes;
use crate::id::{CommunityId, PublicKey};
use crate::statement::Role;
use crate::time::Time;

/// What stewards and the operator of a node ask of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StewardRequest {
    /// What a steward needs to know, on one screen.
    Status,
    /// Append a statement signed by a steward: policy, membership, takedown.
    Append {
        /// The signed statement.
        statement: Bytes,
    },
    /// Members of the home community.
    Members,
    /// Log entries of a community (the home community if absent), newest last.
    Log {
        /// The community.
        community: Option<CommunityId>,
        /// First index.
        from: u64,
        /// At most so many.
        max: u64,
    },
    /// Connect to an address and learn what is there, accepting nothing.
    Look {
        /// A multiaddress with `/p2p/`.
        address: String,
    },
    /// Follow a community found at an address, accepting its policy.
    Follow {
        /// A multiaddress with `/p2p/`.
        address: String,
        /// Which of the communities there.
        community: CommunityId,
        /// The policy entry that the operator was shown.
        policy: crate::statement::PolicyRef,
    },
    /// Stop following; what is held is erased or kept as the operator said.
    Unfollow {
        /// The community.
        community: CommunityId,
    },
    /// Peers, connected or known.
    Peers,
    /// Refuse, or again allow, a peer.
    Block {
        /// The peer.
        peer: PublicKey,
        /// Whether to refuse it.
        blocked: bool,
    },
    /// Chats of the home community that wait for review, by control key.
    Waiting {
        /// After this control key; from the first when absent.
        after: Option<PublicKey>,
        /// At most so many.
        max: u64,
    },
    /// One of them, whole.
    Review {
        /// Its control key.
        control: PublicKey,
    },
    /// Put one of them into the log. To refuse one, a steward appends a takedown.
    Admit {
        /// Its control key.
        control: PublicKey,
    },
}
variants!(StewardRequest {
    Status = 32,
    Append { statement } = 33,
    Members = 34,
    Log { community, from, max } = 35,
    Look { address } = 36,
    Follow { address, community, policy } = 37,
    Unfollow { community } = 38,
    Peers = 39,
    Block { peer, blocked } = 40,
    Waiting { after, max } = 41,
    Review { control } = 42,
    Admit { control } = 43,
});

/// The node's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StewardReply {
    /// Not carried out.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The status.
    Status {
        /// The status.
        status: NodeStatus,
    },
    /// In the log.
    Logged {
        /// What was logged.
        logged: super::Logged,
    },
    /// The members.
    Members {
        /// One line each.
        members: Vec<MemberLine>,
    },
    /// Log entries.
    Log {
        /// One line each.
        lines: Vec<LogLine>,
        /// The checkpoint they lie under.
        checkpoint: Option<String>,
    },
    /// What was found at an address.
    Found {
        /// The communities.
        communities: Vec<super::Community>,
    },
    /// Following.
    Following {
        /// How it stands.
        report: FollowReport,
    },
    /// Peers.
    Peers {
        /// One line each.
        peers: Vec<PeerLine>,
    },
    /// Carried out.
    Done,
    /// Chats that wait for review.
    Waiting {
        /// One line each.
        chats: Vec<WaitingChat>,
        /// How many wait in all.
        total: u64,
    },
    /// One of them. Its sealed bytes, as many as the manifest names, follow in frames of at most
    /// `ITEM_BYTES_MAX`.
    Review {
        /// The chat.
        chat: ReviewChat,
    },
}
variants!(StewardReply {
    Refused { refusal } = 1,
    Status { status } = 32,
    Logged { logged } = 33,
    Members { members } = 34,
    Log { lines, checkpoint } = 35,
    Found { communities } = 36,
    Following { report } = 37,
    Peers { peers } = 39,
    Done = 40,
    Waiting { chats, total } = 41,
    Review { chat } = 42,
});

/// How a new following stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowReport {
    /// The community.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// Entries known so far.
    pub size: u64,
}
crate::record!(FollowReport { community, name, size });

/// A node on one screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeStatus {
    /// Its key.
    pub node: PublicKey,
    /// Where it listens.
    pub addresses: Vec<String>,
    /// The release it runs.
    pub version: String,
    /// When it started.
    pub since: Time,
    /// Its clock.
    pub now: Time,
    /// The communities it holds.
    pub communities: Vec<StatusLine>,
    /// Connected peers.
    pub peers: u64,
}
crate::record!(NodeStatus { node, addresses, version, since, now, communities, peers });

/// A community on one line of the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusLine {
    /// Which.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// Whether this node is its home.
    pub home: bool,
    /// The epoch.
    pub epoch: u64,
    /// Entries held.
    pub size: u64,
    /// Live chats.
    pub live: u64,
    /// Holes by withdrawal, by due day, by takedown.
    pub withdrawn: u64,
    /// Holes by due day.
    pub due: u64,
    /// Holes by takedown.
    pub taken_down: u64,
    /// Statements without effect.
    pub void: u64,
    /// Chats still to fetch.
    pub wanted: u64,
    /// Chats waiting for review.
    pub pending: u64,
    /// Members.
    pub members: u64,
    /// Replicas on the register.
    pub replicas: u64,
    /// Readers on the register.
    pub readers: u64,
    /// Time of the head's own cosignature.
    pub head_at: Option<Time>,
    /// What needs a person, in sentences; empty when all is well.
    pub attention: Vec<String>,
}
crate::record!(StatusLine {
    community,
    name,
    home,
    epoch,
    size,
    live,
    withdrawn,
    due,
    taken_down,
    void,
    wanted,
    pending,
    members,
    replicas,
    readers,
    head_at,
    attention,
});

impl StatusLine {
    /// The line of a community of which nothing more can be told.
    pub fn unknown(community: CommunityId, home: bool) -> Self {
        Self {
            community,
            name: String::new(),
            home,
            epoch: 0,
            size: 0,
            live: 0,
            withdrawn: 0,
            due: 0,
            taken_down: 0,
            void: 0,
            wanted: 0,
            pending: 0,
            members: 0,
            replicas: 0,
            readers: 0,
            head_at: None,
            attention: Vec::new(),
        }
    }
}

/// A member on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    /// The member's key.
    pub key: PublicKey,
    /// The name they chose.
    pub name: Option<String>,
    /// Whether they are a steward.
    pub steward: bool,
    /// Index of their membership in the log.
    pub index: u64,
}
crate::record!(MemberLine { key, name, steward, index });

/// A log entry on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its index.
    pub index: u64,
    /// The entry, encoded.
    pub entry: Bytes,
    /// What it says here, in words: live, void (why), a hole (why), not held.
    pub state: String,
}
crate::record!(LogLine { index, entry, state });

/// A peer on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerLine {
    /// Its key.
    pub key: PublicKey,
    /// Whether it is connected.
    pub connected: bool,
    /// Whether it is refused.
    pub blocked: bool,
    /// Known addresses.
    pub addresses: Vec<String>,
    /// For each community: what it is to it.
    pub roles: Vec<PeerRole>,
    /// When it was last seen.
    pub seen: Option<Time>,
}
crate::record!(PeerLine { key, connected, blocked, addresses, roles, seen });

/// What a peer is to a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRole {
    /// The community.
    pub community: CommunityId,
    /// Its acceptance, if it gave one.
    pub role: Option<Role>,
    /// The size of its head, if known.
    pub size: Option<u64>,
}
crate::record!(PeerRole { community, role, size });
