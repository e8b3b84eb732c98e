//! Building a dataset: logs on disk, then chats in order, then rows, then the lock.

use super::error::{BuildError, FileError, at};
use super::evidence::{Evidence, read_text};
use super::folder::Partial;
use super::less;
use super::locked::{Locked, Standing, first_difference};
use super::plan::{Found, Plan, ReadLogs, read_log};
use super::rows_file::RowsFile;
use super::solo::{Opened, Solo, open_chat};
use super::{LogSpool, OnProgress, Progress, Step, card, check, parallel};
use sheaf_protocol::dataset::{
    CHATS, CHECKPOINT, FileDigest, LOCK, LeftOutReason, Lock, PARENT_ROWS, PinnedLog, Position,
    README, ROWS, Recipe, RemovedCause, RowsDigest,
};
use sheaf_protocol::id::{CommunityId, TreeHash};
use sheaf_protocol::log::UnverifiedCheckpoint;
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::time::{Day, Time};
use sheaf_protocol::verify::{CheckedLog, LiveChat};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Sealed bytes fetched before they are opened, on all threads at once.
const OPEN_BYTES: u64 = 32 * 1024 * 1024;

/// Builds one dataset.
#[derive(Debug)]
pub struct Builder {
    folder: Partial,
    target: PathBuf,
    recipe: Recipe,
    communities: Vec<CommunityId>,
}

/// What the caller could get of a chat.
#[derive(Debug)]
pub enum Fetched {
    /// Its key and its sealed bytes. Both are checked here.
    Chat {
        /// The chat key.
        key: ChatKey,
        /// The sealed blob.
        blob: Vec<u8>,
    },
    /// Nothing, and why.
    LeftOut(LeftOutReason),
}

/// Gets the key and the blob of a selected chat; called in the order of rows. An error ends the
/// build.
pub type Fetch<'a> = &'a mut dyn FnMut(
    Position,
    &LiveChat,
)
    -> Result<Fetched, Box<dyn std::error::Error + Send + Sync>>;

/// What was built.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Summary {
    /// The folder.
    pub folder: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Their root.
    pub root: TreeHash,
    /// Chats that say the same as a row.
    pub duplicates: u64,
    /// Selected chats that are no rows, by reason.
    pub left_out: BTreeMap<LeftOutReason, u64>,
    /// Rows of the locked dataset that were taken away, by cause.
    pub removed: BTreeMap<RemovedCause, u64>,
    /// What was selected from what.
    pub plan: Plan,
}

impl Builder {
    /// Starts a dataset that will stand at `target`.
    ///
    /// # Errors
    /// [`BuildError::Exists`], or a file that cannot be made.
    pub fn new(target: &Path, recipe: Recipe) -> Result<Self, BuildError> {
        let communities: BTreeSet<_> = recipe.communities.iter().map(|source| source.id).collect();
        Ok(Self {
            folder: Partial::create(target)?,
            target: target.to_owned(),
            recipe,
            communities: communities.into_iter().collect(),
        })
    }

    /// Starts a locked dataset anew, at `target`: the logs are to be given at exactly the
    /// checkpoints of its lock.
    ///
    /// # Errors
    /// [`BuildError::Exists`], or a file that cannot be made.
    pub fn again(target: &Path, locked: &Locked) -> Result<Self, BuildError> {
        Self::new(target, locked.lock.recipe.clone())
    }

    /// Where the log of `community` goes: entries and statements from 0 to the checkpoint's size.
    ///
    /// # Errors
    /// [`BuildError::NoLog`] for a community that the recipe does not name, or a file that cannot
    /// be made.
    pub fn log(&self, community: &CommunityId) -> Result<LogSpool, BuildError> {
        let number = self.communities.binary_search(community);
        let number = number.map_err(|_| BuildError::NoLog(*community))?;
        Ok(LogSpool::create(Evidence::of(self.folder.path(), number).folder())?)
    }

    /// Reads the logs and says what the recipe takes: the dry run.
    ///
    /// # Errors
    /// [`BuildError`] if a log is missing or does not hold.
    pub fn plan(&self, progress: OnProgress<'_>) -> Result<Plan, BuildError> {
        self.read_logs(progress)?.plan(&self.recipe, progress)
    }

    /// Fetches, opens and writes everything, and moves the folder to its place.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing stands at the target.
    pub fn write(self, fetch: Fetch<'_>, progress: OnProgress<'_>) -> Result<Summary, BuildError> {
        let logs = self.read_logs(progress)?;
        let plan = logs.plan(&self.recipe, progress)?;
        let solo = self.collect(&logs, &BTreeMap::new(), fetch, progress)?;
        self.finish(logs, plan, solo, progress)
    }

