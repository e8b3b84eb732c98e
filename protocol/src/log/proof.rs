//! Inclusion and consistency proofs (RFC 9162 §2.1.3 and §2.1.4; the same paths as RFC 6962).

use super::{NodeId, empty_root, node_hash};
use crate::id::TreeHash;
use crate::limits::PROOF_HASHES_MAX;

/// Gives the hash of a full subtree, or `None` if it is not there.
type Nodes<'a> = dyn FnMut(NodeId) -> Option<TreeHash> + 'a;

/// Why a proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf is not in a tree of this size.
    #[error("there is no leaf {index} in a tree of {size}")]
    Index {
        /// The leaf asked for.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("a tree of {new} leaves cannot continue one of {old}")]
    Sizes {
        /// Leaves of the older tree.
        old: u64,
        /// Leaves of the newer tree.
        new: u64,
    },
    /// The caller does not have a node that must be complete at this size.
    #[error("the node at level {}, index {} is missing", .0.level, .0.index)]
    Missing(NodeId),
}

/// Why a proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyProofError {
    /// The leaf is outside of the tree, or the older tree is larger than the newer.
    #[error("a position outside of the tree")]
    Range,
    /// A hash too few or too many for these sizes.
    #[error("the proof has the wrong number of hashes ({0})")]
    Length(usize),
    /// The proof leads to another root than the (older) tree's.
    #[error("the proof does not lead to the root")]
    Root,
    /// The proof leads to the older root, but to another newer one.
    #[error("the proof does not lead to the newer root")]
    NewRoot,
}

