//! Israel: identity number.

use super::digits::{are_digits, luhn};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"il",
    tax: false,
    shapes: &[Shape("ddddddddd", 0)],
    check: is_identity,
    words: &["תעודת", "ת.ז", "teudat"],
}];

/// Nine digits with the check digit of Luhn (Population and Immigration Authority).
pub(super) fn is_identity(chars: &[u8]) -> bool {
    are_digits(chars, 9) && luhn(chars)
}
