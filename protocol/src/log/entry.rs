use super::leaf_hash;
use crate::cbor::{self, Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::{EntryCommitment, PublicKey, Salt, TreeHash};
use crate::limits::ENTRY_BYTES_MAX;
use crate::time::Day;
use sha2::{Digest, Sha256};

const VERSION: u64 = 1;

/// A log entry, version 1: permanent, public, and free of anything that somebody may take back.
///
/// Its bytes are the CBOR array `[1, kind, commitment, control, due]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The kind of the statement (`docs/spec/statement.md`).
    pub kind: u16,
    /// Hides the statement under a random salt; see [`commit`].
    pub commitment: EntryCommitment,
    /// The key that may withdraw or amend what the statement says; made for this entry alone.
    pub control: Option<PublicKey>,
    /// The last day on which the statement must be kept.
    pub due: Option<Day>,
}

impl Entry {
    /// Reads an entry from its bytes.
    ///
    /// # Errors
    /// [`Error`] if they are more than [`ENTRY_BYTES_MAX`] or not an entry of version 1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > ENTRY_BYTES_MAX {
            let reason = Reason::TooLong { max: ENTRY_BYTES_MAX };
            return Err(Error { reason, at: 0, path: Vec::new() });
        }
        cbor::from_slice(bytes)
    }

    /// The bytes that are the leaf.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// The hash of the leaf: SHA-256(0x00 ‖ bytes), RFC 6962 §2.1.
    pub fn leaf_hash(&self) -> TreeHash {
        leaf_hash(&self.to_bytes())
    }
}

/// The commitment to a signed statement: SHA-256(salt ‖ statement bytes).
///
/// The salt has 32 bytes always, so no two pairs of salt and statement are the same input. Once
/// salt and statement are destroyed, nobody can test a guess against the commitment.
pub fn commit(salt: &Salt, statement_bytes: &[u8]) -> EntryCommitment {
    let hash = Sha256::new_with_prefix(salt.0).chain_update(statement_bytes);
    EntryCommitment(hash.finalize().into())
}

impl Encode for Entry {
    fn encode(&self, w: &mut Writer) {
        w.array(5);
        w.uint(VERSION);
        w.value(&self.kind);
        w.value(&self.commitment);
        w.value(&self.control);
        w.value(&self.due);
    }
}

impl Decode for Entry {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(5)?;
        r.nested(|r| {
            let at = r.at();
            if r.uint().map_err(|e| e.within("version"))? != VERSION {
                let reason = Reason::Rule("the only version of an entry is 1");
                return Err(Error { reason, at, path: vec!["version"] });
            }
            Ok(Self {
                kind: r.value().map_err(|e| e.within("kind"))?,
                commitment: r.value().map_err(|e: Error| e.within("commitment"))?,
                control: r.value().map_err(|e: Error| e.within("control"))?,
                due: r.value().map_err(|e: Error| e.within("due"))?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let key = proptest::option::of(any::<[u8; 32]>());
        (any::<u16>(), any::<[u8; 32]>(), key, proptest::option::of(any::<u32>())).prop_map(
            |(kind, commitment, control, due)| Entry {
                kind,
                commitment: EntryCommitment(commitment),
                control: control.map(PublicKey),
                due: due.map(Day),
            },
        )
    }

    proptest! {
        #[test]
        fn an_entry_is_read_back(entry in entry()) {
            let bytes = entry.to_bytes();
            prop_assert!(bytes.len() <= ENTRY_BYTES_MAX);
            prop_assert_eq!(Entry::from_bytes(&bytes), Ok(entry));
        }
    }

    #[test]
    fn another_version_is_refused_by_name() {
        let entry =
            Entry { kind: 1, commitment: EntryCommitment([0; 32]), control: None, due: None };
        let mut bytes = entry.to_bytes();
        bytes[1] = 2;
        let error = Entry::from_bytes(&bytes).expect_err("version 2 does not exist");
        assert_eq!((error.path.as_slice(), error.at), (&["version"][..], 1));
        let long = Entry::from_bytes(&[0; ENTRY_BYTES_MAX + 1]).expect_err("too long");
        assert_eq!(long.reason, Reason::TooLong { max: ENTRY_BYTES_MAX });
    }
}
