//! China: the number of residents.

use super::digits::{is_yyyymmdd, mod_11_2, number};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"cn",
    tax: false,
    shapes: &[
        Shape("dddddddddddddddddd", 97),
        Shape("dddddddddddddddddA", 97),
        Shape("dddddd dddddddd dddd", 97),
        Shape("dddddd dddddddd dddA", 97),
        Shape("dddddd-dddddddd-dddd", 97),
    ],
    check: is_resident,
    words: &["身份证", "身分證", "公民", "resident"],
}];

/// Region, day of birth, serial, and a check character (GB 11643-1999, ISO 7064 modulus 11, 2).
pub(super) fn is_resident(chars: &[u8]) -> bool {
    let region = number(&chars[..2.min(chars.len())]);
    chars.len() == 18
        && chars[..17].iter().all(u8::is_ascii_digit)
        && (chars[17].is_ascii_digit() || chars[17] == b'X')
        && matches!(region, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
        && is_yyyymmdd(&chars[6..14])
        && mod_11_2(chars)
}
