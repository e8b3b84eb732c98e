//! A dataset less the rows that are gone: nothing else changes, and both roots are linked.

use super::error::{BuildError, at};
use super::lines::LineReader;
use super::locked::{Locked, Standing};
use super::rows_file::RowsFile;
use sheaf_protocol::dataset::{
    LeftOut, LeftOutReason, PARENT_ROWS, Parent, Position, Removed, RemovedCause, Row, RowRef,
    RowsDigest, row_leaf,
};
use sheaf_protocol::limits::ROW_BYTES_MAX;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rows that stay, and what the new lock says about the others.
pub(super) struct Less {
    pub(super) rows: RowsDigest,
    pub(super) parent: Parent,
    pub(super) left_out: Vec<LeftOut>,
}

/// Writes the rows that stay into `folder`, taking their lines from `chats` (in the order of rows),
/// which may be the old dataset's file or a new one.
pub(super) fn write(
    folder: &Path,
    locked: &Locked,
    standing: &Standing,
    chats: &Path,
) -> Result<Less, BuildError> {
    let (base, rows) = locked.base();
    let copy = folder.join(PARENT_ROWS);
    fs::copy(&base, &copy).map_err(at(&copy))?;
    let mut writer = Writer {
        lines: Candidates { lines: LineReader::open(chats, ROW_BYTES_MAX)?, next: None },
        out: RowsFile::create(folder)?,
        accounted: BTreeSet::new(),
        removed: Vec::new(),
    };
    let before = locked.lock.parent.iter().flat_map(|parent| parent.removed.clone());
    let mut before = before.peekable();
    locked.each_base_row(|number, row| {
        let cause = match before.next_if(|item| item.row == number) {
            Some(item) => Some(item.cause),
            None => standing.gone.get(&number).map(|gone| gone.cause.into()),
        };
        writer.row(number, &row, cause)
    })?;
    let left_out = writer.left_out(locked, standing);
    let parent = Parent {
        lock: locked.lock.parent.as_ref().map_or(locked.sha256, |parent| parent.lock),
        rows,
        removed: writer.removed,
    };
    Ok(Less { rows: writer.out.finish()?, parent, left_out })
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
            (None, Some((line, row))) => {
                let group = row.duplicates.iter().map(|duplicate| duplicate.position());
                self.accounted.extend(group);
                return Ok(self.out.push(position, &line)?);
            }
        };
        let Position { community, index } = position;
        self.removed.push(Removed { row: number, community, index, cause });
        Ok(())
    }

    /// What the old lock left out, and the chats that said the same as a row taken away.
    fn left_out(&self, locked: &Locked, standing: &Standing) -> Vec<LeftOut> {
        let old = locked.lock.left_out.iter().map(|item| (item.position(), item.reason));
        let mut left_out: std::collections::BTreeMap<_, _> = old.collect();
        for position in standing.selected.iter().filter(|p| !self.accounted.contains(p)) {
            left_out.entry(*position).or_insert(LeftOutReason::Duplicate);
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
