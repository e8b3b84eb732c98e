//! A researcher gets what a dataset is made of: logs with their statements, then keys and blobs.
//!
//! Nothing here is believed: the builder checks every entry, statement and blob, and what it wrote
//! is verified again offline. A node is asked for everything under one key, whose acceptance of the
//! policy it has on record.

use super::assemble::{Fetched, FileError, LogSpool};
use crate::blobs::LargeBlobs;
use crate::client::{CallError, Client, CommunityInfo};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::dataset::{LeftOutReason, Position, Record};
use sheaf_protocol::exchange::{
    ChatBlob, Counts, Item, ItemState, LargeRequest, Parts, PullReply, PullRequest,
};
use sheaf_protocol::id::{BlobHash, CommunityId};
use sheaf_protocol::limits::PULL_ITEMS_MAX;
use sheaf_protocol::log::{self, Entry};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Acceptance, Body, Role, SignedStatement};
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Why a log or its chats could not be had.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The node did not answer, or refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The node answered something else.
    #[error("the node gave the answer to another question")]
    Unexpected,
    /// The node has no whole log of the community.
    #[error("the node has no signed head of {0} yet")]
    NoHead(CommunityId),
    /// The node stopped before the end of the log.
    #[error("the node gave {found} of {size} log entries")]
    Short {
        /// Entries that came.
        found: u64,
        /// Entries of the head.
        size: u64,
    },
    /// An entry or explanation does not read.
    #[error("entry {index} does not read: {source}")]
    Malformed {
        /// Which.
        index: u64,
        /// Why.
        source: cbor::Error,
    },
    /// A statement was not given.
    #[error("the statement of entry {index} was not given: {why}")]
    Withheld {
        /// Which.
        index: u64,
        /// What the node said.
        why: String,
    },
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A large blob broke off.
    #[error("the large chat at entry {index} did not arrive: {why}")]
    Large {
        /// Which.
        index: u64,
        /// Why.
        why: String,
    },
}

/// Live chats of a community by licence and language, as its node counts them: before any
/// acceptance, and attested only.
///
/// # Errors
/// [`GatherError`].
pub async fn counts(client: &Client, community: CommunityId) -> Result<Counts, GatherError> {
    match client.pull(&PullRequest::Counts { community }).await? {
        PullReply::Counts { counts } => Ok(counts),
        _ => Err(GatherError::Unexpected),
    }
}

/// The communities that a node offers to a reader: its own, or all it holds if it is home of none.
///
/// # Errors
/// [`GatherError`].
pub async fn offered(client: &Client) -> Result<Vec<CommunityId>, GatherError> {
    let PullReply::Hosted { communities } = client.pull(&PullRequest::Hosted).await? else {
        return Err(GatherError::Unexpected);
    };
    let home: Vec<_> = communities.iter().filter(|c| c.home).map(|c| c.community).collect();
    if home.is_empty() {
        return Ok(communities.into_iter().map(|c| c.community).collect());
    }
    Ok(home)
}

/// Signs the acceptance of the policy in `info`, and has it recorded.
///
/// # Errors
/// [`GatherError::Call`] with the node's refusal, or that it was not reached.
pub async fn accept(
    client: &Client,
    info: &CommunityInfo,
    key: &SecretKey,
    name: Option<String>,
    now: Time,
) -> Result<(), GatherError> {
    let body = Body::Acceptance(Acceptance { role: Role::Reader, name });
    let statement = info.statement(body, now);
    let statement = Bytes(Signed::sign(statement, key).bytes().to_vec());
    match client.pull(&PullRequest::Accept { statement }).await? {
        PullReply::Done => Ok(()),
        _ => Err(GatherError::Unexpected),
    }
}

/// The newest head that the node holds.
///
/// # Errors
/// [`GatherError`].
pub async fn head(client: &Client, community: CommunityId) -> Result<String, GatherError> {
    match client.pull(&PullRequest::Head { community }).await? {
        PullReply::Head { checkpoint: Some(text) } => Ok(text),
        PullReply::Head { checkpoint: None } => Err(GatherError::NoHead(community)),
        _ => Err(GatherError::Unexpected),
    }
}

/// Pulls the first `size` entries, with their statements or explanations, into `spool`.
///
/// # Errors
/// [`GatherError`].
pub async fn pull_log(
    client: &Client,
    community: CommunityId,
    size: u64,
    spool: &mut LogSpool,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), GatherError> {
    let mut from = 0;
    while from < size {
        let request = PullRequest::Entries { community, from, max: PULL_ITEMS_MAX as u64, size };
        let PullReply::Entries { entries, .. } = client.pull(&request).await? else {
            return Err(GatherError::Unexpected);
        };
        if entries.is_empty() || entries.len() as u64 > size - from {
            return Err(GatherError::Short { found: from, size });
        }
        let indices = (from..from + entries.len() as u64).collect();
        let mut items = client.items(community, indices, Parts::Statements).await?;
        for entry in &entries {
            let item = items.next().await?.ok_or(GatherError::Short { found: from, size })?;
            Entry::from_bytes(&entry.0)
                .map_err(|source| GatherError::Malformed { index: item.index, source })?;
            spool.push(&entry.0, &record_of(item)?)?;
            from += 1;
        }
        progress(from);
    }
    Ok(())
}

fn record_of(item: Item) -> Result<Record, GatherError> {
    let index = item.index;
    match item.state {
        ItemState::Here { salted, .. } => {
            Ok(Record::Held { salt: salted.salt, statement: salted.statement.0 })
        }
        ItemState::Gone { explanation } => cbor::from_slice::<Explanation>(&explanation.0)
            .map(|explanation| Record::Gone(Box::new(explanation)))
            .map_err(|source| GatherError::Malformed { index, source }),
        ItemState::Denied { refusal } => {
            Err(GatherError::Withheld { index, why: refusal.sentence })
        }
        ItemState::Missing => {
            let why = "this node does not hold it (yet); ask again later, or another node".into();
            Err(GatherError::Withheld { index, why })
        }
    }
}

