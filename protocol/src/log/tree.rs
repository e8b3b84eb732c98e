use crate::cbor::{Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::TreeHash;
use crate::limits::{LOG_ENTRIES_MAX, PROOF_HASHES_MAX};
use sha2::{Digest, Sha256};

/// The root of a full subtree: over the `2^level` leaves from `index · 2^level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height over the leaves; a leaf has level 0.
    pub level: u8,
    /// Position among the nodes of this level.
    pub index: u64,
}

/// The right edge of a tree: the roots of its full subtrees, largest first (a compact range).
///
/// Enough to append and to know the root; at most one hash per bit of the length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    len: u64,
    peaks: Vec<TreeHash>,
}

impl Frontier {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of leaves.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no leaves.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends the hash of a leaf.
    pub fn append(&mut self, leaf: TreeHash) {
        self.append_with(leaf, &mut |_, _| ());
    }

    /// Appends the hash of a leaf and reports every node that is complete with it, from the leaf
    /// itself upwards. What was reported never changes.
    pub fn append_with(&mut self, leaf: TreeHash, complete: &mut impl FnMut(NodeId, TreeHash)) {
        let (mut node, mut hash) = (NodeId { level: 0, index: self.len }, leaf);
        complete(node, hash);
        while node.index % 2 == 1 {
            // An odd index has a full left sibling, which is the last peak.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            node = NodeId { level: node.level + 1, index: node.index / 2 };
            complete(node, hash);
        }
        self.peaks.push(hash);
        self.len += 1;
    }

    /// The root of the tree (RFC 6962 §2.1); [`empty_root`] without leaves.
    pub fn root(&self) -> TreeHash {
        let from_right = self.peaks.iter().rev().copied();
        from_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

/// The hash of a leaf: SHA-256(0x00 ‖ bytes).
pub fn leaf_hash(bytes: &[u8]) -> TreeHash {
    TreeHash(Sha256::new_with_prefix([0]).chain_update(bytes).finalize().into())
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    let hash = Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0);
    TreeHash(hash.finalize().into())
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> TreeHash {
    TreeHash(Sha256::digest([]).into())
}

impl Encode for Frontier {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        w.uint(self.len);
        w.value(&self.peaks);
    }
}

impl Decode for Frontier {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        r.nested(|r| {
            let at = r.at();
            let len = r.uint().map_err(|e| e.within("len"))?;
            if len > LOG_ENTRIES_MAX {
                return Err(Error { reason: Reason::OutOfRange, at, path: vec!["len"] });
            }
            let at = r.at();
            let peaks = r.list::<TreeHash>(PROOF_HASHES_MAX).map_err(|e| e.within("peaks"))?;
            if peaks.len() != len.count_ones() as usize {
                let reason = Reason::Rule("one hash per set bit of the length");
                return Err(Error { reason, at, path: vec!["peaks"] });
            }
            Ok(Self { len, peaks })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;
    use data_encoding::HEXLOWER;

    /// The eight leaves of Certificate Transparency's reference tests, and the roots of their
    /// first 1 to 8.
    const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let mut tree = Frontier::new();
        assert_eq!(tree.root(), empty_root());
        for (leaf, root) in LEAVES.iter().zip(ROOTS) {
            tree.append(leaf_hash(&HEXLOWER.decode(leaf.as_bytes()).unwrap()));
            assert_eq!(tree.root().to_string(), root, "root of {} leaves", tree.len());
        }
    }

    #[test]
    fn a_frontier_is_read_back_and_goes_on() {
        let mut tree = Frontier::new();
        for n in 0..70_u8 {
            let mut back: Frontier = cbor::from_slice(&cbor::to_vec(&tree)).unwrap();
            assert_eq!(back, tree);
            tree.append(TreeHash([n; 32]));
            back.append(TreeHash([n; 32]));
            assert_eq!(back.root(), tree.root());
        }
        let mut bytes = cbor::to_vec(&tree);
        bytes[2] ^= 1;
        assert!(cbor::from_slice::<Frontier>(&bytes).is_err(), "a hash too few for its length");
    }

    #[test]
    fn nodes_are_reported_when_complete() {
        let mut tree = Frontier::new();
        let mut seen = Vec::new();
        for n in 0..4 {
            tree.append_with(TreeHash([n; 32]), &mut |id, _| seen.push((id.level, id.index)));
        }
        assert_eq!(seen, [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (2, 0)]);
    }
}
