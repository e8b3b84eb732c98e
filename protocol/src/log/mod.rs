//! A community's log: what it promised to remember, in an order that it cannot change.
//!
//! An [`Entry`] is the small permanent record that commits to a statement; it is a leaf of an RFC
//! 6962 Merkle tree whose signed heads are C2SP checkpoints ([`SignedCheckpoint`]). Inclusion and
//! consistency proofs let anyone check, from bytes alone, that an entry is in a log and that one
//! head continues another; two heads that cannot be continued into each other are a [`ForkProof`].
//!
//! Nothing here stores anything. Proofs ask their caller for the roots of *full* subtrees
//! ([`NodeId`]), which never change once they are complete; [`Frontier`] reports each as it becomes
//! complete and alone suffices to go on appending. The same tree carries the rows of a dataset.
//! The specification is `docs/spec/log.md`.

mod checkpoint;
mod entry;
mod fork;
mod note;
mod proof;
mod tree;

pub use checkpoint::{
    Checkpoint, CheckpointError, CosignError, CosignatureError, ParseCheckpointError,
    SignedCheckpoint, UnverifiedCheckpoint,
};
pub use entry::{Entry, commit};
pub use fork::{ForkError, ForkProof};
pub use note::NoteError;
pub use proof::{
    ProofError, VerifyProofError, consistency, inclusion, root, verify_consistency,
    verify_inclusion,
};
pub use tree::{Frontier, NodeId, empty_root, leaf_hash, node_hash};
