//! Switzerland and Liechtenstein: the insurance number of the AHV.

use super::{Scheme, Shape};
use crate::scrub::numbers::gtin;

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"ch",
    tax: false,
    shapes: &[
        Shape("ddd.dddd.dddd.dd", 98),
        Shape("ddd dddd dddd dd", 95),
        Shape("ddddddddddddd", 90),
    ],
    check: is_ahv,
    words: &["ahv", "avs", "sozialversicherung", "versichertennummer"],
}];

/// 756, nine digits, and the check digit of an EAN-13 (AHV-Verordnung, article 133).
pub(super) fn is_ahv(chars: &[u8]) -> bool {
    chars.len() == 13 && chars.starts_with(b"756") && gtin::is_valid(chars)
}
