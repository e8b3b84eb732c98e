use super::{CheckedLog, Fault, Place, Problems, RowCounts};
use crate::community::Tally;
use crate::dataset::{LOCK, LeftOutReason, Lock, RemovedCause};
use crate::id::{CommunityId, TreeHash};
use crate::time::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a verification found. Good if `problems` is empty.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// Whether everything holds.
    pub good: bool,
    /// How many problems there are.
    pub problem_count: u64,
    /// The first of them, each with its place.
    pub problems: Vec<String>,
    /// The root over the rows, as locked.
    pub root: Option<TreeHash>,
    /// The moment for which the dataset holds.
    #[serde(serialize_with = "crate::time::as_text_if_any")]
    pub as_of: Option<Time>,
    /// The logs.
    pub logs: Vec<LogVerdict>,
    /// What was counted.
    #[serde(flatten)]
    pub counts: RowCounts,
    /// Selected chats that are attested to be left out, by reason.
    pub left_out: BTreeMap<LeftOutReason, u64>,
    /// Rows of the parent that were taken away, by cause.
    pub removed: BTreeMap<RemovedCause, u64>,
}

/// One log of the dataset.
#[derive(Debug, Clone, Serialize)]
pub struct LogVerdict {
    /// The community.
    pub id: CommunityId,
    /// Its name.
    pub name: String,
    /// Entries of its log.
    pub size: u64,
    /// When its own key cosigned the checkpoint.
    #[serde(serialize_with = "crate::time::as_text_if_any")]
    pub cosigned_at: Option<Time>,
}

/// Checks what the lock says about its logs as a whole, after the first reading of each.
pub fn check_lock(lock: &Lock, logs: &[Option<CheckedLog>], problems: &mut Problems) {
    let place = Place::file(LOCK);
    let asked: BTreeSet<_> = lock.recipe.communities.iter().map(|source| source.id).collect();
    if !asked.into_iter().eq(lock.communities.iter().map(|log| log.id)) {
        problems.push(place.clone(), Fault::Communities);
    }
    for (pinned, log) in lock.communities.iter().zip(logs) {
        let community = log.as_ref().map(CheckedLog::community);
        if community.is_some_and(|c| (c.name(), c.epoch()) != (&pinned.name, pinned.epoch)) {
            problems.push(place.clone(), Fault::LogIdentity(pinned.id));
        }
    }
    let expected = logs.iter().flatten().filter_map(CheckedLog::pinned_at).max();
    if let Some(expected) = expected.filter(|expected| *expected != lock.as_of) {
        problems.push(place, Fault::AsOf { expected, found: lock.as_of });
    }
}

impl Verdict {
    /// The verdict on a dataset that was read to its end.
    ///
    /// `logs` are those of the lock, in its order; `None` for one that could not be read.
    pub fn new(
        lock: &Lock,
        logs: &[Option<CheckedLog>],
        counts: RowCounts,
        problems: &Problems,
    ) -> Self {
        let times = logs.iter().map(|log| log.as_ref().and_then(CheckedLog::pinned_at));
        let times = times.chain(std::iter::repeat(None));
        let logs = lock.communities.iter().zip(times).map(|(log, cosigned_at)| LogVerdict {
            id: log.id,
            name: log.name.clone(),
            size: log.size,
            cosigned_at,
        });
        let removed = lock.parent.iter().flat_map(|parent| &parent.removed);
        Self {
            good: problems.is_empty(),
            problem_count: problems.count,
            problems: problems.texts(),
            root: Some(lock.rows.root),
            as_of: Some(lock.as_of),
            logs: logs.collect(),
            counts,
            left_out: count(lock.left_out.iter().map(|item| item.reason)),
            removed: count(removed.map(|item| item.cause)),
        }
    }

