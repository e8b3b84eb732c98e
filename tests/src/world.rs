//! A folder in which a story happens.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Home, SmallDisk};

/// The folder of one story. It stays, and is named, when the story fails.
#[derive(Debug)]
pub struct World {
    folder: Option<TempDir>,
}

impl World {
    /// An empty world.
    #[expect(clippy::new_without_default, reason = "a story begins with World::new()")]
    pub fn new() -> Self {
        Self { folder: Some(TempDir::with_prefix("sheaf-story-").unwrap()) }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// Somebody's home folder, not made yet.
    pub fn home(&self, name: &str) -> Home {
        Home::at(self.path(), name)
    }

    /// A small disk and, on it, somebody's home folder, not made yet. `None` where the system does
    /// not let tests mount anything.
    pub fn home_on_a_disk_of(&self, mib: u64, name: &str) -> Option<(SmallDisk, Home)> {
        let folder = self.path().join(format!("disk-of-{name}"));
        let disk = SmallDisk::mount(&folder, mib)?;
        let home = self.home(name).on(&disk, &folder);
        Some((disk, home))
    }

    /// A file in this world, written.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path
    }

    /// A program in this world, which may be run.
    pub fn program(&self, name: &str, text: &str) -> String {
        let path = self.file(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!("the story's folder stays: {}", folder.keep().display());
        }
    }
}
