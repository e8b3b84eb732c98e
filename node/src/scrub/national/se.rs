//! Sweden: personnummer and samordningsnummer.

use super::digits::{is_yymmdd, luhn, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"se",
    tax: false,
    shapes: &[
        Shape("dddddd-dddd", 88),
        Shape("dddddd+dddd", 88),
        Shape("dddddddd-dddd", 92),
        Shape("dddddddddddd", 0),
        Shape("dddddddddd", 0),
    ],
    check: is_personal_number,
    words: &["personnummer", "personnr", "samordningsnummer", "pnr"],
}];

/// Day of birth (60 more for those who are only registered), serial, and the check digit of Luhn over ten
/// digits (Folkbokföringslagen, section 18).
pub(super) fn is_personal_number(chars: &[u8]) -> bool {
    let Some(ten) = chars.len().checked_sub(10).and_then(|from| chars.get(from..)) else {
        return false;
    };
    let mut day = [0; 6];
    day.copy_from_slice(&ten[..6]);
    if value(day[4]) >= 6 {
        day[4] -= 6;
    }
    is_yymmdd(&day) && luhn(ten) && matches!(&chars[..chars.len() - 10], b"" | b"19" | b"20")
}
