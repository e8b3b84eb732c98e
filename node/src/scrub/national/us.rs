//! United States: social security numbers, and the tax numbers of those who have none.

use super::digits::number;
use super::{Scheme, Shape};

pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        country: *b"us",
        tax: false,
        shapes: &[Shape("ddd-dd-dddd", 85), Shape("ddd dd dddd", 70), Shape("ddddddddd", 0)],
        check: is_ssn,
        words: &["ssn", "social security", "soc sec"],
    },
    Scheme {
        country: *b"us",
        tax: true,
        shapes: &[Shape("ddd-dd-dddd", 80), Shape("ddddddddd", 0)],
        check: is_itin,
        words: &["itin", "taxpayer", "tax"],
    },
    Scheme {
        country: *b"us",
        tax: true,
        shapes: &[Shape("dd-ddddddd", 0)],
        check: is_ein,
        words: &["ein", "employer", "tax id", "fein"],
    },
];

/// No area 000, 666 or 900 to 999, no group 00, no serial 0000 (20 CFR 422.103 as the Social Security
/// Administration explains it; numbers have no check digit).
pub(super) fn is_ssn(chars: &[u8]) -> bool {
    let area = number(&chars[..3]);
    chars.len() == 9
        && (1..900).contains(&area)
        && area != 666
        && &chars[3..5] != b"00"
        && &chars[5..] != b"0000"
}

/// Individual taxpayer identification numbers: begin with 9, the fourth and fifth digit 50 to 65, 70 to
/// 88, 90 to 92 or 94 to 99 (IRS, Internal Revenue Manual 3.21.263).
pub(super) fn is_itin(chars: &[u8]) -> bool {
    let group = number(&chars[3..5]);
    chars[0] == b'9' && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// Employer identification numbers: any but those with a prefix that no campus of the IRS gives.
fn is_ein(chars: &[u8]) -> bool {
    !matches!(
        number(&chars[..2]),
        0 | 7 | 8 | 9 | 17 | 18 | 19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97
    )
}
