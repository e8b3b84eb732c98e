//! Chile: RUT.

use super::digits::{number, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"cl",
    tax: false,
    shapes: &[
        Shape("dd.ddd.ddd-*", 95),
        Shape("d.ddd.ddd-*", 95),
        Shape("dddddddd-*", 82),
        Shape("ddddddd-*", 0),
    ],
    check: is_rut,
    words: &["rut", "run"],
}];

/// A number and a check character, modulus 11 with weights 2 to 7 over and over from the right, K for ten
/// (Registro Civil).
pub(super) fn is_rut(chars: &[u8]) -> bool {
    let Some((check, digits)) = chars.split_last() else { return false };
    let weights = [2, 3, 4, 5, 6, 7].into_iter().cycle();
    let sum: u32 =
        digits.iter().rev().zip(weights).map(|(digit, weight)| value(*digit) * weight).sum();
    let wanted = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        digit => b'0' + digit as u8,
    };
    digits.iter().all(u8::is_ascii_digit) && number(digits) > 1_000_000 && wanted == *check
}
