//! The second reading of the logs, beside the rows.

use super::error::FileError;
use super::evidence::{BATCH_ITEMS, Evidence, Pair, Pairs};
use super::row_cursor::{FoundRow, RowCursor, Trust};
use super::workers::Workers;
use super::{OnProgress, Progress, Step};
use sheaf_protocol::dataset::{CHATS, Lock, PinnedLog, Position, STATEMENTS};
use sheaf_protocol::time::Time;
use sheaf_protocol::verify::{
    CheckedLog, Examined, Fault, Place, Problems, RowCounts, RowReport, RowsCheck, check_row,
};
use std::cell::RefCell;
use std::path::Path;

/// Bytes of rows in one job; the last row may go beyond.
const JOB_BYTES: usize = 1024 * 1024;

/// The rows of a dataset, and the logs that they come from; `None` for one that cannot be followed.
pub(super) struct Rows<'a> {
    pub(super) folder: &'a Path,
    pub(super) lock: &'a Lock,
    pub(super) logs: &'a [Option<CheckedLog>],
    pub(super) trust: Trust,
}

impl<'a> Rows<'a> {
    /// Reads all logs and all rows to their ends.
    pub(super) fn check(
        &self,
        workers: &Workers<'a>,
        problems: &mut Problems,
        progress: OnProgress<'_>,
    ) -> Result<RowCounts, FileError> {
        let as_of = self.logs.iter().flatten().filter_map(CheckedLog::seen_at).max();
        let as_of = as_of.unwrap_or(self.lock.as_of);
        let mut rows = RowCursor::open(self.folder, self.trust)?;
        let mut join = Join { lock: self.lock, logs: self.logs, check: RowsCheck::new(self.lock) };
        for (number, (pinned, log)) in self.lock.communities.iter().zip(self.logs).enumerate() {
            let evidence = Evidence::of(self.folder, number);
            let log = log.as_ref();
            let mut reading = Reading::start(&evidence, pinned, log.is_some(), &mut rows)?;
            // Reading goes ahead of joining; both may find something.
            let found = RefCell::new(&mut *problems);
            let next = || reading.job(&evidence, &mut found.borrow_mut());
            let examine = move |job: Vec<Task>| -> Vec<_> {
                job.into_iter().map(|task| task.examine(log, as_of)).collect()
            };
            workers.in_order(next, examine, |job: Vec<Done>| {
                for done in job {
                    let index = join.take(done, pinned, &evidence, &mut found.borrow_mut());
                    let done = index.map_or(pinned.size, |index| index + 1);
                    progress(Progress { step: Step::Chats, done, total: pinned.size });
                }
                Ok::<_, FileError>(())
            })?;
        }
        // Rows after those of every log.
        while rows.peek(problems)?.is_some() {
            let Some(row) = rows.take() else { break };
            join.row(row.line, row.position, examine_alone(&row), problems);
        }
        Ok(join.check.finish(problems))
    }
}

/// Something to examine, by itself.
enum Task {
    /// An entry, and the row that is listed for it.
    Entry(Pair, Option<FoundRow>),
    /// A row for which no entry was found in its place.
    Row(FoundRow),
}

/// A task that was examined.
enum Done {
    Entry(u64, Result<Examined, Fault>, Option<(u64, RowReport)>),
    Row(u64, Position, RowReport),
}

impl Task {
    fn examine(self, log: Option<&CheckedLog>, as_of: Time) -> Done {
        match (self, log) {
            (Self::Entry(pair, row), Some(log)) => {
                let examined = log.examine(pair.index, &pair.entry, &pair.record, as_of);
                let chat = match &examined {
                    Ok(Examined::Live(chat)) => Some(&**chat),
                    _ => None,
                };
                let report =
                    |row: FoundRow| (row.line, check_row(row.position, row.leaf, &row.text, chat));
                let row = row.map(report);
                Done::Entry(pair.index, examined, row)
            }
            (Self::Row(row), _) => Done::Row(row.line, row.position, examine_alone(&row)),
            (Self::Entry(..), None) => unreachable!("a log that cannot be followed is not read"),
        }
    }
}

