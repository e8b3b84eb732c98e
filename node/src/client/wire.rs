//! One request and its answer on one stream.

use super::CallError;
use crate::{
    limits::{FRAME_TIMEOUT, REPLY_TIMEOUT, SUBMIT_TIMEOUT},
    net::{
        Stream,
        framing::{FrameError, read_frame, write_frame},
    },
};
use sheaf_protocol::{
    cbor::{self, Decode},
    limits::{BLOB_BYTES_MAX, ITEM_BYTES_MAX, REPLY_BYTES_MAX},
};
use std::pin::pin;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

/// Sends `request` and what follows it, and returns the first frame of the answer.
///
/// The answer may come before all is sent: a node that refuses need not read a blob first.
pub(super) async fn exchange(
    stream: Stream,
    request: &[u8],
    blob: Option<&[u8]>,
) -> Result<Vec<u8>, CallError> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut receive = pin!(read_frame(&mut reader, REPLY_BYTES_MAX, SUBMIT_TIMEOUT));
    let mut sent = Ok(());
    tokio::select! {
        biased;
        reply = &mut receive => return reply?.ok_or(CallError::Ended),
        result = send_all(&mut writer, request, blob) => sent = sent.and(result),
    }
    match (timeout(REPLY_TIMEOUT, receive).await, sent) {
        (Ok(Ok(Some(reply))), _) => Ok(reply),
        // What broke the sending is nearer to the cause than that no answer came.
        (_, Err(error)) => Err(error.into()),
        (Err(_), _) => Err(CallError::Timeout(REPLY_TIMEOUT)),
        (Ok(Ok(None)), _) => Err(CallError::Ended),
        (Ok(Err(error)), _) => Err(error.into()),
    }
}

/// Sends one frame.
pub(super) async fn send<W: AsyncWrite + Unpin>(
    writer: &mut W,
    frame: &[u8],
) -> Result<(), FrameError> {
    write_frame(writer, frame, FRAME_TIMEOUT).await
}

/// Reads the first frame of an answer, for requests that send no more than one frame.
pub(super) async fn first_frame<A: Decode>(stream: &mut Stream) -> Result<A, CallError> {
    let frame = read_frame(stream, REPLY_BYTES_MAX, REPLY_TIMEOUT).await?;
    cbor::from_slice(&frame.ok_or(CallError::Ended)?).map_err(CallError::Malformed)
}

/// Reads the frames of a sealed blob, up to the end of the answer.
pub(super) async fn rest(stream: &mut Stream) -> Result<Vec<u8>, CallError> {
    let mut blob = Vec::new();
    while let Some(frame) = read_frame(stream, ITEM_BYTES_MAX, REPLY_TIMEOUT).await? {
        if blob.len() + frame.len() > BLOB_BYTES_MAX {
            return Err(CallError::Unexpected);
        }
        blob.extend_from_slice(&frame);
    }
    Ok(blob)
}

async fn send_all<W: AsyncWrite + Unpin>(
    writer: &mut W,
    request: &[u8],
    blob: Option<&[u8]>,
) -> Result<(), FrameError> {
    send(writer, request).await?;
    for piece in blob.unwrap_or_default().chunks(ITEM_BYTES_MAX) {
        send(writer, piece).await?;
    }
    Ok(writer.shutdown().await?)
}
