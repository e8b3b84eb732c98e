//! Identifiers: newtypes over 32 bytes, so that one hash cannot be taken for another.
//!
//! Hashes are written as 64 lowercase hexadecimal digits, keys as `did:key:z6Mk…`
//! (`docs/spec/conventions.md`).

use crate::cbor::{Decode, Encode, Error, Reader, Writer};
use data_encoding::HEXLOWER;
use std::{fmt, str::FromStr};

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    /// Not 64 lowercase hexadecimal digits.
    #[error("expected 64 lowercase hexadecimal digits")]
    Hash,
    /// Not an Ed25519 `did:key`.
    #[error("expected a key of the form did:key:z6Mk…")]
    Key,
}

macro_rules! hash32 {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), &HEXLOWER.encode(&self.0[..6]))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseIdError::Hash)?;
                bytes.try_into().map(Self).map_err(|_| ParseIdError::Hash)
            }
        }

        impl Encode for $name {
            fn encode(&self, w: &mut Writer) {
                w.bytes(&self.0);
            }
        }

        impl Decode for $name {
            fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
                r.bytes_fixed().map(Self)
            }
        }

        text_serde!($name);
    )+};
}

macro_rules! text_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hash32! {
    /// BLAKE3 of a sealed blob's bytes: its content address.
    BlobHash;
    /// The commitment `C` to a chat's canonical bytes (`docs/spec/seal.md`).
    ChatCommitment;
    /// The opening `r` of a [`ChatCommitment`]; published in dataset rows.
    Opening;
    /// The key check `q` by which a received chat key is recognised.
    KeyCheck;
    /// SHA-256 of a statement's `[protected, payload]`.
    StatementId;
    /// The commitment in a log entry: SHA-256 over salt and statement.
    EntryCommitment;
    /// The random bytes that blind an [`EntryCommitment`].
    Salt;
    /// A node or leaf of an RFC 6962 tree: of the log, or of a dataset's rows.
    TreeHash;
}

/// An Ed25519 public key as its 32 bytes. Whether it is a usable point is checked when a
/// signature is verified, strictly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// The multicodec prefix of an Ed25519 public key.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];

/// The alphabet of base58btc.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Digits of the 34 bytes of every key: 0xed01 · 2^256 lies between 58^46 and 58^47.
const KEY_DIGITS: usize = 47;

/// The digits of a key with its prefix. Divides by five digits at once: every row of a dataset shows
/// a key, and to divide by one costs ten times as much.
fn base58_digits(key: &[u8; 32]) -> [u8; KEY_DIGITS] {
    const FIVE: u64 = 58_u64.pow(5);
    let mut words = [0; 9];
    words[0] = u64::from(u16::from_be_bytes(ED25519_PUB));
    for (word, bytes) in words[1..].iter_mut().zip(key.as_chunks::<4>().0) {
        *word = u64::from(u32::from_be_bytes(*bytes));
    }
    let mut digits = [0; KEY_DIGITS];
    for five in digits.rchunks_mut(5) {
        let mut rest = words.iter_mut().fold(0, |rest, word| {
            let number = rest << 32 | *word;
            *word = number / FIVE;
            number % FIVE
        });
        for digit in five.iter_mut().rev() {
            *digit = (rest % 58) as u8;
            rest /= 58;
        }
    }
    digits
}

impl fmt::Display for PublicKey {
    /// `did:key` with the base58btc multibase form (W3C did:key, multicodec 0xed).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = base58_digits(&self.0).map(|digit| BASE58[usize::from(digit)]);
        f.write_str("did:key:z")?;
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = ParseIdError;

    /// Reads `did:key:z6Mk…`, the only form of a key.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let encoded = text.strip_prefix("did:key:z").ok_or(ParseIdError::Key)?;
        let mut bytes = [0; 34];
        let len = bs58::decode(encoded).onto(&mut bytes[..]).map_err(|_| ParseIdError::Key)?;
        match (len, bytes.split_first_chunk::<2>()) {
            (34, Some((prefix, key))) if *prefix == ED25519_PUB => {
                key.try_into().map(Self).map_err(|_| ParseIdError::Key)
            }
            _ => Err(ParseIdError::Key),
        }
    }
}

impl Encode for PublicKey {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0);
    }
}

impl Decode for PublicKey {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes_fixed().map(Self)
    }
}

text_serde!(PublicKey);

/// A community: its first root key, for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommunityId(pub PublicKey);

impl fmt::Display for CommunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CommunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommunityId({self})")
    }
}

impl FromStr for CommunityId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self)
    }
}

impl Encode for CommunityId {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
}

impl Decode for CommunityId {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        PublicKey::decode(r).map(Self)
    }
}

text_serde!(CommunityId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_is_written_as_everyone_writes_base58(key in any::<[u8; 32]>(), edge in 0_usize..3) {
            let key = [key, [0; 32], [255; 32]][edge];
            let bytes = [&ED25519_PUB[..], &key].concat();
            let text = format!("did:key:z{}", bs58::encode(bytes).into_string());
            prop_assert_eq!(PublicKey(key).to_string(), text);
        }
    }

    #[test]
    fn a_key_has_one_text_form() {
        let key = PublicKey([7; 32]);
        let text = key.to_string();
        assert!(text.starts_with("did:key:z6Mk"), "{text}");
        assert_eq!(text.parse(), Ok(key));
        for bad in [
            "",
            "did:key:z",
            "z6Mk",
            &text[..text.len() - 1],
            &format!("{text}1"),
            &text.to_uppercase(),
        ] {
            assert!(bad.parse::<PublicKey>().is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_hash_is_lowercase_hex() {
        let hash = BlobHash([0xab; 32]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<BlobHash>().is_err());
        assert!("ab".parse::<BlobHash>().is_err());
    }
}
