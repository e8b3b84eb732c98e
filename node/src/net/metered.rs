//! Yamux with a meter on each connection.
//!
//! Yamux must grant every stream 256 KiB before anybody has read a byte of it, so that a peer which
//! opens streams and fills them makes us hold as much for each. The meter counts, on each connection,
//! the bytes of streams that came in and those that were read, and ends a connection that holds too
//! many unread. Streams that are dropped unread stay counted; that fades with time. Strangers are
//! also read no faster, all together, than they could have reason to send.

use super::{bucket::Bucket, gather::Gathered, reputation::Reputation};
use crate::limits::{
    STRANGERS_BYTES_BURST, STRANGERS_BYTES_PER_SEC, STRANGERS_PAUSE, UNREAD_BYTES_MAX,
    UNREAD_BYTES_STRANGER_MAX, UNREAD_FADES_PER_SEC, UNREAD_FADES_STRANGER_PER_SEC,
};
use futures::{AsyncRead, AsyncWrite};
use libp2p::{
    PeerId,
    core::{
        muxing::{StreamMuxer, StreamMuxerEvent},
        upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade, UpgradeInfo},
    },
    yamux,
};
use std::{
    future::{Future as _, Ready, ready},
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Instant,
};
use tokio::time::{Sleep, sleep};

/// What all connections share.
#[derive(Debug, Clone)]
pub(super) struct Meters {
    reputation: Reputation,
    strangers: Arc<Mutex<Bucket>>,
}

impl Meters {
    pub(super) fn new(reputation: Reputation) -> Self {
        let bucket = Bucket::new(STRANGERS_BYTES_BURST, STRANGERS_BYTES_PER_SEC, Instant::now());
        Self { reputation, strangers: Arc::new(Mutex::new(bucket)) }
    }

    /// The multiplexer of a connection with `peer`.
    pub(super) fn muxer(&self, yamux: yamux::Config, peer: PeerId, dialled: bool) -> Upgrade {
        Upgrade { yamux, meters: self.clone(), peer, dialled }
    }

    /// What strangers may send now, all together.
    fn allowance(&self, now: Instant) -> u64 {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).left(now)
    }

    fn spend(&self, bytes: u64, now: Instant) {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).spend(bytes, now);
    }
}

/// Puts the meter under and over yamux.
#[derive(Debug, Clone)]
pub(super) struct Upgrade {
    yamux: yamux::Config,
    meters: Meters,
    peer: PeerId,
    dialled: bool,
}

impl Upgrade {
    fn wires<C>(&self, wire: C) -> (Gathered<MeteredWire<C>>, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        let wire = MeteredWire {
            wire,
            meters: self.meters.clone(),
            peer: self.peer,
            dialled: self.dialled,
            frames: Frames::default(),
            read: read.clone(),
            since: Instant::now(),
            pause: None,
        };
        (Gathered::new(wire), read)
    }
}

impl UpgradeInfo for Upgrade {
    type Info = &'static str;
    type InfoIter = std::iter::Once<&'static str>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.yamux.protocol_info()
    }
}

impl<C> InboundConnectionUpgrade<C> for Upgrade
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = MeteredMuxer<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Output>>;

    fn upgrade_inbound(self, wire: C, info: Self::Info) -> Self::Future {
        let (wire, read) = self.wires(wire);
        let muxer = self.yamux.upgrade_inbound(wire.clone(), info).into_inner();
        ready(muxer.map(|muxer| MeteredMuxer { muxer, wire, read }))
    }
}

impl<C> OutboundConnectionUpgrade<C> for Upgrade
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = MeteredMuxer<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Output>>;

    fn upgrade_outbound(self, wire: C, info: Self::Info) -> Self::Future {
        let (wire, read) = self.wires(wire);
        let muxer = self.yamux.upgrade_outbound(wire.clone(), info).into_inner();
        ready(muxer.map(|muxer| MeteredMuxer { muxer, wire, read }))
    }
}

/// The wire below yamux.
#[derive(Debug)]
pub(super) struct MeteredWire<C> {
    wire: C,
    meters: Meters,
    peer: PeerId,
    dialled: bool,
    frames: Frames,
    /// Bytes of streams that were read.
    read: Arc<AtomicU64>,
    since: Instant,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<C> MeteredWire<C> {
    fn is_stranger(&self) -> bool {
        !self.dialled && !self.meters.reputation.is_known(&self.peer)
    }

    /// Waits until strangers may send again.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.meters.allowance(Instant::now()) == 0 {
            let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(STRANGERS_PAUSE)));
            std::task::ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(())
    }

    /// Counts what came in; an error when too much of it lies unread.
    fn came(&mut self, bytes: &[u8], stranger: bool) -> io::Result<()> {
        self.frames.count(bytes);
        let (max, fades) = match stranger {
            true => (UNREAD_BYTES_STRANGER_MAX, UNREAD_FADES_STRANGER_PER_SEC),
            false => (UNREAD_BYTES_MAX, UNREAD_FADES_PER_SEC),
        };
        let unread = self.frames.bodies.saturating_sub(self.read.load(Ordering::Relaxed));
        if unread <= max + fades * self.since.elapsed().as_secs() {
            return Ok(());
        }
        Err(io::Error::other(Unread { unread }))
    }
}

