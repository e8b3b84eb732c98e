//! Singapore: NRIC and FIN.

use super::digits::{value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"sg",
    tax: false,
    shapes: &[Shape("AdddddddA", 88)],
    check: is_nric,
    words: &["nric", "fin", "singapore"],
}];

/// A letter of the century or of foreigners, seven digits, and a check letter, modulo 11 (Immigration &
/// Checkpoints Authority; the weights are known, not published).
pub(super) fn is_nric(chars: &[u8]) -> bool {
    let [first, digits @ .., last] = chars else { return false };
    let (more, letters) = match first {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let sum = weighed(digits, &[2, 7, 6, 5, 4, 3, 2]) + more;
    let at = if *first == b'M' { 10 - sum % 11 } else { sum % 11 };
    digits.iter().any(|digit| value(*digit) > 0) && letters[at as usize] == *last
}
