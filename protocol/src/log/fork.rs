use super::{
    CheckpointError, SignedCheckpoint, UnverifiedCheckpoint, VerifyProofError, verify_consistency,
};
use crate::cbor::{Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::{CommunityId, PublicKey, TreeHash};
use crate::limits::{CHECKPOINT_BYTES_MAX, PROOF_HASHES_MAX};

const VERSION: u64 = 1;

/// Proof that a log key signed two histories of one epoch: anyone who knows the key can check it.
///
/// That no consistency proof exists cannot be shown, so a fork of different sizes is shown by one
/// that does exist: the larger tree provably begins with `prefix_root`, and the smaller checkpoint
/// says otherwise. Whoever holds the larger log can make it. At equal sizes `prefix_root` is the
/// larger checkpoint's root and the proof is empty.
///
/// Its bytes are the CBOR array `[1, smaller, larger, prefix_root, proof]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    /// Text of the checkpoint with no more entries than the other.
    pub smaller: String,
    /// Text of the other checkpoint.
    pub larger: String,
    /// Root of the larger tree's first entries, as many as the smaller has.
    pub prefix_root: TreeHash,
    /// Consistency from `prefix_root` to the larger root.
    pub proof: Vec<TreeHash>,
}

/// Why something is not a proof of a fork.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// The smaller checkpoint does not verify.
    #[error("the smaller checkpoint: {0}")]
    Smaller(CheckpointError),
    /// The larger checkpoint does not verify, or is of another epoch than the smaller.
    #[error("the larger checkpoint: {0}")]
    Larger(CheckpointError),
    /// The larger tree is not shown to begin with `prefix_root`.
    #[error("the prefix of the larger checkpoint is not proved: {0}")]
    Prefix(#[from] VerifyProofError),
    /// The larger continues the smaller: all is well.
    #[error("the checkpoints are consistent: there is no fork")]
    Consistent,
}

impl ForkProof {
    /// A proof from two checkpoints that are already verified, checked before it is given out.
    ///
    /// # Errors
    /// [`ForkError`] if it proves nothing.
    pub fn new(
        smaller: &SignedCheckpoint,
        larger: &SignedCheckpoint,
        prefix_root: TreeHash,
        proof: Vec<TreeHash>,
    ) -> Result<Self, ForkError> {
        let fork = Self { smaller: smaller.text(), larger: larger.text(), prefix_root, proof };
        fork.verify(&smaller.checkpoint().community, &smaller.log_key())?;
        Ok(fork)
    }

    /// A proof from two checkpoints of the same size.
    ///
    /// # Errors
    /// [`ForkError`] if they differ in size or agree in root.
    pub fn of_equal_sizes(a: &SignedCheckpoint, b: &SignedCheckpoint) -> Result<Self, ForkError> {
        Self::new(a, b, b.checkpoint().root, Vec::new())
    }

    /// Checks that `log_key` signed two histories of one log of `community`; gives both heads.
    ///
    /// # Errors
    /// [`ForkError`].
    pub fn verify(
        &self,
        community: &CommunityId,
        log_key: &PublicKey,
    ) -> Result<(SignedCheckpoint, SignedCheckpoint), ForkError> {
        let smaller =
            UnverifiedCheckpoint::parse(&self.smaller).map_err(|e| ForkError::Smaller(e.into()))?;
        let epoch = smaller.claimed().epoch;
        let smaller = smaller.verify(community, epoch, log_key).map_err(ForkError::Smaller)?;
        let larger = SignedCheckpoint::verify(&self.larger, community, epoch, log_key)
            .map_err(ForkError::Larger)?;
        let (old, new) = (smaller.checkpoint(), larger.checkpoint());
        verify_consistency(old.size, &self.prefix_root, new.size, &new.root, &self.proof)?;
        if self.prefix_root == old.root {
            Err(ForkError::Consistent)
        } else {
            Ok((smaller, larger))
        }
    }
}

impl Encode for ForkProof {
    fn encode(&self, w: &mut Writer) {
        w.array(5);
        w.uint(VERSION);
        w.value(&self.smaller);
        w.value(&self.larger);
        w.value(&self.prefix_root);
        w.value(&self.proof);
    }
}

impl Decode for ForkProof {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(5)?;
        r.nested(|r| {
            let at = r.at();
            if r.uint().map_err(|e| e.within("version"))? != VERSION {
                let reason = Reason::Rule("the only version of a fork proof is 1");
                return Err(Error { reason, at, path: vec!["version"] });
            }
            Ok(Self {
                smaller: checkpoint_text(r).map_err(|e| e.within("smaller"))?,
                larger: checkpoint_text(r).map_err(|e| e.within("larger"))?,
                prefix_root: r.value().map_err(|e: Error| e.within("prefix_root"))?,
                proof: r.list(PROOF_HASHES_MAX).map_err(|e| e.within("proof"))?,
            })
        })
    }
}

fn checkpoint_text(r: &mut Reader<'_>) -> Result<String, Error> {
    let at = r.at();
    let text = r.text()?;
    if text.len() > CHECKPOINT_BYTES_MAX {
        let reason = Reason::TooLong { max: CHECKPOINT_BYTES_MAX };
        return Err(Error { reason, at, path: Vec::new() });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
#[path = "fork_tests.rs"]
mod tests;
