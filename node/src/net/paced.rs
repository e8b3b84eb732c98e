//! Streams that strangers open, one after the other at a pace.
//!
//! To open a stream and break it off costs the opener two small frames, and us the beginning of a
//! negotiation. So the streams of a stranger are taken from its connection no faster than it could
//! have reason to open them; those that wait count against the multiplexer's own bound.

use super::{bucket::Bucket, reputation::Reputation};
use crate::limits::{STRANGERS_PAUSE, STREAMS_STRANGER_BURST, STREAMS_STRANGER_PER_SEC};
use libp2p::{
    PeerId,
    core::muxing::{StreamMuxer, StreamMuxerEvent},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tokio::time::{Sleep, sleep};

/// A multiplexer whose peer opens streams at a stranger's pace as long as it is one.
#[derive(Debug)]
pub(super) struct Paced<M> {
    muxer: M,
    peer: PeerId,
    reputation: Reputation,
    allowance: Bucket,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<M> Paced<M> {
    /// Over a connection that `peer` dialled.
    pub(super) fn new(muxer: M, peer: PeerId, reputation: Reputation) -> Self {
        let allowance =
            Bucket::new(STREAMS_STRANGER_BURST, STREAMS_STRANGER_PER_SEC, Instant::now());
        Self { muxer, peer, reputation, allowance, pause: None }
    }

    /// Waits until the peer may open another stream.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.reputation.is_known(&self.peer) && self.allowance.left(Instant::now()) == 0 {
            let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(STRANGERS_PAUSE)));
            std::task::ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(())
    }
}

impl<M: StreamMuxer + Unpin> StreamMuxer for Paced<M> {
    type Substream = M::Substream;
    type Error = M::Error;

    fn poll_inbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Substream, Self::Error>> {
        std::task::ready!(self.poll_pause(cx));
        let stream = std::task::ready!(Pin::new(&mut self.muxer).poll_inbound(cx));
        self.allowance.spend(1, Instant::now());
        Poll::Ready(stream)
    }

    fn poll_outbound(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Substream, Self::Error>> {
        Pin::new(&mut self.muxer).poll_outbound(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Pin::new(&mut self.muxer).poll_close(cx)
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<StreamMuxerEvent, Self::Error>> {
        Pin::new(&mut self.muxer).poll(cx)
    }
}
