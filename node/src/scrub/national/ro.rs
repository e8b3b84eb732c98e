//! Romania: cod numeric personal.

use super::digits::{are_digits, is_yymmdd, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ro",
    tax: false,
    shapes: &[Shape("ddddddddddddd", 78)],
    check: is_cnp,
    words: &["cnp", "cod numeric"],
}];

/// Sex and century, day of birth, county, serial, and a check digit modulus 11, 1 for ten (law 105/1996).
pub(super) fn is_cnp(chars: &[u8]) -> bool {
    let rest = weighed(&chars[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let county = value(chars[7]) * 10 + value(chars[8]);
    are_digits(chars, 13)
        && chars[0] != b'0'
        && is_yymmdd(&chars[1..7])
        && matches!(county, 1..=48 | 51 | 52 | 70 | 80..=83)
        && value(chars[12]) == if rest == 10 { 1 } else { rest }
}
