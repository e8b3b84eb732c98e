//! Japan: the individual number (My Number).

use super::digits::{are_digits, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"jp",
    tax: false,
    shapes: &[Shape("dddd dddd dddd", 0), Shape("dddd-dddd-dddd", 0), Shape("dddddddddddd", 0)],
    check: is_my_number,
    words: &["マイナンバー", "個人番号", "my number", "mynumber"],
}];

/// Eleven digits with the weights 6 to 2 and 7 to 2, and a check digit, modulus 11 (Ministry of Internal
/// Affairs and Communications, ordinance 85 of 2014, article 5).
pub(super) fn is_my_number(chars: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let sum = super::digits::weighed(chars, &WEIGHTS) % 11;
    are_digits(chars, 12) && value(chars[11]) == if sum <= 1 { 0 } else { 11 - sum }
}
