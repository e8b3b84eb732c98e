//! Folders for what a command needs only while it runs.
//!
//! Beside each lies a lock that its process holds; the system frees it when the process ends, however it
//! ends. Whoever makes a folder first removes those whose lock nobody holds: what a killed command left.
//! A number of a process would not do: systems give it again. The lock is there before its folder and
//! goes after it, and no name comes twice; so a folder without one is nobody's.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is removed when this is dropped, or by the next to make one.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _lock: File,
}

const PREFIX: &str = "scratch-";
const LOCK: &str = "lock";
/// Somebody who cleans up may take a lock that nobody holds yet for one that was left.
const TRIES: u32 = 5;

impl Scratch {
    /// Makes a folder in a home, and removes what ended processes left there.
    ///
    /// # Errors
    /// The system's. That something is left is none.
    pub fn make(home: &Path) -> io::Result<Self> {
        remove_left(home);
        for _ in 1..TRIES {
            if let Some(scratch) = Self::try_make(home)? {
                return Ok(scratch);
            }
        }
        Self::try_make(home)?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder, and its lock.
    pub fn paths(&self) -> [PathBuf; 2] {
        [self.path.clone(), self.path.with_extension(LOCK)]
    }

    /// `None` if somebody removed the lock before it was held.
    fn try_make(home: &Path) -> io::Result<Option<Self>> {
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(io::Error::other)?;
        let path = home.join(format!("{PREFIX}{:016x}", u64::from_be_bytes(name)));
        let lock = path.with_extension(LOCK);
        let file = File::create_new(&lock)?;
        match file.try_lock() {
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) if lock.exists() => {
                fs::create_dir(&path)?;
                Ok(Some(Self { path, _lock: file }))
            }
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now, the next to make one removes.
        let _ = remove(&self.path);
    }
}

/// Removes the folders that belong to nobody who lives. What resists is left to the next.
fn remove_left(home: &Path) {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for folder in ours.map(|entry| entry.path().with_extension("")) {
        let (_held, is_left) = match File::open(folder.with_extension(LOCK)) {
            Ok(lock) => {
                let is_left = lock.try_lock().is_ok();
                (Some(lock), is_left)
            }
            Err(error) => (None, error.kind() == io::ErrorKind::NotFound),
        };
        if is_left {
            let _ = remove(&folder);
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_file(folder.with_extension(LOCK)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn folders(home: &Path) -> BTreeSet<PathBuf> {
        fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn what_belongs_to_nobody_who_lives_goes_and_the_rest_stays() {
        let home = tempfile::tempdir().unwrap();
        let own = home.path().join("store");
        let (without, left) = (home.path().join("scratch-4711"), home.path().join("scratch-left"));
        for folder in [&own, &without, &left] {
            fs::create_dir_all(folder.join("deep")).unwrap();
        }
        fs::write(left.with_extension(LOCK), "").unwrap();
        fs::write(home.path().join("scratch-alone.lock"), "").unwrap();
        let first = Scratch::make(home.path()).unwrap();
        fs::write(first.path().join("sealed"), "bytes").unwrap();
        let second = Scratch::make(home.path()).unwrap();
        let living = [first.path(), second.path()];
        let there =
            living.into_iter().flat_map(|path| [path.to_owned(), path.with_extension(LOCK)]);
        let there = there.chain([own.clone()]).collect();
        assert_eq!(folders(home.path()), there, "the living keep theirs, what was left is gone");
        assert!(first.path().join("sealed").exists());
        drop((first, second));
        assert_eq!(folders(home.path()), [own].into(), "nothing of them stays");
    }

    #[test]
    fn many_who_begin_at_once_leave_each_other_alone() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let one = || {
                for _ in 0..50 {
                    let scratch = Scratch::make(home.path()).unwrap();
                    fs::write(scratch.path().join("sealed"), "bytes").expect("it is there");
                }
            };
            (0..4).for_each(|_| drop(scope.spawn(one)));
        });
        assert_eq!(folders(home.path()), BTreeSet::new());
    }
}
