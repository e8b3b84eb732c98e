//! Egypt: the national number.

use super::digits::{are_digits, is_yymmdd, number};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"eg",
    tax: false,
    shapes: &[Shape("dddddddddddddd", 75)],
    check: is_national,
    words: &["قومي", "القومي"],
}];

/// Century (2 or 3), day of birth, governorate, serial and check digit; how that is computed was not
/// published (Civil Status Organization).
pub(super) fn is_national(chars: &[u8]) -> bool {
    are_digits(chars, 14)
        && matches!(chars[0], b'2' | b'3')
        && is_yymmdd(&chars[1..7])
        && matches!(number(&chars[7..9]), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
}
