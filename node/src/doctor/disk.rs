//! The folder itself: keys, settings, who may read and write, and room.

use super::finding::{Findings, LOG_LOST};
use crate::home::{Home, HomeError};
use crate::limits::DISK_FREE_BYTES_MIN;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Keys read, are nobody else's to read, and settings are settings.
pub(super) fn keys_and_settings(home: &Home, findings: &mut Findings) {
    let outcomes = [
        home.seed().map(drop),
        home.node_key().map(drop),
        home.log_key().map(drop),
        home.root_key().map(drop),
        home.settings().map(drop),
    ];
    for error in outcomes.into_iter().filter_map(Result::err) {
        home_error(home, error, findings);
    }
}

fn home_error(home: &Home, error: HomeError, findings: &mut Findings) {
    match error {
        HomeError::TooOpen { path, mode } => findings.warning(
            &path,
            "others may read it, and the node does not start",
            &format!("chmod {mode} FILE"),
        ),
        HomeError::Damaged { path, why } => findings.damage(
            &path,
            why,
            "restore the file from a backup; a person's seed comes back from the recovery words \
             (sheaf key restore), and settings.toml may be deleted: it is written anew",
        ),
        HomeError::Io { path, source } => findings.damage(&path, &source, because(&source)),
        other => findings.damage(home.dir(), other, "look at the folder"),
    }
}

/// The user who asks may read and write what a node must. (Ask as the user that runs the node.)
pub(super) fn access(home: &Home, findings: &mut Findings) {
    for dir in [home.store_dir(), home.large_dir()] {
        for path in files(&dir) {
            let opened = OpenOptions::new().read(true).write(true).open(&path);
            if let Err(error) = opened {
                findings.damage(&path, &error, because(&error));
            }
        }
    }
}

/// What to do when the system refuses a file.
fn because(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "give the file to the user that runs the node, and let them write: chown USER FILE; \
             chmod u+rw FILE"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is mounted read-only, as systems do after errors of a disk: look at \
             the system's log, and make a copy of this folder before anything else"
        }
        io::ErrorKind::NotFound => LOG_LOST,
        _ => {
            "the system could not read it: look at the system's log for errors of the disk, and \
             make a copy of this folder before anything else"
        }
    }
}

/// Every file below a folder of the home; one that cannot be listed has none.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            Ok(kind) if kind.is_file() => vec![entry.path()],
            _ => Vec::new(),
        })
        .collect()
}

/// There is room for the next chats, and for writing a file anew when something is erased.
pub(super) fn room(home: &Home, findings: &mut Findings) {
    if let Some(what) = little_room(home.dir()) {
        findings.warning(
            home.dir(),
            what,
            "free some space, or move the folder to a larger disk: a node whose disk is full goes \
             on serving, but takes nothing in and cannot finish an erasure",
        );
    }
}

/// How much is free on the disk of a folder, in words, if it is little.
pub(crate) fn little_room(dir: &Path) -> Option<String> {
    let free = free_bytes(dir).ok().filter(|free| *free < DISK_FREE_BYTES_MIN)?;
    Some(format!("{} MiB are free on its disk", free / (1 << 20)))
}

#[cfg(unix)]
fn free_bytes(dir: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(dir)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}
