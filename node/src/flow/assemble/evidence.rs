//! Reading a log's evidence from its folder, twice.

use super::error::{FileError, at};
use super::sequence::{Item, SequenceReader};
use super::workers::Workers;
use super::{OnProgress, Progress, Step};
use sheaf_protocol::dataset::{CHECKPOINT, ENTRIES, EVIDENCE, LATEST, PinnedLog, STATEMENTS};
use sheaf_protocol::limits::{CHECKPOINT_BYTES_MAX, ENTRY_BYTES_MAX, RECORD_BYTES_MAX};
use sheaf_protocol::log::{Frontier, leaf_hash};
use sheaf_protocol::verify::{
    CheckedLog, Fault, LogCheck, Place, Problems, Read, check_tree, evidence_file, read_item,
};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Items of one job.
pub(super) const BATCH_ITEMS: usize = 128;

/// The folder of one log.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    folder: PathBuf,
    number: usize,
}

impl Evidence {
    pub(super) fn of(dataset: &Path, number: usize) -> Self {
        let folder = dataset.join(EVIDENCE).join(number.to_string());
        Self { folder, number }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn place(&self, file: &str) -> Place {
        Place::file(evidence_file(self.number, file))
    }

    pub(super) fn place_at(&self, file: &str, index: u64) -> Place {
        Place::entry(evidence_file(self.number, file), index)
    }

    /// The first reading: folds the log. `None` if it cannot be followed to its end.
    pub(super) fn fold<'env>(
        &self,
        workers: &Workers<'env>,
        pinned: &PinnedLog,
        problems: &mut Problems,
        progress: OnProgress<'_>,
    ) -> Result<Option<CheckedLog>, FileError> {
        let mut log = LogCheck::start(self.number, pinned);
        let mut pairs = self.pairs()?;
        // Reading goes ahead of folding; both may find something.
        let found = RefCell::new(problems);
        let next = || Ok(pairs.batch(self, &mut found.borrow_mut())?);
        let read = |batch: Vec<Pair>| -> Vec<_> {
            batch.into_iter().map(|pair| read_item(&pair.entry, &pair.record)).collect()
        };
        let folded = workers.in_order(next, read, |read| {
            let first = log.size();
            if !self.push(&mut log, first, read, &mut found.borrow_mut()) {
                return Err(Ended::Broken);
            }
            progress(Progress { step: Step::Logs, done: log.size(), total: pinned.size });
            Ok(())
        });
        let problems = found.into_inner();
        match folded {
            Ok(()) => {}
            Err(Ended::File(error)) => return Err(error),
            Err(Ended::Broken) => {
                pairs.rest(self, problems)?;
                problems.extend(&self.place(ENTRIES), check_tree(pinned, &self.tree()?));
                return Ok(None);
            }
        }
        let checkpoint = read_text(&self.folder.join(CHECKPOINT))?;
        let Some(checkpoint) = checkpoint else {
            problems.push(self.place(CHECKPOINT), Fault::FileMissing);
            return Ok(None);
        };
        let latest = read_text(&self.folder.join(LATEST))?;
        Ok(Some(log.finish(pinned, &checkpoint, latest.as_deref(), problems)))
    }

    fn push(
        &self,
        log: &mut LogCheck,
        first: u64,
        read: Vec<Result<Read, Fault>>,
        problems: &mut Problems,
    ) -> bool {
        let mut items = Vec::with_capacity(read.len());
        for (index, read) in (first..).zip(read) {
            match read {
                Ok(Read { item, fault }) => {
                    problems.extend(&self.place_at(STATEMENTS, index), fault);
                    items.push(item);
                }
                Err(fault) => {
                    problems.push(self.place_at(ENTRIES, index), fault);
                    return false;
                }
            }
        }
        let pushed = log.push(&items);
        pushed.map_err(|fault| problems.push(self.place(STATEMENTS), fault)).is_ok()
    }

    pub(super) fn pairs(&self) -> Result<Pairs, FileError> {
        let open = |name, max| SequenceReader::open(&self.folder.join(name), max);
        let (entries, records) =
            (open(ENTRIES, ENTRY_BYTES_MAX)?, open(STATEMENTS, RECORD_BYTES_MAX)?);
        Ok(Pairs { entries, records, index: 0, ended: false })
    }

    /// The tree over the entries, whether or not they mean anything.
    fn tree(&self) -> Result<Frontier, FileError> {
        let mut tree = Frontier::new();
        let mut pairs = self.pairs()?;
        // What is wrong with the files has been said.
        while let Some(pair) = pairs.next(self, &mut Problems::default())? {
            tree.append(leaf_hash(&pair.entry));
        }
        Ok(tree)
    }
}

/// Why a log was not read to its end.
enum Ended {
    File(FileError),
    Broken,
}

impl From<FileError> for Ended {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// One entry and what lies beside it, as bytes.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) index: u64,
    pub(super) entry: Vec<u8>,
    pub(super) record: Vec<u8>,
}

/// Entries and records, side by side.
#[derive(Debug)]
pub(super) struct Pairs {
    entries: SequenceReader,
    records: SequenceReader,
    index: u64,
    ended: bool,
}

impl Pairs {
    /// The next pair; what is wrong with a file ends the reading.
    pub(super) fn next(
        &mut self,
        of: &Evidence,
        problems: &mut Problems,
    ) -> Result<Option<Pair>, FileError> {
        if self.ended {
            return Ok(None);
        }
        let index = self.index;
        let mut take = |item: Option<Item>, file| match item {
            Some(Ok(bytes)) => Some(bytes),
            Some(Err(fault)) => {
                problems.push(of.place_at(file, index), fault);
                None
            }
            None => None,
        };
        let entry = self.entries.next()?;
        let record = self.records.next()?;
        let uneven = entry.is_some() != record.is_some();
        let pair = (take(entry, ENTRIES), take(record, STATEMENTS));
        if uneven {
            problems.push(of.place_at(STATEMENTS, index), Fault::Uneven);
        }
        let (Some(entry), Some(record)) = pair else {
            self.ended = true;
            return Ok(None);
        };
        self.index += 1;
        Ok(Some(Pair { index, entry, record }))
    }

    /// Reads on to the end.
    fn rest(mut self, of: &Evidence, problems: &mut Problems) -> Result<(), FileError> {
        while self.next(of, problems)?.is_some() {}
        Ok(())
    }

    /// The next pairs for one job; `None` after the last.
    pub(super) fn batch(
        &mut self,
        of: &Evidence,
        problems: &mut Problems,
    ) -> Result<Option<Vec<Pair>>, FileError> {
        let mut batch = Vec::new();
        while batch.len() < BATCH_ITEMS {
            match self.next(of, problems)? {
                Some(pair) => batch.push(pair),
                None => break,
            }
        }
        Ok((!batch.is_empty()).then_some(batch))
    }
}

/// A short text file; `None` if there is none. What is not UTF-8 becomes a text that no checkpoint
/// has.
pub(super) fn read_text(path: &Path) -> Result<Option<String>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(CHECKPOINT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
