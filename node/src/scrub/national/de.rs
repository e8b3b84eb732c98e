//! Germany: tax identification and pension insurance numbers, identity cards.

use super::digits::{are_digits, is_ddmmyy, mod_11_10, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"de",
        tax: false,
        shapes: &[Shape("dd ddd ddd ddd", 85), Shape("ddddddddddd", 0)],
        check: is_tax_id,
        words: &["steuer", "idnr", "identifikationsnummer", "tax"],
    },
    Scheme {
        country: *b"de",
        tax: false,
        shapes: &[
            Shape("dd ddddddAddd", 85),
            Shape("ddddddddAddd", 75),
            Shape("dd dddddd A ddd", 85),
        ],
        check: is_insurance,
        words: &["versicherung", "rente", "sv-n", "svn"],
    },
    Scheme {
        country: *b"de",
        tax: true,
        shapes: &[Shape("AAddddddddd", 0), Shape("AA ddddddddd", 0), Shape("AA ddd ddd ddd", 0)],
        check: is_vat,
        words: &["ust", "umsatzsteuer", "vat"],
    },
    Scheme {
        country: *b"de",
        tax: true,
        shapes: &[
            Shape("dd/ddd/ddddd", 0),
            Shape("ddd/ddd/ddddd", 0),
            Shape("ddd/dddd/dddd", 0),
            Shape("dd ddd ddddd", 0),
        ],
        check: |chars| chars.len() >= 10,
        words: &["steuernummer", "steuer-nr", "steuernr"],
    },
];

/// Eleven digits: of the first ten one digit comes twice or three times and the others at most once, the
/// last is a check digit (section 139b of the Abgabenordnung; ISO 7064 modulus 11, 10).
pub(super) fn is_tax_id(chars: &[u8]) -> bool {
    are_digits(chars, 11) && chars[0] != b'0' && mod_11_10(chars) && repeats(&chars[..10])
}

fn repeats(digits: &[u8]) -> bool {
    let times = |wanted: u8| digits.iter().filter(|digit| **digit == wanted).count();
    let mut often = (b'0'..=b'9').map(times).filter(|times| *times > 1);
    often.next().is_some_and(|times| times <= 3) && often.next().is_none()
}

/// Area, day of birth, initial, serial and a check digit over products whose digits are added (section
/// 2 of the Versicherungsnummern-Verordnung).
pub(super) fn is_insurance(chars: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    if chars.len() != 12 || !chars[8].is_ascii_uppercase() || !is_ddmmyy(&chars[2..8]) {
        return false;
    }
    let letter = u32::from(chars[8] - b'A') + 1;
    let digits = chars[..8].iter().map(|digit| value(*digit));
    let digits = digits
        .chain([letter / 10, letter % 10])
        .chain(chars[9..11].iter().map(|digit| value(*digit)));
    let sum: u32 =
        digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).map(|n| n / 10 + n % 10).sum();
    sum % 10 == value(chars[11])
}

/// Nine digits behind DE, with a check digit as above.
fn is_vat(chars: &[u8]) -> bool {
    chars.starts_with(b"DE") && mod_11_10(&chars[2..])
}

/// Serial numbers of identity cards and passports: of digits and the consonants that are not mistaken
/// for one, and a check digit over weights 7, 3, 1 (ICAO Doc 9303 part 3).
pub(in crate::scrub) fn is_document(chars: &[u8]) -> bool {
    let allowed = |char: &u8| char.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(char);
    let Some((check, serial)) = chars.split_last() else { return false };
    let worth =
        |char: &u8| if char.is_ascii_digit() { value(*char) } else { u32::from(char - b'A') + 10 };
    let sum: u32 = serial
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(char, weight)| worth(char) * weight)
        .sum();
    chars.len() == 10 && serial.iter().all(allowed) && sum % 10 == value(*check)
}
