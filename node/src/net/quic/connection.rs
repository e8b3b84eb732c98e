//! A QUIC connection that came in: its handshake, its streams.

use futures::{AsyncRead, AsyncWrite, FutureExt as _, future::BoxFuture};
use libp2p::{
    PeerId,
    core::muxing::{StreamMuxer, StreamMuxerEvent},
};
use quinn::rustls::pki_types::CertificateDer;
use quinn::{ConnectionError, RecvStream, SendStream};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Why a connection did not come about, or ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuicError {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error("it shows no certificate that names a peer: {0}")]
    Certificate(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A handshake; gives the connection, and the key that the peer proved.
pub(in crate::net) struct Connecting(quinn::Connecting);

impl Connecting {
    pub(super) fn new(connecting: quinn::Connecting) -> Self {
        Self(connecting)
    }
}

impl Future for Connecting {
    type Output = Result<(PeerId, Connection), QuicError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let connection = ready!(self.0.poll_unpin(cx))?;
        Poll::Ready(Ok((peer_of(&connection)?, Connection::new(connection))))
    }
}

/// TLS has checked the certificate; this reads who it names.
fn peer_of(connection: &quinn::Connection) -> Result<PeerId, QuicError> {
    let none = || QuicError::Certificate("there is none".to_owned());
    let identity = connection.peer_identity().ok_or_else(none)?;
    let chain = identity.downcast::<Vec<CertificateDer<'static>>>().map_err(|_| none())?;
    let parsed = libp2p::tls::certificate::parse(chain.first().ok_or_else(none)?);
    Ok(parsed.map_err(|error| QuicError::Certificate(error.to_string()))?.peer_id())
}

type Opened = Result<(SendStream, RecvStream), ConnectionError>;

/// An established connection.
pub(in crate::net) struct Connection {
    connection: quinn::Connection,
    inbound: Option<BoxFuture<'static, Opened>>,
    outbound: Option<BoxFuture<'static, Opened>>,
}

impl Connection {
    fn new(connection: quinn::Connection) -> Self {
        Self { connection, inbound: None, outbound: None }
    }
}

impl StreamMuxer for Connection {
    type Substream = Stream;
    type Error = QuicError;

    fn poll_inbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Stream, QuicError>> {
        let Self { connection, inbound, .. } = &mut *self;
        let next = || {
            let connection = connection.clone();
            async move { connection.accept_bi().await }.boxed()
        };
        let opened = ready!(inbound.get_or_insert_with(next).poll_unpin(cx));
        self.inbound = None;
        Poll::Ready(Ok(Stream::new(opened?)))
    }

    fn poll_outbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Stream, QuicError>> {
        let Self { connection, outbound, .. } = &mut *self;
        let next = || {
            let connection = connection.clone();
            async move { connection.open_bi().await }.boxed()
        };
        let opened = ready!(outbound.get_or_insert_with(next).poll_unpin(cx));
        self.outbound = None;
        Poll::Ready(Ok(Stream::new(opened?)))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), QuicError>> {
        self.connection.close(0_u32.into(), &[]);
        Poll::Ready(Ok(()))
    }

    /// QUIC drives itself.
    fn poll(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Result<StreamMuxerEvent, QuicError>> {
        Poll::Pending
    }
}

/// Both directions of one stream.
pub(in crate::net) struct Stream {
    send: SendStream,
    receive: RecvStream,
    /// Our direction is ended: whoever ends it once more hears no error.
    ended: bool,
}

impl Stream {
    fn new((send, receive): (SendStream, RecvStream)) -> Self {
        Self { send, receive, ended: false }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        AsyncRead::poll_read(Pin::new(&mut self.receive), cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        AsyncWrite::poll_write(Pin::new(&mut self.send), cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_flush(Pin::new(&mut self.send), cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.ended {
            ready!(AsyncWrite::poll_close(Pin::new(&mut self.send), cx))?;
            self.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}
