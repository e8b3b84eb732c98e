//! The Netherlands: burgerservicenummer.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"nl",
    tax: false,
    shapes: &[
        Shape("ddddddddd", 0),
        Shape("dddd.dd.ddd", 85),
        Shape("ddd ddd ddd", 0),
        Shape("dddd dd ddd", 0),
    ],
    check: is_bsn,
    words: &["bsn", "burgerservice", "sofi"],
}];

/// The elfproef: weights 9 to 2, the last digit counts -1, and the sum is a multiple of 11 (Besluit
/// burgerservicenummer, article 1).
pub(super) fn is_bsn(chars: &[u8]) -> bool {
    are_digits(chars, 9) && {
        let sum = weighed(&chars[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
        sum % 11 == value(chars[8])
    }
}
