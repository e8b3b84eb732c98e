//! What can go wrong, one enum per operation.

use super::address::AddressError;
use sheaf_protocol::id::PublicKey;
use std::{error::Error, io};

/// Why the network did not start.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// An address to listen on is not one.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The system refused to listen there: the port is taken, or the address is not ours.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: String,
        /// The system's reason; `AddrInUse` when the port is taken.
        source: io::Error,
    },
    /// A protocol name does not start with a slash.
    #[error("{0:?} is not a protocol name: it must begin with a slash")]
    Protocol(&'static str),
    /// Encryption or gossip could not be set up: a defect of this program.
    #[error("the network could not be set up: {0}")]
    Setup(Box<dyn Error + Send + Sync>),
}

/// Why a peer was not reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The text is not a direct address.
    #[error(transparent)]
    BadAddress(#[from] AddressError),
    /// Nobody there, or no way to it.
    #[error("{addr} cannot be reached: {why}")]
    Unreachable {
        /// The address dialled.
        addr: String,
        /// In plain words.
        why: String,
    },
    /// Somebody else answered.
    #[error("{addr} is answered by {}, not by {expected}", found.map_or("another peer".to_owned(), |key| key.to_string()))]
    WrongPeer {
        /// The address dialled.
        addr: String,
        /// Who was named in the address.
        expected: PublicKey,
        /// Who answered, if it has a key of our kind.
        found: Option<PublicKey>,
    },
    /// No answer in time.
    #[error("{addr} did not answer in time")]
    Timeout {
        /// The address dialled.
        addr: String,
    },
    /// We banned this peer ourselves.
    #[error("the peer at {addr} is banned here")]
    Banned {
        /// The address dialled.
        addr: String,
    },
    /// The network task has ended.
    #[error("the network is shut down")]
    Closed,
}

/// Why no stream was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no connection, or it ended meanwhile.
    #[error("not connected to {0}")]
    NotConnected(PublicKey),
    /// The peer does not speak this protocol, or not this version of it.
    #[error("the peer does not speak {protocol}; it offers {}", list(offered))]
    Unsupported {
        /// What was asked for.
        protocol: &'static str,
        /// What the peer last said it offers; empty when it said nothing.
        offered: Vec<String>,
    },
    /// Not opened in time.
    #[error("the peer did not open a stream in time")]
    Timeout,
    /// Too many requests to open a stream already wait.
    #[error("too many streams are waiting for this peer")]
    Busy,
    /// The connection failed while opening.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The network task has ended.
    #[error("the network is shut down")]
    Closed,
}

fn list(offered: &[String]) -> String {
    if offered.is_empty() { "nothing that it named".to_owned() } else { offered.join(", ") }
}

/// Why a message was not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Larger than a gossip message may be.
    #[error("the message has {len} bytes, at most {max} are allowed")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// The same bytes went out, or came in, a moment ago.
    #[error("this message is already known to the network")]
    Duplicate,
    /// No connected peer listens to the topic.
    #[error("no connected peer listens to this topic")]
    NoPeers,
    /// The queues of all peers are full.
    #[error("all peers are too slow to take another message")]
    Busy,
    /// The network task has ended.
    #[error("the network is shut down")]
    Closed,
}
