//! Argentina: CUIL and CUIT.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ar",
    tax: false,
    shapes: &[Shape("dd-dddddddd-d", 95), Shape("dd dddddddd d", 0), Shape("ddddddddddd", 0)],
    check: is_cuil,
    words: &["cuil", "cuit"],
}];

/// A prefix for the kind of holder, the document, and a check digit modulus 11 (AFIP, ANSES).
pub(super) fn is_cuil(chars: &[u8]) -> bool {
    let sum = weighed(&chars[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    are_digits(chars, 11)
        && matches!(
            &chars[..2],
            b"20" | b"23" | b"24" | b"25" | b"26" | b"27" | b"30" | b"33" | b"34"
        )
        && (11 - sum % 11) % 11 == value(chars[10])
}
