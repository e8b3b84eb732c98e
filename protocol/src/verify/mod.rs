//! Offline checks of a dataset: bytes in, a [`Verdict`] with reasons out (`docs/spec/dataset.md`).
//!
//! The lock is not signed, and need not be: everything it says follows from the logs that it pins,
//! except what it attests. So the check reads each log twice and the rows once, all in order, and
//! keeps 32-byte keys, never a text:
//!
//! 1. [`LogCheck`] folds a log without its manifests: root, checkpoint, policies, holes.
//! 2. [`CheckedLog::examine`] gives each chat its status and terms; [`check_row`] compares a row
//!    with its manifest; [`RowsCheck`] joins them, and so finds what was added or left out.
//!
//! [`read_item`], [`CheckedLog::examine`] and [`check_row`] depend on one item each: whoever reads
//! the files may spread them over threads. Nothing here opens a file or a socket.

mod fault;
mod log;
mod parent;
mod row;
mod rows;
mod verdict;

pub use fault::{Fault, Place, Problem};
pub use log::{CheckedLog, Examined, LiveChat, LogCheck, Read, check_tree, read_item};
pub use parent::check_parent;
pub use row::{RowFacts, RowReport, attribution, check_row};
pub use rows::{RowCounts, RowsCheck};
pub use verdict::{LogVerdict, Verdict, check_lock};

use crate::dataset::EVIDENCE;
use crate::limits::PROBLEMS_MAX;

/// Everything that is wrong, the first [`PROBLEMS_MAX`] with their places.
#[derive(Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    count: u64,
}

impl Problems {
    /// One more.
    pub fn push(&mut self, place: Place, fault: Fault) {
        self.count += 1;
        if self.kept.len() < PROBLEMS_MAX {
            self.kept.push(Problem { place, fault });
        }
    }

    /// Several at one place.
    pub fn extend(&mut self, place: &Place, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.push(place.clone(), fault));
    }

    /// Those that were found meanwhile, after these.
    pub fn append(&mut self, later: Self) {
        self.count += later.count;
        let room = PROBLEMS_MAX - self.kept.len();
        self.kept.extend(later.kept.into_iter().take(room));
    }

    /// Those kept, as sentences.
    pub fn texts(&self) -> Vec<String> {
        self.kept.iter().map(ToString::to_string).collect()
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A file of the log with this number in the lock, as places name it.
pub fn evidence_file(number: usize, file: &str) -> String {
    format!("{EVIDENCE}/{number}/{file}")
}
