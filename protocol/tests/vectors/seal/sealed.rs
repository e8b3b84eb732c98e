//! Sealing by hand: each step can be done otherwise than the page says.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde_json::{Value, json};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::seal::{ChatKey, commit, padded_len};

use crate::vector::to_hex;

/// The chat key `00 01 … 1f`.
pub(super) const KEY: [u8; 32] = {
    let mut key = [0; 32];
    let mut n = 0;
    while n < 32 {
        key[n] = n as u8;
        n += 1;
    }
    key
};
pub(super) const COMMUNITY: &str = "did:key:z6MkfEdMKzy84TBG54hqGV9uSVshwGksZPQTQfLRdwUhb1kQ";
pub(super) const SIGNER: &str = "did:key:z6MkwHD4tMPyLUcNXrudDFVLN2j6FRcsoZkm3W7YotSbNE64";

/// A chat on its way into a blob.
pub(super) struct Sealed {
    pub(super) plain: Vec<u8>,
    /// What is encrypted.
    pub(super) inner: Vec<u8>,
    pub(super) seal_key: [u8; 32],
    pub(super) associated: Vec<u8>,
}

impl Sealed {
    /// `plain` in `frame`, under [`KEY`], for [`COMMUNITY`] by [`SIGNER`].
    pub(super) fn new(plain: &[u8], frame: &[u8]) -> Self {
        let [community, signer] =
            [COMMUNITY, SIGNER].map(|did| did.parse::<PublicKey>().unwrap().0);
        Self {
            plain: plain.to_vec(),
            inner: wrap(frame),
            seal_key: *ChatKey::from_bytes(KEY).seal_key(),
            associated: [&[1][..], &community, &signer].concat(),
        }
    }

    /// The blob as the page says.
    pub(super) fn blob(&self) -> Vec<u8> {
        let pieces: Vec<_> = self.inner.chunks(65_536).collect();
        let chunks = (0..)
            .zip(&pieces)
            .map(|(index, piece)| self.chunk(index, index as usize == pieces.len() - 1, piece));
        [vec![1], chunks.flatten().collect()].concat()
    }

    /// One chunk under its number and flag.
    pub(super) fn chunk(&self, index: u64, last: bool, piece: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&index.to_be_bytes());
        nonce[11] = u8::from(last);
        let payload = Payload { msg: piece, aad: &self.associated };
        let cipher = ChaCha20Poly1305::new(&Key::from(self.seal_key));
        cipher.encrypt(&Nonce::from(nonce), payload).unwrap()
    }

    /// The input of a vector whose blob is the one of this chat.
    pub(super) fn input(&self) -> Value {
        self.promise(&self.blob())
    }

    /// The input of a vector whose manifest promises this chat in `blob`.
    pub(super) fn promise(&self, blob: &[u8]) -> Value {
        let key = ChatKey::from_bytes(KEY);
        json!({
            "key": to_hex(KEY),
            "community": COMMUNITY,
            "signer": SIGNER,
            "hash": to_hex(blake3::hash(blob).as_bytes()),
            "plain_bytes": self.plain.len(),
            "commitment": commit(&key.opening(), &self.plain),
            "check": key.check(),
            "blob": to_hex(blob),
        })
    }
}

/// The length of the frame, the frame, and zeros.
pub(super) fn wrap(frame: &[u8]) -> Vec<u8> {
    let mut inner = [&(frame.len() as u32).to_be_bytes()[..], frame].concat();
    inner.resize(padded_len(inner.len()), 0);
    inner
}

/// One zstd frame (RFC 8878 §3.1.1) of one block that is not compressed: magic number, descriptor
/// (single segment, content size in four bytes), content size, block header, block.
pub(super) fn frame(plain: &[u8]) -> Vec<u8> {
    let size = plain.len() as u32;
    let block = (1 | size << 3).to_le_bytes();
    [&[0x28, 0xb5, 0x2f, 0xfd, 0xa0][..], &size.to_le_bytes(), &block[..3], plain].concat()
}

/// Bytes that do not compress.
pub(super) fn noise(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut bytes);
    bytes
}
