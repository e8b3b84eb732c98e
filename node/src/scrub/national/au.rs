//! Australia: tax file number.

use super::digits::{are_digits, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"au",
    tax: true,
    shapes: &[Shape("ddd ddd ddd", 0), Shape("ddd-ddd-ddd", 0), Shape("ddddddddd", 0)],
    check: is_tfn,
    words: &["tfn", "tax file"],
}];

/// Nine digits, a multiple of 11 with the weights 1, 4, 3, 7, 5, 8, 6, 9, 10 (Australian Taxation Office).
pub(super) fn is_tfn(chars: &[u8]) -> bool {
    are_digits(chars, 9) && weighed(chars, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}
