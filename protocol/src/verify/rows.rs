//! The second reading: every chat of every log has its place, and every row its chat.

use super::row::{Shown, attribution, compare, compare_terms};
use super::{Examined, Fault, LiveChat, Place, Problems, RowFacts, RowReport, evidence_file};
use crate::community::{Status, Tally};
use crate::dataset::{
    CHATS, DedupeKey, Duplicate, Exclusion, LeftOutReason, Lock, Position, ROWS, RemovedCause,
    RowTerms, STATEMENTS,
};
use crate::id::CommunityId;
use crate::log::Frontier;
use std::collections::{BTreeMap, BTreeSet};

/// Joins entries and rows, both in the order of rows. Memory: 40 bytes a row, and the groups of
/// equal chats.
#[derive(Debug)]
pub struct RowsCheck<'a> {
    lock: &'a Lock,
    rows: Frontier,
    texts: BTreeMap<DedupeKey, u64>,
    groups: Vec<Group>,
    /// Duplicates that rows have named and whose entries have not come yet, by group.
    awaited: BTreeMap<Position, usize>,
    left_out: BTreeMap<Position, LeftOutReason>,
    removed: BTreeMap<Position, RemovedCause>,
    /// Logs that could not be read to their ends.
    broken: BTreeSet<CommunityId>,
    counts: RowCounts,
}

/// What was counted on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct RowCounts {
    /// Rows read.
    pub rows: u64,
    /// Chats that have no row because a row says the same.
    pub duplicates: u64,
    /// Chats that the recipe does not select, by the first condition they do not meet.
    pub excluded: BTreeMap<Exclusion, u64>,
    /// Chats of all logs by status.
    pub chats: Tally,
}

/// A row that stands for several chats.
#[derive(Debug)]
struct Group {
    line: u64,
    terms: RowTerms,
    members: Vec<RowTerms>,
    names: BTreeMap<Position, Option<String>>,
    gone: bool,
}

impl<'a> RowsCheck<'a> {
    /// At the first entry of the first log.
    pub fn new(lock: &'a Lock) -> Self {
        let removed = lock.parent.iter().flat_map(|parent| &parent.removed);
        Self {
            lock,
            rows: Frontier::new(),
            texts: BTreeMap::new(),
            groups: Vec::new(),
            awaited: BTreeMap::new(),
            left_out: lock.left_out.iter().map(|item| (item.position(), item.reason)).collect(),
            removed: removed.map(|item| (item.position(), item.cause)).collect(),
            broken: BTreeSet::new(),
            counts: RowCounts::default(),
        }
    }

    /// The next entry, and the row that is listed for it, if one is, with its line.
    pub fn entry(
        &mut self,
        position: Position,
        found: &Examined,
        row: Option<(u64, RowReport)>,
        problems: &mut Problems,
    ) {
        let line = row.as_ref().map(|(line, _)| *line);
        let place = line.map_or_else(|| self.place(position), |n| Place::line(CHATS, n));
        let is_row = row.is_some();
        if let Examined::Live(chat) = found {
            self.count(&Status::Live);
            self.live(position, chat, is_row, &place, problems);
        } else {
            let status = if let Examined::Chat(status) = found { Some(*status) } else { None };
            self.not_live(position, status, is_row, &place, problems);
        }
        if let Some((line, report)) = row {
            let live = if let Examined::Live(chat) = found { Some(&**chat) } else { None };
            self.row(line, report, live, problems);
        }
    }

    /// The next entry, where what lies beside it could not be read: nothing can be said about it.
    pub fn unknown(
        &mut self,
        position: Position,
        row: Option<(u64, RowReport)>,
        problems: &mut Problems,
    ) {
        self.left_out.remove(&position);
        self.removed.remove(&position);
        if let Some(group) = self.awaited.remove(&position)
            && let Some(group) = self.groups.get_mut(group)
        {
            group.gone = true;
        }
        if let Some((line, report)) = row {
            self.row(line, report, None, problems);
        }
    }

    /// A row of a log that could not be read to its end: nothing can be said about its chat.
    pub fn unjudged(
        &mut self,
        line: u64,
        position: Position,
        report: RowReport,
        problems: &mut Problems,
    ) {
        self.broken.insert(position.community);
        self.row(line, report, None, problems);
    }

    /// A row that no entry of a pinned log can have.
    pub fn stray(
        &mut self,
        line: u64,
        position: Position,
        report: RowReport,
        problems: &mut Problems,
    ) {
        problems.push(Place::line(CHATS, line), Fault::AddedUnknown(position));
        self.row(line, report, None, problems);
    }

    fn count(&mut self, status: &Status) {
        self.counts.chats.add_chat(status);
    }

    fn live(
        &mut self,
        position: Position,
        chat: &LiveChat,
        is_row: bool,
        place: &Place,
        problems: &mut Problems,
    ) {
        let selected = self.lock.recipe.select(&chat.terms, &chat.manifest.labels, self.lock.as_of);
        let left_out = self.left_out.remove(&position);
        let removed = self.removed.remove(&position);
        let awaited = self.awaited.remove(&position);
        if let Err(reason) = selected {
            *self.counts.excluded.entry(reason).or_default() += 1;
        }
        let attested = left_out.is_some_and(|reason| self.may_be_left_out(reason))
            || removed.is_some_and(is_attested);
        let fault = match (selected, is_row, awaited) {
            (Err(reason), true, _) => Some(Fault::AddedNotSelected { position, reason }),
            (Err(_), false, Some(_)) => Some(Fault::Duplicate(position)),
            (Err(_), false, None) => left_out.map(|_| Fault::LeftOut(position)),
            (Ok(()), true, Some(_)) => Some(Fault::Duplicate(position)),
            (Ok(()), true, None) => left_out.map(|_| Fault::AddedLeftOut(position)),
            (Ok(()), false, Some(group)) => {
                self.member(group, position, chat, problems);
                left_out.map(|_| Fault::LeftOut(position))
            }
            (Ok(()), false, None) => (!attested).then_some(match removed {
                Some(claimed) => Fault::Removed { position, claimed },
                None => Fault::Omitted(position),
            }),
        };
        problems.extend(place, fault);
    }

