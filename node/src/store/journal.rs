//! The journal: what was appended or filled in, durable before the files are.
//!
//! One batch touches four files. To make each of them durable costs eight waits for the disk and
//! rewrites pages all over them. So a batch is noted here first, as rows put and removed, with one
//! write and one sync; then the files take it without a sync, and readers see it. When the journal has
//! grown long, and before anything is written past it, the files are made durable, and the journal is
//! emptied ([`Store::settle`](super::Store)).
//!
//! A crash loses what the files had not made durable; whoever opens a file puts it back from here.
//! Putting rows that are there already changes nothing, for nothing else was written meanwhile.
//!
//! ```text
//! journal = record*
//! record  = version (1) number (8) length (4) BLAKE3 of those and the changes (32) changes
//! ```
//! Numbers follow each other. Only the last record can be torn by a crash, for each is synced before
//! the next is written; nobody was told of it.

use super::changes::Changes;
use super::disk::Disk;
use super::{StoreError, name};
use redb::StorageBackend;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 8 + 4 + 32;

/// The journal of a store.
pub(super) struct Journal {
    path: PathBuf,
    file: Box<dyn StorageBackend>,
    state: Mutex<State>,
}

struct State {
    /// Where the next record goes.
    end: u64,
    /// Its number.
    next: u64,
    /// Whether something may lie beyond `end` that nobody was told of.
    unsure: bool,
}

/// Where a record begins, and its number.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: u64,
    number: u64,
}

/// A record as it was found.
enum Found {
    Whole {
        number: u64,
        changes: Vec<u8>,
        end: u64,
    },
    /// Cut off by a crash, or the end.
    Torn,
    /// Not what was written: something follows it.
    Damaged,
}

impl Journal {
    /// Opens or creates the journal in `dir`.
    ///
    /// # Errors
    /// The disk's, and [`StoreError::Corrupt`] if a record that others follow does not read.
    pub(super) fn open(disk: &Arc<dyn Disk>, dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(name::JOURNAL);
        let file = disk.file(&path).map_err(|e| StoreError::io(&path, e))?;
        let state = Mutex::new(State { end: 0, next: 0, unsure: false });
        let journal = Self { path, file, state };
        let (mut end, mut next) = (0, 0);
        journal.walk(u64::MAX, |place, _| {
            (end, next) = (place.at, place.number);
            Ok(ControlFlow::Continue(()))
        })?;
        let length = journal.file.len().map_err(|e| journal.failed(e))?;
        *journal.state() = State { end, next, unsure: length > end };
        Ok(journal)
    }

