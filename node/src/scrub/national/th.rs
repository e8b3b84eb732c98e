//! Thailand: the number of citizens.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"th",
    tax: false,
    shapes: &[
        Shape("d-dddd-ddddd-dd-d", 97),
        Shape("d dddd ddddd dd d", 95),
        Shape("ddddddddddddd", 0),
    ],
    check: is_citizen,
    words: &["ประชาชน"],
}];

/// Twelve digits with the weights 13 to 2 and a check digit, modulus 11 (Department of Provincial
/// Administration).
pub(super) fn is_citizen(chars: &[u8]) -> bool {
    let sum = weighed(&chars[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    are_digits(chars, 13) && (11 - sum % 11) % 10 == value(chars[12])
}
