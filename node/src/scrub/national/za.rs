//! South Africa: identity number.

use super::digits::{are_digits, is_yymmdd, luhn};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"za",
    tax: false,
    shapes: &[Shape("ddddddddddddd", 75), Shape("dddddd dddd ddd", 80)],
    check: is_identity,
    words: &["south african", "id number", "identity"],
}];

/// Day of birth, serial, citizenship 0 to 2, and the check digit of Luhn (Identification Act 68 of 1997).
pub(super) fn is_identity(chars: &[u8]) -> bool {
    are_digits(chars, 13)
        && is_yymmdd(&chars[..6])
        && matches!(chars[10], b'0'..=b'2')
        && luhn(chars)
}
