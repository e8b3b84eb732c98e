//! Questions to peers, and what their answers are worth before the service sees them.

use super::{Context, blocking, check};
use crate::limits::{CALL_TIMEOUT, FRAME_TIMEOUT, ITEMS_PER_CHECK};
use crate::net::framing::{read_frame, write_frame};
use crate::net::{OpenError, Stream};
use crate::service::{Answer, Call, CallFailed, Received};
use sheaf_protocol::cbor::{self, Decode, Encode};
use sheaf_protocol::exchange::{
    ChatBlob, Item, ItemState, LARGE, LargeRequest, MEMBER, MemberReply, MemberRequest, PULL,
    Parts, PullReply, PullRequest,
};
use sheaf_protocol::id::{BlobHash, CommunityId, PublicKey};
use sheaf_protocol::limits::{
    BLOB_BYTES_MAX, COMMUNITIES_TOLD_MAX, ITEM_BYTES_MAX, REPLY_BYTES_MAX,
};
use sheaf_protocol::log::{Entry, UnverifiedCheckpoint};
use sheaf_protocol::statement::SignedStatement;
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinHandle;

pub(crate) type Called<T> = Result<T, CallFailed>;

/// Makes one call.
pub(super) async fn call(context: &Arc<Context>, peer: PublicKey, call: Call) -> Called<Answer> {
    match call {
        Call::Pull(request) => answer_of(pull(context, peer, &request).await?),
        Call::Items { community, entries, parts } => {
            items(context, peer, community, entries, parts).await.map(Answer::Items)
        }
        Call::Communities => communities(context, peer).await.map(Answer::Communities),
    }
}

fn unreached(error: impl std::fmt::Display) -> CallFailed {
    CallFailed::Unreached(error.to_string())
}

fn malformed(error: impl std::fmt::Display) -> CallFailed {
    CallFailed::Malformed(error.to_string())
}

async fn open(
    context: &Context,
    peer: PublicKey,
    protocol: &'static str,
    request: &impl Encode,
) -> Called<Stream> {
    let mut stream = context.net.open(peer, protocol).await.map_err(|error| match error {
        OpenError::Unsupported { .. } => CallFailed::Unserved(error.to_string()),
        error => unreached(error),
    })?;
    write_frame(&mut stream, &cbor::to_vec(request), FRAME_TIMEOUT).await.map_err(unreached)?;
    stream.shutdown().await.map_err(unreached)?;
    Ok(stream)
}

async fn frame<T: Decode>(stream: &mut Stream, max: usize) -> Called<T> {
    let frame = read_frame(stream, max, CALL_TIMEOUT).await.map_err(unreached)?;
    let frame = frame.ok_or_else(|| unreached("the peer ended without an answer"))?;
    cbor::from_slice(&frame).map_err(malformed)
}

async fn pull(context: &Context, peer: PublicKey, request: &PullRequest) -> Called<PullReply> {
    let mut stream = open(context, peer, PULL, request).await?;
    match frame(&mut stream, REPLY_BYTES_MAX).await? {
        PullReply::Refused { refusal } => Err(CallFailed::Refused(refusal)),
        reply => Ok(reply),
    }
}

pub(crate) fn answer_of(reply: PullReply) -> Called<Answer> {
    Ok(match reply {
        PullReply::Hosted { communities } => Answer::Hosted(communities),
        PullReply::Head { checkpoint: None } => Answer::Head(None),
        PullReply::Head { checkpoint: Some(text) } => {
            let checkpoint = UnverifiedCheckpoint::parse(&text).map_err(malformed)?;
            Answer::Head(Some((checkpoint, text)))
        }
        PullReply::Entries { entries, consistency } => {
            let entries: Result<_, _> = entries.iter().map(|e| Entry::from_bytes(&e.0)).collect();
            Answer::Entries { entries: entries.map_err(malformed)?, consistency }
        }
        PullReply::Explanations { statements } => {
            let verified = statements.iter().map(|s| SignedStatement::verify(&s.0));
            Answer::Explanations(verified.collect::<Result<_, _>>().map_err(malformed)?)
        }
        PullReply::Done => Answer::Done,
        PullReply::Refused { refusal } => return Err(CallFailed::Refused(refusal)),
        PullReply::Items { .. } | PullReply::Counts { .. } => {
            return Err(malformed("the answer to another question"));
        }
    })
}

