//! Checking a folder: which files there are, then the logs, then the rows.

use super::error::{CheckError, FileError, at};
use super::evidence::{BATCH_ITEMS, Evidence, Pair};
use super::lines::LineReader;
use super::parallel;
use super::row_cursor::{FoundRow, RowCursor, Trust};
use super::{OnProgress, Progress, Step};
use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::{
    CHATS, CHECKPOINT, ENTRIES, EVIDENCE, FileDigest, LATEST, LOCK, Lock, PARENT_ROWS, PinnedLog,
    Position, README, ROWS, RowRef, STATEMENTS,
};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::limits::{LOCK_BYTES_MAX, ROW_REF_BYTES_MAX};
use sheaf_protocol::time::Time;
use sheaf_protocol::verify::{
    CheckedLog, Examined, Fault, Place, Problems, RowCounts, RowReport, RowsCheck, Verdict,
    check_lock, check_parent, check_row,
};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Bytes of rows held at once; one row may be longer.
const BATCH_BYTES: usize = 32 * 1024 * 1024;

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
    let mut logs = Vec::new();
    for (number, pinned) in lock.communities.iter().enumerate() {
        logs.push(Evidence::of(folder, number).fold(pinned, &mut problems, progress)?);
    }
    check_lock(&lock, &logs, &mut problems);
    let counts = Rows { folder, lock: &lock, logs: &logs, trust }.check(&mut problems, progress)?;
    check_less(folder, &lock, &mut problems)?;
    Ok(Verdict::new(&lock, &logs, counts, &problems))
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

struct Rows<'a> {
    folder: &'a Path,
    lock: &'a Lock,
    logs: &'a [Option<CheckedLog>],
    trust: Trust,
}

/// An entry, and the row that is listed for it.
struct Task {
    pair: Pair,
    row: Option<FoundRow>,
}

impl Rows<'_> {
    fn check(
        &self,
        problems: &mut Problems,
        progress: OnProgress<'_>,
    ) -> Result<RowCounts, FileError> {
        let mut check = RowsCheck::new(self.lock);
        let mut rows = RowCursor::open(self.folder, self.trust)?;
        let as_of = self.logs.iter().flatten().filter_map(CheckedLog::seen_at).max();
        let as_of = as_of.unwrap_or(self.lock.as_of);
        for (number, (pinned, log)) in self.lock.communities.iter().zip(self.logs).enumerate() {
            if let Some(log) = log {
                let evidence = Evidence::of(self.folder, number);
                let reading = Reading { all: self, pinned, log, evidence, as_of };
                reading.check(&mut check, &mut rows, problems, progress)?;
            }
            let last = Position { community: pinned.id, index: u64::MAX };
            self.pass(&mut check, &mut rows, |row| row <= last, problems)?;
        }
        self.pass(&mut check, &mut rows, |_| true, problems)?;
        Ok(check.finish(problems))
    }

    /// Passes over rows for which no entry was found in their place.
    fn pass(
        &self,
        check: &mut RowsCheck<'_>,
        rows: &mut RowCursor,
        is_passed: impl Fn(Position) -> bool,
        problems: &mut Problems,
    ) -> Result<(), FileError> {
        while rows.peek(problems)?.is_some_and(&is_passed) {
            self.without_entry(check, rows, problems);
        }
        Ok(())
    }

    /// A row that no entry was found for.
    fn without_entry(
        &self,
        check: &mut RowsCheck<'_>,
        rows: &mut RowCursor,
        problems: &mut Problems,
    ) {
        let Some(row) = rows.take() else { return };
        let report = check_row(row.position, row.leaf, &row.text, None);
        match self.lock.log(&row.position.community) {
            Some((number, _)) if self.logs.get(number).is_some_and(Option::is_none) => {
                check.unjudged(row.line, row.position, report, problems);
            }
            _ => stray(check, self.lock, row.line, row.position, report, problems),
        }
    }
}

fn stray(
    check: &mut RowsCheck<'_>,
    lock: &Lock,
    line: u64,
    position: Position,
    report: RowReport,
    problems: &mut Problems,
) {
    match lock.log(&position.community) {
        Some((_, log)) if position.index < log.size => {
            problems.push(Place::line(CHATS, line), Fault::Order);
            check.unjudged(line, position, report, problems);
        }
        _ => check.stray(line, position, report, problems),
    }
}

/// The second reading of one log.
struct Reading<'a> {
    all: &'a Rows<'a>,
    pinned: &'a PinnedLog,
    log: &'a CheckedLog,
    evidence: Evidence,
    as_of: Time,
}

impl Reading<'_> {
    fn check(
        &self,
        check: &mut RowsCheck<'_>,
        rows: &mut RowCursor,
        problems: &mut Problems,
        progress: OnProgress<'_>,
    ) -> Result<(), FileError> {
        let mut pairs = self.evidence.pairs()?;
        // The first reading has said what is wrong with the files.
        let silent = &mut Problems::default();
        loop {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while batch.len() < BATCH_ITEMS && bytes < BATCH_BYTES {
                let Some(pair) = pairs.next(&self.evidence, silent)? else { break };
                let row = self.row(pair.index, check, rows, problems)?;
                bytes += row.as_ref().map_or(0, |row| row.text.len());
                batch.push(Task { pair, row });
            }
            let Some(last) = batch.last().map(|task| task.pair.index) else { return Ok(()) };
            for (index, examined, row) in parallel::map(batch, |task| self.examine(task)) {
                self.join(check, index, examined, row, problems);
            }
            progress(Progress { step: Step::Chats, done: last + 1, total: self.pinned.size });
        }
    }

    /// The row that is listed for this entry, if it comes next.
    fn row(
        &self,
        index: u64,
        check: &mut RowsCheck<'_>,
        rows: &mut RowCursor,
        problems: &mut Problems,
    ) -> Result<Option<FoundRow>, FileError> {
        let position = Position { community: self.pinned.id, index };
        self.all.pass(check, rows, |row| row < position, problems)?;
        let is_next = rows.peek(problems)? == Some(position);
        Ok(if is_next { rows.take() } else { None })
    }

    fn examine(&self, task: Task) -> (u64, Result<Examined, Fault>, Option<(u64, RowReport)>) {
        let Task { pair, row } = task;
        let examined = self.log.examine(pair.index, &pair.entry, &pair.record, self.as_of);
        let chat = match &examined {
            Ok(Examined::Live(chat)) => Some(&**chat),
            _ => None,
        };
        let report = row.map(|row| (row.line, check_row(row.position, row.leaf, &row.text, chat)));
        (pair.index, examined, report)
    }

    fn join(
        &self,
        check: &mut RowsCheck<'_>,
        index: u64,
        examined: Result<Examined, Fault>,
        row: Option<(u64, RowReport)>,
        problems: &mut Problems,
    ) {
        let position = Position { community: self.pinned.id, index };
        match examined {
            Ok(examined) => check.entry(position, &examined, row, problems),
            Err(fault) => {
                problems.push(self.evidence.place_at(STATEMENTS, index), fault);
                check.unknown(position, row, problems);
            }
        }
    }
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
