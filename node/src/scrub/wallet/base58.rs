//! Base58Check: addresses of Bitcoin, Litecoin, Dogecoin, Dash, Zcash, Tron and Ripple, private keys
//! (WIF) and extended keys (BIP-32).

use crate::scrub::Kind;
use sha2::{Digest as _, Sha256};

/// Characters of the shortest and the longest.
const LENS: std::ops::RangeInclusive<usize> = 25..=112;

/// Payload with its version in front, without the checksum: how long, how it begins, what it is.
#[rustfmt::skip]
const VERSIONS: &[(usize, &[u8], Kind)] = &[
    (21, &[0x00], Kind::Wallet), (21, &[0x05], Kind::Wallet), // Bitcoin
    (21, &[0x6F], Kind::Wallet), (21, &[0xC4], Kind::Wallet), // its test network
    (21, &[0x30], Kind::Wallet), (21, &[0x32], Kind::Wallet), // Litecoin
    (21, &[0x1E], Kind::Wallet), (21, &[0x16], Kind::Wallet), // Dogecoin
    (21, &[0x4C], Kind::Wallet), (21, &[0x10], Kind::Wallet), // Dash
    (21, &[0x41], Kind::Wallet), // Tron
    (22, &[0x1C, 0xB8], Kind::Wallet), (22, &[0x1C, 0xBD], Kind::Wallet), // Zcash
    (33, &[0x80], Kind::PrivateKey), (34, &[0x80], Kind::PrivateKey), // WIF
    (33, &[0xEF], Kind::PrivateKey), (34, &[0xEF], Kind::PrivateKey),
    (33, &[0xB0], Kind::PrivateKey), (34, &[0xB0], Kind::PrivateKey),
    (78, &[0x04, 0x88, 0xAD, 0xE4], Kind::PrivateKey), // xprv
    (78, &[0x04, 0x88, 0xB2, 0x1E], Kind::Wallet), // xpub
    (78, &[0x04, 0x9D, 0x78, 0x78], Kind::PrivateKey), (78, &[0x04, 0x9D, 0x7C, 0xB2], Kind::Wallet),
    (78, &[0x04, 0xB2, 0x43, 0x0C], Kind::PrivateKey), (78, &[0x04, 0xB2, 0x47, 0x46], Kind::Wallet),
];

/// What a word is, if its checksum holds.
pub(super) fn judge(word: &str) -> Option<(Kind, u8)> {
    let is_written = |b: u8| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l');
    if !LENS.contains(&word.len()) || !word.bytes().all(is_written) {
        return None;
    }
    if word.starts_with('r') && word.len() <= 35 {
        let payload = decoded(word, bs58::Alphabet::RIPPLE)?;
        return (payload.len() == 21 && payload[0] == 0).then_some((Kind::Wallet, 98));
    }
    let payload = decoded(word, bs58::Alphabet::BITCOIN)?;
    let is_version = |(len, version, _): &&(usize, &[u8], Kind)| {
        payload.len() == *len && payload.starts_with(version)
    };
    VERSIONS.iter().find(is_version).map(|(_, _, kind)| (*kind, 99))
}

/// The payload of a word whose checksum holds: the start of two rounds of SHA-256.
fn decoded(word: &str, alphabet: &bs58::Alphabet) -> Option<Vec<u8>> {
    let mut bytes = bs58::decode(word).with_alphabet(alphabet).into_vec().ok()?;
    let checksum = bytes.split_off(bytes.len().checked_sub(4)?);
    let expected = Sha256::digest(Sha256::digest(&bytes));
    (checksum[..] == expected[..4]).then_some(bytes)
}
