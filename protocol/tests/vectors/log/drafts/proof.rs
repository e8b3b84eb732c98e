//! Roots, inclusion and consistency.

use super::super::example::{Tree, entries, tree};
use super::super::hashes;
use super::with;
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::log::leaf_hash;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    [tree_drafts(), proof_drafts()].concat()
}

fn tree_drafts() -> Vec<Draft> {
    let leaves: Vec<_> = entries().iter().map(|entry| to_hex(entry.to_bytes())).collect();
    let reference = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let root = |leaves: Value| json!({ "leaves": leaves });
    vec![
        accept("root-empty", "root", "no leaves: the SHA-256 of nothing", root(json!([]))),
        accept("root-1", "root", "one leaf: its hash", root(json!([leaves[0]]))),
        accept("root-5", "root", "the log of the worked example", root(json!(leaves))),
        accept(
            "root-ct-7",
            "root",
            "Certificate Transparency's leaves",
            root(json!(reference[..7])),
        ),
        accept("root-ct-8", "root", "Certificate Transparency's leaves", root(json!(reference))),
    ]
}

/// The proof of one leaf.
pub(super) fn included(tree: &Tree, size: u64, index: u64) -> Value {
    json!({
        "size": size,
        "index": index,
        "leaf_hash": tree.leaves[index as usize],
        "proof": hashes(&tree.inclusion(size, index)),
        "root": tree.roots[size as usize],
    })
}

/// The proof that one tree continues another.
pub(super) fn continued(tree: &Tree, old: u64, new: u64) -> Value {
    json!({
        "old_size": old,
        "old_root": tree.roots[old as usize],
        "new_size": new,
        "new_root": tree.roots[new as usize],
        "proof": hashes(&tree.consistency(old, new)),
    })
}

/// The input with its proof changed.
pub(super) fn edited(mut input: Value, edit: impl FnOnce(&mut Vec<Value>)) -> Value {
    if let Some(proof) = input["proof"].as_array_mut() {
        edit(proof);
    }
    input
}

fn proof_drafts() -> Vec<Draft> {
    let tree = tree();
    let large = Tree::new((0..1000_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect());
    let (inc, con) = (included(&tree, 5, 2), continued(&tree, 3, 5));
    let zero = to_hex([0; 32]);
    vec![
        accept(
            "inclusion-only-leaf",
            "inclusion",
            "a tree of one leaf has an empty proof",
            included(&tree, 1, 0),
        ),
        accept("inclusion-2-of-5", "inclusion", "a leaf in the full left half", inc.clone()),
        accept(
            "inclusion-4-of-5",
            "inclusion",
            "the lone last leaf rises two levels",
            included(&tree, 5, 4),
        ),
        accept("inclusion-700-of-1000", "inclusion", "a larger tree", included(&large, 1000, 700)),
        reject(
            "inclusion-wrong-index",
            "inclusion",
            "the proof of another leaf",
            with(inc.clone(), "index", 3),
        ),
        reject(
            "inclusion-index-beyond",
            "inclusion",
            "no such leaf",
            with(inc.clone(), "index", 5),
        ),
        reject(
            "inclusion-empty-tree",
            "inclusion",
            "no leaf is in an empty tree",
            with(with(inc.clone(), "size", 0), "index", 0),
        ),
        reject(
            "inclusion-wrong-leaf",
            "inclusion",
            "another leaf",
            with(inc.clone(), "leaf_hash", zero.clone()),
        ),
        reject(
            "inclusion-wrong-root",
            "inclusion",
            "another root",
            with(inc.clone(), "root", zero.clone()),
        ),
        reject(
            "inclusion-hash-dropped",
            "inclusion",
            "a hash too few",
            edited(inc.clone(), |p| _ = p.pop()),
        ),
        reject(
            "inclusion-hash-added",
            "inclusion",
            "a hash too many",
            edited(inc.clone(), |p| p.push(zero.clone())),
        ),
        reject(
            "inclusion-hashes-swapped",
            "inclusion",
            "the hashes in another order",
            edited(inc, |p| p.swap(0, 1)),
        ),
        accept("consistency-0-to-0", "consistency", "empty to empty", continued(&tree, 0, 0)),
        accept(
            "consistency-0-to-5",
            "consistency",
            "everything continues the empty log",
            continued(&tree, 0, 5),
        ),
        accept(
            "consistency-5-to-5",
            "consistency",
            "equal sizes: no hash, equal roots",
            continued(&tree, 5, 5),
        ),
        accept(
            "consistency-4-to-5",
            "consistency",
            "the older tree is a full subtree: its root is not repeated",
            continued(&tree, 4, 5),
        ),
        accept(
            "consistency-3-to-5",
            "consistency",
            "the older tree is no full subtree",
            con.clone(),
        ),
        accept(
            "consistency-333-to-1000",
            "consistency",
            "larger trees",
            continued(&large, 333, 1000),
        ),
        reject(
            "consistency-backwards",
            "consistency",
            "a log never shrinks",
            with(with(con.clone(), "old_size", 5), "new_size", 3),
        ),
        reject(
            "consistency-0-with-proof",
            "consistency",
            "from size 0 the proof is empty",
            edited(continued(&tree, 0, 5), |p| p.push(zero.clone())),
        ),
        reject(
            "consistency-0-wrong-root",
            "consistency",
            "size 0 has the empty root",
            with(continued(&tree, 0, 5), "old_root", zero.clone()),
        ),
        reject(
            "consistency-equal-other-root",
            "consistency",
            "equal sizes, other root: a fork",
            with(continued(&tree, 5, 5), "new_root", zero.clone()),
        ),
        reject(
            "consistency-equal-with-proof",
            "consistency",
            "equal sizes have no proof",
            edited(continued(&tree, 5, 5), |p| p.push(zero.clone())),
        ),
        reject(
            "consistency-empty-proof",
            "consistency",
            "nothing is shown",
            with(con.clone(), "proof", json!([])),
        ),
        reject(
            "consistency-other-old-root",
            "consistency",
            "another older tree",
            with(con.clone(), "old_root", zero.clone()),
        ),
        reject(
            "consistency-other-new-root",
            "consistency",
            "another newer tree",
            with(con.clone(), "new_root", zero.clone()),
        ),
        reject(
            "consistency-hash-dropped",
            "consistency",
            "a hash too few",
            edited(con.clone(), |p| _ = p.pop()),
        ),
        reject(
            "consistency-hash-added",
            "consistency",
            "a hash too many",
            edited(con.clone(), |p| p.push(zero.clone())),
        ),
        reject(
            "consistency-old-root-repeated",
            "consistency",
            "the root of a full older tree stands in the proof",
            edited(continued(&tree, 4, 5), |p| p.insert(0, json!(tree.roots[4]))),
        ),
        reject(
            "consistency-too-long",
            "consistency",
            "more hashes than any proof has",
            with(con, "proof", vec![zero; 83]),
        ),
    ]
}
