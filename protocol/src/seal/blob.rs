//! The encrypted form: a version byte, then chunks in the manner of STREAM (Hoang, Reyhanitabar,
//! Rogaway, Vizár 2015) as age uses it.

use super::InnerError;
use crate::id::{CommunityId, PublicKey};
use crate::limits::SEAL_CHUNK_BYTES;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};

const VERSION: u8 = 1;
const TAG_BYTES: usize = 16;
const SEALED_CHUNK_BYTES: usize = SEAL_CHUNK_BYTES + TAG_BYTES;

/// Why a blob does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Shorter than a version byte and one chunk.
    #[error("it is cut short")]
    Short,
    /// A version of the blob format that this release does not know.
    #[error("version {0} of the blob format is not known here")]
    Version(u8),
    /// Changed, out of order, or sealed under another key, community or signer.
    #[error("chunk {0} is changed, out of order, or of another key, community or signer")]
    Chunk(u64),
    /// The last chunk does not say that it is the last: chunks are missing.
    #[error("chunks are missing after chunk {0}")]
    NotLast(u64),
    /// A chunk says that it is the last, but others follow.
    #[error("chunks follow the last one, chunk {0}")]
    AfterLast(u64),
    /// What was encrypted is not a wrapped chat.
    #[error(transparent)]
    Inner(#[from] InnerError),
}

/// Encrypts `inner`, which is never empty.
pub(super) fn encrypt(
    key: &[u8; 32],
    community: &CommunityId,
    signer: &PublicKey,
    inner: &[u8],
) -> Vec<u8> {
    let stream = Stream::new(key, community, signer);
    let chunks = inner.chunks(SEAL_CHUNK_BYTES);
    let last = chunks.len() as u64 - 1;
    let mut blob = Vec::with_capacity(1 + inner.len() + chunks.len() * TAG_BYTES);
    blob.push(VERSION);
    for (index, chunk) in (0..).zip(chunks) {
        blob.extend(stream.encrypt(index, index == last, chunk));
    }
    blob
}

/// Undoes [`encrypt`].
pub(super) fn decrypt(
    key: &[u8; 32],
    community: &CommunityId,
    signer: &PublicKey,
    blob: &[u8],
) -> Result<Vec<u8>, BlobError> {
    let (version, body) = blob.split_first().ok_or(BlobError::Short)?;
    if *version != VERSION {
        return Err(BlobError::Version(*version));
    }
    let chunks = body.chunks(SEALED_CHUNK_BYTES);
    let last = (chunks.len() as u64).checked_sub(1).ok_or(BlobError::Short)?;
    let stream = Stream::new(key, community, signer);
    let mut inner = Vec::with_capacity(body.len());
    for (index, chunk) in (0..).zip(chunks) {
        if chunk.len() <= TAG_BYTES {
            return Err(BlobError::Short);
        }
        inner.extend(stream.decrypt(index, index == last, chunk)?);
    }
    Ok(inner)
}

struct Stream {
    cipher: ChaCha20Poly1305,
    associated: [u8; 65],
}

impl Stream {
    fn new(key: &[u8; 32], community: &CommunityId, signer: &PublicKey) -> Self {
        let mut associated = [VERSION; 65];
        associated[1..33].copy_from_slice(&community.0.0);
        associated[33..].copy_from_slice(&signer.0);
        Self { cipher: ChaCha20Poly1305::new(&Key::from(*key)), associated }
    }

    fn encrypt(&self, index: u64, last: bool, chunk: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: chunk, aad: &self.associated };
        match self.cipher.encrypt(&nonce(index, last), payload) {
            Ok(sealed) => sealed,
            // The cipher refuses only messages beyond 256 GiB.
            Err(_) => unreachable!("a chunk is far below the bound of the cipher"),
        }
    }

    fn decrypt(&self, index: u64, last: bool, chunk: &[u8]) -> Result<Vec<u8>, BlobError> {
        let try_open = |last| {
            let payload = Payload { msg: chunk, aad: &self.associated };
            self.cipher.decrypt(&nonce(index, last), payload).ok()
        };
        // On failure, the other flag tells a cut from a change.
        try_open(last).ok_or_else(|| match (try_open(!last), last) {
            (None, _) => BlobError::Chunk(index),
            (Some(_), true) => BlobError::NotLast(index),
            (Some(_), false) => BlobError::AfterLast(index),
        })
    }
}

/// Eleven bytes of counter, big-endian, and whether this is the last chunk.
fn nonce(index: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::from(nonce)
}
