//! Poland: PESEL of people, NIP of taxpayers.

use super::digits::{are_digits, is_day, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"pl",
        tax: false,
        shapes: &[Shape("ddddddddddd", 0)],
        check: is_pesel,
        words: &["pesel"],
    },
    Scheme {
        country: *b"pl",
        tax: true,
        shapes: &[Shape("ddd-ddd-dd-dd", 85), Shape("ddd-dd-dd-ddd", 85), Shape("dddddddddd", 0)],
        check: is_nip,
        words: &["nip"],
    },
];

/// Day of birth, with the century in the month, serial, and a check digit with weights 1, 3, 7, 9 (Ustawa
/// o ewidencji ludności, article 15).
pub(super) fn is_pesel(chars: &[u8]) -> bool {
    if !are_digits(chars, 11) {
        return false;
    }
    let month = value(chars[2]) * 10 + value(chars[3]);
    let sum = weighed(&chars[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    matches!(month % 20, 1..=12) && is_day(&chars[4..6]) && (10 - sum % 10) % 10 == value(chars[10])
}

/// Ten digits, the first none, the last modulus 11 (Ustawa o zasadach ewidencji podatników).
pub(super) fn is_nip(chars: &[u8]) -> bool {
    are_digits(chars, 10)
        && chars[0] != b'0'
        && weighed(&chars[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(chars[9])
}
