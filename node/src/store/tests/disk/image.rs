//! The bytes of a file, in pages that copies share: an image of a whole disk costs little.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

const PAGE: usize = 4096;

/// A file's bytes. What was never written is zero.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Image {
    len: u64,
    pages: BTreeMap<u64, Arc<[u8; PAGE]>>,
}

/// Something done to a file's bytes.
#[derive(Clone)]
pub(super) enum Change {
    Write(u64, Arc<[u8]>),
    SetLen(u64),
}

impl Image {
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The bytes that take room on the disk.
    pub(super) fn allocated(&self) -> u64 {
        (self.pages.len() * PAGE) as u64
    }

    /// The bytes that a change would take besides.
    pub(super) fn needs(&self, change: &Change) -> u64 {
        let Change::Write(offset, data) = change else { return 0 };
        let new = parts(*offset, data.len()).filter(|(page, ..)| !self.pages.contains_key(page));
        (new.count() * PAGE) as u64
    }

    pub(super) fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset + out.len() as u64 > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (page, at, range) in parts(offset, out.len()) {
            let part = &mut out[range];
            match self.pages.get(&page) {
                Some(bytes) => part.copy_from_slice(&bytes[at..at + part.len()]),
                None => part.fill(0),
            }
        }
        Ok(())
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Write(offset, data) => self.write(*offset, data),
            Change::SetLen(len) => self.set_len(*len),
        }
    }

    /// Writes; beyond the end the file grows.
    pub(super) fn write(&mut self, offset: u64, data: &[u8]) {
        self.len = self.len.max(offset + data.len() as u64);
        for (page, at, range) in parts(offset, data.len()) {
            let part = &data[range];
            let bytes = self.pages.entry(page).or_insert_with(|| Arc::new([0; PAGE]));
            Arc::make_mut(bytes)[at..at + part.len()].copy_from_slice(part);
        }
    }

    fn set_len(&mut self, len: u64) {
        if len < self.len {
            let (last, rest) = (len / PAGE as u64, (len % PAGE as u64) as usize);
            self.pages.split_off(&(last + u64::from(rest > 0)));
            if let Some(bytes) = self.pages.get_mut(&last) {
                Arc::make_mut(bytes)[rest..].fill(0);
            }
        }
        self.len = len;
    }

    /// A reader for looking for things: a stretch that was never written is read as one page, and
    /// the last page whole.
    pub(super) fn searched(&self) -> impl Read + use<> {
        self.pages_where(|_| true)
    }

    /// As [`searched`](Self::searched), but only what differs from `other`, with the page before and
    /// after it.
    pub(super) fn searched_beside(&self, other: &Self) -> impl Read + use<> {
        let same = |n: u64| match (self.pages.get(&n), other.pages.get(&n)) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two) || one == two,
            (one, two) => one.is_none() && two.is_none(),
        };
        self.pages_where(|n| !same(n) || !same(n + 1) || n > 0 && !same(n - 1))
    }

    fn pages_where(&self, is: impl Fn(u64) -> bool) -> io::Cursor<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut next = 0;
        for (number, page) in self.pages.iter().filter(|(number, _)| is(**number)) {
            if *number != next {
                bytes.extend([0; PAGE]);
            }
            bytes.extend(&page[..]);
            next = number + 1;
        }
        io::Cursor::new(bytes)
    }
}

/// The pages that `len` bytes from `offset` on touch: page, place in it, range of the bytes.
fn parts(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let position = offset + done as u64;
        let (page, at) = (position / PAGE as u64, (position % PAGE as u64) as usize);
        let part = (PAGE - at).min(len - done);
        let range = done..done + part;
        done += part;
        (part > 0).then_some((page, at, range))
    })
}
