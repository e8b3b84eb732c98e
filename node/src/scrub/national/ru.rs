//! Russia: SNILS of the insured, INN of taxpayers.

use super::digits::{are_digits, number, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"ru",
        tax: false,
        shapes: &[
            Shape("ddd-ddd-ddd dd", 98),
            Shape("ddd-ddd-ddd-dd", 95),
            Shape("ddddddddddd", 0),
        ],
        check: is_snils,
        words: &["снилс", "страхов", "snils"],
    },
    Scheme {
        country: *b"ru",
        tax: true,
        shapes: &[Shape("dddddddddddd", 0), Shape("dddddddddd", 0)],
        check: is_inn,
        words: &["инн", "inn"],
    },
];

/// Nine digits and a check number: the sum with weights 9 to 1, modulo 101 (Pension Fund, resolution
/// 192p of 2006).
pub(super) fn is_snils(chars: &[u8]) -> bool {
    let sum = weighed(&chars[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    are_digits(chars, 11) && u64::from(sum % 101 % 100) == number(&chars[9..])
}

/// Ten digits of firms, twelve of people, with one and two check digits modulus 11 (Federal Tax Service,
/// order MMV-7-6/435).
pub(super) fn is_inn(chars: &[u8]) -> bool {
    let check = |len: usize, weights: &[u32]| {
        weighed(&chars[..len], weights) % 11 % 10 == value(chars[len])
    };
    match chars.len() {
        10 => check(9, &[2, 4, 10, 3, 5, 9, 4, 6, 8]),
        12 => {
            check(10, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
                && check(11, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
        }
        _ => false,
    }
}
