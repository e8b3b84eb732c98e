//! The home folder of a node or a person: keys, settings, lock, and where the running node listens.
//!
//! ```text
//! keys/seed keys/node     made with the folder; keys/root keys/log where a community is founded
//! settings.toml           name, listen addresses, a scrubber of the community's own
//! lock                    held by the one process that may write store/ and large/
//! running.json            where the running node listens; only meaningful while the lock is held
//! store/ large/           the node's data
//! member/                 what a member keeps
//! scratch-…/              of a command that runs; the next removes what a killed one left
//! ```
//!
//! Files are written whole or not at all, `running.json` and `lock` excepted: those keep their place
//! on the disk, so that a node starts on a full one. That nobody holds the lock tells that what a
//! crash left in them is stale.

mod durable;
mod keys;
mod lock;
mod running;
mod scratch;

pub(crate) use durable::sync_dir;
pub use lock::HomeLock;
pub use running::RunningNode;
pub use scratch::Scratch;

use crate::plugin::PluginSettings;
use durable::write_private;
use serde::{Deserialize, Serialize};
use sheaf_protocol::sign::{SecretKey, Seed};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A home folder.
#[derive(Debug, Clone)]
pub struct Home {
    dir: PathBuf,
}

/// What a home folder can refuse.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// There is no home here.
    #[error("{} is not a Sheaf home folder", dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// A file lies where the folder should be.
    #[error("{} is a file, not a home folder", path.display())]
    NotFolder {
        /// The file.
        path: PathBuf,
    },
    /// A home folder with another seed.
    #[error("{} belongs to somebody already: it has a seed of its own", dir.display())]
    Taken {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process uses it.
    #[error("{} is in use by another process{}", dir.display(), pid_text(*pid))]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// The process, if it said who it is.
        pid: Option<u32>,
    },
    /// A key file that others may read.
    #[error("{} may be read by others: run chmod {mode} {}", path.display(), path.display())]
    TooOpen {
        /// The file or folder.
        path: PathBuf,
        /// The mode it should have.
        mode: &'static str,
    },
    /// A file that is not what it should be.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

fn pid_text(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}

impl HomeError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.to_string() }
    }
}

/// What an operator sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// A name for the node, shown to its operator.
    pub name: String,
    /// Multiaddresses to listen on.
    pub listen: Vec<String>,
    /// A scrubber that every chat which arrives is shown to, beside Sheaf's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrubber: Option<PluginSettings>,
}

