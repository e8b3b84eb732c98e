use super::{BookError, file};
use serde::{Deserialize, Serialize};
use std::{fs::OpenOptions, ops::Range, path::Path};

/// The counter of a first membership; chats begin after it.
pub const MEMBERSHIP_COUNTER: u64 = 0;
/// Counters that one reservation may take.
pub const COUNTER_RESERVE_MAX: u64 = 1024;
/// Recovery stops after so many counters in a row that no log entry shows: more than the gap that
/// two interrupted reservations leave.
pub const COUNTER_GAP_MAX: u64 = 4096;

const _: () = assert!(2 * COUNTER_RESERVE_MAX < COUNTER_GAP_MAX);

#[derive(Serialize, Deserialize)]
struct Counter {
    /// The first counter never used.
    next: u64,
}

/// Takes `count` counters (at most [`COUNTER_RESERVE_MAX`]) out of use, durably.
pub(super) fn reserve(dir: &Path, count: u64) -> Result<Range<u64>, BookError> {
    update(dir, |next| {
        let end = next.saturating_add(count.min(COUNTER_RESERVE_MAX));
        (end, next..end)
    })
}

/// Takes every counter below `next` out of use, durably.
pub(super) fn advance(dir: &Path, next: u64) -> Result<(), BookError> {
    update(dir, |old| (old.max(next), ()))
}

fn update<T>(dir: &Path, change: impl FnOnce(u64) -> (u64, T)) -> Result<T, BookError> {
    file::make_private_dir(dir)?;
    let lock_path = dir.join("counter.lock");
    let lock = OpenOptions::new().create(true).write(true).truncate(false).open(&lock_path);
    let lock = lock.map_err(BookError::io(&lock_path, "open"))?;
    // Held until the file is closed: a second command waits for one write.
    lock.lock().map_err(BookError::io(&lock_path, "lock"))?;
    let path = dir.join("counter.json");
    let counter = file::read_json(&path)?.unwrap_or(Counter { next: MEMBERSHIP_COUNTER });
    let (next, result) = change(counter.next);
    if next != counter.next {
        file::write_json(&path, &Counter { next })?;
    }
    Ok(result)
}
