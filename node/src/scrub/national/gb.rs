//! United Kingdom: national insurance and NHS numbers.

use super::digits::{are_digits, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"gb",
        tax: false,
        shapes: &[
            Shape("AA dd dd dd A", 92),
            Shape("AAddddddA", 80),
            Shape("AA dddddd A", 85),
            Shape("AA-dd-dd-dd-A", 92),
        ],
        check: is_nino,
        words: &["nino", "national insurance", "ni number", "ni no", "hmrc"],
    },
    Scheme {
        country: *b"gb",
        tax: false,
        shapes: &[Shape("ddd ddd dddd", 0), Shape("ddd-ddd-dddd", 0), Shape("dddddddddd", 0)],
        check: is_nhs,
        words: &["nhs"],
    },
];

/// Two letters, of which some are never used, six digits, and A to D (HM Revenue & Customs, National
/// Insurance Manual NIM39110).
pub(super) fn is_nino(chars: &[u8]) -> bool {
    let [first, second, .., last] = chars else { return false };
    let pair = [*first, *second];
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && ![*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"].contains(&pair)
        && (b'A'..=b'D').contains(last)
}

/// Ten digits, modulus 11 with the weights 10 to 2 (NHS Data Dictionary, NHS NUMBER).
pub(super) fn is_nhs(chars: &[u8]) -> bool {
    let sum: u32 =
        chars.iter().zip((1..=10).rev()).map(|(digit, weight)| value(*digit) * weight).sum();
    are_digits(chars, 10) && sum.is_multiple_of(11)
}
