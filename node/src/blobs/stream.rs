//! iroh-blobs' streams over any pair of byte streams.

use bytes::Bytes;
use iroh::endpoint::VarInt;
use iroh_blobs::util::{RecvStream, SendStream};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::sync::oneshot;

const BUFFER_BYTES: usize = 64 * 1024;
/// What is set aside before anything has come: a request may announce a mebibyte.
const FIRST_BYTES: usize = 4 * 1024;

/// The receiving half, up to a bound.
pub(super) struct Rx<R> {
    inner: BufReader<R>,
    /// Bytes that may still come.
    left: u64,
}

/// The sending half. Dropping it flushes and closes it, as iroh-blobs expects; after a reset it is
/// dropped without closing, so that the other side sees a stream cut short.
pub(super) struct Tx<W: AsyncWrite + Send + Unpin + 'static> {
    inner: Option<BufWriter<W>>,
    closed: Option<oneshot::Sender<io::Result<()>>>,
}

impl<R: AsyncRead + Send + Unpin> Rx<R> {
    /// Reads at most `bytes_max`; more is an error.
    pub(super) fn new(inner: R, bytes_max: u64) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER_BYTES, inner), left: bytes_max }
    }

    fn spend(&mut self, bytes: usize) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes as u64).ok_or_else(too_much)?;
        Ok(())
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> Tx<W> {
    /// The sender, and what tells how it was closed.
    pub(super) fn new(inner: W) -> (Self, oneshot::Receiver<io::Result<()>>) {
        let (closed, how) = oneshot::channel();
        let inner = Some(BufWriter::with_capacity(BUFFER_BYTES, inner));
        (Self { inner, closed: Some(closed) }, how)
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<W>> {
        self.inner.as_mut().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> Drop for Tx<W> {
    fn drop(&mut self) {
        let (Some(mut inner), Some(closed)) = (self.inner.take(), self.closed.take()) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { closed.send(inner.shutdown().await) });
        }
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> SendStream for Tx<W> {
    async fn send_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        self.open()?.write_all(&bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open()?.write_all(bytes).await
    }

    async fn sync(&mut self) -> io::Result<()> {
        self.open()?.flush().await
    }

    fn reset(&mut self, _code: VarInt) -> io::Result<()> {
        self.inner = None;
        self.closed = None;
        Ok(())
    }

    async fn stopped(&mut self) -> io::Result<Option<VarInt>> {
        std::future::pending().await
    }

    fn id(&self) -> u64 {
        0
    }
}

impl<R: AsyncRead + Send + Unpin> RecvStream for Rx<R> {
    async fn recv_bytes(&mut self, len: usize) -> io::Result<Bytes> {
        let wanted = (len as u64).min(self.left);
        let mut bytes = Vec::with_capacity(len.min(FIRST_BYTES));
        (&mut self.inner).take(wanted).read_to_end(&mut bytes).await?;
        self.spend(bytes.len())?;
        Ok(bytes.into())
    }

    async fn recv_bytes_exact(&mut self, len: usize) -> io::Result<Bytes> {
        self.spend(len)?;
        let mut bytes = vec![0; len];
        self.inner.read_exact(&mut bytes).await?;
        Ok(bytes.into())
    }

    async fn recv_exact(&mut self, target: &mut [u8]) -> io::Result<()> {
        // The end of the stream is asked for, too; only what really comes counts.
        self.inner.read_exact(target).await?;
        self.spend(target.len())
    }

    fn stop(&mut self, _code: VarInt) -> io::Result<()> {
        Ok(())
    }

    fn id(&self) -> u64 {
        0
    }
}

fn too_much() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "more bytes than announced")
}
