//! Where the running node listens: a file that is written over in its place, so that a node whose
//! disk is full can say it, too.

use super::{Home, HomeError, HomeLock, write_private};
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where a running node listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunningNode {
    /// Its process.
    pub pid: u32,
    /// Its addresses, with `/p2p/`.
    pub addresses: Vec<String>,
}

const RUNNING: &str = "running.json";
/// Bytes that the file has at least: one block of a disk.
const LEN: usize = 4096;

impl Home {
    /// Tells where the node listens; the file is only meaningful while this process holds the lock.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn write_running(&self, addresses: &[String]) -> Result<(), HomeError> {
        let running = RunningNode { pid: std::process::id(), addresses: addresses.to_vec() };
        let path = self.running();
        let text = serde_json::to_vec(&running).map_err(|e| HomeError::damaged(&path, e))?;
        write_over(&path, text).map_err(HomeError::io(&path))
    }

    /// Where the node of this home listens, if one runs.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn read_running(&self) -> Result<Option<RunningNode>, HomeError> {
        if !HomeLock::is_held(self.dir())? {
            return Ok(None);
        }
        let path = self.running();
        match fs::read(&path) {
            Ok(text) if text.trim_ascii().is_empty() => Ok(None),
            Ok(text) => {
                serde_json::from_slice(&text).map(Some).map_err(|e| HomeError::damaged(&path, e))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(HomeError::io(&path)(e)),
        }
    }

    /// Takes back where the node listened; the file keeps its place.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn clear_running(&self) -> Result<(), HomeError> {
        let path = self.running();
        match path.exists() {
            true => write_over(&path, Vec::new()).map_err(HomeError::io(&path)),
            false => Ok(()),
        }
    }

    fn running(&self) -> PathBuf {
        self.dir().join(RUNNING)
    }
}

/// Writes a text and spaces to the end of the file; a new one where there is none or it is short.
fn write_over(path: &Path, mut text: Vec<u8>) -> io::Result<()> {
    let len = fs::metadata(path).map_or(0, |there| usize::try_from(there.len()).unwrap_or(0));
    let new = len < text.len().max(LEN);
    text.resize(text.len().max(LEN).max(len), b' ');
    if new {
        return write_private(path, &text);
    }
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&text)?;
    file.sync_all()
}
