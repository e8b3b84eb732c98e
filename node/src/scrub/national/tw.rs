//! Taiwan: the number of the identity card.

use super::digits::{value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"tw",
    tax: false,
    shapes: &[Shape("Addddddddd", 85)],
    check: is_identity,
    words: &["身分證", "身份證", "統一證"],
}];

/// What the letter of each county counts, A to Z.
const COUNTIES: [u32; 26] = [
    10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30,
    31, 33,
];

/// A county, sex, and eight digits of which the last checks, modulo 10 (Household Registration Act,
/// enforcement rules).
pub(super) fn is_identity(chars: &[u8]) -> bool {
    let [letter, digits @ ..] = chars else { return false };
    let Some(county) = COUNTIES.get(usize::from(letter.wrapping_sub(b'A'))) else { return false };
    let sum = county / 10 + county % 10 * 9 + weighed(digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    digits.first().is_some_and(|sex| matches!(sex, b'1' | b'2' | b'8' | b'9'))
        && value(b'0') == sum % 10
}
