//! What is wrong with a home folder, and what to do about each: found without changing a byte.
//!
//! The databases are opened over a layer that keeps writes in memory, so that even what a crash
//! left half done is examined as the next start would find it. Then every log is folded again from
//! its first entry, and what is stored is compared with what follows from it: the tree, the
//! checkpoint, the state, and for each chat its statement, key and sealed bytes. Only one who holds
//! the home's lock may do that; while a node runs, keys, settings, permissions and room are looked
//! at, and the rest is left out and said to be.

mod chats;
mod disk;
mod finding;
mod log;
mod queue;

pub(crate) use disk::little_room;
pub use finding::{Finding, Severity};
pub use log::LogExamined;

use crate::blobs;
use crate::home::{Home, HomeError, HomeLock};
use crate::store::{Store, name};
use finding::Findings;

/// What an examination found.
#[derive(Debug)]
pub struct Diagnosis {
    /// The node that runs here: then its databases were left alone.
    pub running: Option<u32>,
    /// Each log that was folded again.
    pub logs: Vec<LogExamined>,
    /// What is wrong, the worst first; nothing if all is well.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Whether anything is lost or cannot be read, and not only about to go wrong.
    pub fn is_damaged(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Damage)
    }
}

/// Examines a home folder. Blocks, for as long as reading all of it takes.
///
/// # Errors
/// [`HomeError`] if whether a node runs here cannot be told.
pub fn examine(home: &Home) -> Result<Diagnosis, HomeError> {
    let mut findings = Findings::default();
    disk::keys_and_settings(home, &mut findings);
    disk::access(home, &mut findings);
    disk::room(home, &mut findings);
    let (running, logs) = match alone(home, &mut findings) {
        Ok(_lock) => (None, databases(home, &mut findings)),
        Err(HomeError::InUse { pid, .. }) => (Some(pid.unwrap_or_default()), Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(Diagnosis { running, logs, findings: findings.into_sorted() })
}

/// The lock of the home; a lock file that cannot be written is a finding of its own, and then no
/// node can start either.
fn alone(home: &Home, findings: &mut Findings) -> Result<Option<HomeLock>, HomeError> {
    match home.lock() {
        Err(HomeError::Io { path, source }) => {
            findings.damage(
                &path,
                format!("the lock cannot be taken: {source}"),
                "give the folder to the user that runs the node: chown -R USER HOME",
            );
            Ok(None)
        }
        taken => taken.map(Some),
    }
}

/// Without its database none of the large chats is found; the node makes it again from the files.
fn large_index(home: &Home, findings: &mut Findings) {
    let dir = home.large_dir();
    let index = blobs::index_file(&dir);
    if index.exists()
        && let Err(error) = Store::check_database(&index)
    {
        let is_damage = error.is_damage();
        let advice = if is_damage { finding::INDEX_DAMAGED } else { finding::INDEX_CLOSED };
        findings.damage(&index, error, advice);
    }
}

fn databases(home: &Home, findings: &mut Findings) -> Vec<LogExamined> {
    large_index(home, findings);
    let dir = home.store_dir();
    if !dir.exists() {
        return Vec::new();
    }
    let store = match Store::inspect(&dir) {
        Ok(store) => store,
        Err(error) => {
            findings.damage(error.path(), &error, finding::LOG_LOST);
            return Vec::new();
        }
    };
    for (path, why) in store.unreadable() {
        findings.damage(&path, why, finding::of_file(&path));
    }
    for path in [name::KEYS, name::BLOBS, name::PENDING].map(|name| dir.join(name)) {
        if matches!(path.try_exists(), Ok(false)) {
            findings.damage(&path, "it is missing", finding::MISSING);
        }
    }
    queue::examine(home, &store, findings);
    log::examine_all(home, &store, findings)
}