/// Chats in one call.
const CHATS_PER_CALL: usize = 128;

/// What one call brought.
type Part = Vec<(Position, Fetched)>;

/// Gets chats for a builder, in the order of rows, one call ahead of it.
///
/// It lives on a blocking thread and drives calls on the runtime.
pub struct Fetcher {
    runtime: tokio::runtime::Handle,
    clients: BTreeMap<CommunityId, Arc<Client>>,
    selected: BTreeMap<CommunityId, Vec<u64>>,
    here: BTreeMap<Position, Fetched>,
    ahead: Option<JoinHandle<Result<Part, GatherError>>>,
    scratch: PathBuf,
}

impl Fetcher {
    /// A fetcher of `selected` chats. Large blobs pass through the folder `scratch`, which is
    /// removed in the end.
    pub fn new(
        clients: BTreeMap<CommunityId, Arc<Client>>,
        selected: BTreeMap<CommunityId, Vec<u64>>,
        scratch: PathBuf,
    ) -> Self {
        let runtime = tokio::runtime::Handle::current();
        Self { runtime, clients, selected, here: BTreeMap::new(), ahead: None, scratch }
    }

    /// The chat at `position`, and begins with those after it.
    ///
    /// # Errors
    /// [`GatherError`] if the node was not reached; what it refuses is [`Fetched::LeftOut`].
    pub fn fetch(&mut self, position: Position) -> Result<Fetched, GatherError> {
        if !self.here.contains_key(&position) {
            self.take_ahead()?;
        }
        if !self.here.contains_key(&position) {
            self.begin(position);
            self.take_ahead()?;
        }
        let fetched = self.here.remove(&position);
        Ok(fetched.unwrap_or(Fetched::LeftOut(LeftOutReason::Unavailable)))
    }

    fn take_ahead(&mut self) -> Result<(), GatherError> {
        let Some(ahead) = self.ahead.take() else { return Ok(()) };
        let part = self.runtime.block_on(ahead).map_err(|_| GatherError::Unexpected)??;
        self.here = part.into_iter().collect();
        if let Some((last, _)) = self.here.last_key_value() {
            self.begin_after(*last);
        }
        Ok(())
    }

    fn begin_after(&mut self, position: Position) {
        let selected = self.selected.get(&position.community);
        let next = selected.and_then(|list| list.iter().find(|index| **index > position.index));
        if let Some(index) = next.copied() {
            self.begin(Position { index, ..position });
        }
    }

    /// Starts a call for the chats from `position` on.
    fn begin(&mut self, position: Position) {
        let community = position.community;
        let Some(client) = self.clients.get(&community).cloned() else { return };
        let list = self.selected.get(&community).map(Vec::as_slice).unwrap_or_default();
        let from = list.partition_point(|index| *index < position.index);
        let indices: Vec<u64> = list[from..].iter().take(CHATS_PER_CALL).copied().collect();
        let scratch = self.scratch.clone();
        self.ahead = Some(
            self.runtime
                .spawn(async move { fetch_part(&client, community, indices, &scratch).await }),
        );
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Some(ahead) = self.ahead.take() {
            ahead.abort();
        }
        // Sealed bytes of large chats; nothing else was ever there.
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

async fn fetch_part(
    client: &Client,
    community: CommunityId,
    indices: Vec<u64>,
    scratch: &Path,
) -> Result<Part, GatherError> {
    let mut items = client.items(community, indices, Parts::Chats).await?;
    let mut fetched = Vec::new();
    while let Some(item) = items.next().await? {
        let position = Position { community, index: item.index };
        fetched.push((position, fetched_of(client, position, item, scratch).await?));
    }
    Ok(fetched)
}

async fn fetched_of(
    client: &Client,
    position: Position,
    item: Item,
    scratch: &Path,
) -> Result<Fetched, GatherError> {
    let (salted, served) = match item.state {
        ItemState::Here { salted, chat: Some(served) } => (salted, served),
        ItemState::Denied { .. } => return Ok(Fetched::LeftOut(LeftOutReason::Refused)),
        // Gone: taken back since the log was pulled.
        ItemState::Here { chat: None, .. } | ItemState::Missing | ItemState::Gone { .. } => {
            return Ok(Fetched::LeftOut(LeftOutReason::Unavailable));
        }
    };
    let key = ChatKey::from_bytes(served.key);
    let blob = match served.blob {
        ChatBlob::Small { bytes } => bytes.0,
        ChatBlob::Large { hash, sealed_bytes } => {
            let commitment = SignedStatement::verify(&salted.statement.0)
                .map(|_| log::commit(&salted.salt, &salted.statement.0))
                .map_err(|e| GatherError::Large { index: position.index, why: e.to_string() })?;
            let Position { community, index } = position;
            let request = LargeRequest { community, index, commitment };
            large(client, &request, hash, sealed_bytes, scratch)
                .await
                .map_err(|e| GatherError::Large { index, why: e.to_string() })?
        }
    };
    Ok(Fetched::Chat { key, blob })
}

async fn large(
    client: &Client,
    request: &LargeRequest,
    hash: BlobHash,
    sealed_bytes: u64,
    scratch: &Path,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let blobs = LargeBlobs::open(scratch).await?;
    client.fetch_large(request, &hash, sealed_bytes, &blobs).await?;
    let bytes = blobs.read(&hash).await?;
    blobs.close().await?;
    Ok(bytes)
}
