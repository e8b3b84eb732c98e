//! A person's end of a connection: dials, asks, and ends.
//!
//! Every [`Client`] has a swarm of its own under one key, so that what a node learns of one
//! identity says nothing of another. It listens nowhere. A connection that ended meanwhile (a
//! person was reading) is dialled again once, at the same address. Nothing here is durable.

mod check;
mod error;
mod items;
mod wire;

#[cfg(test)]
mod tests;

pub use check::{CheckError, CommunityInfo, check_logged};
pub(crate) use check::{check_charter, check_policy};
pub use error::{AskError, CallError, ConnectError, FetchError};
pub use items::Items;

use crate::{
    blobs::LargeBlobs,
    limits::{CALLS_MAX, REDIAL_PAUSE, REDIALS_MAX, SUBMIT_TIMEOUT, WHERE_CONTROLS_MAX},
    net::{self, NetConfig, NetHandle, NetLimits, OpenError, Stream, framing::FrameError},
};
use sheaf_protocol::{
    cbor::{self, Decode, Encode},
    exchange::{
        LARGE, LargeRequest, MEMBER, MemberReply, MemberRequest, PULL, Parts, Place, PullReply,
        PullRequest, ReviewChat, StewardReply, StewardRequest, Submission,
    },
    id::{BlobHash, CommunityId, PublicKey},
    limits::PULL_ITEMS_MAX,
    sign::SecretKey,
};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A connection to one node under one key. Calls may run in parallel; further ones than
/// [`CALLS_MAX`] wait.
#[derive(Debug)]
pub struct Client {
    net: NetHandle,
    calls: Arc<Semaphore>,
    address: String,
    node: PublicKey,
    key: PublicKey,
}

impl Client {
    /// Connects as `key` to the first of `addresses` that answers.
    ///
    /// # Errors
    /// [`ConnectError`] says for each address why not.
    pub async fn connect(key: SecretKey, addresses: &[String]) -> Result<Self, ConnectError> {
        let own = key.public();
        let config = NetConfig {
            key,
            listen: Vec::new(),
            protocols: Vec::new(),
            limits: NetLimits::client(),
        };
        // Nobody listens to events: those of a client are of no use.
        let (net, _) = net::start(config).await?;
        let mut failures = Vec::new();
        for address in addresses {
            match net.dial(address).await {
                Ok(node) => {
                    let calls = Arc::new(Semaphore::new(CALLS_MAX));
                    return Ok(Self { net, calls, address: address.clone(), node, key: own });
                }
                Err(error) => failures.push(error),
            }
        }
        net.shutdown().await;
        Err(ConnectError::Unreached { failures })
    }

    /// The node's key.
    pub fn node(&self) -> PublicKey {
        self.node
    }