impl Home {
    /// Opens the home at `dir`, or makes it, with a fresh seed and node key.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn create(dir: &Path) -> Result<Self, HomeError> {
        let home = Self { dir: dir.to_owned() };
        keys::make_private_dir(dir)?;
        keys::make_private_dir(&home.keys_dir())?;
        for name in [keys::SEED, keys::NODE] {
            if !home.key_path(name).exists() {
                keys::write(&home.key_path(name), name, &*keys::random()?)?;
            }
        }
        Ok(home)
    }

    /// Makes a home at `dir` with the seed of recovery words, and a fresh node key. Once more with
    /// the same seed changes nothing.
    ///
    /// # Errors
    /// [`HomeError::Taken`] if the home has another seed.
    pub fn restore(dir: &Path, seed: &Seed) -> Result<Self, HomeError> {
        let home = Self { dir: dir.to_owned() };
        if home.key_path(keys::SEED).exists() {
            let same = home.seed()?.operator_key().public() == seed.operator_key().public();
            return if same {
                Self::create(dir)
            } else {
                Err(HomeError::Taken { dir: dir.into() })
            };
        }
        keys::make_private_dir(dir)?;
        keys::make_private_dir(&home.keys_dir())?;
        home.write_seed(seed)?;
        Self::create(dir)
    }

    /// Opens the home at `dir`.
    ///
    /// # Errors
    /// [`HomeError::Missing`] if there is none.
    pub fn open(dir: &Path) -> Result<Self, HomeError> {
        let home = Self { dir: dir.to_owned() };
        if dir.is_file() {
            return Err(HomeError::NotFolder { path: dir.to_owned() });
        }
        match home.key_path(keys::SEED).exists() {
            true => Ok(home),
            false => Err(HomeError::Missing { dir: dir.to_owned() }),
        }
    }

    /// The home at `dir`, whatever is there of it: for looking at what is damaged.
    ///
    /// # Errors
    /// [`HomeError::Missing`] if nothing of one is there.
    pub fn open_damaged(dir: &Path) -> Result<Self, HomeError> {
        let home = Self { dir: dir.to_owned() };
        let there = [home.keys_dir(), home.store_dir()].iter().any(|part| part.exists());
        if there { Ok(home) } else { Self::open(dir) }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the store lies.
    pub fn store_dir(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// Where large blobs lie.
    pub fn large_dir(&self) -> PathBuf {
        self.dir.join("large")
    }

    /// Takes the home for this process; freed on drop, and by the system when the process ends.
    ///
    /// # Errors
    /// [`HomeError::InUse`].
    pub fn lock(&self) -> Result<HomeLock, HomeError> {
        HomeLock::take(&self.dir)
    }

    /// The person's seed.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn seed(&self) -> Result<Seed, HomeError> {
        keys::read(&self.key_path(keys::SEED)).map(|secret| Seed::from_bytes(*secret))
    }

    /// The node's key.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn node_key(&self) -> Result<SecretKey, HomeError> {
        keys::read(&self.key_path(keys::NODE)).map(|secret| SecretKey::from_bytes(*secret))
    }

    /// The log key of the community founded here, if one was.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn log_key(&self) -> Result<Option<SecretKey>, HomeError> {
        self.optional_key(keys::LOG)
    }

    /// The root key of the community founded here, if it was not taken offline.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn root_key(&self) -> Result<Option<SecretKey>, HomeError> {
        self.optional_key(keys::ROOT)
    }

    /// Keeps the log key.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn write_log_key(&self, key: &SecretKey) -> Result<(), HomeError> {
        keys::write(&self.key_path(keys::LOG), keys::LOG, &key.to_bytes())
    }

    /// Keeps the root key.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn write_root_key(&self, key: &SecretKey) -> Result<(), HomeError> {
        keys::write(&self.key_path(keys::ROOT), keys::ROOT, &key.to_bytes())
    }

    /// Puts the seed of recovery words in the place of the present one.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn write_seed(&self, seed: &Seed) -> Result<(), HomeError> {
        keys::write(&self.key_path(keys::SEED), keys::SEED, &seed.to_bytes())
    }

    /// What the operator set; defaults where nothing was.
    ///
    /// # Errors
    /// [`HomeError::Damaged`] if the file does not read.
    pub fn settings(&self) -> Result<Settings, HomeError> {
        let path = self.dir.join(SETTINGS);
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| HomeError::damaged(&path, e)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(e) => Err(HomeError::io(&path)(e)),
        }
    }

    /// Keeps settings.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn write_settings(&self, settings: &Settings) -> Result<(), HomeError> {
        let path = self.dir.join(SETTINGS);
        let text = toml::to_string(settings).map_err(|e| HomeError::damaged(&path, e))?;
        write_private(&path, text.as_bytes()).map_err(HomeError::io(&path))
    }

    fn optional_key(&self, name: &str) -> Result<Option<SecretKey>, HomeError> {
        let path = self.key_path(name);
        match path.exists() {
            true => keys::read(&path).map(|secret| Some(SecretKey::from_bytes(*secret))),
            false => Ok(None),
        }
    }

    fn keys_dir(&self) -> PathBuf {
        self.dir.join("keys")
    }

    fn key_path(&self, name: &str) -> PathBuf {
        self.keys_dir().join(name)
    }
}

const SETTINGS: &str = "settings.toml";

#[cfg(test)]
mod tests;
