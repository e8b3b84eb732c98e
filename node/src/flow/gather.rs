//! A researcher gets what a dataset is made of: logs with their statements; keys and blobs come
//! through a [`super::fetcher`].
//!
//! Nothing here is believed: the builder checks every entry, statement and blob, and what it wrote
//! is verified again offline. A node is asked for everything under one key, whose acceptance of the
//! policy it has on record.

use super::assemble::{FileError, LogSpool};
use crate::client::{CallError, Client, CommunityInfo};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::dataset::Record;
use sheaf_protocol::exchange::{Counts, Item, ItemState, Parts, PullReply, PullRequest};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::limits::PULL_ITEMS_MAX;
use sheaf_protocol::log::Entry;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Acceptance, Body, Role};
use sheaf_protocol::time::Time;
use std::ops::Range;

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

/// Calls for pages of a log under way at once.
const PAGES_AHEAD: usize = 3;

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
    let starts = (0..size).step_by(PULL_ITEMS_MAX);
    let pages = starts.map(|from| page(client, community, from, size));
    let mut pages = stream::iter(pages).buffered(PAGES_AHEAD);
    let mut done = 0;
    while let Some(page) = pages.try_next().await? {
        done += page.len() as u64;
        for (entry, record) in page {
            spool.push(&entry.0, &record)?;
        }
        progress(done);
    }
    Ok(())
}

/// The entries from `from` on, as many as one call may ask for, and what lies beside them.
async fn page(
    client: &Client,
    community: CommunityId,
    from: u64,
    size: u64,
) -> Result<Vec<(Bytes, Record)>, GatherError> {
    let end = size.min(from + PULL_ITEMS_MAX as u64);
    let mut page = Vec::new();
    // A node may answer with fewer than it was asked for.
    while from + (page.len() as u64) < end {
        part_of_page(client, community, from..end, size, &mut page).await?;
    }
    Ok(page)
}

async fn part_of_page(
    client: &Client,
    community: CommunityId,
    range: Range<u64>,
    size: u64,
    page: &mut Vec<(Bytes, Record)>,
) -> Result<(), GatherError> {
    let from = range.start + page.len() as u64;
    let max = range.end - from;
    let request = PullRequest::Entries { community, from, max, size };
    let PullReply::Entries { entries, .. } = client.pull(&request).await? else {
        return Err(GatherError::Unexpected);
    };
    if entries.is_empty() || entries.len() as u64 > max {
        return Err(GatherError::Short { found: from, size });
    }
    let indices = (from..from + entries.len() as u64).collect();
    let mut items = client.items(community, indices, Parts::Statements).await?;
    for entry in entries {
        let item = items.next().await?.ok_or(GatherError::Short { found: from, size })?;
        Entry::from_bytes(&entry.0)
            .map_err(|source| GatherError::Malformed { index: item.index, source })?;
        page.push((entry, record_of(item)?));
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
