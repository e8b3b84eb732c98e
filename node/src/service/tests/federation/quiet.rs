//! After the storm all comes to rest, in one state everywhere.

use super::{Commune, Federation, Given};
use crate::service::tests::memory::Memory;
use crate::store::Holding;
use sheaf_protocol::community::{Community, Status};
use sheaf_protocol::statement::{Body, Kind};
use std::collections::BTreeSet;

/// After the storm it is quiet within this.
const QUIET_SECS: u64 = 600;
/// Once quiet, it is looked at again after so long: it must stay so.
const STEP_SECS: u64 = 5;

impl Federation {
    /// Waits until nothing is left to do, and looks at everything.
    pub(super) fn calm(&mut self) {
        self.clear_up();
        let end = self.world.now.plus_secs(QUIET_SECS);
        loop {
            self.go_on(self.world.now.plus_secs(STEP_SECS));
            match self.unrest() {
                None => break,
                Some(why) => assert!(self.world.now < end, "it never came to rest: {why}"),
            }
        }
        self.communes.iter().for_each(|commune| self.same_everywhere(commune));
        self.given.iter().for_each(|given| self.kept_or_gone(given));
    }

    /// Why it is not quiet yet.
    fn unrest(&self) -> Option<String> {
        let day_ends_ms = super::evening().day().end().ms();
        if self.world.now.ms() < day_ends_ms + super::SKEW_MS + 5000 {
            return Some("the day has not ended by every clock".into());
        }
        if !self.errands_done() {
            return Some(format!("somebody still waits for an answer: {}", self.errands_open()));
        }
        self.communes.iter().find_map(|commune| self.unrest_of(commune))
    }

    fn unrest_of(&self, commune: &Commune) -> Option<String> {
        let home = self.world.store_of(commune.origin, &commune.id)?;
        if !self.has_heard_of_its_store(commune.origin, commune) {
            return Some(format!("origin {} works with an older state", commune.origin));
        }
        if let Some(n) = commune.followers.iter().find(|n| !self.has_followed(**n, commune, home)) {
            return Some(self.describe(*n, commune, home));
        }
        let brought = |n: &&usize| {
            let store = self.world.store_of(**n, &commune.id);
            store.is_none_or(|store| store.explained().all(|control| home.is_explained(control)))
        };
        if let Some(n) = commune.followers.iter().find(|n| !brought(n)) {
            return Some(format!("node {n} knows of a withdrawal that the origin does not"));
        }
        let open = commune.followers.iter().find_map(|n| {
            let mut missing = self.receipts_due(*n, commune).into_iter();
            missing
                .find(|i| !home.receipts_logged.contains(&(self.world.key(*n), *i)))
                .map(|i| (*n, i))
        });
        open.map(|(n, index)| format!("no receipt of node {n} for entry {index} is logged"))
    }

    fn has_followed(&self, n: usize, commune: &Commune, home: &Memory) -> bool {
        let Some(store) = self.world.store_of(n, &commune.id) else { return false };
        store.size() == home.size()
            && store.rows.iter().all(|row| row.holding != Holding::Wanted)
            && self.has_heard_of_its_store(n, commune)
    }

    /// Whether the service knows what its store holds: the last append may be durable a moment
    /// before the service is told so.
    fn has_heard_of_its_store(&self, n: usize, commune: &Commune) -> bool {
        let stored = self.world.store_of(n, &commune.id).map(Memory::size);
        self.world.fold_at(n, &commune.id).map(Community::size) == stored
    }

