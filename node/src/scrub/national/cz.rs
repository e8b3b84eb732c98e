//! Czechia and Slovakia: rodné číslo.

use super::digits::{are_digits, is_day, number, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"cz",
    tax: false,
    shapes: &[Shape("dddddd/dddd", 92), Shape("dddddddddd", 0), Shape("dddddd/ddd", 0)],
    check: is_birth_number,
    words: &["rodné", "rodne", "rodného", "r.č", "rč"],
}];

/// Day of birth (50 more in the month of women, 20 more where numbers ran out), serial; since 1954 ten
/// digits, a multiple of 11 (zákon 133/2000 Sb., section 13).
pub(super) fn is_birth_number(chars: &[u8]) -> bool {
    if !(are_digits(chars, 10) || are_digits(chars, 9)) {
        return false;
    }
    let month = (value(chars[2]) * 10 + value(chars[3])) % 50;
    let whole = number(chars).is_multiple_of(11)
        || (number(&chars[..9]) % 11 == 10 && chars.ends_with(b"0"));
    matches!(month, 1..=12 | 21..=32) && is_day(&chars[4..6]) && (chars.len() == 9 || whole)
}
