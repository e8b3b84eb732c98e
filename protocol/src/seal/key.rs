use crate::cbor::{Decode, Encode, Error, Reader, Writer};
use crate::id::{ChatCommitment, KeyCheck, Opening};
use zeroize::Zeroizing;

const SEAL_KEY: &str = "sheaf 2026-11 chat seal key v1";
const OPENING: &str = "sheaf 2026-11 chat opening v1";
const KEY_CHECK: &str = "sheaf 2026-11 chat key check v1";
const COMMITMENT: &str = "sheaf 2026-11 chat commitment v1";

/// The key of one chat: 32 random bytes drawn on the contributor's device. Whoever holds it can
/// read the chat's blob; when nobody does, the blob is noise.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatKey(Zeroizing<[u8; 32]>);

impl ChatKey {
    /// The key of 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for storing and sending them.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// The key of the cipher: opens this chat's blob and nothing else.
    pub fn seal_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.derive(SEAL_KEY))
    }

    /// The opening `r` of the chat's commitment. It may be published where the chat is.
    pub fn opening(&self) -> Opening {
        Opening(self.derive(OPENING))
    }

    /// The key check `q`: public, and different for every key.
    pub fn check(&self) -> KeyCheck {
        KeyCheck(self.derive(KEY_CHECK))
    }

    fn derive(&self, label: &str) -> [u8; 32] {
        blake3::derive_key(label, &self.0[..])
    }
}

impl std::fmt::Debug for ChatKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChatKey(…)")
    }
}

impl Encode for ChatKey {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0[..]);
    }
}

impl Decode for ChatKey {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes_fixed().map(Self::from_bytes)
    }
}

/// The commitment `C` to `plain` under `opening`: BLAKE3 in `derive_key` mode over `r ‖ P`.
pub fn commit(opening: &Opening, plain: &[u8]) -> ChatCommitment {
    // One input: in two parts, its 1024-byte chunks are not hashed side by side.
    let bytes = [&opening.0[..], plain].concat();
    ChatCommitment(blake3::derive_key(COMMITMENT, &bytes))
}

/// Whether `commitment` is the one to `plain` under `opening`.
pub fn verify_commitment(opening: &Opening, plain: &[u8], commitment: &ChatCommitment) -> bool {
    commit(opening, plain) == *commitment
}
