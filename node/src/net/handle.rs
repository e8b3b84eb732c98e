//! The application's end of the network.

use super::{
    Fault, MessageToken, Verdict,
    address::{PeerAddr, peer_id},
    error::{DialError, OpenError, PublishError},
    streams::{OpenRequest, Stream},
    swarm::Shared,
};
use crate::limits::{DIAL_TIMEOUT, OPEN_TIMEOUT};
use libp2p::PeerId;
use sheaf_protocol::{id::PublicKey, limits::GOSSIP_BYTES_MAX};
use std::{io, time::Instant};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

pub(super) type Reply<T> = oneshot::Sender<T>;

/// What the handle asks of the network task.
#[derive(Debug)]
pub(super) enum Command {
    Listening(Reply<Vec<String>>),
    Dial(PeerAddr, Reply<Result<PublicKey, DialError>>),
    Disconnect(PeerId),
    Ban(PeerId),
    Unban(PeerId),
    Know(PeerId, bool),
    Blame(PeerId, Fault),
    Open(PeerId, OpenRequest),
    Subscribe(String),
    Unsubscribe(String),
    Publish(String, Vec<u8>, Reply<Result<(), PublishError>>),
    Verdict(MessageToken, Verdict),
    Shutdown,
}

/// Speaks to the network task. Cheap to clone; when the last one is dropped the network shuts down
/// by itself.
///
/// Nothing here waits for the application to take its events, except as far as a timeout.
#[derive(Debug, Clone)]
pub struct NetHandle {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) shared: Shared,
}

impl NetHandle {
    /// The addresses at which this node can be dialled, with its peer id, once known: those of each
    /// interface when it listens on all, with the ports that the system chose. Empty when it only
    /// dials, or is shut down.
    pub async fn listening(&self) -> Vec<String> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Listening(reply)).await;
        answer.await.unwrap_or_default()
    }

    /// Connects to the peer at a [`PeerAddr`], and returns its key. At once if already connected.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn dial(&self, addr: &str) -> Result<PublicKey, DialError> {
        let target: PeerAddr = addr.parse()?;
        let (reply, answer) = oneshot::channel();
        self.send(Command::Dial(target, reply)).await;
        match timeout(DIAL_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|_| DialError::Closed)?,
            Err(_) => Err(DialError::Timeout { addr: addr.to_owned() }),
        }
    }

    /// Closes all connections with a peer.
    pub async fn disconnect(&self, peer: PublicKey) {
        self.about(peer, Command::Disconnect).await;
    }

    /// Closes all connections with a peer and refuses it, until [`unban`](Self::unban) or the end of
    /// this process: when it comes back it is told so, and nothing else.
    pub async fn ban(&self, peer: PublicKey) {
        self.about(peer, Command::Ban).await;
    }

    /// Lets a peer in again.
    pub async fn unban(&self, peer: PublicKey) {
        self.about(peer, Command::Unban).await;
    }

    /// Says whether this node vouches for a peer. Strangers have fewer places, and leave first.
    pub async fn know(&self, peer: PublicKey, known: bool) {
        self.about(peer, |id| Command::Know(id, known)).await;
    }

    /// A peer did something wrong. It is told in the log, once and then as a number; a peer that
    /// goes on is disconnected, and refused for
    /// [`REFUSAL_TIME`](crate::limits::REFUSAL_TIME).
    pub async fn blame(&self, peer: PublicKey, fault: Fault, detail: &str) {
        self.shared.complaints.tell(&peer.to_string(), fault.what, detail, Instant::now());
        self.about(peer, |id| Command::Blame(id, fault)).await;
    }

    /// Opens a stream to a connected peer under a protocol (`/sheaf/pull/1`). Waits while as many
    /// as allowed are open.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(&self, peer: PublicKey, protocol: &'static str) -> Result<Stream, OpenError> {
        if !protocol.starts_with('/') {
            return Err(OpenError::Unsupported { protocol, offered: Vec::new() });
        }
        let id = peer_id(&peer).ok_or(OpenError::NotConnected(peer))?;
        let (reply, answer) = oneshot::channel();
        if !self.send(Command::Open(id, OpenRequest { protocol, reply })).await {
            return Err(OpenError::Closed);
        }
        match timeout(OPEN_TIMEOUT, answer).await {
            Ok(Ok(Err(OpenError::Io(error)))) if is_disconnected(&error) => {
                Err(OpenError::NotConnected(peer))
            }
            Ok(answer) => answer.map_err(|_| OpenError::NotConnected(peer))?,
            Err(_) => Err(OpenError::Timeout),
        }
    }

    /// Listens to a gossip topic.
    pub async fn subscribe(&self, topic: &str) {
        self.send(Command::Subscribe(topic.to_owned())).await;
    }

    /// Listens no longer.
    pub async fn unsubscribe(&self, topic: &str) {
        self.send(Command::Unsubscribe(topic.to_owned())).await;
    }

    /// Sends a message to all connected peers that listen to the topic; they pass it on.
    ///
    /// # Errors
    /// [`PublishError`]. Gossip is a hint: a message not sent is not an event lost.
    pub async fn publish(&self, topic: &str, data: Vec<u8>) -> Result<(), PublishError> {
        if data.len() > GOSSIP_BYTES_MAX {
            return Err(PublishError::TooLong { len: data.len(), max: GOSSIP_BYTES_MAX });
        }
        let (reply, answer) = oneshot::channel();
        self.send(Command::Publish(topic.to_owned(), data, reply)).await;
        answer.await.map_err(|_| PublishError::Closed)?
    }

    /// Says what becomes of a gossip message. Without effect when it comes later than
    /// [`VERDICT_TIMEOUT`](crate::limits::VERDICT_TIMEOUT) or a second time.
    pub async fn verdict(&self, token: MessageToken, verdict: Verdict) {
        self.send(Command::Verdict(token, verdict)).await;
    }

    /// Streams that peers opened and that were closed for want of a place, since the start.
    pub fn streams_refused(&self) -> u64 {
        self.shared.refused.total()
    }

    /// Stops listening, closes all connections, and returns when the network task has ended. Safe
    /// to call on several clones.
    pub async fn shutdown(self) {
        self.send(Command::Shutdown).await;
        self.commands.closed().await;
    }

    async fn about(&self, peer: PublicKey, command: impl FnOnce(PeerId) -> Command) {
        if let Some(id) = peer_id(&peer) {
            self.send(command(id)).await;
        }
    }

    /// Whether the task still listens. The queue is bounded, and the task never waits for us.
    async fn send(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }
}

/// Whether the connection, rather than the one stream, has ended.
fn is_disconnected(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::NotConnected | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe
    )
}
