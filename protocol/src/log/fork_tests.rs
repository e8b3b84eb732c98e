use super::*;
use crate::cbor;
use crate::log::{Checkpoint, Frontier, NodeId, consistency, leaf_hash};
use crate::sign::SecretKey;
use crate::time::Time;
use std::collections::HashMap;

fn key() -> SecretKey {
    SecretKey::from_bytes([1; 32])
}

fn community() -> CommunityId {
    CommunityId(SecretKey::from_bytes([2; 32]).public())
}

fn sign(epoch: u64, size: u64, root: TreeHash) -> SignedCheckpoint {
    let checkpoint = Checkpoint { community: community(), epoch, size, root };
    SignedCheckpoint::sign(checkpoint, &key(), Time::from_ms(1_800_000_000_000).unwrap())
}

/// The history `name`: its roots by size, and its nodes.
fn history(name: &str) -> (Vec<TreeHash>, HashMap<NodeId, TreeHash>) {
    let (mut tree, mut nodes) = (Frontier::new(), HashMap::new());
    let mut roots = vec![tree.root()];
    for n in 0..9 {
        let leaf = leaf_hash(format!("{name} {n}").as_bytes());
        tree.append_with(leaf, &mut |id, hash| _ = nodes.insert(id, hash));
        roots.push(tree.root());
    }
    (roots, nodes)
}

fn verify(fork: &ForkProof) -> Result<(SignedCheckpoint, SignedCheckpoint), ForkError> {
    fork.verify(&community(), &key().public())
}

#[test]
fn two_histories_are_convicted_at_any_two_sizes() {
    let ((shown, _), (kept, nodes)) = (history("shown to eve"), history("kept"));
    for old in 1..=9_u64 {
        for new in old..=9 {
            let (a, b) = (sign(0, old, shown[old as usize]), sign(0, new, kept[new as usize]));
            let proof = consistency(old, new, &mut |id| nodes.get(&id).copied()).unwrap();
            let fork = ForkProof::new(&a, &b, kept[old as usize], proof).unwrap();
            let back: ForkProof = cbor::from_slice(&cbor::to_vec(&fork)).unwrap();
            assert_eq!(verify(&back), Ok((a, b)));
        }
    }
}

#[test]
fn an_honest_log_cannot_be_convicted() {
    let (roots, nodes) = history("honest");
    let (a, b) = (sign(0, 3, roots[3]), sign(0, 7, roots[7]));
    let proof = consistency(3, 7, &mut |id| nodes.get(&id).copied()).unwrap();
    assert_eq!(ForkProof::new(&a, &b, roots[3], proof.clone()), Err(ForkError::Consistent));
    let invented = ForkProof::new(&a, &b, TreeHash([0; 32]), proof);
    assert_eq!(invented, Err(ForkError::Prefix(VerifyProofError::Root)));
    assert_eq!(ForkProof::of_equal_sizes(&a, &a), Err(ForkError::Consistent));
    assert!(matches!(ForkProof::of_equal_sizes(&a, &b), Err(ForkError::Prefix(_))));
    let turned = ForkProof::new(&b, &a, roots[3], Vec::new());
    assert_eq!(turned, Err(ForkError::Prefix(VerifyProofError::Range)));
}

#[test]
fn another_epoch_is_another_history() {
    let (a, b) = (sign(0, 1, TreeHash([1; 32])), sign(1, 1, TreeHash([2; 32])));
    assert!(matches!(ForkProof::of_equal_sizes(&a, &b), Err(ForkError::Larger(_))));
    let c = sign(0, 1, TreeHash([2; 32]));
    let fork = ForkProof::of_equal_sizes(&a, &c).unwrap();
    let stranger = SecretKey::from_bytes([5; 32]).public();
    assert!(matches!(fork.verify(&community(), &stranger), Err(ForkError::Smaller(_))));
}

#[test]
fn bounds_hold_when_reading() {
    let a = sign(0, 1, TreeHash([1; 32]));
    let fork = ForkProof::of_equal_sizes(&a, &sign(0, 1, TreeHash([2; 32]))).unwrap();
    let long = ForkProof { proof: vec![TreeHash([0; 32]); PROOF_HASHES_MAX + 1], ..fork.clone() };
    assert!(cbor::from_slice::<ForkProof>(&cbor::to_vec(&long)).is_err());
    let long = ForkProof { larger: " ".repeat(CHECKPOINT_BYTES_MAX + 1), ..fork };
    assert!(cbor::from_slice::<ForkProof>(&cbor::to_vec(&long)).is_err());
}
