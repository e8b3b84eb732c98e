//! Bech32 and Bech32m (BIP-173, BIP-350): addresses of Bitcoin, Litecoin, Cardano and others.

use crate::scrub::Kind;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
/// What the checksum comes to, in the older form and in the newer.
const RESIDUES: [u32; 2] = [1, 0x2BC8_30A3];

/// What stands before the last `1`, and what that is.
const PARTS: [(&str, Kind); 20] = [
    ("bc", Kind::Wallet),
    ("tb", Kind::Wallet),
    ("ltc", Kind::Wallet),
    ("addr", Kind::Wallet),
    ("stake", Kind::Wallet),
    ("cosmos", Kind::Wallet),
    ("osmo", Kind::Wallet),
    ("terra", Kind::Wallet),
    ("inj", Kind::Wallet),
    ("celestia", Kind::Wallet),
    ("zs", Kind::Wallet),
    ("one", Kind::Wallet),
    ("bnb", Kind::Wallet),
    ("erd", Kind::Wallet),
    ("npub", Kind::Wallet),
    ("lnurl", Kind::Wallet),
    ("age", Kind::Wallet),
    ("nsec", Kind::PrivateKey),
    ("age-secret-key-", Kind::PrivateKey),
    ("suiprivkey", Kind::PrivateKey),
];

/// What a word is, if its checksum holds.
pub(super) fn judge(word: &str) -> Option<(Kind, u8)> {
    let (part, data) = word.rsplit_once('1')?;
    let (_, kind) = PARTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(part))?;
    // A public key of age is meant to be shown, and is no wallet.
    let is_shown = part.eq_ignore_ascii_case("age");
    let one_case = word.bytes().all(|b| !b.is_ascii_uppercase())
        || word.bytes().all(|b| !b.is_ascii_lowercase());
    let holds = one_case && data.len() >= 14 && holds(part, data).unwrap_or(false);
    (holds && !is_shown).then_some((*kind, 99))
}

fn holds(part: &str, data: &str) -> Option<bool> {
    let part = part.bytes().map(|b| b.to_ascii_lowercase());
    let high = part.clone().map(|b| b >> 5);
    let low = part.map(|b| b & 31);
    let mut sum = 1;
    high.chain([0]).chain(low).for_each(|value| sum = step(sum, value));
    for b in data.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == b.to_ascii_lowercase())?;
        sum = step(sum, value as u8);
    }
    Some(RESIDUES.contains(&sum))
}

fn step(sum: u32, value: u8) -> u32 {
    let top = sum >> 25;
    let shifted = ((sum & 0x1FF_FFFF) << 5) ^ u32::from(value);
    let taken = GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1);
    taken.fold(shifted, |sum, (_, generator)| sum ^ generator)
}
