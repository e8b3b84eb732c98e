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
///
/// Where one file is as the lock says and the other is not, the lines are matched by the chats they
/// are for: a line too many or too few is named, and those after it are read as what they are.
#[derive(Debug)]
pub(super) struct RowCursor {
    rows: Lines<RowRef>,
    chats: Lines<String>,
    trust: Trust,
    next: Option<FoundRow>,
    ended: bool,
}

/// Lines of one file, of which the next may be held back.
#[derive(Debug)]
struct Lines<T> {
    reader: LineReader,
    line: u64,
    held: Option<Result<T, Fault>>,
}

impl<T> Lines<T> {
    fn open(path: &Path, max: usize) -> Result<Self, FileError> {
        Ok(Self { reader: LineReader::open(path, max)?, line: 0, held: None })
    }

    fn next(
        &mut self,
        read: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Result<Option<Result<T, Fault>>, FileError> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let line = self.reader.next()?;
        self.line += u64::from(line.is_some());
        Ok(line.map(|line| line.and_then(read)))
    }
}

impl RowCursor {
    pub(super) fn open(folder: &Path, trust: Trust) -> Result<Self, FileError> {
        Ok(Self {
            rows: Lines::open(&folder.join(ROWS), ROW_REF_BYTES_MAX)?,
            chats: Lines::open(&folder.join(CHATS), ROW_BYTES_MAX)?,
            trust,
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
        let listed = self.rows.next(|line| line.parse::<RowRef>().map_err(Fault::RowRef))?;
        let text = self.chats.next(Ok)?;
        match (listed, text) {
            (None, None) => self.ended = true,
            (Some(listed), None) => self.too_few(listed, problems),
            (None, Some(text)) => self.too_many(&text, problems),
            (Some(listed), Some(text)) => self.pair(listed, text, problems),
        }
        Ok(())
    }

    /// `rows` has a line for which `chats.jsonl` has none.
    fn too_few(&self, listed: Result<RowRef, Fault>, problems: &mut Problems) {
        let fault = match listed {
            Ok(row) => Fault::RowGone(row.position),
            Err(fault) => fault,
        };
        problems.push(Place::line(ROWS, self.rows.line), fault);
    }

    /// `chats.jsonl` has a line for which `rows` has none.
    fn too_many(&self, text: &Result<String, Fault>, problems: &mut Problems) {
        let row = text.as_ref().ok().and_then(|text| described(text));
        let fault = Fault::RowExtra(row.map(|row| row.position));
        problems.push(Place::line(CHATS, self.chats.line), fault);
    }

    fn pair(
        &mut self,
        listed: Result<RowRef, Fault>,
        text: Result<String, Fault>,
        problems: &mut Problems,
    ) {
        let text = match text {
            Ok(text) => text,
            Err(fault) => return problems.push(Place::line(CHATS, self.chats.line), fault),
        };
        if let Ok(listed) = &listed
            && self.trust.rows != self.trust.chats
            && let Some(row) = described(&text)
        {
            // Ordered as the rows are; a line out of its place is one too many.
            if row.position < listed.position {
                self.rows.held = Some(Ok(*listed));
                return self.not_listed(row, text, problems);
            }
            if row.position > listed.position {
                match self.trust.rows {
                    true => self.too_few(Ok(*listed), problems),
                    false => self.not_as_listed(&row, problems),
                }
                return self.chats.held = Some(Ok(text));
            }
        }
        self.next = self.found(listed, text, problems);
    }

    /// A row that `rows` does not list: one too many, or `rows` has a line too few.
    fn not_listed(&mut self, row: RowRef, text: String, problems: &mut Problems) {
        if self.trust.rows {
            return self.too_many(&Ok(text), problems);
        }
        self.not_as_listed(&row, problems);
        let (line, position) = (self.chats.line, row.position);
        self.next = Some(FoundRow { line, position, leaf: None, text });
    }

    fn not_as_listed(&self, row: &RowRef, problems: &mut Problems) {
        problems.push(Place::line(ROWS, self.rows.line), Fault::RowRefDiffers(*row));
    }

    fn found(
        &self,
        listed: Result<RowRef, Fault>,
        text: String,
        problems: &mut Problems,
    ) -> Option<FoundRow> {
        let line = self.chats.line;
        if let Ok(listed) = &listed
            && (self.trust.rows || !self.trust.chats)
        {
            let (position, leaf) = (listed.position, Some(listed.leaf));
            return Some(FoundRow { line, position, leaf, text });
        }
        let row = described(&text);
        let position = row.as_ref().map(|row| row.position);
        problems.extend(&Place::line(ROWS, self.rows.line), differs(listed, row));
        position.map(|position| FoundRow { line, position, leaf: None, text })
    }
}

/// The line that `rows` should have for a row. Reads the whole row: asked only where the files
/// disagree.
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
