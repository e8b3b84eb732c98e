//! Ukraine: the number of taxpayers (RNOKPP).

use super::digits::{are_digits, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ua",
    tax: true,
    shapes: &[Shape("dddddddddd", 0)],
    check: is_taxpayer,
    words: &["рнокпп", "іпн", "інн", "платника", "податк"],
}];

/// Days since 1899, serial, and a check digit with the weights -1, 5, 7, 9, 4, 6, 10, 5, 7, modulo 11
/// (State Tax Service).
pub(super) fn is_taxpayer(chars: &[u8]) -> bool {
    const WEIGHTS: [i64; 9] = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let sum: i64 =
        chars.iter().zip(WEIGHTS).map(|(digit, weight)| i64::from(value(*digit)) * weight).sum();
    are_digits(chars, 10) && sum.rem_euclid(11) % 10 == i64::from(value(chars[9]))
}