fn examine_alone(row: &FoundRow) -> RowReport {
    check_row(row.position, row.leaf, &row.text, None)
}

/// One log and the rows of its community, side by side.
struct Reading<'a> {
    /// `None` if the log cannot be followed, or has ended.
    pairs: Option<Pairs>,
    /// The next entry, while rows come before it.
    held: Option<Pair>,
    rows: &'a mut RowCursor,
    first: Position,
}

impl<'a> Reading<'a> {
    fn start(
        evidence: &Evidence,
        pinned: &PinnedLog,
        followed: bool,
        rows: &'a mut RowCursor,
    ) -> Result<Self, FileError> {
        let pairs = if followed { Some(evidence.pairs()?) } else { None };
        let first = Position { community: pinned.id, index: 0 };
        Ok(Self { pairs, held: None, rows, first })
    }

    /// The next tasks; `None` after the last.
    fn job(
        &mut self,
        evidence: &Evidence,
        problems: &mut Problems,
    ) -> Result<Option<Vec<Task>>, FileError> {
        let (mut job, mut bytes) = (Vec::new(), 0);
        while job.len() < BATCH_ITEMS && bytes < JOB_BYTES {
            let Some(task) = self.task(evidence, problems)? else { break };
            bytes += match &task {
                Task::Entry(_, row) => row.as_ref().map_or(0, |row| row.text.len()),
                Task::Row(row) => row.text.len(),
            };
            job.push(task);
        }
        Ok((!job.is_empty()).then_some(job))
    }

    fn task(
        &mut self,
        evidence: &Evidence,
        problems: &mut Problems,
    ) -> Result<Option<Task>, FileError> {
        self.hold(evidence)?;
        let row = self.rows.peek(problems)?;
        let entry = self.held.as_ref().map(|pair| Position { index: pair.index, ..self.first });
        let last = Position { index: u64::MAX, ..self.first };
        Ok(match (entry, row) {
            (Some(entry), Some(row)) if row < entry => self.rows.take().map(Task::Row),
            (Some(entry), row) => {
                let row = if row == Some(entry) { self.rows.take() } else { None };
                self.held.take().map(|pair| Task::Entry(pair, row))
            }
            (None, Some(row)) if row <= last => self.rows.take().map(Task::Row),
            (None, _) => None,
        })
    }

    fn hold(&mut self, evidence: &Evidence) -> Result<(), FileError> {
        if self.held.is_some() {
            return Ok(());
        }
        if let Some(pairs) = &mut self.pairs {
            // The first reading has said what is wrong with the files.
            self.held = pairs.next(evidence, &mut Problems::default())?;
            if self.held.is_none() {
                self.pairs = None;
            }
        }
        Ok(())
    }
}

/// Joins what was examined, in order.
struct Join<'a> {
    lock: &'a Lock,
    logs: &'a [Option<CheckedLog>],
    check: RowsCheck<'a>,
}

impl Join<'_> {
    /// Gives the index of an entry.
    fn take(
        &mut self,
        done: Done,
        pinned: &PinnedLog,
        evidence: &Evidence,
        problems: &mut Problems,
    ) -> Option<u64> {
        let (index, examined, row) = match done {
            Done::Entry(index, examined, row) => (index, examined, row),
            Done::Row(line, position, report) => {
                self.row(line, position, report, problems);
                return None;
            }
        };
        let position = Position { community: pinned.id, index };
        match examined {
            Ok(examined) => self.check.entry(position, &examined, row, problems),
            Err(fault) => {
                problems.push(evidence.place_at(STATEMENTS, index), fault);
                self.check.unknown(position, row, problems);
            }
        }
        Some(index)
    }

    /// A row for which no entry was found in its place.
    fn row(&mut self, line: u64, position: Position, report: RowReport, problems: &mut Problems) {
        let Some((number, log)) = self.lock.log(&position.community) else {
            return self.check.stray(line, position, report, problems);
        };
        let followed = self.logs.get(number).is_some_and(Option::is_some);
        if followed && position.index >= log.size {
            return self.check.stray(line, position, report, problems);
        }
        if followed {
            problems.push(Place::line(CHATS, line), Fault::Order);
        }
        self.check.unjudged(line, position, report, problems);
    }
}
