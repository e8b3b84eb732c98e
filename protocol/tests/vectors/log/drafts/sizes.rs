//! Proofs of trees of every size from 0 to 70: right ones, and each wrong in one way.

use super::super::example::Tree;
use super::proof::{continued, edited, included};
use super::with;
use crate::vector::{Draft, accept, reject};
use serde_json::{Value, json};
use sheaf_protocol::log::{empty_root, leaf_hash};

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let tree = Tree::new((0..71_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect());
    let inclusions: Vec<_> = (1..=70).map(|size| included(&tree, size, size * 5 / 8)).collect();
    let consistencies: Vec<_> = (0..=70).map(|size| continued(&tree, size * 5 / 8, size)).collect();
    let wrong_inclusions: Vec<_> =
        inclusions.iter().flat_map(|good| wrong_inclusion(&tree, good)).collect();
    let wrong_consistencies: Vec<_> =
        consistencies.iter().flat_map(|good| wrong_consistency(&tree, good)).collect();
    let cases = |cases: Vec<Value>| json!({ "cases": cases });
    let wrong =
        "one thing is wrong in each: a hash, the number of hashes, an index or size, a root";
    vec![
        accept("inclusions", "inclusions", "a leaf in each tree of 1 to 70", cases(inclusions)),
        accept("consistencies", "consistencies", "each size from 0 to 70", cases(consistencies)),
        reject("inclusions-wrong", "inclusions", wrong, cases(wrong_inclusions)),
        reject("consistencies-wrong", "consistencies", wrong, cases(wrong_consistencies)),
    ]
}

/// One bit of the hash, that many hexadecimal digits from the left.
fn flipped(hash: &Value, digit: usize) -> Value {
    let mut digits = hash.as_str().unwrap().to_owned();
    let other = if digits.as_bytes()[digit] == b'0' { "1" } else { "0" };
    digits.replace_range(digit..=digit, other);
    digits.into()
}

/// Wrong in the proof itself; each way at a place that moves with the size.
fn wrong_proofs(good: &Value, size: usize) -> Vec<Value> {
    let len = good["proof"].as_array().unwrap().len();
    let added = edited(good.clone(), |proof| proof.push(json!(empty_root())));
    if len == 0 {
        return vec![added];
    }
    let at = size % len;
    vec![
        edited(good.clone(), |proof| proof[at] = flipped(&proof[at], size % 64)),
        edited(good.clone(), |proof| _ = proof.remove(at)),
        added,
    ]
}

fn wrong_inclusion(tree: &Tree, good: &Value) -> Vec<Value> {
    let (size, index) = (good["size"].as_u64().unwrap(), good["index"].as_u64().unwrap());
    let mut wrong = wrong_proofs(good, size as usize);
    wrong.push(with(good.clone(), "index", size));
    wrong.push(with(good.clone(), "root", json!(tree.roots[size as usize + 1])));
    if size > 1 {
        wrong.push(with(good.clone(), "index", (index + 1) % size));
    }
    wrong
}

fn wrong_consistency(tree: &Tree, good: &Value) -> Vec<Value> {
    let (old, new) = (good["old_size"].as_u64().unwrap(), good["new_size"].as_u64().unwrap());
    let mut wrong = wrong_proofs(good, new as usize);
    wrong.push(with(good.clone(), "old_size", new + 1));
    wrong.push(with(good.clone(), "old_root", json!(tree.roots[old as usize + 1])));
    // From nothing to anything nothing is shown: the newer root is not looked at.
    if old > 0 {
        wrong.push(with(good.clone(), "new_root", json!(tree.roots[new as usize + 1])));
    }
    wrong
}
