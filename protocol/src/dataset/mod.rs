//! Datasets: rows from many logs at pinned checkpoints (`docs/spec/dataset.md`).
//!
//! A [`Recipe`] says what was asked, a [`Lock`] what exactly was taken. Everything here is a
//! function of its arguments: given the same pinned logs and the same chats, the same recipe gives
//! the same rows, root and lock, whatever the clock, the machine or the order of arrival.
//! [`crate::verify`] checks the result; the node reads and writes the files.

mod dedupe;
mod evidence;
mod files;
mod lock;
mod recipe;
mod row;
mod row_ref;
mod select;
mod sequence;
mod terms;

pub use dedupe::{DedupeKey, Groups, Placed};
pub use evidence::Record;
pub use files::{
    CHATS, CHECKPOINT, ENTRIES, EVIDENCE, LATEST, LOCK, PARENT_ROWS, README, ROWS, STATEMENTS,
};
pub use lock::{
    FileDigest, LeftOut, LeftOutReason, Lock, LockError, Parent, PinnedLog, Removed, RemovedCause,
    RowsDigest,
};
pub use recipe::{Need, Recipe, Source};
pub use row::{Duplicate, Row, RowError};
pub use row_ref::{Position, RowRef, RowRefError, row_leaf};
pub use select::Exclusion;
pub use sequence::{SequenceError, first_item, push_item};
pub use terms::RowTerms;