    /// The verdict on a folder whose lock cannot be read.
    pub fn unreadable(problems: &Problems) -> Self {
        Self {
            good: false,
            problem_count: problems.count,
            problems: problems.texts(),
            root: None,
            as_of: None,
            logs: Vec::new(),
            counts: RowCounts::default(),
            left_out: BTreeMap::new(),
            removed: BTreeMap::new(),
        }
    }

    /// What was found, in plain sentences: first what is wrong, then what is proved, then what is
    /// only attested.
    pub fn sentences(&self) -> Vec<String> {
        let mut text = self.problems.clone();
        let unnamed = self.problem_count - self.problems.len() as u64;
        if unnamed > 0 {
            text.push(format!("… and {unnamed} more problems"));
        }
        if self.good {
            text.extend(self.proved());
            text.extend(self.attested());
        }
        text
    }

    fn proved(&self) -> Vec<String> {
        let counts = &self.counts;
        let names: Vec<_> = self.logs.iter().map(|log| log.name.as_str()).collect();
        let entries: u64 = self.logs.iter().map(|log| log.size).sum();
        let mut text = vec![
            format!(
                "Proved: {entries} log entries of {} are whole and signed{}.",
                names.join(", "),
                self.as_of.map_or(String::new(), |as_of| format!(", as of {as_of}"))
            ),
            format!(
                "Proved: each of the {} rows is the chat that its contributor signed, under \
                 these terms and live at that time; nothing was added, changed or reordered.",
                counts.rows
            ),
        ];
        text.extend(self.root.map(|root| format!("Proved: the root over all rows is {root}.")));
        let excluded: u64 = counts.excluded.values().sum();
        let reasons = counts.excluded.iter().map(|(reason, n)| format!("{n} {reason}"));
        text.push(match excluded {
            0 => "Proved: the recipe excludes no chat.".to_owned(),
            _ => format!(
                "Proved: of the chats that are not here, the recipe excludes {excluded} ({}).",
                reasons.collect::<Vec<_>>().join(", ")
            ),
        });
        text.extend(self.holes());
        text
    }

    fn holes(&self) -> Option<String> {
        let Tally { withdrawn, due, taken_down, void, .. } = self.counts.chats;
        let parts: Vec<_> = [
            (withdrawn, "withdrawn by their contributors"),
            (due, "past their due day"),
            (taken_down, "taken down by a steward"),
            (void, "without effect"),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
        let text =
            format!("Proved: chats of these logs that nobody may use: {}.", parts.join(", "));
        (!parts.is_empty()).then_some(text)
    }

    fn attested(&self) -> Vec<String> {
        let mut text = Vec::new();
        let duplicates = self.counts.duplicates;
        if duplicates > 0 {
            text.push(format!(
                "Attested, not proved: {duplicates} selected chats say the same as a row, which \
                 names them and carries the strictest terms of all."
            ));
        }
        for (reason, n) in &self.left_out {
            let why = match reason {
                LeftOutReason::Refused => "whose keys the nodes refused",
                LeftOutReason::Unavailable => "that no node could send",
                LeftOutReason::Unreadable => "that are not what their manifests promise",
                LeftOutReason::Duplicate => "that said the same as a row taken away",
            };
            text.push(format!("Attested, not proved: {n} selected chats {why} are not here."));
        }
        text.extend(self.taken_away());
        text
    }

    fn taken_away(&self) -> Option<String> {
        let parts = self.removed.iter().map(|(cause, n)| match cause {
            RemovedCause::Withdrawn => format!("{n} withdrawn"),
            RemovedCause::Due => format!("{n} past their due day"),
            RemovedCause::TakenDown => format!("{n} taken down"),
            RemovedCause::Duplicate => format!("{n} with a duplicate that is gone (attested)"),
            RemovedCause::Unavailable => format!("{n} that no node could send (attested)"),
        });
        let parts: Vec<_> = parts.collect();
        let text = format!(
            "This is an earlier dataset less {} rows: {}. Its other rows are the same.",
            self.removed.values().sum::<u64>(),
            parts.join(", ")
        );
        (!parts.is_empty()).then_some(text)
    }
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts
}
