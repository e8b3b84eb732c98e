//! Iran: کد ملی.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ir",
    tax: false,
    shapes: &[Shape("dddddddddd", 0), Shape("ddd-dddddd-d", 88)],
    check: is_national,
    words: &["ملی"],
}];

/// Nine digits with the weights 10 to 2 and a check digit, modulus 11 (National Organization for Civil
/// Registration).
pub(super) fn is_national(chars: &[u8]) -> bool {
    let rest = weighed(&chars[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    are_digits(chars, 10) && value(chars[9]) == if rest < 2 { rest } else { 11 - rest }
}
