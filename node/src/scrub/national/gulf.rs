//! Saudi Arabia: national and residence numbers; the Emirates: Emirates ID.

use super::digits::{are_digits, luhn, number};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"sa",
        tax: false,
        shapes: &[Shape("dddddddddd", 0)],
        check: is_saudi,
        words: &["هوية", "إقامة", "iqama"],
    },
    Scheme {
        country: *b"ae",
        tax: false,
        shapes: &[Shape("ddd-dddd-ddddddd-d", 97), Shape("ddddddddddddddd", 0)],
        check: is_emirati,
        words: &["emirates", "هوية"],
    },
];

/// Begins with 1 for citizens and 2 for residents, and has the check digit of Luhn (Absher).
pub(super) fn is_saudi(chars: &[u8]) -> bool {
    are_digits(chars, 10) && matches!(chars[0], b'1' | b'2') && luhn(chars)
}

/// 784 (ISO 3166 numeric), year of birth, serial, and the check digit of Luhn (ICP).
pub(super) fn is_emirati(chars: &[u8]) -> bool {
    are_digits(chars, 15)
        && chars.starts_with(b"784")
        && (1900..2100).contains(&number(&chars[3..7]))
        && luhn(chars)
}
