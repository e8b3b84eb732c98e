//! Portugal: NIF.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"pt",
    tax: true,
    shapes: &[Shape("ddddddddd", 0), Shape("ddd ddd ddd", 0)],
    check: is_nif,
    words: &["nif", "contribuinte"],
}];

/// Nine digits, the last modulus 11 with weights 9 to 2 (Decreto-Lei 14/2013).
pub(super) fn is_nif(chars: &[u8]) -> bool {
    let rest = weighed(&chars[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    are_digits(chars, 9) && !matches!(chars[0], b'0' | b'4' | b'7') && check == value(chars[8])
}
