//! The end of every build: card and lock, the disk, the folder's place.

use super::builder::Summary;
use super::error::{BuildError, FileError, at};
use super::folder::Partial;
use super::plan::Plan;
use super::rows_file::RowsWritten;
use super::{OnProgress, Progress, Step, card, hashing};
use sheaf_protocol::dataset::{FileDigest, LOCK, Lock, PARENT_ROWS, README};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The rows of a dataset, and where they come from.
pub(super) struct Rows {
    pub(super) written: RowsWritten,
    pub(super) duplicates: u64,
    pub(super) plan: Plan,
}

/// Writes card and lock, waits for the disk, and moves the folder to its place.
pub(super) fn finish(
    folder: Partial,
    rows: Rows,
    mut lock: Lock,
    progress: OnProgress<'_>,
) -> Result<Summary, BuildError> {
    let Rows { written, duplicates, plan } = rows;
    let summary = Summary {
        folder: folder.target().to_owned(),
        rows: lock.rows.count,
        root: lock.rows.root,
        duplicates,
        left_out: count(lock.left_out.iter().map(|item| item.reason)),
        removed: count(lock.parent.iter().flat_map(|parent| &parent.removed).map(|row| row.cause)),
        plan,
    };
    let path = folder.path();
    write(path, README, &card::text(&lock))?;
    lock.files = written.settle()?;
    let others = lock.parent.as_ref().map(|_| PARENT_ROWS);
    for name in others.into_iter().chain([README]) {
        lock.files.insert(name.to_owned(), digest(&path.join(name), progress)?);
    }
    // Last, for it names the rest.
    write(path, LOCK, &lock.to_text())?;
    folder.finish()?;
    Ok(summary)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), FileError> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(at(&path))
}

fn digest(path: &Path, progress: OnProgress<'_>) -> Result<FileDigest, FileError> {
    let total = fs::metadata(path).map_err(at(path))?.len();
    let mut done = 0;
    hashing::digest(path, &mut |bytes| {
        done += bytes;
        progress(Progress { step: Step::Files, done, total });
    })
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts
}
