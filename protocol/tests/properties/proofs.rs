//! Proofs of random trees: refused when any one hash, index or size is another.

use super::config;
use super::values::tree_hash;
use proptest::collection::vec;
use proptest::prelude::*;
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{
    Frontier, NodeId, consistency, inclusion, verify_consistency, verify_inclusion,
};
use std::collections::HashMap;

struct Tree {
    leaves: Vec<TreeHash>,
    nodes: HashMap<NodeId, TreeHash>,
    roots: Vec<TreeHash>,
}

fn trees() -> impl Strategy<Value = Tree> {
    vec(tree_hash(), 2..90).prop_map(|leaves| {
        let (mut frontier, mut nodes) = (Frontier::new(), HashMap::new());
        let mut roots = vec![frontier.root()];
        for leaf in &leaves {
            frontier.append_with(*leaf, &mut |id, hash| _ = nodes.insert(id, hash));
            roots.push(frontier.root());
        }
        Tree { leaves, nodes, roots }
    })
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a tree of {}", self.leaves.len())
    }
}

/// On which side of the path each sibling of a leaf stands, from the leaf upwards. All that an
/// inclusion proof is checked by, beside its hashes: the root does not bind the size.
fn sides(size: u64, index: u64) -> Vec<bool> {
    if size <= 1 {
        return Vec::new();
    }
    let left = size.next_power_of_two() / 2;
    let (mut sides, is_left) = if index < left {
        (sides(left, index), true)
    } else {
        (sides(size - left, index - left), false)
    };
    sides.push(is_left);
    sides
}

fn flipped(hash: &TreeHash, bit: usize) -> TreeHash {
    let mut flipped = *hash;
    flipped.0[bit / 8 % 32] ^= 1 << (bit % 8);
    flipped
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn an_inclusion_proof_proves_one_thing(tree in trees(), pick: u64, bit: usize) {
        let size = tree.leaves.len() as u64;
        let index = pick % size;
        let (leaf, root) = (tree.leaves[index as usize], tree.roots[size as usize]);
        let proof = inclusion(size, index, &mut |id| tree.nodes.get(&id).copied()).unwrap();
        prop_assert_eq!(verify_inclusion(size, index, &leaf, &proof, &root), Ok(()));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(&changed[at], bit);
            prop_assert!(verify_inclusion(size, index, &leaf, &changed, &root).is_err());
        }
        prop_assert!(verify_inclusion(size, index, &flipped(&leaf, bit), &proof, &root).is_err());
        prop_assert!(verify_inclusion(size, index, &leaf, &proof, &flipped(&root, bit)).is_err());
        for (size_, index_) in (1..=size + 3).flat_map(|size| [(size, index), (size, pick % size)]) {
            let same = index_ < size_ && sides(size_, index_) == sides(size, index);
            let verdict = verify_inclusion(size_, index_, &leaf, &proof, &root);
            prop_assert_eq!(verdict.is_ok(), same, "{} in {}", index_, size_);
        }
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(verify_inclusion(size, other, &leaf, &proof, &root).is_err(), "at {other}");
        }
    }

    #[test]
    fn a_consistency_proof_proves_one_thing(tree in trees(), pick: u64, bit: usize) {
        let new = tree.leaves.len() as u64;
        let old = 1 + pick % (new - 1);
        let (old_root, new_root) = (tree.roots[old as usize], tree.roots[new as usize]);
        let proof = consistency(old, new, &mut |id| tree.nodes.get(&id).copied()).unwrap();
        let verify = |old: u64, old_root: &TreeHash, new: u64, new_root: &TreeHash, proof: &[TreeHash]| {
            verify_consistency(old, old_root, new, new_root, proof)
        };
        prop_assert_eq!(verify(old, &old_root, new, &new_root, &proof), Ok(()));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(&changed[at], bit);
            prop_assert!(verify(old, &old_root, new, &new_root, &changed).is_err());
        }
        prop_assert!(verify(old, &flipped(&old_root, bit), new, &new_root, &proof).is_err());
        prop_assert!(verify(old, &old_root, new, &flipped(&new_root, bit), &proof).is_err());
        for other in (0..=new).filter(|other| *other != old) {
            let verdict = verify(other, &old_root, new, &new_root, &proof);
            prop_assert!(verdict.is_err(), "from {other} in place of {old}");
        }
    }
}