/// The inclusion proof of leaf `index` in the tree of the first `size` leaves: siblings from the
/// leaf upwards.
///
/// # Errors
/// [`ProofError::Index`]; [`ProofError::Missing`] if `nodes` lacks one.
pub fn inclusion(
    size: u64,
    index: u64,
    nodes: &mut Nodes<'_>,
) -> Result<Vec<TreeHash>, ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    // From the root downwards, then turned round: each step keeps the half that holds the leaf.
    let (mut proof, mut start, mut end) = (Vec::new(), 0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        let (kept, sibling) = if index < middle {
            ((start, middle), (middle, end))
        } else {
            ((middle, end), (start, middle))
        };
        proof.push(range_root(sibling, nodes)?);
        (start, end) = kept;
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `new` leaves continues that of the first `old`. Empty if
/// `old` is 0 or equals `new`.
///
/// # Errors
/// [`ProofError::Sizes`]; [`ProofError::Missing`] if `nodes` lacks one.
pub fn consistency(old: u64, new: u64, nodes: &mut Nodes<'_>) -> Result<Vec<TreeHash>, ProofError> {
    if old > new {
        return Err(ProofError::Sizes { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    // Down to the subtree that ends where the older tree ended, then turned round.
    let (mut proof, mut start, mut end) = (Vec::new(), 0, new);
    while end != old {
        let middle = start + split(end - start);
        let (kept, sibling) = if old <= middle {
            ((start, middle), (middle, end))
        } else {
            ((middle, end), (start, middle))
        };
        proof.push(range_root(sibling, nodes)?);
        (start, end) = kept;
    }
    // When it starts at 0 it is the whole older tree, whose root the verifier has.
    if start > 0 {
        proof.push(range_root((start, end), nodes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// [`ProofError::Missing`] if `nodes` lacks one.
pub fn root(size: u64, nodes: &mut Nodes<'_>) -> Result<TreeHash, ProofError> {
    if size == 0 { Ok(empty_root()) } else { range_root((0, size), nodes) }
}

/// Checks that `leaf` is leaf `index` of the tree of `size` leaves with root `root`.
///
/// # Errors
/// [`VerifyProofError`].
pub fn verify_inclusion(
    size: u64,
    index: u64,
    leaf: &TreeHash,
    proof: &[TreeHash],
    root: &TreeHash,
) -> Result<(), VerifyProofError> {
    if index >= size {
        return Err(VerifyProofError::Range);
    }
    let mut climb = Climb::new(index, size - 1, proof)?;
    let mut hash = *leaf;
    for sibling in proof {
        hash = match climb.step()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    climb.finish()?;
    if hash == *root { Ok(()) } else { Err(VerifyProofError::Root) }
}

/// Checks that the tree of `new_size` leaves with root `new_root` continues the tree of `old_size`
/// leaves with root `old_root`.
///
/// From size 0, and between equal sizes, the only proof is the empty one; the root of size 0 is
/// [`empty_root`].
///
/// # Errors
/// [`VerifyProofError`].
pub fn verify_consistency(
    old_size: u64,
    old_root: &TreeHash,
    new_size: u64,
    new_root: &TreeHash,
    proof: &[TreeHash],
) -> Result<(), VerifyProofError> {
    if old_size > new_size {
        return Err(VerifyProofError::Range);
    }
    if old_size == 0 && *old_root != empty_root() {
        return Err(VerifyProofError::Root);
    }
    if old_size == 0 || old_size == new_size {
        return verify_trivial(old_size == new_size, old_root, new_root, proof);
    }
    let mut climb = Climb::new(old_size - 1, new_size - 1, proof)?;
    climb.skip_right_edges();
    let (start, siblings) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return Err(VerifyProofError::Length(0)),
    };
    let (mut old, mut new) = (*start, *start);
    for sibling in siblings {
        match climb.step()? {
            Side::Left => {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
            }
            Side::Right => new = node_hash(&new, sibling),
        }
    }
    climb.finish()?;
    match (old == *old_root, new == *new_root) {
        (true, true) => Ok(()),
        (false, _) => Err(VerifyProofError::Root),
        (true, false) => Err(VerifyProofError::NewRoot),
    }
}

fn verify_trivial(
    same_size: bool,
    old_root: &TreeHash,
    new_root: &TreeHash,
    proof: &[TreeHash],
) -> Result<(), VerifyProofError> {
    match proof.len() {
        0 if same_size && old_root != new_root => Err(VerifyProofError::NewRoot),
        0 => Ok(()),
        found => Err(VerifyProofError::Length(found)),
    }
}

/// On which side of the path the next sibling lies.
enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root: `at` and `last` are the path's and the last node's index on
/// the current level (`fn` and `sn` of RFC 9162 §2.1.3.2).
struct Climb {
    at: u64,
    last: u64,
    hashes: usize,
}

impl Climb {
    fn new(at: u64, last: u64, proof: &[TreeHash]) -> Result<Self, VerifyProofError> {
        if proof.len() > PROOF_HASHES_MAX {
            return Err(VerifyProofError::Length(proof.len()));
        }
        Ok(Self { at, last, hashes: proof.len() })
    }

    fn step(&mut self) -> Result<Side, VerifyProofError> {
        if self.last == 0 {
            return Err(VerifyProofError::Length(self.hashes));
        }
        let side = if self.at % 2 == 1 || self.at == self.last { Side::Left } else { Side::Right };
        if matches!(side, Side::Left) {
            // The last node of an odd level has no sibling there: it rises as it is.
            while self.at.is_multiple_of(2) && self.at != 0 {
                self.rise();
            }
        }
        self.rise();
        Ok(side)
    }

    /// Climbs while the path is a right child: that subtree belongs whole to the older tree.
    fn skip_right_edges(&mut self) {
        while self.at % 2 == 1 {
            self.rise();
        }
    }

    fn rise(&mut self) {
        self.at >>= 1;
        self.last >>= 1;
    }

    fn finish(self) -> Result<(), VerifyProofError> {
        if self.last == 0 { Ok(()) } else { Err(VerifyProofError::Length(self.hashes)) }
    }
}

/// The largest power of two below `size`, which is at least 2: where RFC 6962 splits a tree.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root over the leaves of a range as RFC 6962 splits it, from full subtrees.
fn range_root((start, end): (u64, u64), nodes: &mut Nodes<'_>) -> Result<TreeHash, ProofError> {
    let size = end - start;
    if size.is_power_of_two() {
        let level = size.trailing_zeros() as u8;
        let id = NodeId { level, index: start >> level };
        return nodes(id).ok_or(ProofError::Missing(id));
    }
    let middle = start + split(size);
    let left = range_root((start, middle), nodes)?;
    Ok(node_hash(&left, &range_root((middle, end), nodes)?))
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
