//! The review queue, as stewards see it.

use super::replies::{ReplyError, internal, send};
use super::submit::place;
use super::{Context, blocking};
use crate::blobs::LargeBlobs;
use crate::net::Stream;
use crate::store::{Blob, Pending, Slot, Store, StoreError};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{Refusal, RefusalCode, ReviewChat, StewardReply, WaitingChat};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::{BLOB_BYTES_MAX, ITEM_BYTES_MAX, WAITING_CHATS_MAX};
use sheaf_protocol::statement::{Attribution, Body, SignedStatement};
use std::sync::Arc;

/// Chats of the queue after `after`, by control key.
pub(super) fn waiting(
    store: &Store,
    slot: Slot,
    after: Option<PublicKey>,
    max: u64,
    total: u64,
) -> Result<StewardReply, ReplyError> {
    let max = usize::try_from(max).unwrap_or(usize::MAX).min(WAITING_CHATS_MAX);
    let rows = store.pending_after(slot, after.as_ref(), max)?;
    Ok(StewardReply::Waiting { chats: rows.into_iter().filter_map(line_of).collect(), total })
}

/// What its manifest shows of a chat, and what was found in it.
fn line_of(row: Pending) -> Option<WaitingChat> {
    let statement = SignedStatement::verify(&row.manifest).ok()?;
    let Body::Manifest(manifest) = &statement.content().body else { return None };
    Some(WaitingChat {
        control: row.control,
        received: row.received,
        plain_bytes: manifest.blob.plain_bytes,
        messages: manifest.labels.messages,
        signer: statement.signer(),
        name: match &manifest.consent.attribution {
            Attribution::None => None,
            Attribution::Name(name) => Some(name.clone()),
        },
        kinds: row.findings.kinds,
        failed: row.findings.failed,
    })
}

/// One chat of the queue: what is said of it, then its sealed bytes.
pub(super) async fn review(
    context: &Arc<Context>,
    stream: &mut Stream,
    slot: Slot,
    control: PublicKey,
) -> Result<(), ReplyError> {
    let store = context.store.clone();
    let row = blocking(move || store.pending(slot, &control)).await.ok_or(ReplyError::Ending)?;
    // A large one is in memory as a whole, as when it came.
    let _place = match row.as_ref().map(|row| row.as_ref().map(sealed_bytes)) {
        Ok(Some(len)) => place(context, len).await,
        _ => None,
    };
    match whole(&context.large, row).await {
        Ok((chat, sealed)) => {
            send(stream, &cbor::to_vec(&StewardReply::Review { chat })).await?;
            for piece in sealed.chunks(ITEM_BYTES_MAX) {
                send(stream, piece).await?;
            }
            Ok(())
        }
        Err(refusal) => Ok(send(stream, &cbor::to_vec(&StewardReply::Refused { refusal })).await?),
    }
}

fn sealed_bytes(row: &Pending) -> usize {
    match &row.blob {
        Blob::Small(bytes) => bytes.len(),
        Blob::Large(_) => BLOB_BYTES_MAX,
    }
}

async fn whole(
    large: &LargeBlobs,
    row: Result<Option<Pending>, StoreError>,
) -> Result<(ReviewChat, Vec<u8>), Refusal> {
    let gone = || Refusal::new(RefusalCode::Gone, "this chat no longer waits for review");
    let row = row.map_err(internal)?.ok_or_else(gone)?;
    let sealed = match row.blob {
        Blob::Small(bytes) => bytes,
        Blob::Large(hash) => large.read(&hash).await.map_err(internal)?,
    };
    let chat = ReviewChat {
        manifest: Bytes(row.manifest),
        key: *row.key.to_bytes(),
        received: row.received,
        findings: row.findings,
    };
    Ok((chat, sealed))
}
