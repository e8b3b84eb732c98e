use std::{
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt as _};

/// A stream of bytes in both directions, encrypted, to a peer whose key is known.
///
/// `shutdown` ends our direction; the other stays readable until the peer ends it too. Dropping
/// without `shutdown` breaks the stream off: what was written may or may not arrive.
/// It takes one of the peer's places until it is dropped, and keeps the connection alive.
/// Split it with [`tokio::io::split`].
#[derive(Debug)]
pub struct Stream {
    /// Never locked: the mutex only makes the stream shareable, as futures that borrow it need.
    inner: Mutex<Compat<libp2p::Stream>>,
    _place: OwnedSemaphorePermit,
}

impl Stream {
    pub(super) fn new(inner: libp2p::Stream, place: OwnedSemaphorePermit) -> Self {
        Self { inner: Mutex::new(inner.compat()), _place: place }
    }

    fn inner(&mut self) -> Pin<&mut Compat<libp2p::Stream>> {
        Pin::new(self.inner.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner().poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(cx)
    }
}
