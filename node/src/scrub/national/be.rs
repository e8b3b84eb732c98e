//! Belgium: the number of the national register.

use super::digits::{are_digits, is_day, number, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"be",
    tax: false,
    shapes: &[
        Shape("dd.dd.dd-ddd.dd", 98),
        Shape("dd.dd.dd-ddd-dd", 97),
        Shape("dddddd-ddd-dd", 92),
        Shape("dddddd ddd dd", 85),
        Shape("ddddddddddd", 0),
    ],
    check: is_register,
    words: &["rijksregister", "registre national", "niss", "insz"],
}];

/// Day of birth, serial, and 97 less the nine digits modulo 97, with a 2 before them for those born since
/// 2000 (Royal decree of 3 April 1984).
pub(super) fn is_register(chars: &[u8]) -> bool {
    if !are_digits(chars, 11) {
        return false;
    }
    let month = (value(chars[2]) * 10 + value(chars[3])) % 20;
    let (nine, check) = (number(&chars[..9]), number(&chars[9..]));
    let holds = |number: u64| 97 - number % 97 == check;
    month <= 12
        && (is_day(&chars[4..6]) || &chars[4..6] == b"00")
        && (holds(nine) || holds(2_000_000_000 + nine))
}
