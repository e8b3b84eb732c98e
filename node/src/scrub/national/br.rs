//! Brazil: CPF of people, CNPJ of firms.

use super::digits::{are_digits, value, weighed};
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"br",
        tax: false,
        shapes: &[
            Shape("ddd.ddd.ddd-dd", 97),
            Shape("dddddddddd d", 0),
            Shape("ddddddddd-dd", 90),
            Shape("ddddddddddd", 0),
        ],
        check: is_cpf,
        words: &["cpf"],
    },
    Scheme {
        country: *b"br",
        tax: true,
        shapes: &[Shape("dd.ddd.ddd/dddd-dd", 97), Shape("dddddddddddddd", 0)],
        check: is_cnpj,
        words: &["cnpj"],
    },
];

/// Nine digits and two check digits, modulus 11 with weights from 10 and from 11 down (Receita Federal,
/// Instrução Normativa 1548/2015).
pub(super) fn is_cpf(chars: &[u8]) -> bool {
    are_digits(chars, 11)
        && check(weighed(chars, &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(chars[9])
        && check(weighed(chars, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(chars[10])
}

/// Twelve digits and two check digits, modulus 11 with weights 2 to 9 over and over from the right
/// (Instrução Normativa 2119/2022).
pub(super) fn is_cnpj(chars: &[u8]) -> bool {
    are_digits(chars, 14)
        && check(weighed(chars, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == value(chars[12])
        && check(weighed(chars, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == value(chars[13])
}

fn check(sum: u32) -> u32 {
    if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
}
