//! Checking a folder: which files there are, then the logs, then the rows.

use super::check_rows::Rows;
use super::error::{CheckError, FileError, at};
use super::evidence::Evidence;
use super::lines::LineReader;
use super::row_cursor::Trust;
use super::workers::{Workers, with_workers};
use super::{OnProgress, Progress, Step};
use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::{
    CHATS, CHECKPOINT, ENTRIES, EVIDENCE, FileDigest, LATEST, LOCK, Lock, PARENT_ROWS, README,
    ROWS, RowRef, STATEMENTS,
};
use sheaf_protocol::id::TreeHash;
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
    let trust = check_files(folder, &lock, &mut problems, progress)?;
    let Some(trust) = trust else {
        return Ok(Verdict::new(&lock, &[], RowCounts::default(), &problems));
    };
    let logs = with_workers(|workers| fold_all(workers, folder, &lock, &mut problems, progress))?;
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

/// Every file is there, and those that the lock names are as it says. `None` if one is missing
/// without which nothing more can be said.
fn check_files(
    folder: &Path,
    lock: &Lock,
    problems: &mut Problems,
    progress: OnProgress<'_>,
) -> Result<Option<Trust>, FileError> {
    let found = list(folder, folder)?;
    let mut whole = true;
    for name in needed(lock) {
        if !found.contains(&name) {
            problems.push(Place::file(&name), Fault::FileMissing);
            whole = false;
        }
    }
    let known = known(lock);
    let stray = found.iter().filter(|name| !known.contains(*name));
    stray.for_each(|name| problems.push(Place::file(name), Fault::FileUnknown));
    let mut changed = BTreeSet::new();
    for (name, expected) in lock.files.iter().filter(|(name, _)| found.contains(*name)) {
        let total = expected.bytes;
        let found = digest(&folder.join(name), &mut |done| {
            progress(Progress { step: Step::Files, done, total });
        })?;
        if found != *expected {
            problems.push(Place::file(name), Fault::FileChanged { expected: *expected, found });
            changed.insert(name.as_str());
        }
    }
    let trust = Trust { rows: !changed.contains(ROWS), chats: !changed.contains(CHATS) };
    Ok(whole.then_some(trust))
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

/// Length and SHA-256 of a file.
pub(super) fn digest(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<FileDigest, FileError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut chunk).map_err(at(path))?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        bytes += read as u64;
        progress(bytes);
    }
    Ok(FileDigest { bytes, sha256: TreeHash(hasher.finalize().into()) })
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