    /// The address that answered.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The key that the node knows us by.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// What the node says of a community (its home community if `None`), checked.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn community(&self, id: Option<CommunityId>) -> Result<CommunityInfo, AskError> {
        match self.member(&MemberRequest::Community { community: id }).await? {
            MemberReply::Community { community } => {
                Ok(CommunityInfo::check(community, id.as_ref())?)
            }
            _ => Err(CallError::Unexpected.into()),
        }
    }

    /// Where the chats of these control keys are, in the order asked.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn places(
        &self,
        community: CommunityId,
        controls: &[PublicKey],
    ) -> Result<Vec<Place>, CallError> {
        let mut all = Vec::new();
        for controls in controls.chunks(WHERE_CONTROLS_MAX) {
            let request = MemberRequest::Where { community, controls: controls.to_vec() };
            match self.member(&request).await? {
                MemberReply::Where { places }
                    if places.iter().map(|place| &place.control).eq(controls) =>
                {
                    all.extend(places);
                }
                _ => return Err(CallError::Unexpected),
            }
        }
        Ok(all)
    }

    /// Which of these control keys the log holds, in the order asked.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn scan(
        &self,
        community: CommunityId,
        controls: &[PublicKey],
    ) -> Result<Vec<bool>, CallError> {
        let mut all = Vec::new();
        for controls in controls.chunks(PULL_ITEMS_MAX) {
            let request = MemberRequest::Scan { community, controls: controls.to_vec() };
            match self.member(&request).await? {
                MemberReply::Scan { used } if used.len() == controls.len() => all.extend(used),
                _ => return Err(CallError::Unexpected),
            }
        }
        Ok(all)
    }

    /// One request of a member, as it is answered.
    ///
    /// # Errors
    /// [`CallError`]; a refusal is [`CallError::Refused`].
    pub async fn member(&self, request: &MemberRequest) -> Result<MemberReply, CallError> {
        match self.ask(MEMBER, request, None).await? {
            MemberReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            reply => Ok(reply),
        }
    }

    /// Sends a contribution: the statement and key, then the sealed blob.
    ///
    /// # Errors
    /// [`CallError`]; whether it arrived is then unknown, except with [`CallError::Refused`].
    pub async fn submit(
        &self,
        submission: Submission,
        blob: &[u8],
    ) -> Result<MemberReply, CallError> {
        let request = MemberRequest::Submit { submission };
        match self.ask(MEMBER, &request, Some(blob)).await? {
            MemberReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            reply => Ok(reply),
        }
    }

    /// One request of a steward or operator.
    ///
    /// # Errors
    /// [`CallError`]; a refusal is [`CallError::Refused`].
    pub async fn steward(&self, request: &StewardRequest) -> Result<StewardReply, CallError> {
        match self.ask(MEMBER, request, None).await? {
            StewardReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            reply => Ok(reply),
        }
    }

    /// A chat that waits for review, and its sealed bytes; nothing of it is checked.
    ///
    /// # Errors
    /// [`CallError`]; a refusal is [`CallError::Refused`].
    pub async fn review(&self, control: &PublicKey) -> Result<(ReviewChat, Vec<u8>), CallError> {
        let (mut stream, _place) = self.open(MEMBER).await?;
        let request = StewardRequest::Review { control: *control };
        wire::send(&mut stream, &cbor::to_vec(&request)).await?;
        stream.shutdown().await.map_err(FrameError::from)?;
        match wire::first_frame(&mut stream).await? {
            StewardReply::Review { chat } => Ok((chat, wire::rest(&mut stream).await?)),
            StewardReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            _ => Err(CallError::Unexpected),
        }
    }

    /// One request of a reader. For [`PullRequest::Items`] use [`items`](Self::items).
    ///
    /// # Errors
    /// [`CallError`]; a refusal is [`CallError::Refused`].
    pub async fn pull(&self, request: &PullRequest) -> Result<PullReply, CallError> {
        match self.ask(PULL, request, None).await? {
            PullReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            reply => Ok(reply),
        }
    }

    /// Asks for statements or chats, which then come one by one in the order of `indices`: at most
    /// [`PULL_ITEMS_MAX`], ascending.
    ///
    /// # Errors
    /// [`CallError`]; a refusal is [`CallError::Refused`].
    pub async fn items(
        &self,
        community: CommunityId,
        indices: Vec<u64>,
        parts: Parts,
    ) -> Result<Items, CallError> {
        let (stream, place) = self.open(PULL).await?;
        Items::ask(stream, place, community, indices, parts).await
    }

    /// Fetches a large blob of `sealed_bytes` into `blobs`, each piece checked against `hash`;
    /// durable on return.
    ///
    /// # Errors
    /// [`FetchError`]; nothing of the blob is kept then.
    pub async fn fetch_large(
        &self,
        request: &LargeRequest,
        hash: &BlobHash,
        sealed_bytes: u64,
        blobs: &LargeBlobs,
    ) -> Result<(), FetchError> {
        let (reader, writer) = tokio::io::split(self.large(request).await?);
        let fetching = blobs.fetch(hash, sealed_bytes, reader, writer);
        match tokio::time::timeout(SUBMIT_TIMEOUT, fetching).await {
            Ok(fetched) => Ok(fetched?),
            Err(_) => Err(CallError::Timeout(SUBMIT_TIMEOUT).into()),
        }
    }

    /// Opens the stream that carries one large blob, for `blobs` to fetch from: the node has agreed
    /// to send it. Keep no more than a dozen open at once: they are not counted among the calls.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn large(&self, request: &LargeRequest) -> Result<Stream, CallError> {
        let (mut stream, _) = self.open(LARGE).await?;
        wire::send(&mut stream, &cbor::to_vec(request)).await?;
        match wire::first_frame(&mut stream).await? {
            PullReply::Done => Ok(stream),
            PullReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            _ => Err(CallError::Unexpected),
        }
    }

    /// Says goodbye and returns when all is closed.
    pub async fn close(self) {
        self.net.shutdown().await;
    }

    async fn ask<Q: Encode, A: Decode>(
        &self,
        protocol: &'static str,
        request: &Q,
        blob: Option<&[u8]>,
    ) -> Result<A, CallError> {
        let (stream, _place) = self.open(protocol).await?;
        let reply = wire::exchange(stream, &cbor::to_vec(request), blob).await?;
        cbor::from_slice(&reply).map_err(CallError::Malformed)
    }

    async fn open(
        &self,
        protocol: &'static str,
    ) -> Result<(Stream, Option<OwnedSemaphorePermit>), CallError> {
        // The semaphore is never closed.
        let place = self.calls.clone().acquire_owned().await.ok();
        let mut stream = self.net.open(self.node, protocol).await;
        for redial in 0..REDIALS_MAX {
            if !matches!(stream, Err(OpenError::NotConnected(_))) {
                break;
            }
            // At once; then, for the node may only have too many connections of ours, after a while.
            tokio::time::sleep(REDIAL_PAUSE * redial).await;
            self.net.dial(&self.address).await?;
            stream = self.net.open(self.node, protocol).await;
        }
        let stream = stream?;
        Ok((stream, place))
    }
}
