//! Norway: fødselsnummer and D-number.

use super::digits::{are_digits, is_ddmmyy, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"no",
    tax: false,
    shapes: &[Shape("dddddd ddddd", 85), Shape("ddddddddddd", 80)],
    check: is_birth_number,
    words: &["fødselsnummer", "fodselsnummer", "fnr", "personnummer"],
}];

/// Day of birth (40 more in a D-number), three digits, and two check digits, modulus 11 (Skatteetaten,
/// Folkeregisterforskriften section 2-2-3).
pub(super) fn is_birth_number(chars: &[u8]) -> bool {
    let mut day = chars.to_vec();
    if let Some(first) = day.first_mut().filter(|first| (b'4'..=b'7').contains(first)) {
        *first -= 4;
    }
    are_digits(chars, 11)
        && is_ddmmyy(&day[..6])
        && check(weighed(chars, &[3, 7, 6, 1, 8, 9, 4, 5, 2])) == value(chars[9])
        && check(weighed(chars, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) == value(chars[10])
}

/// Ten is no digit: such numbers are not given.
fn check(sum: u32) -> u32 {
    (11 - sum % 11) % 11
}
