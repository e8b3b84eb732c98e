//! What must hold at every moment, seen from outside of all nodes.

use super::World;
use crate::service::tests::memory::Memory;
use crate::service::{Answer, Heard, Input};
use sheaf_protocol::id::{CommunityId, TreeHash};
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Remembers what a single node cannot see.
pub(in crate::service::tests) struct Oracle {
    /// Whether a story is about two histories of one log.
    pub(in crate::service::tests) forks_expected: bool,
    /// What the policies of this world allow.
    pub(in crate::service::tests) head_age_max_secs: u64,
    /// Chat keys that left nodes.
    pub(in crate::service::tests) keys_out: u64,
    roots: BTreeMap<(CommunityId, u64), TreeHash>,
    /// Nodes that were told a head since they started.
    spoke: BTreeSet<(usize, CommunityId)>,
}

impl Default for Oracle {
    fn default() -> Self {
        Self {
            forks_expected: false,
            head_age_max_secs: 86_400,
            keys_out: 0,
            roots: BTreeMap::new(),
            spoke: BTreeSet::new(),
        }
    }
}

impl Oracle {
    pub(super) fn started(&mut self, n: usize) {
        self.spoke.retain(|(node, _)| *node != n);
    }

    pub(super) fn told(&mut self, n: usize, input: &Input) {
        let head = match input {
            Input::Answered { answer: Ok(Answer::Head(Some((checkpoint, _)))), .. } => checkpoint,
            Input::Gossip { heard: Heard::Head { checkpoint, .. }, .. } => checkpoint,
            _ => return,
        };
        self.spoke.insert((n, head.claimed().community));
    }

    /// One log has one root at each size, whoever stores it.
    fn stored(&mut self, community: CommunityId, size: u64, root: TreeHash) {
        let known = *self.roots.entry((community, size)).or_insert(root);
        assert!(known == root || self.forks_expected, "a second history of {community} at {size}");
    }

    pub(super) fn key_handed_out(&mut self, n: usize, store: &Memory, now: Time) {
        self.keys_out += 1;
        let spoke = store.log_key.is_some() || self.spoke.contains(&(n, store.id));
        assert!(spoke, "node {n} handed out a key before it was told any head");
        let at = store.head_at.expect("a node that hands out keys has a whole log");
        let age = now.secs_since(at);
        assert!(age < self.head_age_max_secs, "node {n} handed out a key by a head of {age} s");
    }
}

impl World {
    /// After each job of a store.
    pub(super) fn saved(&mut self, n: usize) {
        if let Some((community, size, root)) = self.nodes[n].disk.moved() {
            self.oracle.stored(community, size, root);
        }
    }
}
