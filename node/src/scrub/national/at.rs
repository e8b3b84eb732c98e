//! Austria: social insurance number.

use super::digits::{are_digits, is_ddmmyy, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"at",
    tax: false,
    shapes: &[Shape("dddd dddddd", 72), Shape("dddd-dddddd", 72), Shape("dddddddddd", 0)],
    check: is_insurance,
    words: &["svnr", "sv-nummer", "sozialversicherung", "versicherungsnummer"],
}];

/// Serial, a check digit modulus 11, and the day of birth (Allgemeines Sozialversicherungsgesetz, section
/// 31; Dachverband der Sozialversicherungsträger).
pub(super) fn is_insurance(chars: &[u8]) -> bool {
    are_digits(chars, 10)
        && chars[0] != b'0'
        && is_ddmmyy(&chars[4..])
        && weighed(chars, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == value(chars[3])
}
