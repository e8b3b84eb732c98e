use super::*;
use crate::log::{Frontier, leaf_hash};
use proptest::prelude::*;
use std::collections::HashMap;

/// MTH of RFC 6962 §2.1, as its text says it.
fn naive_root(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of RFC 6962 §2.1.1.
fn naive_path(index: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len() as u64) as usize;
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if index < k {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of RFC 6962 §2.1.2.
fn naive_subproof(old: usize, leaves: &[TreeHash], whole: bool) -> Vec<TreeHash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let k = split(leaves.len() as u64) as usize;
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if old <= k {
        (naive_subproof(old, left, whole), naive_root(right))
    } else {
        (naive_subproof(old - k, right, false), naive_root(left))
    };
    proof.push(sibling);
    proof
}

struct Tree {
    leaves: Vec<TreeHash>,
    nodes: HashMap<NodeId, TreeHash>,
    roots: Vec<TreeHash>,
}

fn tree(size: usize) -> Tree {
    let leaves: Vec<_> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
    let (mut frontier, mut nodes, mut roots) = (Frontier::new(), HashMap::new(), Vec::new());
    for leaf in &leaves {
        roots.push(frontier.root());
        frontier.append_with(*leaf, &mut |id, hash| {
            assert_eq!(nodes.insert(id, hash), None, "{id:?} was reported twice");
        });
    }
    roots.push(frontier.root());
    Tree { leaves, nodes, roots }
}

impl Tree {
    fn inclusion(&self, size: u64, index: u64) -> Vec<TreeHash> {
        inclusion(size, index, &mut |id| self.nodes.get(&id).copied()).unwrap()
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<TreeHash> {
        consistency(old, new, &mut |id| self.nodes.get(&id).copied()).unwrap()
    }
}

#[test]
fn all_small_trees_agree_with_the_text_of_the_rfc() {
    let tree = tree(70);
    for size in 0..=70_usize {
        let (leaves, root) = (&tree.leaves[..size], &tree.roots[size]);
        assert_eq!(*root, naive_root(leaves));
        for index in 0..size {
            let proof = tree.inclusion(size as u64, index as u64);
            assert_eq!(proof, naive_path(index, leaves), "{index} of {size}");
            let leaf = &leaves[index];
            assert_eq!(verify_inclusion(size as u64, index as u64, leaf, &proof, root), Ok(()));
        }
        for old in 0..=size {
            let proof = tree.consistency(old as u64, size as u64);
            if old > 0 {
                assert_eq!(proof, naive_subproof(old, leaves, true), "{old} to {size}");
            }
            let old_root = &tree.roots[old];
            let verdict = verify_consistency(old as u64, old_root, size as u64, root, &proof);
            assert_eq!(verdict, Ok(()), "{old} to {size}");
        }
    }
}

/// Every way of damaging one hash of a proof, and of dropping, adding and swapping hashes.
fn damaged(proof: &[TreeHash], bit: usize) -> Vec<Vec<TreeHash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[at].0[bit / 8 % 32] ^= 1 << (bit % 8);
        let mut dropped = proof.to_vec();
        dropped.remove(at);
        let mut swapped = proof.to_vec();
        swapped.swap(at, proof.len() - 1);
        all.extend([flipped, dropped, swapped]);
    }
    for at in 0..=proof.len() {
        let mut added = proof.to_vec();
        added.insert(at, proof.first().copied().unwrap_or(TreeHash([0; 32])));
        all.push(added);
    }
    all.retain(|bad| bad != proof);
    all
}

proptest! {
    #[test]
    fn a_damaged_inclusion_proof_is_refused(size in 1_u64..300, at: u64, bit in 0_usize..256) {
        let (tree, index) = (tree(size as usize), at % size);
        let (leaf, root) = (&tree.leaves[index as usize], &tree.roots[size as usize]);
        let proof = tree.inclusion(size, index);
        prop_assert_eq!(verify_inclusion(size, index, leaf, &proof, root), Ok(()));
        for bad in damaged(&proof, bit) {
            prop_assert!(verify_inclusion(size, index, leaf, &bad, root).is_err(), "{bad:?}");
        }
        let other = (index + 1) % size;
        if other != index {
            prop_assert!(verify_inclusion(size, other, leaf, &proof, root).is_err());
        }
        prop_assert_eq!(
            verify_inclusion(size, size, leaf, &proof, root), Err(VerifyProofError::Range)
        );
    }

    #[test]
    fn a_damaged_consistency_proof_is_refused(new in 0_u64..300, at: u64, bit in 0_usize..256) {
        let (tree, old) = (tree(new as usize), at % (new + 1));
        let (old_root, new_root) = (&tree.roots[old as usize], &tree.roots[new as usize]);
        let proof = tree.consistency(old, new);
        prop_assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()));
        for bad in damaged(&proof, bit) {
            prop_assert!(
                verify_consistency(old, old_root, new, new_root, &bad).is_err(), "{bad:?}"
            );
        }
        let other = TreeHash([bit as u8; 32]);
        prop_assert!(verify_consistency(old, &other, new, new_root, &proof).is_err());
        if old > 0 {
            prop_assert!(verify_consistency(old, old_root, new, &other, &proof).is_err());
        }
    }

    /// Whatever the numbers, verifying ends with an answer.
    #[test]
    fn no_input_makes_verifying_panic(a: u64, b: u64, n in 0_usize..90) {
        let (hash, proof) = (TreeHash([1; 32]), vec![TreeHash([2; 32]); n]);
        prop_assert!(verify_inclusion(a, b, &hash, &proof, &hash).is_err());
        prop_assert!(verify_consistency(a, &hash, b, &hash, &proof).is_err() || a == b);
    }
}

#[test]
fn a_missing_node_is_named() {
    let lost = NodeId { level: 1, index: 0 };
    assert_eq!(inclusion(3, 2, &mut |_| None), Err(ProofError::Missing(lost)));
    assert_eq!(inclusion(3, 3, &mut |_| None), Err(ProofError::Index { index: 3, size: 3 }));
    assert_eq!(consistency(3, 2, &mut |_| None), Err(ProofError::Sizes { old: 3, new: 2 }));
}
