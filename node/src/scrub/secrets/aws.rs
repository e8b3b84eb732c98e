//! The secret half of an AWS key, which has no prefix: forty characters of base64 near the first half.

use super::body::{Alphabet, is_mixed, is_stand_in};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;

/// Bytes behind the first half in which the second is looked for.
const NEAR_BYTES: usize = 160;
const LEN: usize = 40;

/// Looks for the secret half behind the first one, which ends at `end`.
pub(super) fn find_secret(text: &Folded<'_>, end: usize, found: &mut Finds) {
    let near = text.after(end, NEAR_BYTES);
    let mut at = 0;
    while at < near.len() {
        let run = Alphabet::Base64.run(&near.as_bytes()[at..], NEAR_BYTES);
        let word = near[at..at + run].trim_matches('=');
        if word.len() == LEN && is_mixed(word) && has_cases(word) && !is_stand_in(word) {
            let start = end + at + near[at..].find(word).unwrap_or(0);
            found.add(start..start + LEN, Kind::ApiKey, 95);
            return;
        }
        at += run.max(1);
        while !near.is_char_boundary(at) {
            at += 1;
        }
    }
}

fn has_cases(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_uppercase()) && word.bytes().any(|b| b.is_ascii_lowercase())
}
