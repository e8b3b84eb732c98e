//! The disk of one node: a store for each community it knows.

use super::memory::Memory;
use crate::service::{Hosting, Job, JobResult};
use crate::store::Slot;
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};

#[derive(Clone, Default)]
pub(super) struct Disk {
    stores: Vec<Memory>,
    moved: Option<(CommunityId, u64, TreeHash)>,
    /// The jobs for which there is no room, while there is little.
    pub(super) no_room_for: Option<fn(&Job) -> bool>,
}

impl Disk {
    /// A disk that holds one community already.
    pub(super) fn with(store: Memory) -> Self {
        let mut disk = Self::default();
        disk.put(store);
        disk
    }

    pub(super) fn put(&mut self, mut store: Memory) {
        store.slot = Slot(u32::try_from(self.stores.len()).unwrap());
        self.stores.push(store);
    }

    /// Follows a community found at an address, before the node is started.
    pub(super) fn follow(&mut self, id: CommunityId, address: String) {
        self.add(id, vec![address]);
    }

    pub(super) fn run(&mut self, job: Job) -> JobResult {
        if self.no_room_for.is_some_and(|refused| refused(&job)) {
            return JobResult::Failed("blobs: the disk is full".into());
        }
        if let Job::AddCommunity { id, addresses } = job {
            return self.add(id, addresses);
        }
        let Some(slot) = slot_of(&job) else { return JobResult::Saved };
        let store = &mut self.stores[slot.0 as usize];
        let before = store.size();
        let result = store.run(job);
        if store.size() != before {
            self.moved = Some((store.id, store.size(), store.root()));
        }
        result
    }

    fn add(&mut self, id: CommunityId, addresses: Vec<String>) -> JobResult {
        if self.store_of(&id).is_none() {
            self.put(Memory::of(id));
        }
        let store = self.stores.iter_mut().find(|store| store.id == id).unwrap();
        store.known = true;
        store.addresses.extend(addresses);
        store.addresses.sort();
        store.addresses.dedup();
        JobResult::Added(store.slot)
    }

    /// The newest head, if the last job moved one.
    pub(super) fn moved(&mut self) -> Option<(CommunityId, u64, TreeHash)> {
        self.moved.take()
    }

    pub(super) fn store(&self, slot: Slot) -> &Memory {
        &self.stores[slot.0 as usize]
    }

    pub(super) fn store_of(&self, id: &CommunityId) -> Option<&Memory> {
        self.stores.iter().find(|store| store.id == *id)
    }

    /// What a service is started with.
    pub(super) fn hostings(&self, node: &PublicKey) -> Vec<Hosting> {
        let known = self.stores.iter().filter(|store| store.known);
        known.map(|store| store.hosting(node)).collect()
    }
}

/// Where a job is done; absent for what concerns no community.
fn slot_of(job: &Job) -> Option<Slot> {
    Some(match job {
        Job::Lookup(question) => question.slot,
        Job::Append(append) => append.slot,
        Job::Explain(explain) => explain.slot,
        Job::Refresh { slot, .. }
        | Job::Fill { slot, .. }
        | Job::Wanted { slot, .. }
        | Job::Due { slot, .. }
        | Job::Erase { slot, .. }
        | Job::Prefix { slot, .. }
        | Job::Forget { slot }
        | Job::SaveAcceptance { slot, .. }
        | Job::SaveReceipt { slot, .. }
        | Job::Hold { slot, .. }
        | Job::Offered { slot, .. }
        | Job::Release { slot, .. }
        | Job::SaveFork { slot, .. } => *slot,
        Job::AddCommunity { .. } | Job::SavePeer { .. } => return None,
    })
}