    fn not_live(
        &mut self,
        position: Position,
        status: Option<Status>,
        is_row: bool,
        place: &Place,
        problems: &mut Problems,
    ) {
        if let Some(status) = status {
            self.count(&status);
        }
        self.left_out.remove(&position);
        let gone = |status| matches!(status, Some(Status::Hole(_)));
        if status == Some(Status::Missing) {
            problems.push(self.place(position), Fault::Missing);
        }
        if is_row {
            problems.push(place.clone(), Fault::AddedNotLive { position, status });
        }
        if let Some(claimed) = self.removed.remove(&position) {
            let shown = match status {
                Some(Status::Hole(cause)) => is_attested(claimed) || claimed == cause.into(),
                _ => false,
            };
            problems.extend(place, (!shown).then_some(Fault::Removed { position, claimed }));
        }
        if let Some(group) = self.awaited.remove(&position) {
            // A duplicate may go later: then the row, taken over as it was, is stricter than
            // what is left of its group.
            let inherited = self.lock.parent.is_some() && gone(status);
            problems.extend(place, (!inherited).then_some(Fault::Duplicate(position)));
            self.counts.duplicates += u64::from(inherited);
            if let Some(group) = self.groups.get_mut(group) {
                group.gone = true;
            }
        }
    }

    fn may_be_left_out(&self, reason: LeftOutReason) -> bool {
        reason != LeftOutReason::Duplicate || self.lock.parent.is_some()
    }

    fn member(
        &mut self,
        group: usize,
        position: Position,
        chat: &LiveChat,
        problems: &mut Problems,
    ) {
        self.counts.duplicates += 1;
        let Some(group) = self.groups.get_mut(group) else { return };
        group.members.push(chat.terms.clone());
        let signed = attribution(&chat.manifest.consent.attribution);
        let shown = group.names.get(&position).and_then(|name| name.as_deref());
        let mut faults = Vec::new();
        compare("attribution of a duplicate", &Shown(&signed), &Shown(&shown), &mut faults);
        problems.extend(&Place::line(CHATS, group.line), faults);
    }

    fn row(
        &mut self,
        line: u64,
        report: RowReport,
        live: Option<&LiveChat>,
        problems: &mut Problems,
    ) {
        let place = Place::line(CHATS, line);
        self.counts.rows += 1;
        self.rows.append(report.leaf);
        problems.extend(&place, report.faults);
        let Some(RowFacts { key, terms, duplicates }) = report.facts else { return };
        let first = *self.texts.entry(key).or_insert(line);
        if first != line {
            problems.push(place.clone(), Fault::SameText { line: first });
        }
        if !duplicates.is_empty() {
            self.group(line, terms, live, &duplicates, problems);
        }
    }

    fn group(
        &mut self,
        line: u64,
        terms: RowTerms,
        live: Option<&LiveChat>,
        duplicates: &[Duplicate],
        problems: &mut Problems,
    ) {
        let number = self.groups.len();
        for duplicate in duplicates {
            if self.awaited.insert(duplicate.position(), number).is_some() {
                problems.push(Place::line(CHATS, line), Fault::Duplicate(duplicate.position()));
            }
        }
        self.groups.push(Group {
            line,
            terms,
            members: live.map(|chat| chat.terms.clone()).into_iter().collect(),
            names: duplicates.iter().map(|d| (d.position(), d.attribution.clone())).collect(),
            gone: live.is_none(),
        });
    }

    /// Ends the reading: nothing is awaited any more, and the rows are those locked.
    pub fn finish(self, problems: &mut Problems) -> RowCounts {
        let judged = |position: &Position| !self.broken.contains(&position.community);
        for (position, group) in self.awaited.iter().filter(|(position, _)| judged(position)) {
            let line = self.groups.get(*group).map_or(0, |group| group.line);
            problems.push(Place::line(CHATS, line), Fault::Duplicate(*position));
        }
        for group in &self.groups {
            problems.extend(&Place::line(CHATS, group.line), group.check());
        }
        let locked = self.lock.rows;
        if self.rows.len() != locked.count {
            let fault = Fault::Count { expected: locked.count, found: self.rows.len() };
            problems.push(Place::file(CHATS), fault);
        }
        if self.rows.root() != locked.root {
            let fault = Fault::Root { expected: locked.root, found: self.rows.root() };
            problems.push(Place::file(ROWS), fault);
        }
        self.counts
    }

    fn place(&self, position: Position) -> Place {
        let number = self.lock.log(&position.community).map_or(0, |(number, _)| number);
        Place::entry(evidence_file(number, STATEMENTS), position.index)
    }
}

impl Group {
    fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let Some(strictest) = RowTerms::strictest(&self.members) else { return faults };
        if !(self.gone && self.terms.cover(&strictest)) {
            compare_terms(&strictest, &self.terms, &mut faults);
        }
        faults
    }
}

fn is_attested(cause: RemovedCause) -> bool {
    matches!(cause, RemovedCause::Duplicate | RemovedCause::Unavailable)
}
