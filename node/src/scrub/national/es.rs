//! Spain: DNI, NIE and the NIF of people.

use super::digits::number;
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[Scheme {
    country: *b"es",
    tax: false,
    shapes: &[
        Shape("ddddddddA", 85),
        Shape("dddddddd-A", 88),
        Shape("dddddddd A", 70),
        Shape("dd.ddd.ddd-A", 95),
        Shape("dd.ddd.dddA", 92),
        Shape("AdddddddA", 82),
        Shape("A-ddddddd-A", 92),
        Shape("AdddddddA", 82),
        Shape("Addddddd-A", 88),
    ],
    check: is_nif,
    words: &["dni", "nie", "nif", "documento", "identidad"],
}];

/// The letter at the end is the number modulo 23; X, Y and Z at the front of a NIE count as 0, 1 and 2
/// (Real Decreto 1553/2005, Orden INT/2058/2008).
pub(super) fn is_nif(chars: &[u8]) -> bool {
    let Some((letter, rest)) = chars.split_last() else { return false };
    let (first, tail) = match rest {
        [front @ b'X'..=b'Z', tail @ ..] if tail.len() == 7 => (u64::from(front - b'X'), tail),
        tail if tail.len() == 8 => (0, tail),
        _ => return false,
    };
    let digits = tail.iter().all(u8::is_ascii_digit) && tail.iter().any(|digit| *digit != b'0');
    let at = (first * 10_000_000 + number(tail)) % 23;
    digits && b"TRWAGMYFPDXBNJZSQVHLCKE"[at as usize] == *letter
}
