use super::error::{FileError, at};
use sheaf_protocol::dataset::{CHATS, Position, ROWS, RowRef, RowsDigest, row_leaf};
use sheaf_protocol::log::Frontier;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Writes `chats.jsonl` and `rows` side by side.
#[derive(Debug)]
pub(super) struct RowsFile {
    folder: PathBuf,
    chats: BufWriter<File>,
    rows: BufWriter<File>,
    tree: Frontier,
}

impl RowsFile {
    pub(super) fn create(folder: &Path) -> Result<Self, FileError> {
        let create = |name| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(at(&path))
        };
        Ok(Self {
            folder: folder.to_owned(),
            chats: create(CHATS)?,
            rows: create(ROWS)?,
            tree: Frontier::new(),
        })
    }

    pub(super) fn push(&mut self, position: Position, line: &str) -> Result<(), FileError> {
        let leaf = row_leaf(line);
        self.tree.append(leaf);
        writeln!(self.chats, "{line}").map_err(at(&self.folder))?;
        writeln!(self.rows, "{}", RowRef { leaf, position }).map_err(at(&self.folder))
    }

    pub(super) fn count(&self) -> u64 {
        self.tree.len()
    }

    pub(super) fn finish(mut self) -> Result<RowsDigest, FileError> {
        self.chats.flush().map_err(at(&self.folder))?;
        self.rows.flush().map_err(at(&self.folder))?;
        Ok(RowsDigest { count: self.tree.len(), root: self.tree.root() })
    }
}
