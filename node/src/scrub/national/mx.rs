//! Mexico: CURP and RFC.

use super::digits::{is_yymmdd, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"mx",
        tax: false,
        shapes: &[Shape("AAAAddddddAAAAAA*d", 98)],
        check: is_curp,
        words: &["curp"],
    },
    Scheme {
        country: *b"mx",
        tax: true,
        shapes: &[Shape("AAAAdddddd***", 82)],
        check: is_rfc,
        words: &["rfc"],
    },
];

/// Letters of the names, day of birth, sex, state, consonants, a sign against doubles, and a check digit
/// (Registro Nacional de Población, instructivo normativo of 2021).
pub(super) fn is_curp(chars: &[u8]) -> bool {
    if chars.len() != 18 || !matches!(chars[10], b'H' | b'M' | b'X') || !is_yymmdd(&chars[4..10]) {
        return false;
    }
    let sum: u32 =
        chars[..17].iter().zip((2..=18).rev()).map(|(char, weight)| worth(*char) * weight).sum();
    (10 - sum % 10) % 10 == value(chars[17])
}

/// 0 to 9, A to N, Ñ (which is two bytes and counts 24), O to Z.
fn worth(char: u8) -> u32 {
    match char {
        b'0'..=b'9' => value(char),
        b'A'..=b'N' => u32::from(char - b'A') + 10,
        _ => u32::from(char.wrapping_sub(b'A')) + 11,
    }
}

/// Letters of the names, day of birth, and three characters of which the last checks (SAT).
pub(super) fn is_rfc(chars: &[u8]) -> bool {
    if chars.len() != 13 || !is_yymmdd(&chars[4..10]) {
        return false;
    }
    // The blank and the ampersand of firms count too, hence the gap before the letters O to Z.
    let sum: u32 =
        chars[..12].iter().zip((2..=13).rev()).map(|(char, weight)| worth(*char) * weight).sum();
    let check = match 11 - sum % 11 {
        11 => b'0',
        10 => b'A',
        digit => b'0' + digit as u8,
    };
    check == chars[12]
}
