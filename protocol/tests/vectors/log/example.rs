//! The log that the page and its vectors are about: five entries of a community, from fixed seeds.

use sheaf_protocol::id::{CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{self, Checkpoint, Entry, Frontier, NodeId, SignedCheckpoint};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::time::{Day, Time};
use std::collections::HashMap;

pub(super) const SECS: u64 = 1_800_000_000;

/// The log key.
pub(super) fn log_key() -> SecretKey {
    SecretKey::from_bytes([1; 32])
}

/// The community, whose root key has the seed `02…02`.
pub(super) fn community() -> CommunityId {
    CommunityId(SecretKey::from_bytes([2; 32]).public())
}

/// A moment after the log was signed first.
pub(super) fn at(secs: u64) -> Time {
    Time::from_ms((SECS + secs) * 1000).unwrap()
}

/// Salt and bytes of statement `n`; the bytes stand for a signed statement.
pub(super) fn statement(n: u8) -> (Salt, Vec<u8>) {
    (Salt([0x10 + n; 32]), format!("statement {n}").into_bytes())
}

/// Charter, policy, then manifests: the last of them with a due day.
pub(super) fn entries() -> Vec<Entry> {
    let control = |n: u8| Some(SecretKey::from_bytes([0x20 + n; 32]).public());
    let entry = |n: u8, kind, control: Option<PublicKey>, due| {
        let (salt, bytes) = statement(n);
        Entry { kind, commitment: log::commit(&salt, &bytes), control, due }
    };
    vec![
        entry(0, 1, None, None),
        entry(1, 2, None, None),
        entry(2, 5, control(2), None),
        entry(3, 5, control(3), None),
        entry(4, 5, control(4), Some(Day(21_000))),
    ]
}

/// A tree with all its roots and nodes.
pub(super) struct Tree {
    pub(super) leaves: Vec<TreeHash>,
    pub(super) roots: Vec<TreeHash>,
    nodes: HashMap<NodeId, TreeHash>,
}

impl Tree {
    pub(super) fn new(leaves: Vec<TreeHash>) -> Self {
        let (mut frontier, mut nodes) = (Frontier::new(), HashMap::new());
        let mut roots = vec![frontier.root()];
        for leaf in &leaves {
            frontier.append_with(*leaf, &mut |id, hash| _ = nodes.insert(id, hash));
            roots.push(frontier.root());
        }
        Self { leaves, roots, nodes }
    }

    pub(super) fn inclusion(&self, size: u64, index: u64) -> Vec<TreeHash> {
        log::inclusion(size, index, &mut |id| self.nodes.get(&id).copied()).unwrap()
    }

    pub(super) fn consistency(&self, old: u64, new: u64) -> Vec<TreeHash> {
        log::consistency(old, new, &mut |id| self.nodes.get(&id).copied()).unwrap()
    }
}

/// The tree of [`entries`].
pub(super) fn tree() -> Tree {
    Tree::new(entries().iter().map(Entry::leaf_hash).collect())
}

/// The head of a log of the community, signed with its key.
pub(super) fn head(size: u64, root: TreeHash) -> SignedCheckpoint {
    let checkpoint = Checkpoint { community: community(), epoch: 0, size, root };
    SignedCheckpoint::sign(checkpoint, &log_key(), at(0))
}

/// Every value that the page shows stands in it as the code makes it.
#[test]
fn the_page_shows_what_the_code_does() {
    let page = include_str!("../../../../docs/spec/log.md");
    let (tree, entries) = (tree(), entries());
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let mut shown = vec![head(5, tree.roots[5]).text()];
    shown.extend(entries.iter().map(|entry| hex(&entry.to_bytes())));
    shown.extend(tree.leaves.iter().map(|leaf| leaf.to_string()));
    shown.extend(tree.inclusion(5, 2).iter().map(|hash| hash.to_string()));
    shown.extend(tree.consistency(3, 5).iter().map(|hash| hash.to_string()));
    shown.extend([tree.roots[3].to_string(), tree.roots[5].to_string()]);
    shown.push(log_key().public().to_string());
    shown.push(hex(&log_key().public().0));
    shown.push(hex(&statement(2).0.0));
    for text in shown {
        assert!(page.contains(&text), "docs/spec/log.md should show:\n{text}");
    }
}
