//! Check digits that several countries share. All take ASCII digits.

/// The value of a digit.
pub(crate) fn value(digit: u8) -> u32 {
    u32::from(digit.wrapping_sub(b'0'))
}

/// The number that digits write; they are few.
pub(crate) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |n, digit| n.wrapping_mul(10).wrapping_add(u64::from(value(*digit))))
}

/// The sum of digits, each times its weight.
pub(crate) fn weighed(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| value(*digit) * weight).sum()
}

/// Whether all are ASCII digits, not all the same, and as many as said.
pub(crate) fn are_digits(chars: &[u8], len: usize) -> bool {
    chars.len() == len
        && chars.iter().all(u8::is_ascii_digit)
        && chars.iter().any(|digit| Some(digit) != chars.first())
}

/// The check digit of Luhn (ISO/IEC 7812-1, annex B).
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match value(*digit) * if at % 2 == 1 { 2 } else { 1 } {
            twice if twice > 9 => twice - 9,
            once => once,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The check digit of Verhoeff, over the dihedral group of ten elements (J. Verhoeff, Error Detecting
/// Decimal Codes, 1969).
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTED: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let sum = digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| {
        let moved = (0..at % 8).fold(value(*digit), |value, _| PERMUTED[value as usize]);
        dihedral(sum, moved)
    });
    sum == 0
}

/// The product of two elements of the group: 0 to 4 turn, 5 to 9 turn and flip.
fn dihedral(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Pure system of ISO 7064, modulus 11, radix 2, of which the last character may be X for ten.
pub(crate) fn mod_11_2(chars: &[u8]) -> bool {
    let Some((last, digits)) = chars.split_last() else { return false };
    let sum = digits.iter().fold(0, |sum, digit| (sum + value(*digit)) * 2 % 11);
    let last = if *last == b'X' { 10 } else { value(*last) };
    (sum + last) % 11 == 1
}

/// Hybrid system of ISO 7064, modulus 11 and 10.
pub(crate) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, digits)) = digits.split_last() else { return false };
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (value(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + value(*last)) % 10 == 1
}

/// Whether six digits can be a day: year, month, day.
pub(crate) use crate::scrub::numbers::calendar::{is_day, is_ddmmyy, is_yymmdd, is_yyyymmdd};
