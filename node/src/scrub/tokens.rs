//! Long words of letters and digits: what is drawn at random rather than written.

use super::folded::Folded;
use super::found::Finds;
use super::{digest, wallet};
use std::ops::Range;

/// Bytes of the shortest word that is looked at.
const LEN_MIN: usize = 25;
/// Bytes of the longest one that may be something.
const LEN_MAX: usize = 160;

/// A long word.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
}

/// Finds what long words are. Of bytes that are so far apart that no long word fits between only
/// one is looked at.
pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    let mut at = LEN_MIN - 1;
    while at < bytes.len() {
        let back =
            bytes[..=at].iter().rev().take(LEN_MIN).take_while(|b| b.is_ascii_alphanumeric());
        let back = back.count();
        if back < LEN_MIN {
            at += LEN_MIN - back;
            continue;
        }
        let ahead = bytes[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let range = at + 1 - LEN_MIN..at + 1 + ahead;
        at = range.end + LEN_MIN;
        if range.len() <= LEN_MAX && stands_alone(text, &range) {
            let token = Token { range };
            wallet::find(text, &token, found);
            digest::find(text, &token, found);
        }
    }
}

fn stands_alone(text: &Folded<'_>, range: &Range<usize>) -> bool {
    let joins = |c: char| super::script::joins_latin(c) || c == '_';
    !text.char_before(range.start).is_some_and(joins) && !text.char_at(range.end).is_some_and(joins)
}
