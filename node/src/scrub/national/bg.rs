//! Bulgaria: EGN.

use super::digits::{are_digits, is_day, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"bg",
    tax: false,
    shapes: &[Shape("dddddddddd", 0)],
    check: is_egn,
    words: &["егн", "egn"],
}];

/// Day of birth, with the century in the month, serial, and a check digit modulus 11 (GRAO).
pub(super) fn is_egn(chars: &[u8]) -> bool {
    let month = (value(chars[2]) * 10 + value(chars[3])) % 20;
    let sum = weighed(&chars[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
    are_digits(chars, 10)
        && matches!(month, 1..=12)
        && is_day(&chars[4..6])
        && sum % 11 % 10 == value(chars[9])
}
