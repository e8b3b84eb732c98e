use super::error::{FileError, at};
use sheaf_protocol::cbor;
use sheaf_protocol::dataset::{CHECKPOINT, ENTRIES, LATEST, Record, STATEMENTS, push_item};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Takes the entries of one log and what lies beside them, in order, and puts them on disk.
#[derive(Debug)]
pub struct LogSpool {
    folder: PathBuf,
    entries: BufWriter<File>,
    statements: BufWriter<File>,
}

impl LogSpool {
    pub(super) fn create(folder: &Path) -> Result<Self, FileError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let create = |name| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(at(&path))
        };
        let (entries, statements) = (create(ENTRIES)?, create(STATEMENTS)?);
        Ok(Self { folder: folder.to_owned(), entries, statements })
    }

    /// The next entry, as the bytes that are the leaf, and its statement or explanation.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn push(&mut self, entry: &[u8], record: &Record) -> Result<(), FileError> {
        let mut item = Vec::new();
        push_item(&mut item, entry);
        self.entries.write_all(&item).map_err(at(&self.folder))?;
        item.clear();
        push_item(&mut item, &cbor::to_vec(record));
        self.statements.write_all(&item).map_err(at(&self.folder))
    }

    /// Ends the log: the pinned checkpoint's text and, if there is one, a later one's.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn finish(mut self, checkpoint: &str, latest: Option<&str>) -> Result<(), FileError> {
        self.entries.flush().map_err(at(&self.folder))?;
        self.statements.flush().map_err(at(&self.folder))?;
        let write = |name, text: &str| {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(at(&path))
        };
        write(CHECKPOINT, checkpoint)?;
        latest.map_or(Ok(()), |text| write(LATEST, text))
    }
}