    /// Builds a locked dataset again, byte for byte.
    ///
    /// # Errors
    /// [`BuildError::Gone`] names the rows that are gone; [`BuildError::Differs`] if the rows come
    /// out differently all the same. Then nothing stands at the target.
    pub fn write_locked(
        self,
        locked: &Locked,
        fetch: Fetch<'_>,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let logs = self.read_logs(progress)?;
        locked.check_logs(&logs.logs)?;
        let standing = locked.standing(&logs)?;
        let before = locked.lock.parent.iter().flat_map(|parent| &parent.removed);
        let before: BTreeSet<_> = before.map(|item| item.row).collect();
        let gone = standing.gone.values().filter(|gone| !before.contains(&gone.row));
        let gone: Vec<_> = gone.copied().collect();
        if !gone.is_empty() {
            return Err(BuildError::Gone(gone));
        }
        if locked.lock.parent.is_some() {
            return self.without(logs, locked, &standing, true, fetch, progress);
        }
        let plan = logs.plan(&self.recipe, progress)?;
        let solo = self.collect(&logs, &skipped(locked), fetch, progress)?;
        let (old, new) = (locked.base().0, self.folder.path().join(ROWS));
        let expected = locked.lock.rows;
        self.finish_as(logs, plan, solo, progress, |rows, lock| {
            if rows != expected {
                let line = first_difference(&old, &new)?.unwrap_or(0);
                return Err(BuildError::Differs { line });
            }
            *lock = locked.lock.clone();
            lock.files.clear();
            Ok(())
        })
    }

    /// Builds a locked dataset less the rows that are gone. Lines are taken from the old dataset
    /// if its chats are still there; else every chat is fetched again.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing stands at the target.
    pub fn write_less(
        self,
        locked: &Locked,
        fetch: Fetch<'_>,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let logs = self.read_logs(progress)?;
        locked.check_logs(&logs.logs)?;
        let standing = locked.standing(&logs)?;
        self.without(logs, locked, &standing, false, fetch, progress)
    }

    fn without(
        self,
        logs: ReadLogs,
        locked: &Locked,
        standing: &Standing,
        exactly: bool,
        fetch: Fetch<'_>,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let plan = logs.plan(&self.recipe, progress)?;
        let folder = self.folder.path();
        let again = folder.join("again.jsonl");
        if !locked.has_chats() {
            let solo = self.collect(&logs, &skipped(locked), fetch, progress)?;
            solo.write_lines(&again)?;
        }
        let chats = if locked.has_chats() { locked.chats() } else { again.clone() };
        let less = less::write(folder, locked, standing, &chats)?;
        if again.exists() {
            fs::remove_file(&again).map_err(at(&again))?;
        }
        if exactly && less.rows != locked.lock.rows {
            let (old, new) = (locked.folder.join(ROWS), folder.join(ROWS));
            let line = first_difference(&old, &new)?.unwrap_or(0);
            return Err(BuildError::Differs { line });
        }
        let summary = Summary {
            folder: self.target,
            rows: less.rows.count,
            root: less.rows.root,
            duplicates: 0,
            left_out: count(less.left_out.iter().map(|item| item.reason)),
            removed: count(less.parent.removed.iter().map(|item| item.cause)),
            plan,
        };
        let lock = Lock {
            rows: less.rows,
            files: BTreeMap::new(),
            left_out: less.left_out,
            parent: Some(less.parent),
            ..locked.lock.clone()
        };
        write_lock(folder, lock, &[CHATS, ROWS, PARENT_ROWS], progress)?;
        self.folder.finish()?;
        Ok(summary)
    }

    fn read_logs(&self, progress: OnProgress<'_>) -> Result<ReadLogs, BuildError> {
        let mut logs = Vec::new();
        for (number, community) in self.communities.iter().enumerate() {
            let evidence = Evidence::of(self.folder.path(), number);
            let pinned = pin(&evidence, community)?;
            logs.push(read_log(evidence, pinned, progress)?);
        }
        // A log without a cosigned checkpoint was refused; no logs at all hold at any time.
        let greatest = |time: fn(&CheckedLog) -> Option<Time>| {
            logs.iter().filter_map(|read| time(&read.log)).max().unwrap_or(Day(0).end())
        };
        let (as_of, seen_at) = (greatest(CheckedLog::pinned_at), greatest(CheckedLog::seen_at));
        Ok(ReadLogs { logs, as_of, seen_at })
    }

