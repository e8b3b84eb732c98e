//! A chat that a member gives: read, opened and looked through before the service decides about it.

use super::arrival::findings;
use super::check::{fingerprint, manifest_of, open_chat};
use super::inbound::{Asked, random_salt, refused_member};
use super::unwanted::Arriving;
use super::{Context, blocking};
use crate::limits::{CHECK_AT_ONCE_BYTES_MAX, FRAME_TIMEOUT, SUBMISSION_KIB_MAX};
use crate::net::Stream;
use crate::net::framing::read_frame;
use crate::service::{Ask, Submitted};
use crate::store::Blob;
use sheaf_protocol::exchange::{RefusalCode, Submission};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::{BLOB_BYTES_MAX, BLOB_SMALL_BYTES_MAX, ITEM_BYTES_MAX};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::statement::SignedStatement;
use std::sync::Arc;

/// Reads the sealed blob, opens it, looks what is private in it, and puts a large one where large
/// ones lie.
pub(super) async fn submit(
    context: &Arc<Context>,
    peer: &PublicKey,
    submission: Submission,
    stream: &mut Stream,
    arriving: &mut Option<Arriving>,
) -> Asked {
    let refused = |text: String| refused_member(RefusalCode::Malformed, text);
    let statement = SignedStatement::verify(&submission.statement.0)
        .map_err(|e| refused(format!("the manifest was refused: {e}")))?;
    let manifest =
        manifest_of(&statement).ok_or_else(|| refused("this is not a manifest".into()))?;
    let (hash, len) = (manifest.blob.hash, manifest.blob.sealed_bytes);
    let is_small = manifest.blob.plain_bytes.max(len) <= CHECK_AT_ONCE_BYTES_MAX;
    let len = usize::try_from(len).ok().filter(|len| *len <= BLOB_BYTES_MAX);
    let len =
        len.ok_or_else(|| refused(format!("a sealed chat has at most {BLOB_BYTES_MAX} bytes")))?;
    let _place = place(context, len).await.ok_or_else(|| {
        refused_member(RefusalCode::Busy, "the node has too much to do: try again".into())
    })?;
    let sealed = read_blob(stream, len).await.map_err(refused)?;
    let key = ChatKey::from_bytes(submission.key);
    let (fingerprint_key, member) = (context.fingerprint_key, *peer);
    let check = move || {
        let (plain, chat) = open_chat(&statement, &key, &sealed)?;
        let fingerprint = fingerprint(&fingerprint_key, &member, &plain);
        Ok::<_, String>((statement, key, sealed, fingerprint, Arc::new(chat)))
    };
    let opened = match is_small {
        true => Some(check()),
        false => {
            let _permit = context.workers.acquire().await;
            blocking(check).await
        }
    };
    let (statement, key, sealed, fingerprint, chat) = opened
        .unwrap_or_else(|| Err("the check broke off".into()))
        .map_err(|why| refused(format!("the chat was refused: {why}")))?;
    let findings = findings(context, &chat, is_small).await;
    let blob = match sealed.len() <= BLOB_SMALL_BYTES_MAX {
        true => Blob::Small(sealed),
        false => {
            *arriving = context.arrivals.begin(hash);
            if arriving.is_none() {
                let text = "this chat was just refused: try again".into();
                return Err(refused_member(RefusalCode::Busy, text));
            }
            context.large.put(hash, sealed).await.map_err(|e| {
                refused_member(
                    RefusalCode::Internal,
                    format!("the node could not store the chat: {e}"),
                )
            })?;
            Blob::Large(hash)
        }
    };
    let salt = random_salt().map_err(|why| refused_member(RefusalCode::Internal, why))?;
    Ok(Ask::Submit(Box::new(Submitted { statement, salt, key, blob, fingerprint, findings })))
}

/// Room in memory for a blob that arrives.
pub(super) async fn place(
    context: &Context,
    len: usize,
) -> Option<tokio::sync::OwnedSemaphorePermit> {
    let kib = u32::try_from(len / 1024 + 1).ok()?.min(SUBMISSION_KIB_MAX);
    context.submission_kib.clone().acquire_many_owned(kib).await.ok()
}

async fn read_blob(stream: &mut Stream, len: usize) -> Result<Vec<u8>, String> {
    let mut blob = Vec::new();
    while blob.len() < len {
        let frame = read_frame(stream, ITEM_BYTES_MAX, FRAME_TIMEOUT).await;
        let frame = frame.map_err(|e| e.to_string())?.ok_or("the sealed chat ended early")?;
        if frame.is_empty() || blob.len() + frame.len() > len {
            return Err("more bytes came than the manifest names".into());
        }
        blob.extend_from_slice(&frame);
    }
    Ok(blob)
}
