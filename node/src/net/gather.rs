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
    /// How it failed, if it did: then this is all that anybody gets.
    ended: Option<io::ErrorKind>,
}

impl<C> Gathered<C> {
    pub(super) fn new(wire: C) -> Self {
        Self(Arc::new(Mutex::new(Wire { wire, owed: false, failed: None, ended: None })))
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
        if !wire.owed || wire.ended.is_some() {
            return;
        }
        match wire.using(|wire| wire.poll_flush(cx)) {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => wire.owed = false,
            Poll::Ready(Err(error)) => {
                wire.failed = Some(error);
                cx.waker().wake_by_ref();
            }
        }
    }
}

impl<C: Unpin> Wire<C> {
    /// Uses the wire, unless it failed before.
    fn using<T>(
        &mut self,
        step: impl FnOnce(Pin<&mut C>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.sound()?;
        let polled = step(Pin::new(&mut self.wire));
        if let Poll::Ready(Err(error)) = &polled {
            self.ended = Some(error.kind());
        }
        polled
    }
}

impl<C> Wire<C> {
    fn sound(&mut self) -> io::Result<()> {
        let failed = self.failed.take().or_else(|| self.ended.map(io::Error::from));
        failed.map_or(Ok(()), Err)
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Gathered<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.lock().using(|wire| wire.poll_read(cx, buffer))
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Gathered<C> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.lock().using(|wire| wire.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.lock();
        wire.sound()?;
        wire.owed = true;
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.lock();
        ready!(wire.using(|wire| wire.poll_flush(cx)))?;
        wire.owed = false;
        wire.using(|wire| wire.poll_close(cx))
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
    use futures::{AsyncReadExt as _, AsyncWriteExt as _, FutureExt as _};
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

    /// A wire whose other end is gone, and that bears no use after it said so.
    #[derive(Default)]
    struct Gone {
        told: bool,
    }

    impl Gone {
        fn tell<T>(&mut self) -> Poll<io::Result<T>> {
            assert!(!self.told, "used again after it failed");
            self.told = true;
            Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()))
        }
    }

    impl AsyncRead for Gone {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            self.tell()
        }
    }

    impl AsyncWrite for Gone {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.tell()
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.tell()
        }

        fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.tell()
        }
    }

    #[test]
    fn a_wire_that_failed_is_not_touched_again() {
        let mut wire = Gathered::new(Gone::default());
        wire.flush().now_or_never().unwrap().unwrap();
        let told = wire.read(&mut [0; 4]).now_or_never().unwrap().unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::UnexpectedEof);
        wire.make_up(&mut Context::from_waker(Waker::noop()));
        for told in [
            wire.read(&mut [0; 4]).now_or_never().unwrap().unwrap_err(),
            wire.write(b"more").now_or_never().unwrap().unwrap_err(),
            wire.flush().now_or_never().unwrap().unwrap_err(),
            wire.close().now_or_never().unwrap().unwrap_err(),
        ] {
            assert_eq!(told.kind(), io::ErrorKind::UnexpectedEof, "whoever asks learns why");
        }
    }
}
