//! What a command that was killed leaves behind in a book, and who may clear it away.
//!
//! A bundle holds a chat key, so none stays longer than it has to be sent: not one whose record was
//! never kept (nothing was sent of it), nor one whose record says that all is over.

use super::{BookError, CommunityBook, Record, file};
use crate::limits::BOOK_STRAY_AGE;
use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    path::Path,
    time::SystemTime,
};

/// While it lives, bundles may lie in the book whose records are still to be kept.
#[derive(Debug)]
pub struct Signing(#[expect(dead_code, reason = "closing it unlocks")] File);

impl CommunityBook {
    /// Begins to sign: nobody tidies meanwhile. Several commands may sign at once.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn signing(&self) -> Result<Signing, BookError> {
        let (path, lock) = self.signing_lock()?;
        lock.lock_shared().map_err(BookError::io(&path, "lock"))?;
        Ok(Signing(lock))
    }

    /// Reads all chats as [`records`](Self::records) does, and removes the bundles that none of them
    /// waits for and files that were never finished; not while another command signs.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn tidied(&self) -> Result<Vec<Record>, BookError> {
        let (path, lock) = self.signing_lock()?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return self.records(),
            Err(TryLockError::Error(error)) => return Err(BookError::io(&path, "lock")(error)),
        }
        let records = self.records()?;
        let open = records.iter().filter(|record| record.state.is_open());
        let open: BTreeSet<String> = open.map(|record| format!("{}.bundle", record.id())).collect();
        let chats = self.chats_dir();
        for name in file::names(&chats)? {
            let stray = name.ends_with(".bundle") && !open.contains(&name);
            if stray || (name.ends_with(".tmp") && is_old(&chats.join(&name))) {
                file::remove(&chats.join(&name))?;
            }
        }
        Ok(records)
    }

    fn signing_lock(&self) -> Result<(std::path::PathBuf, File), BookError> {
        file::make_private_dir(self.dir())?;
        let path = self.dir().join("signing.lock");
        let lock = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
        let lock = lock.map_err(BookError::io(&path, "open"))?;
        Ok((path, lock))
    }
}

/// A file being written is younger: nobody takes so long over one.
fn is_old(path: &Path) -> bool {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
    age.is_some_and(|age| age > BOOK_STRAY_AGE)
}
