//! `rows` and `chats.jsonl`, line by line beside each other.

use super::error::FileError;
use super::lines::LineReader;
use sheaf_protocol::dataset::{CHATS, Position, ROWS, Row, RowRef, row_leaf};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::limits::{ROW_BYTES_MAX, ROW_REF_BYTES_MAX};
use sheaf_protocol::verify::{Fault, Place, Problems};
use std::path::Path;

/// Which of the two files is as the lock says, so that a change is named where it was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trust {
    pub(super) rows: bool,
    pub(super) chats: bool,
}

/// One row as it is found.
#[derive(Debug)]
pub(super) struct FoundRow {
    /// From 1.
    pub(super) line: u64,
    pub(super) position: Position,
    /// The leaf that `rows` lists, if that file can be relied on.
    pub(super) leaf: Option<TreeHash>,
    pub(super) text: String,
}

/// Goes through both files once. Looks one row ahead.
#[derive(Debug)]
pub(super) struct RowCursor {
    rows: LineReader,
    chats: LineReader,
    trust: Trust,
    line: u64,
    next: Option<FoundRow>,
    ended: bool,
}

impl RowCursor {
    pub(super) fn open(folder: &Path, trust: Trust) -> Result<Self, FileError> {
        Ok(Self {
            rows: LineReader::open(&folder.join(ROWS), ROW_REF_BYTES_MAX)?,
            chats: LineReader::open(&folder.join(CHATS), ROW_BYTES_MAX)?,
            trust,
            line: 0,
            next: None,
            ended: false,
        })
    }

    /// The chat that the next row is for.
    pub(super) fn peek(&mut self, problems: &mut Problems) -> Result<Option<Position>, FileError> {
        while self.next.is_none() && !self.ended {
            self.read(problems)?;
        }
        Ok(self.next.as_ref().map(|row| row.position))
    }

    /// The next row, if [`RowCursor::peek`] found one.
    pub(super) fn take(&mut self) -> Option<FoundRow> {
        self.next.take()
    }

    fn read(&mut self, problems: &mut Problems) -> Result<(), FileError> {
        let (listed, text) = (self.rows.next()?, self.chats.next()?);
        self.line += 1;
        let (Some(listed), Some(text)) = (listed, text) else {
            self.ended = true;
            return Ok(());
        };
        let listed = listed.and_then(|line| line.parse::<RowRef>().map_err(Fault::RowRef));
        let row = match (listed, text) {
            (Ok(listed), Ok(text)) if self.trust.rows || !self.trust.chats => {
                Some((listed.position, Some(listed.leaf), text))
            }
            (listed, Ok(text)) => {
                let row = described(&text);
                problems.extend(&Place::line(ROWS, self.line), differs(listed, row));
                row.map(|row| (row.position, None, text))
            }
            (_, Err(fault)) => {
                problems.push(Place::line(CHATS, self.line), fault);
                None
            }
        };
        let line = self.line;
        self.next = row.map(|(position, leaf, text)| FoundRow { line, position, leaf, text });
        Ok(())
    }
}

/// The line that `rows` should have for a row.
fn described(text: &str) -> Option<RowRef> {
    let row = Row::from_line(text).ok()?;
    Some(RowRef { leaf: row_leaf(text), position: row.position })
}

fn differs(listed: Result<RowRef, Fault>, row: Option<RowRef>) -> Option<Fault> {
    match (listed, row) {
        (Ok(listed), Some(row)) => (listed != row).then_some(Fault::RowRefDiffers(row)),
        (Err(_), Some(row)) => Some(Fault::RowRefDiffers(row)),
        (Err(fault), None) => Some(fault),
        (Ok(_), None) => None,
    }
}
