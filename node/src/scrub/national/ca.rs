//! Canada: social insurance number.

use super::digits::{are_digits, luhn};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ca",
    tax: false,
    shapes: &[Shape("ddd-ddd-ddd", 70), Shape("ddd ddd ddd", 0), Shape("ddddddddd", 0)],
    check: is_sin,
    words: &["sin", "social insurance", "nas"],
}];

/// Nine digits with the check digit of Luhn; none begins with 8 (Employment and Social Development Canada).
pub(super) fn is_sin(chars: &[u8]) -> bool {
    are_digits(chars, 9) && chars[0] != b'8' && luhn(chars)
}
