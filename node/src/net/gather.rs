//! One packet for many frames.
//!
//! Yamux flushes its wire after each frame, so that below it each frame becomes a message of its own
//! for noise, a system call, and a packet that wakes the other side. What is flushed here waits until
//! yamux rests: then all that it wrote goes out at once. Nothing waits longer than that.

use futures::{AsyncRead, AsyncWrite};
use std::{
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

/// A wire that notes flushes, for the multiplexer above it to make up for; clones are the same wire.
pub(super) struct Gathered<C>(Arc<Mutex<Wire<C>>>);

struct Wire<C> {
    wire: C,
    /// Whether a flush was asked for and not made.
    owed: bool,
    /// What a flush that was made up for failed with: for whoever uses the wire next.
    failed: Option<io::Error>,
}

impl<C> Gathered<C> {
    pub(super) fn new(wire: C) -> Self {
        Self(Arc::new(Mutex::new(Wire { wire, owed: false, failed: None })))
    }

    fn lock(&self) -> MutexGuard<'_, Wire<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: AsyncWrite + Unpin> Gathered<C> {
    /// Makes up for the flushes asked for, as far as the wire takes them now; it wakes the task when
    /// it takes more.
    pub(super) fn make_up(&self, cx: &mut Context<'_>) {
        let mut wire = self.lock();
        if !wire.owed {
            return;
        }
        match Pin::new(&mut wire.wire).poll_flush(cx) {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => wire.owed = false,
            Poll::Ready(Err(error)) => {
                wire.owed = false;
                wire.failed = Some(error);
                cx.waker().wake_by_ref();
            }
        }
    }
}

impl<C> Wire<C> {
    fn sound(&mut self) -> io::Result<&mut C> {
        self.failed.take().map_or(Ok(&mut self.wire), Err)
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Gathered<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.lock().sound()?).poll_read(cx, buffer)
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Gathered<C> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.lock().sound()?).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.lock();
        wire.sound()?;
        wire.owed = true;
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.lock();
        ready!(Pin::new(wire.sound()?).poll_flush(cx))?;
        wire.owed = false;
        Pin::new(&mut wire.wire).poll_close(cx)
    }
}

impl<C> Clone for Gathered<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C> fmt::Debug for Gathered<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gathered").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{AsyncWriteExt as _, FutureExt as _};
    use std::task::Waker;

    /// Counts what reaches the wire; takes no flush while `full`.
    #[derive(Default)]
    struct Counted {
        bytes: usize,
        flushes: usize,
        full: bool,
        broken: bool,
    }

    impl AsyncWrite for Counted {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.bytes += bytes.len();
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            if self.full {
                return Poll::Pending;
            }
            self.flushes += 1;
            Poll::Ready(match self.broken {
                true => Err(io::ErrorKind::BrokenPipe.into()),
                false => Ok(()),
            })
        }

        fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.poll_flush(cx)
        }
    }

    /// Bytes that reached the wire, and flushes.
    fn reached(wire: &Gathered<Counted>) -> (usize, usize) {
        let Wire { wire, .. } = &*wire.lock();
        (wire.bytes, wire.flushes)
    }

    fn three_frames(wire: &mut Gathered<Counted>) {
        for _ in 0..3 {
            wire.write_all(b"frame").now_or_never().unwrap().unwrap();
            wire.flush().now_or_never().unwrap().unwrap();
        }
    }

    #[test]
    fn many_frames_are_flushed_once() {
        let mut wire = Gathered::new(Counted::default());
        three_frames(&mut wire);
        assert_eq!(reached(&wire), (15, 0), "not yet");
        let cx = &mut Context::from_waker(Waker::noop());
        wire.make_up(cx);
        wire.make_up(cx);
        assert_eq!(reached(&wire), (15, 1), "what is not owed is not flushed");
    }

    #[test]
    fn a_flush_that_found_no_room_stays_owed() {
        let mut wire = Gathered::new(Counted { full: true, ..Counted::default() });
        three_frames(&mut wire);
        let cx = &mut Context::from_waker(Waker::noop());
        wire.make_up(cx);
        wire.lock().wire.full = false;
        wire.make_up(cx);
        assert_eq!(reached(&wire), (15, 1), "made up for when there was room");
    }

    #[test]
    fn closing_flushes_first() {
        let mut wire = Gathered::new(Counted::default());
        three_frames(&mut wire);
        wire.close().now_or_never().unwrap().unwrap();
        assert_eq!(reached(&wire), (15, 2), "the owed one, and that of the end");
    }

    #[test]
    fn a_flush_that_failed_is_told_to_whoever_comes_next() {
        let mut wire = Gathered::new(Counted { broken: true, ..Counted::default() });
        three_frames(&mut wire);
        wire.make_up(&mut Context::from_waker(Waker::noop()));
        let told = wire.write(b"more").now_or_never().unwrap().unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::BrokenPipe, "the error is not lost");
    }
}
