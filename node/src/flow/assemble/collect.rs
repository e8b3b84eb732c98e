//! The selected chats, in order: examined, fetched, opened and written, all at the same time.

use super::error::BuildError;
use super::fetch::{Fetch, Fetched, Wanted};
use super::open::{Opened, open};
use super::plan::{Found, Plan, ReadLogs};
use super::solo::Solo;
use super::workers::{Ticket, Workers};
use super::{OnProgress, Progress, Step};
use sheaf_protocol::dataset::{LeftOutReason, Position, Recipe};
use sheaf_protocol::seal::Opener;
use sheaf_protocol::verify::LiveChat;
use std::collections::{BTreeMap, VecDeque};

/// Chats announced to the one who fetches before the first of them is asked for.
const AHEAD_CHATS: usize = 1024;
/// Chats opened in one job.
const JOB_CHATS: usize = 64;
/// Sealed bytes opened in one job; the last chat may go beyond.
const JOB_BYTES: u64 = 1024 * 1024;

/// What to take, and what not to ask for.
pub(super) struct Order<'env> {
    pub(super) recipe: &'env Recipe,
    /// Chats that are left out beforehand, and why.
    pub(super) skipped: &'env BTreeMap<Position, LeftOutReason>,
}

/// Fetches and opens the selected chats; gives the rows, and what was selected from what. Every
/// signature is verified here, once.
pub(super) fn collect<'env>(
    workers: &Workers<'env>,
    logs: &'env ReadLogs,
    order: &Order<'env>,
    solo: Solo,
    fetch: &mut dyn Fetch,
    progress: OnProgress<'_>,
) -> Result<(Solo, Plan), BuildError> {
    let plan = Plan { as_of: Some(logs.as_of), ..Plan::default() };
    let (asked, opening) = (VecDeque::new(), VecDeque::new());
    let mut collector =
        Collector { workers, skipped: order.skipped, fetch, solo, plan, asked, opening };
    for log in &logs.logs {
        let total = log.pinned.size;
        logs.each_batch(workers, log, order.recipe, |batch| {
            let done = batch.last().map_or(total, |(index, _)| index + 1);
            for (index, found) in batch {
                let position = Position { community: log.pinned.id, index };
                collector.note(position, found);
            }
            collector.announce();
            collector.open_beyond(AHEAD_CHATS)?;
            progress(Progress { step: Step::Chats, done, total });
            Ok(())
        })?;
    }
    collector.open_beyond(0)?;
    collector.settle_beyond(0)?;
    Ok((collector.solo, collector.plan))
}

struct Collector<'a, 'env> {
    workers: &'a Workers<'env>,
    skipped: &'a BTreeMap<Position, LeftOutReason>,
    fetch: &'a mut dyn Fetch,
    solo: Solo,
    plan: Plan,
    /// Selected, and not yet fetched; the newest are not yet announced.
    asked: VecDeque<Asked>,
    opening: VecDeque<Ticket<Vec<Done>>>,
}

struct Asked {
    position: Position,
    chat: Box<LiveChat>,
    announced: bool,
}

type Job = (Position, Box<LiveChat>, Fetched);
type Done = (Position, Box<LiveChat>, Opened);

fn open_all(job: Vec<Job>) -> Vec<Done> {
    let mut opener = Opener::default();
    let open = |(position, chat, fetched): Job| {
        let opened = open(&mut opener, position, &chat, fetched);
        (position, chat, opened)
    };
    job.into_iter().map(open).collect()
}

impl Collector<'_, '_> {
    fn note(&mut self, position: Position, found: Found) {
        self.plan.note(position, &found);
        if let Found::Selected(chat) = found {
            self.asked.push_back(Asked { position, chat, announced: false });
        }
    }

    fn announce(&mut self) {
        let fresh = self.asked.iter_mut().rev().take_while(|asked| !asked.announced);
        let mut wanted = Vec::new();
        for asked in fresh {
            asked.announced = true;
            if !self.skipped.contains_key(&asked.position) {
                let sealed_bytes = asked.chat.manifest.blob.sealed_bytes;
                wanted.push(Wanted { position: asked.position, sealed_bytes });
            }
        }
        wanted.reverse();
        self.fetch.announce(&wanted);
    }

    /// Fetches chats and has them opened, until no more than `ahead` wait.
    fn open_beyond(&mut self, ahead: usize) -> Result<(), BuildError> {
        while self.asked.len() > ahead {
            let job = self.fetch_job()?;
            self.opening.push_back(self.workers.run(move || open_all(job)));
            self.settle_beyond(self.workers.ahead())?;
        }
        Ok(())
    }

    fn fetch_job(&mut self) -> Result<Vec<Job>, BuildError> {
        let (mut job, mut bytes) = (Vec::new(), 0);
        while job.len() < JOB_CHATS && bytes < JOB_BYTES {
            let Some(Asked { position, chat, .. }) = self.asked.pop_front() else { break };
            let fetched = match self.skipped.get(&position) {
                Some(reason) => Fetched::LeftOut(*reason),
                None => self.fetch.fetch(position).map_err(BuildError::Fetch)?,
            };
            bytes += chat.manifest.blob.sealed_bytes;
            job.push((position, chat, fetched));
        }
        Ok(job)
    }

    /// Writes the rows of finished jobs, until no more than `ahead` are under way.
    fn settle_beyond(&mut self, ahead: usize) -> Result<(), BuildError> {
        while self.opening.len() > ahead {
            let Some(ticket) = self.opening.pop_front() else { break };
            for (position, chat, opened) in ticket.wait() {
                self.solo.push(position, &chat, opened)?;
            }
        }
        Ok(())
    }
}
