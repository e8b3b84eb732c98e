//! France: the number of the national register (NIR) of social security.

use super::digits::number;
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"fr",
    tax: false,
    shapes: &[
        Shape("d dd dd dd ddd ddd dd", 97),
        Shape("d dd dd dA ddd ddd dd", 97),
        Shape("d dd dd ddddd ddd dd", 97),
        Shape("ddddddddddddd dd", 95),
        Shape("ddddddddddddddd", 92),
        Shape("ddddddAdddddddd", 92),
    ],
    check: is_nir,
    words: &["sécurité sociale", "securite sociale", "sécu", "nir", "insee", "vitale"],
}];

/// Sex, year, month, department (2A and 2B in Corsica count as 19 and 18), place, serial, and the key:
/// 97 less the number modulo 97 (INSEE, decree 82-103).
pub(super) fn is_nir(chars: &[u8]) -> bool {
    if chars.len() != 15 || !matches!(chars[0], b'1'..=b'4' | b'7' | b'8') {
        return false;
    }
    let mut digits = [0; 15];
    digits.copy_from_slice(chars);
    match chars[6] {
        b'A' if chars[5] == b'2' => digits[5..7].copy_from_slice(b"19"),
        b'B' if chars[5] == b'2' => digits[5..7].copy_from_slice(b"18"),
        char if char.is_ascii_digit() => {}
        _ => return false,
    }
    // Months above 12 stand where the month of birth is not known.
    let month = number(&chars[3..5]);
    let known = matches!(month, 1..=12 | 20..=42 | 50..=99);
    known && 97 - number(&digits[..13]) % 97 == number(&digits[13..])
}
