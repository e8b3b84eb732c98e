//! Items on the wire: what an asker may have, and large blobs on streams of their own.

use super::guests::Pace;
use super::replies::{ReplyError, send};
use super::{Context, blocking};
use crate::limits::{FRAME_TIMEOUT, ITEMS_PER_READ};
use crate::net::Stream;
use crate::net::framing::FrameError;
use crate::service::Access;
use crate::store::{Blob, Contents, EntryRow, Explained, Slot, Store, StoreError};
use sheaf_protocol::cbor::{self, Bytes, Encode};
use sheaf_protocol::exchange::{
    ChatBlob, Item, ItemState, LargeRequest, Parts, PullReply, Refusal, RefusalCode, Salted, Served,
};
use sheaf_protocol::id::{BlobHash, PublicKey};
use sheaf_protocol::sign::read_unverified;
use sheaf_protocol::statement::{Body, Kind, Statement};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::AsyncWriteExt as _;

/// Writes the items asked for, in their order.
pub(super) async fn items(
    context: &Arc<Context>,
    stream: &mut Stream,
    slot: Slot,
    indices: Vec<u64>,
    parts: Parts,
    access: &Access,
    (peer, pace): (&PublicKey, Pace),
) -> Result<(), ReplyError> {
    let count = indices.len() as u64;
    send(stream, &cbor::to_vec(&PullReply::Items { count })).await?;
    for chunk in indices.chunks(ITEMS_PER_READ) {
        if !context.guests.wait(peer, pace).await {
            return Err(ReplyError::Busy);
        }
        let _room = context.guests.room(peer).await.ok_or(ReplyError::Busy)?;
        let (store, chunk, access) = (context.store.clone(), chunk.to_vec(), access.clone());
        let started = Instant::now();
        let frames = blocking(move || framed_items(&store, slot, &chunk, parts, &access))
            .await
            .ok_or(ReplyError::Ending)??;
        context.guests.spend_sending(pace, started.elapsed(), frames.len());
        let written = tokio::time::timeout(FRAME_TIMEOUT, stream.write_all(&frames)).await;
        written.map_err(|_| FrameError::Timeout(FRAME_TIMEOUT))?.map_err(FrameError::from)?;
    }
    stream.flush().await.map_err(|e| ReplyError::Frame(e.into()))
}

/// Items as frames, one after the other.
pub(super) fn framed_items(
    store: &Store,
    slot: Slot,
    indices: &[u64],
    parts: Parts,
    access: &Access,
) -> Result<Vec<u8>, StoreError> {
    let rows = store.entries_at(slot, indices)?;
    let contents = store.contents(slot, indices)?;
    // Last: what was taken back while the contents were read is not handed out.
    let mut explained = explanations(store, slot, &rows)?;
    let mut frames = Vec::new();
    for ((index, row), contents) in indices.iter().zip(rows).zip(contents) {
        let state = match row {
            Some(row) => {
                let gone = row.entry.control.and_then(|control| explained.remove(&control));
                item_state(&row, gone, contents, parts, access)
            }
            None => ItemState::Missing,
        };
        frame(&mut frames, &Item { index: *index, state });
    }
    Ok(frames)
}

/// Explanations of what is gone, by control key.
fn explanations(
    store: &Store,
    slot: Slot,
    rows: &[Option<EntryRow>],
) -> Result<BTreeMap<PublicKey, Explained>, StoreError> {
    let controls: Vec<_> = rows.iter().flatten().filter_map(|row| row.entry.control).collect();
    let explained = store.explanations_of(slot, &controls)?;
    Ok(controls.into_iter().zip(explained).filter_map(|(c, e)| Some((c, e?))).collect())
}

fn frame(frames: &mut Vec<u8>, value: &impl Encode) {
    let bytes = cbor::to_vec(value);
    // An item is at most ITEM_BYTES_MAX, so its length fits in 32 bits.
    frames.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    frames.extend_from_slice(&bytes);
}

