//! Datasets on disk: writing one, and checking one.
//!
//! [`Builder`] takes pinned logs and chats, in whatever way the caller gets them, and gives a
//! folder; [`check_folder`] reads such a folder and gives a verdict. Neither opens a socket, reads
//! a clock or holds more than a few dozen bytes per chat in memory. All rules are in
//! [`sheaf_protocol::dataset`] and [`sheaf_protocol::verify`]; here are files and threads.
//!
//! A folder is built beside its final place and renamed when it is whole and on disk. A crash
//! leaves a folder named `….partial-…` and nothing else.

mod behind;
mod builder;
mod card;
mod check;
mod check_rows;
mod collect;
mod error;
mod evidence;
mod fetch;
mod finish;
mod folder;
mod hashing;
mod less;
mod lines;
mod locked;
mod open;
mod plan;
mod row_cursor;
mod rows_file;
mod sequence;
mod solo;
mod spool;
mod workers;

pub use builder::{Builder, Summary};
pub use check::check_folder;
pub use error::{BuildError, CheckError, FileError, GoneRow};
pub use fetch::{Fetch, FetchFailure, Fetched, Wanted};
pub use locked::Locked;
pub use plan::Plan;
pub use spool::LogSpool;

/// How far a long step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// Items done.
    pub done: u64,
    /// Items in all.
    pub total: u64,
}

/// A step that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading the logs: entries.
    Logs,
    /// Fetching and opening chats, or checking them against their manifests: entries.
    Chats,
    /// Writing rows: rows.
    Rows,
    /// Hashing files: bytes.
    Files,
}

/// Told about progress, often.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress);