    /// Whether the files lack nothing that is here.
    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.end == 0 && !state.unsure
    }

    /// Whether it is time to empty it.
    pub(super) fn is_due(&self, max_bytes: u64) -> bool {
        let state = self.state();
        state.end >= max_bytes || state.unsure
    }

    /// Notes changes; they are durable on return. Answers where, for [`take_back`](Self::take_back).
    ///
    /// # Errors
    /// The disk's: then they are not here, unless the disk failed a second time.
    pub(super) fn note(&self, changes: &Changes) -> Result<Place, StoreError> {
        let (place, record) = {
            let state = self.state();
            (Place { at: state.end, number: state.next }, record(state.next, &changes.bytes()))
        };
        let written = self.file.write(place.at, &record).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // The first error tells more than that of cleaning up.
            let _ = self.take_back(place);
            return Err(self.failed(error));
        }
        let mut state = self.state();
        state.end += record.len() as u64;
        state.next += 1;
        Ok(place)
    }

    /// Forgets the record at `place`, the last one: what it notes did not come about.
    pub(super) fn take_back(&self, place: Place) -> Result<(), StoreError> {
        self.cut(place)
    }

    /// Forgets everything: the files are durable.
    pub(super) fn clear(&self) -> Result<(), StoreError> {
        let number = self.state().next;
        self.cut(Place { at: 0, number })
    }

    /// Whether nothing is in the file any more, as it is seen and not as it is remembered; for whoever
    /// settled it and writes nothing meanwhile. What is there after all is removed once more.
    pub(super) fn is_seen_empty(&self) -> Result<bool, StoreError> {
        let length = || self.file.len().map_err(|e| self.failed(e));
        if length()? > 0 {
            self.clear()?;
        }
        Ok(length()? == 0)
    }

    fn cut(&self, Place { at, number }: Place) -> Result<(), StoreError> {
        self.state().unsure = true;
        let cut = self.file.set_len(at).and_then(|()| self.file.sync_data());
        cut.map_err(|e| self.failed(e))?;
        *self.state() = State { end: at, next: number, unsure: false };
        Ok(())
    }

    /// Shows the changes of every record, in order.
    pub(super) fn each(
        &self,
        mut see: impl FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let end = self.state().end;
        self.walk(end, |_, changes| see(changes).map(ControlFlow::Continue))
    }

    /// The error that a record does not read.
    pub(super) fn corrupt(&self, what: &str) -> StoreError {
        StoreError::Corrupt { file: self.path.clone(), place: "a record", what: what.to_owned() }
    }

    /// Shows each whole record before `end`: where the next one begins, and its changes.
    fn walk(
        &self,
        end: u64,
        mut see: impl FnMut(Place, &[u8]) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let length = self.file.len().map_err(|e| self.failed(e))?.min(end);
        let (mut at, mut expected) = (0, None);
        loop {
            match self.record_at(at, length).map_err(|e| self.failed(e))? {
                Found::Whole { number, .. } if expected.is_some_and(|n| n != number) => {
                    return Ok(());
                }
                Found::Whole { number, changes, end } => {
                    if see(Place { at: end, number: number + 1 }, &changes)?.is_break() {
                        return Ok(());
                    }
                    (at, expected) = (end, Some(number + 1));
                }
                Found::Torn => return Ok(()),
                Found::Damaged => return Err(self.corrupt("a record is not what was written")),
            }
        }
    }

    fn record_at(&self, at: u64, length: u64) -> io::Result<Found> {
        let Some(left) = length.checked_sub(at + HEADER_BYTES as u64) else {
            return Ok(Found::Torn);
        };
        let mut header = [0; HEADER_BYTES];
        self.file.read(at, &mut header)?;
        let [VERSION, rest @ ..] = &header else { return Ok(Found::Torn) };
        let (number, rest) = rest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let (size, hash) = rest.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        let (number, size) = (u64::from_be_bytes(*number), u32::from_be_bytes(*size));
        if u64::from(size) > left {
            return Ok(Found::Torn);
        }
        let mut changes = vec![0; size as usize];
        self.file.read(at + HEADER_BYTES as u64, &mut changes)?;
        let end = at + HEADER_BYTES as u64 + u64::from(size);
        match hash_of(number, &changes)[..] == *hash {
            true => Ok(Found::Whole { number, changes, end }),
            false if end < length => Ok(Found::Damaged),
            false => Ok(Found::Torn),
        }
    }

    fn failed(&self, error: io::Error) -> StoreError {
        StoreError::io(&self.path, error)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn record(number: u64, changes: &[u8]) -> Vec<u8> {
    // A batch is far smaller: its entries and the bytes of each are bounded.
    let size = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    let mut record = Vec::with_capacity(HEADER_BYTES + changes.len());
    record.push(VERSION);
    record.extend_from_slice(&number.to_be_bytes());
    record.extend_from_slice(&size.to_be_bytes());
    record.extend_from_slice(&hash_of(number, changes));
    record.extend_from_slice(changes);
    record
}

fn hash_of(number: u64, changes: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[VERSION]).update(&number.to_be_bytes());
    hasher.update(&(changes.len() as u64).to_be_bytes()).update(changes);
    *hasher.finalize().as_bytes()
}
