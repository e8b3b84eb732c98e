//! What is wrong: which file, what, and what to do.

use crate::store::name;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is lost, or cannot be read.
    Damage,
    /// Nothing is lost, but something will go wrong.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file or folder.
    pub file: PathBuf,
    /// What is wrong with it.
    pub what: String,
    /// What to do, in a sentence or two.
    pub advice: String,
}

/// The folder of large chats.
pub(super) const LARGE: &str = "large";

/// What a log that is lost leaves: the order of everything.
pub(super) const LOG_LOST: &str = "restore this home folder whole from your newest backup, and \
    start the node: it learns from partner nodes what the backup does not have, before it signs. A \
    node that only follows others may instead move store/ and large/ away, start, and follow them \
    again";

const FETCHED_AGAIN: &str = "move the file away (mv FILE FILE.damaged) and start the node: it \
    makes an empty one and fetches from partner nodes what was in it. Without a partner node, \
    restore this home folder whole from your newest backup";

const LARGE_LOST: &str = "move the folder FILE and the file store/blobs.* away and start the node: \
    it makes both anew and fetches from partner nodes what was in them. Without a partner node, \
    restore this home folder whole from your newest backup";

/// What to do about the index of the large chats.
pub(super) const INDEX_DAMAGED: &str = "start the node: it makes the index again from the files of \
    the large chats, which are not touched";

/// The same where the system does not open it, or something else has it open.
pub(super) const INDEX_CLOSED: &str = "let the user that runs the node read and write it (chmod u+rw \
    FILE), end what else has it open, and start the node: nothing is known to be damaged";

const QUEUE_LOST: &str = "restore this home folder whole from your newest backup; or move the file \
    away (mv FILE FILE.damaged) and start the node: chats that waited for review are then gone, and \
    their members may give them again";

/// What to do about a file of keys, blobs or the queue that is not there.
pub(super) const MISSING: &str = "if you took it away, start the node: it makes an empty one and \
    fetches from partner nodes what was in it. Else restore this home folder whole from your newest \
    backup";

/// What to do about a database that does not read.
pub(super) fn of_file(path: &Path) -> &'static str {
    match path.file_name().and_then(|name| name.to_str()) {
        Some(name::KEYS | name::BLOBS) => FETCHED_AGAIN,
        Some(name::PENDING) => QUEUE_LOST,
        Some(LARGE) => LARGE_LOST,
        _ => LOG_LOST,
    }
}

/// Findings as they are made.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn damage(&mut self, file: &Path, what: impl ToString, advice: &str) {
        self.push(Severity::Damage, file, what, advice);
    }

    pub(super) fn warning(&mut self, file: &Path, what: impl ToString, advice: &str) {
        self.push(Severity::Warning, file, what, advice);
    }

    fn push(&mut self, severity: Severity, file: &Path, what: impl ToString, advice: &str) {
        let advice = advice.replace("FILE", &file.display().to_string());
        self.0.push(Finding { severity, file: file.to_owned(), what: what.to_string(), advice });
    }

    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by(|a, b| (a.severity, &a.file).cmp(&(b.severity, &b.file)));
        self.0
    }
}

/// The same thing wrong with many entries of one log: said once, with the first of them named.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<(&'static str, &'static str), (Vec<u64>, u64)>);

/// Entries that are named; the others are counted.
const NAMED_MAX: usize = 5;

impl Tally {
    /// Notes that something is wrong with what `file` has of an entry.
    pub(super) fn note(&mut self, file: &'static str, what: &'static str, index: u64) {
        let (named, count) = self.0.entry((file, what)).or_default();
        *count += 1;
        if named.len() < NAMED_MAX {
            named.push(index);
        }
    }

    /// Says it, for the log called `name` in the home `dir`.
    pub(super) fn report(self, dir: &Path, name: &str, findings: &mut Findings) {
        for ((file, what), (named, count)) in self.0 {
            let named: Vec<String> = named.iter().map(u64::to_string).collect();
            let others = count - named.len() as u64;
            let more = if others == 0 { String::new() } else { format!(" and {others} others") };
            let entries = format!("\"{name}\", entry {}{more}: {what}", named.join(", "));
            let path = if file == LARGE { dir.join(file) } else { dir.join("store").join(file) };
            findings.damage(&path, entries, of_file(&path));
        }
    }
}
