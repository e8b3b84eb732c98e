//! Finland: henkilötunnus.

use super::digits::{is_ddmmyy, number};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"fi",
    tax: false,
    shapes: &[
        Shape("dddddd-dddd", 90),
        Shape("dddddd+dddd", 90),
        Shape("dddddd-dddA", 92),
        Shape("dddddd+dddA", 92),
        Shape("ddddddAddd*", 85),
    ],
    check: is_hetu,
    words: &["henkilötunnus", "hetu"],
}];

/// Day of birth, a sign of the century, serial, and a check character: the nine digits modulo 31
/// (Digital and Population Data Services Agency; signs as of 2023).
pub(super) fn is_hetu(chars: &[u8]) -> bool {
    let (signed, digits) = match chars {
        [day @ .., b'A'..=b'F' | b'U'..=b'Y', a, b, c, last] if day.len() == 6 => {
            (*last, [day, &[*a, *b, *c]].concat())
        }
        [rest @ .., last] if rest.len() == 9 => (*last, rest.to_vec()),
        _ => return false,
    };
    digits.iter().all(u8::is_ascii_digit)
        && is_ddmmyy(&digits[..6])
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[(number(&digits) % 31) as usize] == signed
}
