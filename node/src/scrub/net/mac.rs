//! Addresses of hardware: six pairs of hexadecimal digits with colons or hyphens between, or three
//! groups of four with dots.

use super::stands_alone;
use crate::scrub::Kind;
use crate::scrub::context::{ends_near, last_line};
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memchr_iter;
use std::ops::Range;

/// Six pairs and what is between.
const LEN: usize = 17;
/// Three groups of four and what is between.
const DOTTED_LEN: usize = 14;
/// Bytes before in which words tell what the numbers are.
const CONTEXT_BYTES: usize = 32;

const NAMES: [&str; 12] = [
    "mac",
    "macs",
    "ethernet",
    "ether",
    "hwaddr",
    "bssid",
    "wlan",
    "wifi",
    "bluetooth",
    "adapter",
    "hardware",
    "physical",
];

/// Those with hyphens or dots; those with colons are found among IPv6 addresses.
pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    for hyphen in memchr_iter(b'-', text.bytes()) {
        window(text, hyphen, 2, LEN, |written| is_pairs(written, b'-'), found);
    }
    for dot in memchr_iter(b'.', text.bytes()) {
        window(text, dot, 4, DOTTED_LEN, is_dotted, found);
    }
}

/// Looks at the `len` bytes around a sign that stands `first` bytes into them.
fn window(
    text: &Folded<'_>,
    sign: usize,
    first: usize,
    len: usize,
    fits: impl Fn(&str) -> bool,
    found: &mut Finds,
) {
    let bytes = text.bytes();
    let next = sign + 1 + first;
    let (Some(start), Some(sign)) = (sign.checked_sub(first), bytes.get(sign)) else { return };
    if bytes.get(next) != Some(sign) {
        return;
    }
    let run = start..start + len;
    let Some(written) = text.as_str().get(run.clone()) else { return };
    let goes_on = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(sign);
    if !fits(written) || goes_on(start.checked_sub(1)) || !stands_alone(text, run.start, run.end) {
        return;
    }
    if goes_on(Some(run.end)) && bytes.get(run.end + 1).is_some_and(u8::is_ascii_hexdigit) {
        return;
    }
    if let Some(confidence) = confidence(text, &run) {
        found.add(run, Kind::Mac, confidence);
    }
}

/// Whether this is six pairs (or eight: EUI-64) of hexadecimal digits with `sign` between.
pub(super) fn is_pairs(written: &str, sign: u8) -> bool {
    let bytes = written.as_bytes();
    let is_fit = |(at, b): (usize, &u8)| match at % 3 {
        2 => *b == sign,
        _ => b.is_ascii_hexdigit(),
    };
    matches!(bytes.len(), LEN | 23) && bytes.iter().enumerate().all(is_fit)
}

fn is_dotted(written: &str) -> bool {
    let is_fit = |(at, b): (usize, &u8)| match at % 5 {
        4 => *b == b'.',
        _ => b.is_ascii_hexdigit(),
    };
    written.bytes().any(|b| b.is_ascii_digit())
        && written.bytes().any(|b| b.is_ascii_alphabetic())
        && written.as_bytes().iter().enumerate().all(is_fit)
}

/// How sure it is that a network device has this address: digits alone may be times, and a byte that
/// is repeated throughout is nobody's.
pub(super) fn confidence(text: &Folded<'_>, run: &Range<usize>) -> Option<u8> {
    let written = &text.as_str()[run.clone()];
    let mut digits = written.bytes().filter(u8::is_ascii_hexdigit);
    let first = digits.next()?;
    if digits.all(|digit| digit == first) {
        return None;
    }
    let before = last_line(text.before(run.start, CONTEXT_BYTES));
    let is_named = ends_near(before, &NAMES, 4);
    let has_letters = written.bytes().any(|b| b.is_ascii_alphabetic());
    match (is_named, has_letters) {
        (true, _) => Some(97),
        (false, true) => Some(92),
        (false, false) => None,
    }
}
