//! One process at a time: a lock that the system frees when its holder ends, however it ends.

use super::HomeError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// The home is this process's while this lives.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

const LOCK: &str = "lock";
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

impl HomeLock {
    pub(super) fn take(dir: &Path) -> Result<Self, HomeError> {
        let path = dir.join(LOCK);
        let mut file = open(&path)?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = fs::read_to_string(&path).ok().and_then(|t| t.trim().parse().ok());
                return Err(HomeError::InUse { dir: dir.to_owned(), pid });
            }
            Err(TryLockError::Error(e)) => return Err(HomeError::io(&path)(e)),
        }
        // Who holds it is a courtesy to the next one: no harm if it cannot be written.
        let _ = writeln!(file, "{:<10}", std::process::id());
        Ok(Self { _file: file })
    }

    /// Whether some process holds the lock.
    pub(super) fn is_held(dir: &Path) -> Result<bool, HomeError> {
        let path = dir.join(LOCK);
        if !path.exists() {
            return Ok(false);
        }
        // Shared, so that two who ask do not take each other for the holder.
        match open(&path)?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(e)) => Err(HomeError::io(&path)(e)),
        }
    }
}

/// Whoever asks whether the lock is held has a share of it for a moment: so not only once.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            taken => return taken,
        }
    }
    file.try_lock()
}

fn open(path: &Path) -> Result<File, HomeError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(HomeError::io(path))
}
