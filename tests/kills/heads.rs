//! Every head that anybody was ever shown: a log has one history, and goes forward alone.

use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{Checkpoint, Entry, Frontier};
use std::collections::BTreeMap;

/// Heads of one log, from whichever node and whichever acknowledgement.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    seen: BTreeMap<u64, TreeHash>,
    /// By who showed it.
    highest: BTreeMap<&'static str, u64>,
}

impl Heads {
    /// A head that came with an acknowledgement; several are under way at once.
    pub(crate) fn told(&mut self, by: &'static str, head: &Checkpoint) {
        let before = self.seen.insert(head.size, head.root);
        let same = before.is_none_or(|root| root == head.root);
        assert!(same, "{by} showed a second history of {} entries", head.size);
        let highest = self.highest.entry(by).or_default();
        *highest = (*highest).max(head.size);
    }

    /// The head that a node shows after a start.
    pub(crate) fn after_start(&mut self, by: &'static str, head: &Checkpoint) {
        let highest = self.highest.get(by).copied().unwrap_or_default();
        assert!(
            head.size >= highest,
            "{by} was killed with a head of {highest} entries, and came back with {}",
            head.size
        );
        self.told(by, head);
    }

    /// Each head that was seen must be that of the beginning of this log.
    pub(crate) fn check(&self, entries: &[Entry]) {
        let mut frontier = Frontier::new();
        let mut checked = 0;
        for entry in entries {
            frontier.append(entry.leaf_hash());
            if let Some(root) = self.seen.get(&frontier.len()) {
                assert_eq!(*root, frontier.root(), "another history of {} entries", frontier.len());
                checked += 1;
            }
        }
        assert_eq!(checked, self.seen.len(), "a head longer than the log was shown and lost");
    }

    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }
}