/// What the error of a connection that was ended for this reason contains: libp2p hands on its text
/// alone.
pub(super) const UNREAD: &str = "bytes that nobody had asked for";

/// More came than anybody read.
#[derive(Debug, thiserror::Error)]
#[error("it sent {unread} {UNREAD}")]
struct Unread {
    unread: u64,
}

impl<C: AsyncRead + Unpin> AsyncRead for MeteredWire<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let stranger = self.is_stranger();
        if stranger {
            std::task::ready!(self.poll_pause(cx));
        }
        let len = std::task::ready!(Pin::new(&mut self.wire).poll_read(cx, buffer))?;
        if stranger {
            self.meters.spend(len as u64, Instant::now());
        }
        self.came(buffer.get(..len).unwrap_or_default(), stranger)?;
        Poll::Ready(Ok(len))
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for MeteredWire<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_close(cx)
    }
}

/// Finds the bodies of data frames among yamux's bytes, wherever reads cut them: a header of twelve
/// bytes, of which the second is the kind (0: data) and the last four the length.
#[derive(Debug, Default)]
struct Frames {
    header: [u8; HEADER_BYTES],
    filled: usize,
    body_left: u64,
    bodies: u64,
}

const HEADER_BYTES: usize = 12;

impl Frames {
    fn count(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.body_left {
                0 => self.take_header(bytes),
                _ => self.take_body(bytes),
            };
        }
    }

    fn take_body<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let here = usize::try_from(self.body_left).unwrap_or(usize::MAX).min(bytes.len());
        self.body_left -= here as u64;
        self.bodies += here as u64;
        bytes.get(here..).unwrap_or_default()
    }

    fn take_header<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let here = (HEADER_BYTES - self.filled).min(bytes.len());
        let (head, rest) = bytes.split_at(here);
        self.header[self.filled..self.filled + here].copy_from_slice(head);
        self.filled += here;
        if self.filled == HEADER_BYTES {
            self.filled = 0;
            let [_, kind, .., a, b, c, d] = self.header;
            if kind == 0 {
                self.body_left = u64::from(u32::from_be_bytes([a, b, c, d]));
            }
        }
        rest
    }
}

/// Yamux, with streams that count what is read from them, over a wire that gathers what it writes.
#[derive(Debug)]
pub(super) struct MeteredMuxer<C> {
    muxer: yamux::Muxer<Gathered<MeteredWire<C>>>,
    wire: Gathered<MeteredWire<C>>,
    read: Arc<AtomicU64>,
}

impl<C> MeteredMuxer<C> {
    fn metered<S, E>(&self, stream: Result<S, E>) -> Result<MeteredStream<S>, E> {
        stream.map(|stream| MeteredStream { stream, read: self.read.clone() })
    }
}

impl<C: AsyncRead + AsyncWrite + Send + Unpin + 'static> StreamMuxer for MeteredMuxer<C> {
    type Substream = MeteredStream<yamux::Stream>;
    type Error = yamux::Error;

    fn poll_inbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Substream, yamux::Error>> {
        let stream = Pin::new(&mut self.muxer).poll_inbound(cx);
        self.wire.make_up(cx);
        stream.map(|stream| self.metered(stream))
    }

    fn poll_outbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Substream, yamux::Error>> {
        let stream = Pin::new(&mut self.muxer).poll_outbound(cx);
        stream.map(|stream| self.metered(stream))
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), yamux::Error>> {
        let closed = Pin::new(&mut self.muxer).poll_close(cx);
        self.wire.make_up(cx);
        closed
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<StreamMuxerEvent, yamux::Error>> {
        let event = Pin::new(&mut self.muxer).poll(cx);
        self.wire.make_up(cx);
        event
    }
}

/// One stream.
#[derive(Debug)]
pub(super) struct MeteredStream<S> {
    stream: S,
    read: Arc<AtomicU64>,
}

impl<S: AsyncRead + Unpin> AsyncRead for MeteredStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let len = std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.read.fetch_add(len as u64, Ordering::Relaxed);
        Poll::Ready(Ok(len))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MeteredStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, len: u32, body: &[u8]) -> Vec<u8> {
        let mut frame = vec![0, kind, 0, 0, 0, 0, 0, 1];
        frame.extend(len.to_be_bytes());
        frame.extend(body);
        frame
    }

    #[test]
    fn bodies_are_counted_wherever_reads_cut_them() {
        let ping = frame(2, 0xffff_ffff, &[]);
        let update = frame(1, 70_000, &[]);
        let bytes = [frame(0, 5, b"hello"), ping, update, frame(0, 0, &[]), frame(0, 3, b"you")];
        let bytes = bytes.concat();
        for cut in 1..bytes.len() {
            let mut frames = Frames::default();
            bytes.chunks(cut).for_each(|piece| frames.count(piece));
            assert_eq!(frames.bodies, 8, "cut every {cut} bytes: headers and pings do not count");
        }
    }
}
