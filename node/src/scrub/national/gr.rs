//! Greece: AMKA of the insured, AFM of taxpayers.

use super::digits::{are_digits, is_ddmmyy, luhn, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"gr",
        tax: false,
        shapes: &[Shape("ddddddddddd", 0)],
        check: is_amka,
        words: &["amka", "αμκα"],
    },
    Scheme {
        country: *b"gr",
        tax: true,
        shapes: &[Shape("ddddddddd", 0)],
        check: is_afm,
        words: &["afm", "αφμ", "α.φ.μ"],
    },
];

/// Day of birth, serial, and the check digit of Luhn (law 3655/2008, article 153).
pub(super) fn is_amka(chars: &[u8]) -> bool {
    are_digits(chars, 11) && is_ddmmyy(&chars[..6]) && luhn(chars)
}

/// Eight digits weighed with powers of two, modulo 11 and 10 (AADE).
pub(super) fn is_afm(chars: &[u8]) -> bool {
    let sum = chars[..8].iter().fold(0, |sum, digit| (sum + value(*digit)) * 2);
    are_digits(chars, 9) && sum % 11 % 10 == value(chars[8])
}