/// Items on one stream; some are checked on a worker while the next arrive.
async fn items(
    context: &Arc<Context>,
    peer: PublicKey,
    community: CommunityId,
    entries: Vec<(u64, Entry)>,
    parts: Parts,
) -> Called<Vec<Received>> {
    let indices: Vec<u64> = entries.iter().map(|(index, _)| *index).collect();
    let request = PullRequest::Items { community, indices, parts };
    let mut stream = open(context, peer, PULL, &request).await?;
    match frame(&mut stream, REPLY_BYTES_MAX).await? {
        PullReply::Items { count } if count == entries.len() as u64 => {}
        PullReply::Refused { refusal } => return Err(CallFailed::Refused(refusal)),
        _ => return Err(malformed("the answer to another question")),
    }
    let (mut checks, mut read) = (Vec::new(), Vec::new());
    for (index, entry) in entries {
        let item: Item = frame(&mut stream, ITEM_BYTES_MAX).await?;
        if item.index != index {
            return Err(malformed(format!("item {} where {index} was due", item.index)));
        }
        let large = match large_of(&item) {
            Some((hash, len)) => {
                Some(fetch_large(context, peer, community, index, &entry, hash, len).await?)
            }
            None => None,
        };
        read.push((entry, item, large));
        if read.len() == ITEMS_PER_CHECK {
            checks.push(check(context, std::mem::take(&mut read)));
        }
    }
    checks.push(check(context, read));
    let mut received = Vec::new();
    for check in checks {
        let checked = check.await.ok().flatten();
        received.extend(checked.ok_or_else(|| unreached("a check broke off"))?);
    }
    Ok(received)
}

/// Checks items on a worker, from now on.
fn check(
    context: &Context,
    read: Vec<(Entry, Item, Option<Vec<u8>>)>,
) -> JoinHandle<Option<Vec<Received>>> {
    let workers = context.workers.clone();
    tokio::spawn(async move {
        let _permit = workers.acquire_owned().await;
        let checked = move || read.into_iter().map(|(e, i, l)| check::item(&e, i, l)).collect();
        blocking(checked).await
    })
}

fn large_of(item: &Item) -> Option<(BlobHash, u64)> {
    match &item.state {
        ItemState::Here { chat: Some(served), .. } => match served.blob {
            ChatBlob::Large { hash, sealed_bytes } => Some((hash, sealed_bytes)),
            ChatBlob::Small { .. } => None,
        },
        _ => None,
    }
}

/// Fetches a large blob, verified as it streams, into the node's large blobs.
async fn fetch_large(
    context: &Context,
    peer: PublicKey,
    community: CommunityId,
    index: u64,
    entry: &Entry,
    hash: BlobHash,
    len: u64,
) -> Called<Vec<u8>> {
    if len > BLOB_BYTES_MAX as u64 {
        return Err(malformed(format!("a sealed chat of {len} bytes")));
    }
    if !context.large.has(&hash).await.map_err(unreached)? {
        let request = LargeRequest { community, index, commitment: entry.commitment };
        let mut stream = context.net.open(peer, LARGE).await.map_err(unreached)?;
        write_frame(&mut stream, &cbor::to_vec(&request), FRAME_TIMEOUT)
            .await
            .map_err(unreached)?;
        match frame(&mut stream, REPLY_BYTES_MAX).await? {
            PullReply::Done => {}
            PullReply::Refused { refusal } => return Err(CallFailed::Refused(refusal)),
            _ => return Err(malformed("the answer to another question")),
        }
        let (reader, writer) = tokio::io::split(stream);
        context.large.fetch(&hash, len, reader, writer).await.map_err(unreached)?;
    }
    context.large.read(&hash).await.map_err(unreached)
}

/// What a node says of each community it holds.
async fn communities(
    context: &Context,
    peer: PublicKey,
) -> Called<Vec<sheaf_protocol::exchange::Community>> {
    let PullReply::Hosted { communities } = pull(context, peer, &PullRequest::Hosted).await? else {
        return Err(malformed("the answer to another question"));
    };
    let mut told = Vec::new();
    for hosted in communities.into_iter().take(COMMUNITIES_TOLD_MAX) {
        let request = MemberRequest::Community { community: Some(hosted.community) };
        let mut stream = open(context, peer, MEMBER, &request).await?;
        match frame(&mut stream, REPLY_BYTES_MAX).await? {
            MemberReply::Community { community } => told.push(community),
            // It holds the community but knows no policy of it yet.
            MemberReply::Refused { .. } => {}
            _ => return Err(malformed("the answer to another question")),
        }
    }
    Ok(told)
}
