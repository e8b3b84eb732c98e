//! Checking a folder: which files there are, then the logs, then the rows.

use super::OnProgress;
use super::check_rows::Rows;
use super::error::{CheckError, FileError, at};
use super::evidence::Evidence;
use super::hashing::Hashing;
use super::lines::LineReader;
use super::row_cursor::Trust;
use super::workers::{Workers, with_workers};
use sheaf_protocol::dataset::{
    CHATS, CHECKPOINT, ENTRIES, EVIDENCE, FileDigest, LATEST, LOCK, Lock, PARENT_ROWS, README,
    ROWS, RowRef, STATEMENTS,
};
use sheaf_protocol::limits::{LOCK_BYTES_MAX, ROW_REF_BYTES_MAX};
use sheaf_protocol::verify::{
    CheckedLog, Fault, Place, Problems, RowCounts, Verdict, check_lock, check_parent,
};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Checks a dataset folder. Opens no socket and reads no clock.
///
/// # Errors
/// [`CheckError`] if a file cannot be read. Everything that is wrong with what the files say is in
/// the verdict.
pub fn check_folder(folder: &Path, progress: OnProgress<'_>) -> Result<Verdict, CheckError> {
    let mut problems = Problems::default();
    let lock = match read_lock(folder)? {
        Ok(lock) => lock,
        Err(fault) => {
            problems.push(Place::file(LOCK), fault);
            return Ok(Verdict::unreadable(&problems));
        }
    };
    let files = Files { folder, lock: &lock, found: list(folder, folder)? };
    let whole = files.check_names(&mut problems);
    // What is wrong with the files is said before what is wrong with the logs.
    let mut in_logs = Problems::default();
    let (trust, logs) = with_workers(|workers| {
        let hashing = files.hash(workers);
        let logs = match whole {
            true => fold_all(workers, folder, &lock, &mut in_logs, progress)?,
            false => Vec::new(),
        };
        let trust = files.compare(&hashing.finish(progress)?, &mut problems);
        Ok::<_, FileError>((trust, logs))
    })?;
    problems.append(in_logs);
    if !whole {
        return Ok(Verdict::new(&lock, &[], RowCounts::default(), &problems));
    }
    check_lock(&lock, &logs, &mut problems);
    let rows = Rows { folder, lock: &lock, logs: &logs, trust };
    let counts = with_workers(|workers| rows.check(workers, &mut problems, progress))?;
    check_less(folder, &lock, &mut problems)?;
    Ok(Verdict::new(&lock, &logs, counts, &problems))
}

fn fold_all(
    workers: &Workers<'_>,
    folder: &Path,
    lock: &Lock,
    problems: &mut Problems,
    progress: OnProgress<'_>,
) -> Result<Vec<Option<CheckedLog>>, FileError> {
    let fold = |(number, pinned)| {
        Evidence::of(folder, number).fold(workers, pinned, problems, &mut *progress)
    };
    lock.communities.iter().enumerate().map(fold).collect()
}

fn read_lock(folder: &Path) -> Result<Result<Lock, Fault>, FileError> {
    let path = folder.join(LOCK);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Err(Fault::FileMissing));
        }
        Err(error) => return Err(at(&path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(LOCK_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(at(&path))?;
    Ok(Lock::parse(&bytes).map_err(Fault::Lock))
}

/// The files of a folder, and what its lock says about them.
struct Files<'a> {
    folder: &'a Path,
    lock: &'a Lock,
    found: BTreeSet<String>,
}

impl Files<'_> {
    /// Names what is missing and what is too much. False if a file is missing without which
    /// nothing more can be said.
    fn check_names(&self, problems: &mut Problems) -> bool {
        let needed = needed(self.lock);
        let missing: Vec<_> = needed.difference(&self.found).collect();
        missing.iter().for_each(|name| problems.push(Place::file(*name), Fault::FileMissing));
        let known = known(self.lock);
        let stray = self.found.difference(&known);
        stray.for_each(|name| problems.push(Place::file(name), Fault::FileUnknown));
        missing.is_empty()
    }

    /// The files that the lock names and that are there.
    fn locked(&self) -> impl Iterator<Item = (&String, &FileDigest)> {
        self.lock.files.iter().filter(|(name, _)| self.found.contains(*name))
    }

    /// Begins to hash them.
    fn hash(&self, workers: &Workers<'_>) -> Hashing {
        let bytes = self.locked().map(|(_, expected)| expected.bytes);
        let total = bytes.fold(0, u64::saturating_add);
        Hashing::start(workers, self.locked().map(|(name, _)| self.folder.join(name)), total)
    }

    /// Whether they are as the lock says.
    fn compare(&self, found: &[FileDigest], problems: &mut Problems) -> Trust {
        let mut trust = Trust { rows: true, chats: true };
        for ((name, expected), found) in self.locked().zip(found).filter(|((_, e), f)| e != f) {
            let fault = Fault::FileChanged { expected: *expected, found: *found };
            problems.push(Place::file(name), fault);
            trust.rows &= name != ROWS;
            trust.chats &= name != CHATS;
        }
        trust
    }
}

fn needed(lock: &Lock) -> BTreeSet<String> {
    let mut names: BTreeSet<_> = [CHATS, ROWS, README].map(str::to_owned).into();
    names.extend(lock.parent.as_ref().map(|_| PARENT_ROWS.to_owned()));
    let files = |number| {
        [CHECKPOINT, ENTRIES, STATEMENTS].map(|file| format!("{EVIDENCE}/{number}/{file}"))
    };
    names.extend((0..lock.communities.len()).flat_map(files));
    names
}

fn known(lock: &Lock) -> BTreeSet<String> {
    let mut names = needed(lock);
    names.insert(LOCK.to_owned());
    names.extend((0..lock.communities.len()).map(|n| format!("{EVIDENCE}/{n}/{LATEST}")));
    names
}

/// Every file below `folder`, named relative to `root` with `/`.
fn list(root: &Path, folder: &Path) -> Result<BTreeSet<String>, FileError> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            names.extend(list(root, &path)?);
        } else if let Ok(name) = path.strip_prefix(root) {
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            names.insert(parts.join("/"));
        }
    }
    Ok(names)
}

/// The rows are the parent's less those removed.
fn check_less(folder: &Path, lock: &Lock, problems: &mut Problems) -> Result<(), FileError> {
    let Some(parent) = &lock.parent else { return Ok(()) };
    let mut before = Vec::new();
    let mut now = Vec::new();
    let parent_rows = refs(folder, PARENT_ROWS, &mut before)?;
    let rows = refs(folder, ROWS, &mut now)?;
    check_parent(parent, parent_rows, rows, problems);
    before
        .into_iter()
        .for_each(|(line, fault)| problems.push(Place::line(PARENT_ROWS, line), fault));
    Ok(())
}

/// The lines of a `rows` file; what is wrong goes to `faults`.
fn refs<'a>(
    folder: &Path,
    name: &str,
    faults: &'a mut Vec<(u64, Fault)>,
) -> Result<impl Iterator<Item = RowRef> + use<'a>, FileError> {
    let mut lines = LineReader::open(&folder.join(name), ROW_REF_BYTES_MAX)?;
    let mut number = 0;
    Ok(std::iter::from_fn(move || {
        loop {
            number += 1;
            let line = lines.next().ok()??;
            match line.and_then(|line| line.parse().map_err(Fault::RowRef)) {
                Ok(row) => return Some(row),
                Err(fault) => faults.push((number, fault)),
            }
        }
    }))
}
