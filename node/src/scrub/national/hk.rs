//! Hong Kong: identity card.

use super::digits::value;
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"hk",
    tax: false,
    shapes: &[Shape("Adddddd(*)", 95), Shape("AAdddddd(*)", 95)],
    check: is_identity,
    words: &["hkid", "hong kong", "香港"],
}];

/// One or two letters, six digits, and a check character in parentheses, modulus 11 with A for ten
/// (Immigration Department).
pub(super) fn is_identity(chars: &[u8]) -> bool {
    let Some((check, rest)) = chars.split_last() else { return false };
    let worth =
        |char: u8| if char.is_ascii_digit() { value(char) } else { u32::from(char - b'A') + 10 };
    // A single letter stands behind a blank, which counts 36.
    let blank = if rest.len() == 7 { 36 * 9 } else { 0 };
    let sum: u32 = rest.iter().rev().zip(2..).map(|(char, weight)| worth(*char) * weight).sum();
    (b'0'..=b'A').contains(check) && (sum + blank + worth(*check)).is_multiple_of(11)
}
