//! A dataset less the rows that are gone: nothing else changes, and both roots are linked.

use super::error::{BuildError, FileError, at};
use super::lines::LineReader;
use super::locked::{Gone, Locked};
use super::plan::Plan;
use super::rows_file::{RowsFile, RowsWritten};
use sheaf_protocol::dataset::{
    CHATS, LeftOut, LeftOutReason, PARENT_ROWS, Parent, Position, ROWS, Removed, RemovedCause, Row,
    RowRef, row_leaf,
};
use sheaf_protocol::limits::ROW_BYTES_MAX;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rows that stay, and what the new lock says about the others.
pub(super) struct Less {
    pub(super) rows: RowsWritten,
    pub(super) parent: Parent,
    pub(super) left_out: Vec<LeftOut>,
}

/// The name of a file with rows that could stay.
const AGAIN: &str = "again.jsonl";

/// Sets rows aside that were just written, as those that could stay.
pub(super) fn set_aside(folder: &Path) -> Result<(), FileError> {
    let (chats, rows) = (folder.join(CHATS), folder.join(ROWS));
    fs::rename(&chats, folder.join(AGAIN)).map_err(at(&chats))?;
    fs::remove_file(&rows).map_err(at(&rows))
}

/// Writes the rows that stay into `folder`, taking their lines from those set aside there, or else
/// from the old dataset.
pub(super) fn write(
    folder: &Path,
    locked: &Locked,
    gone: &Gone,
    plan: &Plan,
) -> Result<Less, BuildError> {
    let again = folder.join(AGAIN);
    let chats = if again.exists() { again.clone() } else { locked.chats() };
    let (base, rows) = locked.base();
    let copy = folder.join(PARENT_ROWS);
    fs::copy(&base, &copy).map_err(at(&copy))?;
    let mut writer = Writer {
        lines: Candidates { lines: LineReader::open(&chats, ROW_BYTES_MAX)?, next: None },
        out: RowsFile::create(folder)?,
        accounted: BTreeSet::new(),
        removed: Vec::new(),
    };
    let before = locked.lock.parent.iter().flat_map(|parent| parent.removed.clone());
    let mut before = before.peekable();
    locked.each_base_row(|number, row| {
        let cause = match before.next_if(|item| item.row == number) {
            Some(item) => Some(item.cause),
            None => gone.get(&number).map(|gone| gone.cause.into()),
        };
        writer.row(number, &row, cause)
    })?;
    let left_out = writer.left_out(locked, plan);
    let parent = Parent {
        lock: locked.lock.parent.as_ref().map_or(locked.sha256, |parent| parent.lock),
        rows,
        removed: writer.removed,
    };
    let rows = writer.out.finish()?;
    if again.exists() {
        fs::remove_file(&again).map_err(at(&again))?;
    }
    Ok(Less { rows, parent, left_out })
}

struct Writer {
    lines: Candidates,
    out: RowsFile,
    /// Selected chats that have a row, a place in a row's group, or were taken away.
    accounted: BTreeSet<Position>,
    removed: Vec<Removed>,
}

impl Writer {
    fn row(
        &mut self,
        number: u64,
        row: &RowRef,
        cause: Option<RemovedCause>,
    ) -> Result<(), BuildError> {
        let position = row.position;
        self.accounted.insert(position);
        let candidate = self.lines.at(position)?;
        let cause = match (cause, candidate) {
            (Some(cause), _) => cause,
            (None, None) => RemovedCause::Unavailable,
            (None, Some((line, _))) if row_leaf(&line) != row.leaf => RemovedCause::Duplicate,
            (None, Some((line, found))) => {
                let group = found.duplicates.iter().map(|duplicate| duplicate.position());
                self.accounted.extend(group);
                return Ok(self.out.push(position, &line, row.leaf)?);
            }
        };
        let Position { community, index } = position;
        self.removed.push(Removed { row: number, community, index, cause });
        Ok(())
    }

    /// What the old lock left out, and the chats that said the same as a row taken away.
    fn left_out(&self, locked: &Locked, plan: &Plan) -> Vec<LeftOut> {
        let old = locked.lock.left_out.iter().map(|item| (item.position(), item.reason));
        let mut left_out: std::collections::BTreeMap<_, _> = old.collect();
        let selected = plan.positions();
        for position in selected.filter(|position| !self.accounted.contains(position)) {
            left_out.entry(position).or_insert(LeftOutReason::Duplicate);
        }
        let item = |(Position { community, index }, reason)| LeftOut { community, index, reason };
        left_out.into_iter().map(item).collect()
    }
}

/// Rows that could stay, in order.
struct Candidates {
    lines: LineReader,
    next: Option<(String, Row)>,
}

impl Candidates {
    /// The candidate for a chat, if there is one.
    fn at(&mut self, position: Position) -> Result<Option<(String, Row)>, BuildError> {
        loop {
            if self.next.is_none() {
                let Some(line) = self.lines.next()? else { return Ok(None) };
                // A line that cannot be read is no candidate.
                let line = line.ok();
                self.next = line.and_then(|line| Row::from_line(&line).ok().map(|row| (line, row)));
                if self.next.is_none() {
                    continue;
                }
            }
            match self.next.take() {
                Some((_, row)) if row.position < position => {}
                Some(found) if found.1.position == position => return Ok(Some(found)),
                later => {
                    self.next = later;
                    return Ok(None);
                }
            }
        }
    }
}