    /// Fetches and opens the selected chats, in order, each as if it were alone.
    fn collect(
        &self,
        logs: &ReadLogs,
        skipped: &BTreeMap<Position, LeftOutReason>,
        fetch: Fetch<'_>,
        progress: OnProgress<'_>,
    ) -> Result<Solo, BuildError> {
        let mut solo = Solo::create(self.folder.path())?;
        for log in &logs.logs {
            let community = log.pinned.id;
            logs.each_batch(log, &self.recipe, progress, |batch| {
                let mut waiting = Vec::new();
                let mut bytes = 0;
                for (index, found) in batch {
                    let Found::Selected(chat) = found else { continue };
                    let position = Position { community, index };
                    let fetched = match skipped.get(&position) {
                        Some(reason) => Fetched::LeftOut(*reason),
                        None => fetch(position, &chat).map_err(BuildError::Fetch)?,
                    };
                    bytes += chat.manifest.blob.sealed_bytes;
                    waiting.push((position, chat, fetched));
                    if bytes >= OPEN_BYTES {
                        bytes = 0;
                        push_all(&mut solo, std::mem::take(&mut waiting))?;
                    }
                }
                push_all(&mut solo, waiting)
            })?;
        }
        Ok(solo)
    }

    fn finish(
        self,
        logs: ReadLogs,
        plan: Plan,
        solo: Solo,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        self.finish_as(logs, plan, solo, progress, |_, _| Ok(()))
    }

    /// Writes rows, then what `settle` makes of the lock, and moves the folder to its place.
    fn finish_as(
        self,
        logs: ReadLogs,
        plan: Plan,
        solo: Solo,
        progress: OnProgress<'_>,
        settle: impl FnOnce(RowsDigest, &mut Lock) -> Result<(), BuildError>,
    ) -> Result<Summary, BuildError> {
        let folder = self.folder.path();
        let duplicates = solo.duplicate_count();
        let total = solo.row_count();
        let (mut left_out, mut rows) = (Vec::new(), RowsFile::create(folder)?);
        solo.into_rows(&mut left_out, |position, line| {
            rows.push(position, line)?;
            progress(Progress { step: Step::Rows, done: rows.count(), total });
            Ok(())
        })?;
        let digest = rows.finish()?;
        let mut lock = Lock {
            sheaf_lock: 1,
            recipe: self.recipe,
            as_of: logs.as_of,
            communities: logs.logs.into_iter().map(|log| log.pinned).collect(),
            rows: digest,
            files: BTreeMap::new(),
            left_out,
            parent: None,
        };
        settle(digest, &mut lock)?;
        let left_out = count(lock.left_out.iter().map(|item| item.reason));
        write_lock(folder, lock, &[CHATS, ROWS], progress)?;
        self.folder.finish()?;
        let (rows, root, folder) = (digest.count, digest.root, self.target);
        Ok(Summary { folder, rows, root, duplicates, left_out, removed: BTreeMap::new(), plan })
    }
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts
}

/// What a locked dataset left out is left out again.
fn skipped(locked: &Locked) -> BTreeMap<Position, LeftOutReason> {
    locked.lock.left_out.iter().map(|item| (item.position(), item.reason)).collect()
}

fn push_all(
    solo: &mut Solo,
    waiting: Vec<(Position, Box<LiveChat>, Fetched)>,
) -> Result<(), BuildError> {
    let opened = parallel::map(waiting, |(position, chat, fetched)| {
        let opened = match fetched {
            Fetched::Chat { key, blob } => open_chat(position, &chat, &key, &blob),
            Fetched::LeftOut(reason) => Opened::LeftOut(reason),
        };
        (position, chat, opened)
    });
    for (position, chat, opened) in opened {
        solo.push(position, &chat, opened)?;
    }
    Ok(())
}

/// What the spooled checkpoint pins.
fn pin(evidence: &Evidence, community: &CommunityId) -> Result<PinnedLog, BuildError> {
    let text = read_text(&evidence.folder().join(CHECKPOINT))?;
    let checkpoint = text.ok_or(BuildError::NoLog(*community))?;
    let parsed = UnverifiedCheckpoint::parse(&checkpoint)?;
    let claimed = parsed.claimed();
    Ok(PinnedLog {
        id: *community,
        name: String::new(),
        epoch: claimed.epoch,
        size: claimed.size,
        root: claimed.root,
        checkpoint,
    })
}

/// Writes card and lock; the lock is last, for it names the rest.
pub(super) fn write_lock(
    folder: &Path,
    mut lock: Lock,
    files: &[&str],
    progress: OnProgress<'_>,
) -> Result<(), FileError> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(at(&path))
    };
    write(README, &card::text(&lock))?;
    for name in files.iter().chain(&[README]) {
        let path = folder.join(name);
        let total = fs::metadata(&path).map_err(at(&path))?.len();
        let digest: FileDigest = check::digest(&path, &mut |done| {
            progress(Progress { step: Step::Files, done, total });
        })?;
        lock.files.insert((*name).to_owned(), digest);
    }
    write(LOCK, &lock.to_text())
}
