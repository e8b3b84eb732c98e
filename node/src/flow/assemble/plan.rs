use super::error::BuildError;
use super::evidence::{Evidence, Pair};
use super::workers::{Workers, with_workers};
use super::{OnProgress, Progress, Step};
use sheaf_protocol::community::{Status, Tally};
use sheaf_protocol::dataset::{Exclusion, PinnedLog, Position, Recipe};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::statement::Cause;
use sheaf_protocol::time::Time;
use sheaf_protocol::verify::{CheckedLog, Examined, Fault, LiveChat, Problems};
use std::collections::BTreeMap;

/// What a recipe takes from pinned logs: everything that can be said before a chat is read.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Plan {
    /// Indices of the selected chats, by community.
    pub selected: BTreeMap<CommunityId, Vec<u64>>,
    /// Selected chats by licence expression.
    pub licences: BTreeMap<String, u64>,
    /// Selected chats by language; a chat may have several, or none (`und`).
    pub languages: BTreeMap<String, u64>,
    /// Chats that the recipe does not select, by the first condition they do not meet.
    pub excluded: BTreeMap<Exclusion, u64>,
    /// Chats of all logs by status.
    pub chats: Tally,
    /// The moment for which it holds.
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    pub as_of: Option<Time>,
}

impl Plan {
    /// How many chats are selected.
    pub fn count(&self) -> u64 {
        self.selected.values().map(|indices| indices.len() as u64).sum()
    }

    /// The selected chats, in the order of rows.
    pub(super) fn positions(&self) -> impl Iterator<Item = Position> {
        self.selected.iter().flat_map(|(community, indices)| {
            indices.iter().map(|index| Position { community: *community, index: *index })
        })
    }

    pub(super) fn note(&mut self, at: Position, found: &Found) {
        match found {
            Found::Selected(chat) => self.note_selected(at, chat),
            Found::Excluded(reason) => {
                self.chats.add_chat(&Status::Live);
                *self.excluded.entry(*reason).or_default() += 1;
            }
            Found::NotLive(status) => self.chats.add_chat(status),
            Found::Other => {}
        }
    }

    fn note_selected(&mut self, at: Position, chat: &LiveChat) {
        self.chats.add_chat(&Status::Live);
        self.selected.entry(at.community).or_default().push(at.index);
        add(&mut self.licences, &chat.terms.licence);
        let languages = &chat.manifest.labels.languages;
        languages.iter().for_each(|language| add(&mut self.languages, language));
        if languages.is_empty() {
            add(&mut self.languages, "und");
        }
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// One entry, as the recipe sees it.
#[derive(Debug)]
pub(super) enum Found {
    Selected(Box<LiveChat>),
    Excluded(Exclusion),
    NotLive(Status),
    Other,
}

/// A log whose evidence was read once.
#[derive(Debug)]
pub(super) struct ReadLog {
    pub(super) pinned: PinnedLog,
    pub(super) evidence: Evidence,
    pub(super) log: CheckedLog,
}

/// All logs of a dataset, read once.
#[derive(Debug)]
pub(super) struct ReadLogs {
    pub(super) logs: Vec<ReadLog>,
    /// For selection: the greatest cosignature of a pinned checkpoint.
    pub(super) as_of: Time,
    /// For holes: the latest moment known to have come.
    pub(super) seen_at: Time,
}

impl ReadLogs {
    /// Goes through the chats of one log in order, a batch at a time, and verifies each statement.
    pub(super) fn each_batch<'env>(
        &'env self,
        workers: &Workers<'env>,
        log: &'env ReadLog,
        recipe: &'env Recipe,
        mut each: impl FnMut(Vec<(u64, Found)>) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        // The first reading has found nothing wrong with the files.
        let mut problems = Problems::default();
        let mut pairs = log.evidence.pairs()?;
        let next = || Ok(pairs.batch(&log.evidence, &mut problems)?);
        let examine = move |batch: Vec<Pair>| {
            let found = |pair: Pair| {
                let examined = log.log.examine(pair.index, &pair.entry, &pair.record, self.seen_at);
                examined.map(|examined| (pair.index, self.found(recipe, examined)))
            };
            batch.into_iter().map(found).collect::<Result<_, Fault>>()
        };
        workers.in_order(next, examine, |found| each(found.map_err(evidence_error)?))
    }

    /// Names the chats of one log that are gone. Verifies no statement of one that is there.
    pub(super) fn each_hole(
        &self,
        log: &ReadLog,
        mut each: impl FnMut(u64, Cause),
    ) -> Result<(), BuildError> {
        let mut problems = Problems::default();
        let mut pairs = log.evidence.pairs()?;
        while let Some(Pair { index, entry, record }) = pairs.next(&log.evidence, &mut problems)? {
            let hole = log.log.hole(index, &entry, &record, self.seen_at);
            if let Some(cause) = hole.map_err(evidence_error)? {
                each(index, cause);
            }
        }
        Ok(())
    }

    fn found(&self, recipe: &Recipe, examined: Examined) -> Found {
        match examined {
            Examined::Live(chat) => {
                match recipe.select(&chat.terms, &chat.manifest.labels, self.as_of) {
                    Ok(()) => Found::Selected(chat),
                    Err(reason) => Found::Excluded(reason),
                }
            }
            Examined::Chat(status) => Found::NotLive(status),
            Examined::Other => Found::Other,
        }
    }

    /// The counts, and which chats are selected, where nothing need be fetched.
    pub(super) fn plan<'env>(
        &'env self,
        workers: &Workers<'env>,
        recipe: &'env Recipe,
        progress: OnProgress<'_>,
    ) -> Result<Plan, BuildError> {
        let mut plan = Plan { as_of: Some(self.as_of), ..Plan::default() };
        for log in &self.logs {
            let (community, total) = (log.pinned.id, log.pinned.size);
            self.each_batch(workers, log, recipe, |batch| {
                for (index, found) in &batch {
                    plan.note(Position { community, index: *index }, found);
                    progress(Progress { step: Step::Chats, done: index + 1, total });
                }
                Ok(())
            })?;
        }
        Ok(plan)
    }
}

fn evidence_error(fault: Fault) -> BuildError {
    BuildError::Evidence(vec![fault.to_string()])
}

/// Reads one log for the first time and takes its name from it; anything wrong is an error.
pub(super) fn read_log(
    evidence: Evidence,
    mut pinned: PinnedLog,
    progress: OnProgress<'_>,
) -> Result<ReadLog, BuildError> {
    let mut problems = Problems::default();
    let log = with_workers(|workers| evidence.fold(workers, &pinned, &mut problems, progress))?;
    match log {
        Some(log) if problems.is_empty() => {
            log.community().name().clone_into(&mut pinned.name);
            Ok(ReadLog { pinned, evidence, log })
        }
        _ => Err(BuildError::Evidence(problems.texts())),
    }
}
