//! Korea: the number of residents.

use super::digits::{are_digits, is_yymmdd, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"kr",
        tax: false,
        shapes: &[Shape("dddddd-ddddddd", 85), Shape("ddddddddddddd", 0)],
        check: is_resident,
        words: &["주민", "외국인등록"],
    },
    Scheme {
        country: *b"kr",
        tax: true,
        shapes: &[Shape("ddd-dd-ddddd", 0)],
        check: is_business,
        words: &["사업자"],
    },
];

/// Day of birth, century and sex, and six digits. The check digit is not asked for: numbers given since
/// October 2020 end in six random digits (enforcement rule of the Resident Registration Act, article 2).
pub(super) fn is_resident(chars: &[u8]) -> bool {
    are_digits(chars, 13) && is_yymmdd(&chars[..6]) && (b'1'..=b'8').contains(&chars[6])
}

/// Business registration: ten digits, the last a check digit (National Tax Service).
pub(super) fn is_business(chars: &[u8]) -> bool {
    let sum = weighed(&chars[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + value(chars[8]) * 5 / 10;
    are_digits(chars, 10) && (10 - sum % 10) % 10 == value(chars[9])
}
