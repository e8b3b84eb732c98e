//! Sending and fetching one blob over one stream, checked piece by piece.

use super::stream::{Rx, Tx};
use super::{LargeBlobs, LargeError, inner};
use crate::limits::LARGE_IDLE_TIMEOUT;
use iroh_blobs::get::StreamPair as Getter;
use iroh_blobs::protocol::{GetRequest, Request};
use iroh_blobs::provider::events::EventSender;
use iroh_blobs::provider::{StreamPair as Provider, handle_get};
use sheaf_protocol::id::BlobHash;
use sheaf_protocol::limits::{BLOB_BYTES_MAX, REQUEST_BYTES_MAX};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// Bytes over which one pair of hashes of the tree is sent.
const GROUP_BYTES: u64 = 16 * 1024;
const PAIR_BYTES: u64 = 64;
/// The size that comes first.
const HEAD_BYTES: u64 = 8;

impl LargeBlobs {
    /// Answers one request for `hash` on a stream on which the caller has allowed exactly that.
    /// Returns when all was handed to `writer` and it was closed.
    ///
    /// # Errors
    /// [`LargeError::Refused`] if the peer asks for anything else, [`LargeError::Missing`] if the
    /// blob is not here; the stream is then dropped without an answer.
    pub async fn serve<R, W>(&self, hash: &BlobHash, reader: R, writer: W) -> Result<(), LargeError>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        if !self.has(hash).await? {
            return Err(LargeError::Missing { hash: *hash });
        }
        let (writer, closed) = Tx::new(writer);
        let reader = Rx::new(reader, REQUEST_BYTES_MAX as u64);
        let mut pair = Provider::new(0, reader, writer, EventSender::DEFAULT);
        let failed = |e| LargeError::transfer(hash, e);
        let request = match pair.read_request().await.map_err(failed)? {
            Request::Get(get) if get.hash == inner(hash) && get.ranges.is_blob() => get,
            _ => return Err(LargeError::Refused { hash: *hash }),
        };
        handle_get(pair, (*self.opened()?.store).clone(), request).await.map_err(failed)?;
        match closed.await {
            Ok(closed) => closed.map_err(|e| LargeError::transfer(hash, e)),
            Err(_) => Err(LargeError::transfer(hash, "the stream was cut short")),
        }
    }

    /// Fetches the blob `hash` of `size` bytes, as its manifest says, from a peer who serves it on
    /// this stream. Every piece is checked before it is written; durable on return.
    ///
    /// The time that a peer may take is the caller's to bound: dropping the future gives up.
    ///
    /// # Errors
    /// [`LargeError::Transfer`] for a broken stream or wrong bytes, [`LargeError::WrongSize`], and
    /// the disk's; nothing of the blob is kept then.
    pub async fn fetch<R, W>(
        &self,
        hash: &BlobHash,
        size: u64,
        reader: R,
        writer: W,
    ) -> Result<(), LargeError>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        if size > BLOB_BYTES_MAX as u64 {
            return Err(LargeError::TooLarge { max: BLOB_BYTES_MAX as u64 });
        }
        if self.size(hash).await? == Some(size) {
            return Ok(());
        }
        let adding = self.opened()?.adding.begin(inner(hash)).await;
        let fetched = self.fetch_checked(hash, size, reader, writer).await;
        drop(adding);
        if fetched.is_err() {
            // What came before the failure is of no use to anybody. iroh-blobs writes down what it
            // has of a blob when its task for it ends: only after that does deleting last. If the
            // store is never at rest meanwhile, the next start finds what is left.
            timeout(LARGE_IDLE_TIMEOUT, self.opened()?.store.wait_idle()).await.ok();
            self.delete(hash).await.ok();
        }
        fetched
    }

    async fn fetch_checked<R, W>(
        &self,
        hash: &BlobHash,
        size: u64,
        reader: R,
        writer: W,
    ) -> Result<(), LargeError>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        let (writer, _closed) = Tx::new(writer);
        let pair = Getter::new(0, Rx::new(reader, encoded_bytes(size)), writer);
        let request = GetRequest::blob(inner(hash));
        let got = self.opened()?.store.remote().execute_get(pair, request).complete().await;
        got.map_err(|e| LargeError::transfer(hash, e))?;
        match self.size(hash).await? {
            Some(found) if found == size => self.make_durable(hash).await,
            Some(found) => Err(LargeError::WrongSize { announced: size, found }),
            None => Err(LargeError::transfer(hash, "the stream was cut short")),
        }
    }
}

/// The bytes of a verified stream of a blob of `size` bytes.
fn encoded_bytes(size: u64) -> u64 {
    HEAD_BYTES + size + size.div_ceil(GROUP_BYTES).saturating_sub(1) * PAIR_BYTES
}
