//! Rows as they come, each as if no other said the same; then groups are given their terms.

use super::error::{BuildError, FileError, at};
use super::lines::LineReader;
use super::open::{Opened, OpenedRow};
use super::rows_file::{RowsFile, RowsWritten};
use sheaf_protocol::dataset::{
    CHATS, Duplicate, Groups, LeftOut, Placed, Position, ROWS, Row, RowRef, RowTerms, row_leaf,
};
use sheaf_protocol::limits::{ROW_BYTES_MAX, ROW_REF_BYTES_MAX};
use sheaf_protocol::verify::{Fault, LiveChat, attribution};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Names of the files with rows that still lack their groups.
const SOLO_CHATS: &str = "solo.jsonl";
const SOLO_ROWS: &str = "solo-rows";

/// The rows so far. In memory: the dedupe keys, and the chats that are no rows.
#[derive(Debug)]
pub(super) struct Solo {
    folder: PathBuf,
    rows: RowsFile,
    groups: Groups,
    /// By the number of the row that says the same.
    members: BTreeMap<u64, Vec<Member>>,
    duplicates: u64,
    left_out: Vec<LeftOut>,
}

/// A chat that says the same as an earlier one.
#[derive(Debug)]
struct Member {
    terms: RowTerms,
    duplicate: Duplicate,
}

/// What became of the chats.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) rows: RowsWritten,
    pub(super) duplicates: u64,
    pub(super) left_out: Vec<LeftOut>,
}

impl Solo {
    pub(super) fn create(folder: &Path) -> Result<Self, FileError> {
        Ok(Self {
            folder: folder.to_owned(),
            rows: RowsFile::create(folder)?,
            groups: Groups::default(),
            members: BTreeMap::new(),
            duplicates: 0,
            left_out: Vec::new(),
        })
    }

    /// The next chat, in the order of rows.
    pub(super) fn push(
        &mut self,
        position: Position,
        live: &LiveChat,
        opened: Opened,
    ) -> Result<(), FileError> {
        let Position { community, index } = position;
        let OpenedRow { line, leaf, key } = match opened {
            Opened::Row(row) => row,
            Opened::LeftOut(reason) => {
                self.left_out.push(LeftOut { community, index, reason });
                return Ok(());
            }
        };
        match self.groups.push(key, self.rows.count()) {
            Placed::Representative => self.rows.push(position, &line, leaf),
            Placed::DuplicateOf(row) => {
                let name = attribution(&live.manifest.consent.attribution).map(str::to_owned);
                let duplicate = Duplicate { community, index, attribution: name };
                let member = Member { terms: live.terms.clone(), duplicate };
                self.members.entry(row).or_default().push(member);
                self.duplicates += 1;
                self.rows.forget();
                Ok(())
            }
        }
    }

    /// Gives each row its group's terms.
    pub(super) fn finish(self) -> Result<Written, BuildError> {
        let Self { folder, rows, members, duplicates, left_out, .. } = self;
        let written = rows.finish()?;
        let rows = if members.is_empty() { written } else { regroup(&folder, members)? };
        Ok(Written { rows, duplicates, left_out })
    }
}

/// Writes the rows again, with those that stand for a group changed.
fn regroup(
    folder: &Path,
    mut members: BTreeMap<u64, Vec<Member>>,
) -> Result<RowsWritten, BuildError> {
    let set_aside = |name, aside| {
        let path = folder.join(aside);
        fs::rename(folder.join(name), &path).map_err(at(&path)).map(|()| path)
    };
    let (chats, rows) = (set_aside(CHATS, SOLO_CHATS)?, set_aside(ROWS, SOLO_ROWS)?);
    let mut lines = LineReader::open(&chats, ROW_BYTES_MAX)?;
    let mut refs = LineReader::open(&rows, ROW_REF_BYTES_MAX)?;
    let mut out = RowsFile::create(folder)?;
    while let (Some(line), Some(row)) = (own(lines.next()?)?, own(refs.next()?)?) {
        let row_ref: RowRef = row.parse().map_err(|error| evidence(&Fault::RowRef(error)))?;
        match members.remove(&out.count()) {
            Some(members) => {
                let line = grouped(&line, members)?;
                out.push(row_ref.position, &line, row_leaf(&line))?;
            }
            None => out.push_as(&line, row_ref.leaf, &row)?,
        }
    }
    for path in [chats, rows] {
        fs::remove_file(&path).map_err(at(&path))?;
    }
    Ok(out.finish()?)
}

/// A line that we wrote ourselves a moment ago: somebody else changed it if it does not read.
fn own(line: Option<Result<String, Fault>>) -> Result<Option<String>, BuildError> {
    line.transpose().map_err(|fault| evidence(&fault))
}

fn evidence(fault: &Fault) -> BuildError {
    BuildError::Evidence(vec![fault.to_string()])
}

/// The row that stands for its group.
fn grouped(line: &str, members: Vec<Member>) -> Result<String, BuildError> {
    let mut row = Row::from_line(line).map_err(|error| evidence(&Fault::Row(error)))?;
    let all: Vec<_> = members.iter().map(|member| &member.terms).chain([&row.terms]).collect();
    if let Some(strictest) = RowTerms::strictest(all) {
        row.terms = strictest;
    }
    row.duplicates = members.into_iter().map(|member| member.duplicate).collect();
    Ok(row.to_line())
}
