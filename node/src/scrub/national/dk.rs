//! Denmark: CPR number.

use super::digits::{are_digits, is_ddmmyy};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"dk",
    tax: false,
    shapes: &[Shape("dddddd-dddd", 0), Shape("dddddddddd", 0), Shape("dddddd dddd", 0)],
    check: is_cpr,
    words: &["cpr"],
}];

/// Day of birth and four digits; since 2007 numbers are given whose modulus 11 is not 0 (CPR-kontoret),
/// so that only the day is checked and a word has to stand near.
pub(super) fn is_cpr(chars: &[u8]) -> bool {
    are_digits(chars, 10) && is_ddmmyy(&chars[..6])
}
