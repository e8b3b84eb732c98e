//! Addresses of Ethereum: `0x` and forty hexadecimal digits, whose case is a checksum (ERC-55).

use super::keccak::keccak256;
use crate::scrub::Kind;

const DIGITS: usize = 40;
/// Different digits of an address that somebody has.
const DISTINCT_MIN: u32 = 6;

/// Whether a word is an address. One whose case does not fit may be mistyped.
pub(super) fn judge(word: &str) -> Option<(Kind, u8)> {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"))?;
    if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let seen = digits.bytes().fold(0_u32, |seen, b| seen | 1 << (hex(b) & 15));
    if seen.count_ones() < DISTINCT_MIN {
        return None;
    }
    let has = |is: fn(&u8) -> bool| digits.as_bytes().iter().any(is);
    let is_one_case = !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase));
    let confidence = match is_one_case {
        true => 85,
        false if case_holds(digits) => 99,
        false => 60,
    };
    Some((Kind::Wallet, confidence))
}

fn case_holds(digits: &str) -> bool {
    let hash = keccak256(digits.to_ascii_lowercase().as_bytes());
    let nibble =
        |at: usize| if at.is_multiple_of(2) { hash[at / 2] >> 4 } else { hash[at / 2] & 15 };
    let fits =
        |(at, b): (usize, u8)| b.is_ascii_digit() || b.is_ascii_uppercase() == (nibble(at) >= 8);
    digits.bytes().enumerate().all(fits)
}

fn hex(b: u8) -> u8 {
    if b.is_ascii_digit() { b - b'0' } else { (b | 0x20) - b'a' + 10 }
}
