//! Article numbers (EAN, UPC, ISBN): nobody's, and often mistaken for somebody's.

/// Whether digits are an EAN-8, UPC-A, EAN-13 (and so an ISBN-13) or GTIN-14 by their check digit
/// (GS1 General Specifications).
pub(crate) fn is_valid(digits: &[u8]) -> bool {
    if !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return false;
    }
    let weigh =
        |(at, digit): (usize, &u8)| u32::from(digit - b'0') * if at % 2 == 1 { 3 } else { 1 };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

/// Whether digits are an ISBN-13.
pub(crate) fn is_isbn13(digits: &[u8]) -> bool {
    digits.len() == 13
        && (digits.starts_with(b"978") || digits.starts_with(b"979"))
        && is_valid(digits)
}

/// Whether ten characters are an ISBN-10, of which the last may be an X (ISO 2108).
pub(crate) fn is_isbn10(chars: &[u8]) -> bool {
    let value = |(at, char): (usize, &u8)| match char {
        b'0'..=b'9' => Some(u32::from(char - b'0') * (10 - at as u32)),
        b'X' | b'x' if at == 9 => Some(10),
        _ => None,
    };
    chars.len() == 10
        && chars.iter().enumerate().map(value).sum::<Option<u32>>().is_some_and(|sum| sum % 11 == 0)
}
