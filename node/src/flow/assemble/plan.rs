use super::error::BuildError;
use super::evidence::{BATCH_ITEMS, Evidence};
use super::parallel;
use super::{OnProgress, Progress, Step};
use sheaf_protocol::community::{Status, Tally};
use sheaf_protocol::dataset::{Exclusion, PinnedLog, Recipe};
use sheaf_protocol::id::CommunityId;
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
    pub as_of: Option<Time>,
}

impl Plan {
    /// How many chats are selected.
    pub fn count(&self) -> u64 {
        self.selected.values().map(|indices| indices.len() as u64).sum()
    }

    fn note(&mut self, community: CommunityId, index: u64, found: &Found) {
        match found {
            Found::Selected(chat) => self.note_selected(community, index, chat),
            Found::Excluded(reason) => {
                self.chats.add_chat(&Status::Live);
                *self.excluded.entry(*reason).or_default() += 1;
            }
            Found::NotLive(status) => self.chats.add_chat(status),
            Found::Other => {}
        }
    }

    fn note_selected(&mut self, community: CommunityId, index: u64, chat: &LiveChat) {
        self.chats.add_chat(&Status::Live);
        self.selected.entry(community).or_default().push(index);
        *self.licences.entry(chat.terms.licence.clone()).or_default() += 1;
        let mut languages = chat.manifest.labels.languages.clone();
        if languages.is_empty() {
            languages.push("und".to_owned());
        }
        for language in languages {
            *self.languages.entry(language).or_default() += 1;
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
    /// Goes through the chats of one log in order, a batch at a time.
    pub(super) fn each_batch(
        &self,
        log: &ReadLog,
        recipe: &Recipe,
        progress: OnProgress<'_>,
        mut each: impl FnMut(Vec<(u64, Found)>) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let mut problems = Problems::default();
        let mut pairs = log.evidence.pairs()?;
        loop {
            let batch = pairs.batch(BATCH_ITEMS, &log.evidence, &mut problems)?;
            let Some(last) = batch.last().map(|pair| pair.index) else { break };
            let found = parallel::map(batch, |pair| {
                let examined = log.log.examine(pair.index, &pair.entry, &pair.record, self.seen_at);
                examined.map(|examined| (pair.index, self.found(recipe, examined)))
            });
            each(found.into_iter().collect::<Result<_, Fault>>().map_err(evidence_error)?)?;
            progress(Progress { step: Step::Chats, done: last + 1, total: log.pinned.size });
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

    /// The counts, and which chats are selected.
    pub(super) fn plan(
        &self,
        recipe: &Recipe,
        progress: OnProgress<'_>,
    ) -> Result<Plan, BuildError> {
        let mut plan = Plan { as_of: Some(self.as_of), ..Plan::default() };
        for log in &self.logs {
            self.each_batch(log, recipe, progress, |batch| {
                for (index, found) in &batch {
                    plan.note(log.pinned.id, *index, found);
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
    let log = evidence.fold(&pinned, &mut problems, progress)?;
    match log {
        Some(log) if problems.is_empty() => {
            log.community().name().clone_into(&mut pinned.name);
            Ok(ReadLog { pinned, evidence, log })
        }
        _ => Err(BuildError::Evidence(problems.texts())),
    }
}