fn item_state(
    row: &EntryRow,
    gone: Option<Explained>,
    contents: Contents,
    parts: Parts,
    access: &Access,
) -> ItemState {
    if let Some(explained) = gone {
        return ItemState::Gone { explanation: Bytes(explained.explanation) };
    }
    let Some(held) = contents.statement else { return ItemState::Missing };
    let salted = Salted { salt: held.salt, statement: Bytes(held.bytes) };
    if !Kind(row.entry.kind).may_become_hole() {
        return ItemState::Here { salted, chat: None };
    }
    if let Some(refusal) = refused(&salted, access) {
        return ItemState::Denied { refusal };
    }
    if parts == Parts::Statements || row.entry.kind != Kind::MANIFEST.0 || !row.status.is_live() {
        return ItemState::Here { salted, chat: None };
    }
    if let Err(refusal) = &access.keys {
        return ItemState::Denied { refusal: refusal.clone() };
    }
    let (Some(key), Some(blob)) = (contents.key, contents.blob) else {
        return ItemState::Missing;
    };
    let blob = match blob {
        Blob::Small(bytes) => ChatBlob::Small { bytes: Bytes(bytes) },
        Blob::Large(hash) => ChatBlob::Large { hash, sealed_bytes: sealed_bytes(&salted) },
    };
    ItemState::Here { salted, chat: Some(Served { key: *key.to_bytes(), blob }) }
}

fn sealed_bytes(salted: &Salted) -> u64 {
    match read_unverified::<Statement>(&salted.statement.0).map(|statement| statement.body) {
        Ok(Body::Manifest(manifest)) => manifest.blob.sealed_bytes,
        _ => 0,
    }
}

/// What may have to be erased goes only to keys that accepted its policy, or a later one.
fn refused(salted: &Salted, access: &Access) -> Option<Refusal> {
    let no = |text| Some(Refusal::new(RefusalCode::NoAcceptance, text));
    let Some(accepted) = access.accepted else {
        return no("accept the community's policy first (sheaf follow, or sheaf dataset build)");
    };
    let under = policy_index(&salted.statement.0)?;
    match under <= accepted {
        true => None,
        false => no("the community has a newer policy: look at it and accept it (sheaf follow)"),
    }
}

/// The policy that a stored statement was made under; nothing is verified again.
fn policy_index(statement: &[u8]) -> Option<u64> {
    read_unverified::<Statement>(statement).ok()?.policy.map(|policy| policy.index)
}

/// Answers one request for a large blob and streams it, verified at the other end.
pub(super) async fn large(
    context: &Arc<Context>,
    mut stream: Stream,
    slot: Slot,
    request: &LargeRequest,
    access: &Access,
) -> Result<(), ReplyError> {
    let (store, request, access) = (context.store.clone(), request.clone(), access.clone());
    let found = blocking(move || large_of(&store, slot, &request, &access)).await;
    let hash = match found.ok_or(ReplyError::Ending)?? {
        Ok(hash) => hash,
        Err(refusal) => {
            send(&mut stream, &cbor::to_vec(&PullReply::Refused { refusal })).await?;
            return stream.shutdown().await.map_err(|e| ReplyError::Frame(e.into()));
        }
    };
    send(&mut stream, &cbor::to_vec(&PullReply::Done)).await?;
    let (reader, writer) = tokio::io::split(stream);
    context.large.serve(&hash, reader, writer).await.map_err(|e| ReplyError::Large(e.to_string()))
}

fn large_of(
    store: &Store,
    slot: Slot,
    request: &LargeRequest,
    access: &Access,
) -> Result<Result<BlobHash, Refusal>, StoreError> {
    let unknown =
        || Err(Refusal::new(RefusalCode::Unknown, "there is no large blob at that entry"));
    let Some(row) = store.entry(slot, request.index)? else { return Ok(unknown()) };
    if row.entry.commitment != request.commitment {
        return Ok(unknown());
    }
    let mut contents = store.contents(slot, &[request.index])?;
    let Some(contents) = contents.pop() else { return Ok(unknown()) };
    let gone = explanations(store, slot, &[Some(row.clone())])?.into_values().next();
    match item_state(&row, gone, contents, Parts::Chats, access) {
        ItemState::Here {
            chat: Some(Served { blob: ChatBlob::Large { hash, .. }, .. }), ..
        } => Ok(Ok(hash)),
        ItemState::Denied { refusal } => Ok(Err(refusal)),
        ItemState::Gone { .. } => {
            Ok(Err(Refusal::new(RefusalCode::Gone, "this chat was taken back")))
        }
        _ => Ok(unknown()),
    }
}
