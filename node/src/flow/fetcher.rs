//! Chats on their way to a builder: some calls ahead of it, and no more than it can take.

use super::assemble::{Fetch, FetchFailure, Fetched, Wanted};
use super::gather::GatherError;
use crate::blobs::LargeBlobs;
use crate::client::Client;
use crate::home::Scratch;
use data_encoding::HEXLOWER;
use sheaf_protocol::dataset::{LeftOutReason, Position};
use sheaf_protocol::exchange::{ChatBlob, Item, ItemState, LargeRequest, Parts};
use sheaf_protocol::id::{BlobHash, CommunityId};
use sheaf_protocol::log;
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::statement::SignedStatement;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Chats in one call.
const CALL_CHATS: usize = 128;
/// Sealed bytes in one call, as the manifests say; the last chat may go beyond.
const CALL_BYTES: u64 = 4 * 1024 * 1024;
/// Calls under way at once.
const CALLS_AHEAD: usize = 3;

/// What one call brought, in the order asked.
type Part = Vec<(Position, Fetched)>;

/// Gets chats from nodes. It lives on a blocking thread and drives calls on the runtime.
pub struct Fetcher {
    runtime: tokio::runtime::Handle,
    clients: BTreeMap<CommunityId, Arc<Client>>,
    wanted: VecDeque<Wanted>,
    calls: VecDeque<JoinHandle<Result<Part, GatherError>>>,
    here: VecDeque<(Position, Fetched)>,
    scratch: Scratch,
}

impl Fetcher {
    /// A fetcher that asks these clients. Large blobs pass through the folder `scratch`, sealed as they
    /// are. To be called within a runtime.
    pub fn new(clients: BTreeMap<CommunityId, Arc<Client>>, scratch: Scratch) -> Self {
        Self {
            runtime: tokio::runtime::Handle::current(),
            clients,
            wanted: VecDeque::new(),
            calls: VecDeque::new(),
            here: VecDeque::new(),
            scratch,
        }
    }

    /// Begins calls that are worth it: as many chats as a call may have.
    fn begin_full(&mut self) {
        while self.calls.len() < CALLS_AHEAD && self.wanted.len() >= CALL_CHATS {
            self.begin();
        }
    }

    /// Begins a call for the chats wanted next.
    fn begin(&mut self) {
        let Some(first) = self.wanted.front().copied() else { return };
        let community = first.position.community;
        let (mut indices, mut bytes) = (Vec::new(), 0);
        while indices.len() < CALL_CHATS && bytes < CALL_BYTES {
            let Some(next) = self.wanted.pop_front_if(|w| w.position.community == community) else {
                break;
            };
            indices.push(next.position.index);
            bytes += next.sealed_bytes;
        }
        let client = self.clients.get(&community).cloned();
        let scratch = self.scratch.path().to_owned();
        self.calls.push_back(self.runtime.spawn(async move {
            match client {
                Some(client) => fetch_part(&client, community, indices, &scratch).await,
                None => Ok(unavailable(community, indices)),
            }
        }));
    }

    fn take_call(&mut self) -> Result<(), GatherError> {
        if self.calls.is_empty() {
            self.begin();
        }
        if let Some(call) = self.calls.pop_front() {
            let part = self.runtime.block_on(call).map_err(|_| GatherError::Unexpected)??;
            self.here = part.into();
        }
        self.begin_full();
        Ok(())
    }
}

impl Fetch for Fetcher {
    fn announce(&mut self, wanted: &[Wanted]) {
        self.wanted.extend(wanted);
        self.begin_full();
    }

    fn fetch(&mut self, position: Position) -> Result<Fetched, FetchFailure> {
        if self.here.is_empty() {
            self.take_call()?;
        }
        match self.here.pop_front() {
            Some((at, fetched)) if at == position => Ok(fetched),
            _ => Err(Box::new(GatherError::Unexpected)),
        }
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        self.calls.iter().for_each(JoinHandle::abort);
    }
}

fn unavailable(community: CommunityId, indices: Vec<u64>) -> Part {
    let left_out =
        |index| (Position { community, index }, Fetched::LeftOut(LeftOutReason::Unavailable));
    indices.into_iter().map(left_out).collect()
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
    // A folder for each: calls run side by side, and a store is open only once.
    let own = scratch.join(HEXLOWER.encode(&request.commitment.0));
    let blobs = LargeBlobs::open(&own).await?;
    client.fetch_large(request, &hash, sealed_bytes, &blobs).await?;
    let bytes = blobs.read(&hash).await?;
    blobs.close().await?;
    tokio::fs::remove_dir_all(&own).await?;
    Ok(bytes)
}
