//! What travels between nodes and from members: messages, frames, streams of items.

use super::{Decoder, canonical, part, sure};
use crate::net::framing::{FrameError, read_frame};
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{
    Announcement, Item, LargeRequest, MemberReply, MemberRequest, PullReply, PullRequest,
    StewardReply, StewardRequest,
};
use sheaf_protocol::limits::{ITEM_BYTES_MAX, PULL_ITEMS_MAX, REPLY_BYTES_MAX};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "exchange/pull-request", check: canonical::<PullRequest> },
    Decoder { name: "exchange/pull-reply", check: canonical::<PullReply> },
    Decoder { name: "exchange/item", check: canonical::<Item> },
    Decoder { name: "exchange/large-request", check: canonical::<LargeRequest> },
    Decoder { name: "exchange/member-request", check: canonical::<MemberRequest> },
    Decoder { name: "exchange/member-reply", check: canonical::<MemberReply> },
    Decoder { name: "exchange/steward-request", check: canonical::<StewardRequest> },
    Decoder { name: "exchange/steward-reply", check: canonical::<StewardReply> },
    Decoder { name: "exchange/announcement", check: canonical::<Announcement> },
    Decoder { name: "exchange/frames", check: frames },
    Decoder { name: "exchange/items", check: items },
];

/// Long enough that only a hang takes it: nothing here waits.
const DEADLINE: Duration = Duration::from_secs(60);

/// `[max, piece lengths]` and a stream: its frames are the same whole and in pieces.
fn frames(mut input: &[u8]) {
    let (Some(max), Some(pieces)) = (part::<u16>(&mut input), part::<Vec<u8>>(&mut input)) else {
        return;
    };
    let (whole, end) = read_all(&mut Pieces::new(input, &[]), usize::from(max));
    let (cut, cut_end) = read_all(&mut Pieces::new(input, &pieces), usize::from(max));
    assert_eq!((whole, end), (cut, cut_end), "frames depend on how the stream was cut");
}

/// Every frame up to the end, and how the stream ended.
fn read_all(stream: &mut Pieces<'_>, max: usize) -> (Vec<Vec<u8>>, String) {
    let mut frames = Vec::new();
    loop {
        match runtime(|runtime| runtime.block_on(read_frame(stream, max, DEADLINE))) {
            Ok(Some(frame)) => {
                assert!(frame.len() <= max, "a frame beyond its bound");
                frames.push(frame);
            }
            Ok(None) => return (frames, "clean".into()),
            Err(FrameError::Timeout(_)) => panic!("reading what is there took {DEADLINE:?}"),
            Err(error) => return (frames, error.to_string()),
        }
    }
}

/// An answer as a client reads it: the first frame says how many items follow.
fn items(input: &[u8]) {
    let stream = &mut Pieces::new(input, &[]);
    let mut next = |max| runtime(|runtime| runtime.block_on(read_frame(stream, max, DEADLINE)));
    let Ok(Some(first)) = next(REPLY_BYTES_MAX) else { return };
    canonical::<PullReply>(&first);
    let Ok(PullReply::Items { count }) = cbor::from_slice(&first) else { return };
    for _ in 0..count.min(PULL_ITEMS_MAX as u64) {
        let Ok(Some(frame)) = next(ITEM_BYTES_MAX) else { return };
        canonical::<Item>(&frame);
    }
}

fn runtime<T>(run: impl FnOnce(&Runtime) -> T) -> T {
    thread_local! {
        static RUNTIME: Runtime =
            sure(Builder::new_current_thread().enable_time().build(), "a runtime");
    }
    RUNTIME.with(run)
}

/// A stream that arrives in pieces of the lengths given, over and over; whole without any.
struct Pieces<'a> {
    rest: &'a [u8],
    lengths: Vec<u8>,
    turn: usize,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], lengths: &[u8]) -> Self {
        // A piece of no bytes would be the end of the stream.
        Self {
            rest,
            lengths: lengths.iter().map(|length| length.max(&1)).copied().collect(),
            turn: 0,
        }
    }

    fn piece(&mut self, room: usize) -> &'a [u8] {
        let turn = self.turn.checked_rem(self.lengths.len());
        let length = turn.map_or(self.rest.len(), |turn| usize::from(self.lengths[turn]));
        self.turn += 1;
        let (piece, rest) = self.rest.split_at(length.min(room).min(self.rest.len()));
        self.rest = rest;
        piece
    }
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let piece = self.piece(buffer.remaining());
        buffer.put_slice(piece);
        Poll::Ready(Ok(()))
    }
}
