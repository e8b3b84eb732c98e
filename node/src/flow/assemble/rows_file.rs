use super::behind::{Followed, Settling};
use super::error::FileError;
use sheaf_protocol::dataset::{CHATS, FileDigest, Position, ROWS, RowRef, RowsDigest};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::Frontier;
use std::collections::BTreeMap;
use std::path::Path;

/// Writes `chats.jsonl` and `rows` side by side.
#[derive(Debug)]
pub(super) struct RowsFile {
    chats: Followed,
    rows: Followed,
    tree: Frontier,
}

impl RowsFile {
    pub(super) fn create(folder: &Path) -> Result<Self, FileError> {
        Self::create_as(folder, CHATS, ROWS)
    }

    /// Under other names.
    pub(super) fn create_as(folder: &Path, chats: &str, rows: &str) -> Result<Self, FileError> {
        Ok(Self {
            chats: Followed::create(&folder.join(chats))?,
            rows: Followed::create(&folder.join(rows))?,
            tree: Frontier::new(),
        })
    }

    /// The next row, whose leaf is that of its line.
    pub(super) fn push(
        &mut self,
        position: Position,
        line: &str,
        leaf: TreeHash,
    ) -> Result<(), FileError> {
        self.push_as(line, leaf, &RowRef { leaf, position }.to_string())
    }

    /// The next row, with its line of `rows`.
    pub(super) fn push_as(
        &mut self,
        line: &str,
        leaf: TreeHash,
        row: &str,
    ) -> Result<(), FileError> {
        self.tree.append(leaf);
        self.chats.line(line)?;
        self.rows.line(row)
    }

    pub(super) fn count(&self) -> u64 {
        self.tree.len()
    }

    /// The files will be written again.
    pub(super) fn forget(&mut self) {
        self.chats.forget();
        self.rows.forget();
    }

    /// Writes out what is left; does not wait for the disk.
    pub(super) fn finish(self) -> Result<RowsWritten, FileError> {
        let digest = RowsDigest { count: self.tree.len(), root: self.tree.root() };
        let files = [(CHATS, self.chats.finish()?), (ROWS, self.rows.finish()?)];
        Ok(RowsWritten { digest, files })
    }
}

/// All rows, on their way to the disk.
#[derive(Debug)]
pub(super) struct RowsWritten {
    pub(super) digest: RowsDigest,
    files: [(&'static str, Settling); 2],
}

impl RowsWritten {
    /// Waits until they are durable.
    pub(super) fn settle(self) -> Result<BTreeMap<String, FileDigest>, FileError> {
        let mut digests = BTreeMap::new();
        for (name, file) in self.files {
            digests.extend(file.settle()?.map(|digest| (name.to_owned(), digest)));
        }
        Ok(digests)
    }
}
