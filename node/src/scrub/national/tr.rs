//! Türkiye: T.C. kimlik numarası.

use super::digits::{are_digits, value};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"tr",
    tax: false,
    shapes: &[Shape("ddddddddddd", 0)],
    check: is_identity,
    words: &["kimlik", "tckn", "t.c", "tc "],
}];

/// Eleven digits, the first not 0, the last two computed from those before them (Nüfus ve Vatandaşlık
/// İşleri).
pub(super) fn is_identity(chars: &[u8]) -> bool {
    if !are_digits(chars, 11) || chars[0] == b'0' {
        return false;
    }
    let sum =
        |from: usize, to: usize| (from..to).step_by(2).map(|at| value(chars[at])).sum::<u32>();
    let tenth = (sum(0, 9) * 7 + 90 - sum(1, 8)) % 10;
    let all: u32 = chars[..10].iter().map(|digit| value(*digit)).sum();
    tenth == value(chars[9]) && all % 10 == value(chars[10])
}
