//! Italy: codice fiscale.

use super::digits::{number, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"it",
        tax: false,
        shapes: &[Shape("AAAAAAddAddAdddA", 98), Shape("AAA AAA ddAdd AdddA", 98)],
        check: is_codice_fiscale,
        words: &["codice fiscale", "c.f.", "cod. fisc", "fiscale"],
    },
    Scheme {
        country: *b"it",
        tax: true,
        shapes: &[Shape("ddddddddddd", 0)],
        check: |chars| super::digits::are_digits(chars, 11) && super::digits::luhn(chars),
        words: &["partita iva", "p.iva", "p. iva"],
    },
];

/// What a character counts at odd places, first to last of 0-9 and A-Z.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Name, year, month letter, day (40 more for women), place, and a letter that is the sum of what the
/// characters count by their place, modulo 26 (Decreto ministeriale 23 December 1976).
pub(super) fn is_codice_fiscale(chars: &[u8]) -> bool {
    let Some((check, rest)) = chars.split_last() else { return false };
    if chars.len() != 16 || !b"ABCDEHLMPRST".contains(&chars[8]) {
        return false;
    }
    let day = number(&chars[9..11]);
    let sum: u32 = rest.iter().enumerate().map(|(at, char)| worth(*char, at % 2 == 0)).sum();
    matches!(day, 1..=31 | 41..=71) && sum % 26 == u32::from(check.wrapping_sub(b'A'))
}

fn worth(char: u8, odd: bool) -> u32 {
    let at = if char.is_ascii_digit() { value(char) } else { u32::from(char.wrapping_sub(b'A')) };
    if odd { ODD.get(at as usize).copied().unwrap_or_default() } else { at }
}