    fn describe(&self, n: usize, commune: &Commune, home: &Memory) -> String {
        let of = |store: &Memory| {
            let wanted = (0_u64..).zip(&store.rows).filter(|(_, r)| r.holding == Holding::Wanted);
            let wanted: Vec<u64> = wanted.map(|(index, _)| index).collect();
            format!("{} entries, {wanted:?} wanted", store.size())
        };
        let works = self.world.fold_at(n, &commune.id).map(Community::size);
        let behind = self.world.store_of(n, &commune.id).map_or("no log".into(), of);
        let notes: Vec<&str> =
            self.world.nodes[n].notes.iter().rev().take(6).map(|n| n.text.as_str()).collect();
        let (origin, there) = (commune.origin, of(home));
        format!(
            "node {n} has {behind}, and works with {works:?}; origin {origin} has {there}; node {n} said: {notes:#?}"
        )
    }

    /// Chats whose key a node held once, and holds no longer.
    fn receipts_due(&self, n: usize, commune: &Commune) -> Vec<u64> {
        let store = self.world.store_of(n, &commune.id);
        store.map_or_else(Vec::new, |store| {
            store.keys_once.iter().copied().filter(|i| !store.keys.contains_key(i)).collect()
        })
    }

    /// The same log under the same head, the same verdicts, the same state.
    fn same_everywhere(&self, commune: &Commune) {
        let home = self.world.store_of(commune.origin, &commune.id).unwrap();
        let accepted: BTreeSet<_> = home.fold().register().iter().map(|a| a.key).collect();
        for n in &commune.followers {
            let store = self.world.store_of(*n, &commune.id).unwrap();
            assert_eq!(store.root(), home.root(), "node {n} holds another log");
            assert!(store.head_at.is_some(), "node {n} holds no head of the whole log");
            for (index, (a, b)) in (0_u64..).zip(home.rows.iter().zip(&store.rows)) {
                // Of two reasons to be gone, each node names the one that it heard first.
                let same = a.status == b.status || (is_hole(a.status) && is_hole(b.status));
                let same = same && a.entry == b.entry && a.holding == b.holding;
                assert!(same, "node {n} holds {index} as {b:?}, the origin as {a:?}");
            }
            assert!(store.fold() == home.fold(), "node {n} would start with another state");
            let (here, there) = (
                self.world.fold_at(*n, &commune.id),
                self.world.fold_at(commune.origin, &commune.id),
            );
            assert!(here == there, "node {n} runs with another state");
            assert!(accepted.contains(&self.world.key(*n)), "node {n} is on the register");
            assert_eq!(store.fork, None, "nobody forked");
        }
        assert_eq!(home.waiting(), [], "every chat that waited was decided on");
        let erasures = home.rows.iter().filter(|row| row.holding == Holding::Gone).count();
        let told: BTreeSet<u64> = home.of_kind(Kind::ERASURE).iter().flat_map(erased_of).collect();
        assert_eq!(told.len(), erasures, "the origin's log tells of each of its erasures");
    }

    /// What was acknowledged is in the log, and held everywhere or nowhere.
    fn kept_or_gone(&self, given: &Given) {
        let Some(index) = given.index else { return };
        let commune = &self.communes[given.commune];
        for n in commune.followers.iter().chain([&commune.origin]) {
            let store = self.world.store_of(*n, &commune.id).unwrap();
            let row = &store.rows[usize::try_from(index).unwrap()];
            let control = Some(given.chat.control.public());
            assert_eq!(row.entry.control, control, "entry {index} at node {n} was acknowledged");
            let gone = row.holding == Holding::Gone;
            assert!(!gone || !store.holds_any(index), "node {n} holds nothing of a gone chat");
            let ended = given.taken_back || given.due;
            assert!(gone || !ended, "node {n}: entry {index} was taken back, or its day is over");
            assert!(gone || store.keys.contains_key(&index), "node {n} has no key for {index}");
        }
    }
}

fn erased_of(statement: &sheaf_protocol::statement::SignedStatement) -> Vec<u64> {
    match &statement.content().body {
        Body::Erasure(erasure) => erasure.items.iter().map(|item| item.index).collect(),
        _ => Vec::new(),
    }
}

fn is_hole(status: Status) -> bool {
    matches!(status, Status::Hole(_))
}
