//! Building a dataset: logs on disk, then chats in order with their rows, then the lock.

use super::collect::{Order, collect};
use super::error::BuildError;
use super::evidence::{Evidence, read_text};
use super::fetch::Fetch;
use super::finish::{Rows, finish};
use super::folder::Partial;
use super::locked::{Gone, Locked, first_difference};
use super::plan::{Plan, ReadLogs, read_log};
use super::solo::{Solo, Written};
use super::workers::{Workers, with_workers};
use super::{LogSpool, OnProgress, less};
use sheaf_protocol::dataset::{
    CHECKPOINT, ENTRIES, LeftOutReason, Lock, PinnedLog, Position, ROWS, Recipe, RemovedCause,
    STATEMENTS,
};
use sheaf_protocol::id::{CommunityId, TreeHash};
use sheaf_protocol::log::UnverifiedCheckpoint;
use sheaf_protocol::time::{Day, Time};
use sheaf_protocol::verify::CheckedLog;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Builds one dataset.
#[derive(Debug)]
pub struct Builder {
    folder: Partial,
    recipe: Recipe,
    communities: Vec<CommunityId>,
}

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
        let communities = communities.into_iter().collect();
        Ok(Self { folder: Partial::create(target)?, recipe, communities })
    }

    /// Starts a locked dataset anew, at `target`: the logs are to be given at exactly the
    /// checkpoints of its lock.
    ///
    /// # Errors
    /// [`BuildError::Exists`], or a file that cannot be made.
    pub fn again(target: &Path, locked: &Locked) -> Result<Self, BuildError> {
        Self::new(target, locked.lock.recipe.clone())
    }

    /// The folder in which the dataset grows until it is whole. Whoever ends the process before
    /// the builder is dropped has to remove it.
    pub fn partial(&self) -> &Path {
        self.folder.path()
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

    /// Fetches, opens and writes everything, and moves the folder to its place.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing stands at the target.
    pub fn write(
        mut self,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let logs = self.read_logs(progress)?;
        let (written, plan) = self.collect(&logs, &BTreeMap::new(), fetch, progress)?;
        let lock = self.lock(&logs, &written);
        let Written { rows, duplicates, .. } = written;
        finish(self.folder, Rows { written: rows, duplicates, plan }, lock, progress)
    }

    /// Builds a locked dataset again, byte for byte.
    ///
    /// # Errors
    /// [`BuildError::Gone`] names the rows that are gone; [`BuildError::Differs`] if the rows come
    /// out differently all the same. Then nothing stands at the target.
    pub fn write_locked(
        mut self,
        locked: &Locked,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let (logs, gone) = self.standing(locked, progress)?;
        let before = locked.lock.parent.iter().flat_map(|parent| &parent.removed);
        let before: BTreeSet<_> = before.map(|item| item.row).collect();
        let newly: Vec<_> =
            gone.values().filter(|gone| !before.contains(&gone.row)).copied().collect();
        if !newly.is_empty() {
            return Err(BuildError::Gone(newly));
        }
        if locked.lock.parent.is_some() {
            return self.without(&logs, locked, &gone, true, fetch, progress);
        }
        let (written, plan) = self.collect(&logs, &skipped(locked), fetch, progress)?;
        if written.rows.digest != locked.lock.rows {
            return Err(self.differs(&locked.base().0)?);
        }
        let Written { rows, duplicates, .. } = written;
        finish(self.folder, Rows { written: rows, duplicates, plan }, locked.lock.clone(), progress)
    }

    /// Builds a locked dataset less the rows that are gone. Lines are taken from the old dataset
    /// if its chats are still there; else every chat is fetched again.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing stands at the target.
    pub fn write_less(
        mut self,
        locked: &Locked,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let (logs, gone) = self.standing(locked, progress)?;
        self.without(&logs, locked, &gone, false, fetch, progress)
    }

    /// The logs, which must be those locked, and the rows that are gone since.
    fn standing(
        &mut self,
        locked: &Locked,
        progress: OnProgress<'_>,
    ) -> Result<(ReadLogs, Gone), BuildError> {
        let logs = self.read_logs(progress)?;
        locked.check_logs(&logs.logs)?;
        let gone = locked.gone(&logs)?;
        Ok((logs, gone))
    }

    fn without(
        self,
        logs: &ReadLogs,
        locked: &Locked,
        gone: &Gone,
        exactly: bool,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BuildError> {
        let folder = self.folder.path();
        let plan = if locked.has_chats() {
            with_workers(|workers| logs.plan(workers, &self.recipe, progress))?
        } else {
            let (written, plan) = self.collect(logs, &skipped(locked), fetch, progress)?;
            // The rows that could stay; those that do are written in their place.
            drop(written);
            less::set_aside(folder)?;
            plan
        };
        let less = less::write(folder, locked, gone, &plan)?;
        if exactly && less.rows.digest != locked.lock.rows {
            return Err(self.differs(&locked.folder.join(ROWS))?);
        }
        let lock = Lock {
            rows: less.rows.digest,
            left_out: less.left_out,
            parent: Some(less.parent),
            ..locked.lock.clone()
        };
        finish(self.folder, Rows { written: less.rows, duplicates: 0, plan }, lock, progress)
    }

    fn differs(&self, old: &Path) -> Result<BuildError, BuildError> {
        let line = first_difference(old, &self.folder.path().join(ROWS))?.unwrap_or(0);
        Ok(BuildError::Differs { line })
    }

    fn read_logs(&mut self, progress: OnProgress<'_>) -> Result<ReadLogs, BuildError> {
        let mut logs = Vec::new();
        for (number, community) in self.communities.iter().enumerate() {
            let evidence = Evidence::of(self.folder.path(), number);
            let pinned = pin(&evidence, community)?;
            for name in [ENTRIES, STATEMENTS] {
                self.folder.sync_ahead(evidence.folder().join(name));
            }
            logs.push(read_log(evidence, pinned, progress)?);
        }
        // A log without a cosigned checkpoint was refused; no logs at all hold at any time.
        let greatest = |time: fn(&CheckedLog) -> Option<Time>| {
            logs.iter().filter_map(|read| time(&read.log)).max().unwrap_or(Day(0).end())
        };
        let (as_of, seen_at) = (greatest(CheckedLog::pinned_at), greatest(CheckedLog::seen_at));
        Ok(ReadLogs { logs, as_of, seen_at })
    }

    /// Fetches, opens and writes the selected chats.
    fn collect(
        &self,
        logs: &ReadLogs,
        skipped: &BTreeMap<Position, LeftOutReason>,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<(Written, Plan), BuildError> {
        let solo = Solo::create(self.folder.path())?;
        let order = Order { recipe: &self.recipe, skipped };
        let collected = with_workers(|workers: &Workers<'_>| {
            collect(workers, logs, &order, solo, fetch, progress)
        });
        let (solo, plan) = collected?;
        Ok((solo.finish()?, plan))
    }

    fn lock(&self, logs: &ReadLogs, written: &Written) -> Lock {
        Lock {
            sheaf_lock: 1,
            recipe: self.recipe.clone(),
            as_of: logs.as_of,
            communities: logs.logs.iter().map(|log| log.pinned.clone()).collect(),
            rows: written.rows.digest,
            files: BTreeMap::new(),
            left_out: written.left_out.clone(),
            parent: None,
        }
    }
}

/// What a locked dataset left out is left out again.
fn skipped(locked: &Locked) -> BTreeMap<Position, LeftOutReason> {
    locked.lock.left_out.iter().map(|item| (item.position(), item.reason)).collect()
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
