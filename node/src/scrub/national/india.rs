//! India: Aadhaar and PAN.

use super::digits::{are_digits, verhoeff};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"in",
        tax: false,
        shapes: &[
            Shape("dddd dddd dddd", 85),
            Shape("dddd-dddd-dddd", 85),
            Shape("dddddddddddd", 0),
        ],
        check: is_aadhaar,
        words: &["aadhaar", "aadhar", "uidai", "आधार"],
    },
    Scheme {
        country: *b"in",
        tax: true,
        shapes: &[Shape("AAAAAddddA", 85)],
        check: is_pan,
        words: &["pan", "permanent account", "पैन"],
    },
];

/// Twelve digits, the first 2 to 9, the last a check digit of Verhoeff (UIDAI, Aadhaar numbering scheme).
pub(super) fn is_aadhaar(chars: &[u8]) -> bool {
    are_digits(chars, 12) && chars[0] >= b'2' && verhoeff(chars)
}

/// Five letters, of which the fourth says what kind of holder, four digits, a letter (Income-tax Rules
/// 1962, rule 114).
pub(super) fn is_pan(chars: &[u8]) -> bool {
    chars.len() == 10 && b"ABCFGHJLPT".contains(&chars[3]) && &chars[5..9] != b"0000"
}
