//! Sealing: chat keys, commitments, and sealed blobs.
//!
//! Every chat is sealed under its own random [`ChatKey`]; publishing, granting and destroying a chat
//! is publishing, granting and destroying that key. From the key come the seal key, the opening `r`
//! of the commitment, and the key check `q` by which a received key is recognised. Who is to blame
//! when something does not fit is part of the answer: see [`OpenError`].
//! The specification is `docs/spec/seal.md`.

mod blob;
mod inner;
mod key;

pub use blob::BlobError;
pub use inner::{InnerError, padded_len};
pub use key::{ChatKey, commit, verify_commitment};

use crate::id::{BlobHash, ChatCommitment, CommunityId, KeyCheck, Opening, PublicKey};
use crate::limits::{BLOB_BYTES_MAX, CHAT_BYTES_MAX};
use zstd::bulk::Decompressor;

/// A sealed chat, and what its manifest says about it.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The blob `B`.
    pub blob: Vec<u8>,
    /// BLAKE3 of the blob.
    pub hash: BlobHash,
    /// The commitment `C` to the chat's bytes.
    pub commitment: ChatCommitment,
    /// The opening `r` of the commitment.
    pub opening: Opening,
    /// The key check `q`.
    pub check: KeyCheck,
    /// Bytes of the chat before sealing.
    pub plain_bytes: u64,
}

/// What a manifest says about a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// BLAKE3 of the blob; `None` if the caller has checked it (as iroh-blobs does).
    pub hash: Option<BlobHash>,
    /// Bytes of the chat before sealing.
    pub plain_bytes: u64,
    /// The commitment `C`.
    pub commitment: ChatCommitment,
    /// The key check `q`.
    pub check: KeyCheck,
}

/// Why bytes cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Nothing to seal, or more than [`CHAT_BYTES_MAX`].
    #[error("a chat of {bytes} bytes cannot be sealed; 1 to {CHAT_BYTES_MAX} are allowed")]
    Length {
        /// The size given.
        bytes: usize,
    },
    /// The compressor refused, for want of memory.
    #[error("compressing failed: {0}")]
    Compress(String),
}

/// Why a blob is not the chat that a manifest promises, in the order in which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The blob, or the plain size that the manifest states, is beyond its bound.
    #[error("{bytes} bytes are beyond the bound of {max}")]
    TooLong {
        /// The size.
        bytes: u64,
        /// [`BLOB_BYTES_MAX`] or [`CHAT_BYTES_MAX`].
        max: u64,
    },
    /// Not the key that the manifest means: whoever sent the key is to blame.
    #[error("this key is not the chat's key")]
    KeyCheck,
    /// Not the blob that the manifest means: whoever sent the blob is to blame.
    #[error("these bytes are not the chat's blob")]
    BlobHash,
    /// The right key does not open the right blob: the manifest is to blame. (Without
    /// [`Expected::hash`], it may also be another blob.)
    #[error("the blob does not open: {0}")]
    Blob(#[from] BlobError),
    /// The blob opens, but to other bytes than were committed to: the manifest is to blame.
    #[error("the blob does not hold the chat that its manifest commits to")]
    Commitment,
}

/// Seals the canonical bytes `plain` of a chat. The key must be fresh: sealing two chats under one
/// key would repeat the nonces of the cipher.
///
/// # Errors
/// [`SealError`] if `plain` is empty or too long.
pub fn seal(
    key: &ChatKey,
    community: &CommunityId,
    signer: &PublicKey,
    plain: &[u8],
) -> Result<Sealed, SealError> {
    if plain.is_empty() || plain.len() > CHAT_BYTES_MAX {
        return Err(SealError::Length { bytes: plain.len() });
    }
    let inner = inner::wrap(plain).map_err(|error| SealError::Compress(error.to_string()))?;
    let blob = blob::encrypt(&key.seal_key(), community, signer, &inner);
    let opening = key.opening();
    Ok(Sealed {
        hash: BlobHash(*blake3::hash(&blob).as_bytes()),
        blob,
        commitment: commit(&opening, plain),
        opening,
        check: key.check(),
        plain_bytes: plain.len() as u64,
    })
}

/// Opens a blob and checks that it holds what was promised. What comes back is the committed bytes;
/// whether they are a chat is for [`crate::chat::Chat::from_cbor`] to say.
///
/// # Errors
/// [`OpenError`] says which promise was broken, and by whom.
pub fn open(
    key: &ChatKey,
    community: &CommunityId,
    signer: &PublicKey,
    blob: &[u8],
    expected: &Expected,
) -> Result<Vec<u8>, OpenError> {
    Opener::default().open(key, community, signer, blob, expected)
}

/// Opens one blob after the other with one decompressor, whose making costs as much as opening a
/// small chat. It holds parts of the last chat until the next is opened or it is dropped.
#[derive(Default)]
pub struct Opener {
    zstd: Decompressor<'static>,
}

impl Opener {
    /// As [`open`].
    ///
    /// # Errors
    /// [`OpenError`]. The next blob opens all the same.
    pub fn open(
        &mut self,
        key: &ChatKey,
        community: &CommunityId,
        signer: &PublicKey,
        blob: &[u8],
        expected: &Expected,
    ) -> Result<Vec<u8>, OpenError> {
        bounded(blob.len() as u64, BLOB_BYTES_MAX)?;
        bounded(expected.plain_bytes, CHAT_BYTES_MAX)?;
        if key.check() != expected.check {
            return Err(OpenError::KeyCheck);
        }
        if expected.hash.is_some_and(|hash| hash.0 != *blake3::hash(blob).as_bytes()) {
            return Err(OpenError::BlobHash);
        }
        let inner = blob::decrypt(&key.seal_key(), community, signer, blob)?;
        let plain =
            inner::unwrap(&mut self.zstd, &inner, expected.plain_bytes).map_err(BlobError::from)?;
        if verify_commitment(&key.opening(), &plain, &expected.commitment) {
            Ok(plain)
        } else {
            Err(OpenError::Commitment)
        }
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opener(…)")
    }
}

fn bounded(bytes: u64, max: usize) -> Result<(), OpenError> {
    let max = max as u64;
    if bytes > max { Err(OpenError::TooLong { bytes, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
