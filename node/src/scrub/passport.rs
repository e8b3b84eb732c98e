//! Passports, and identity cards that are numbered like them: digits and letters without a check that
//! all countries share, so a word has to say what they are.

use super::cue::{Cue, Cues};
use super::found::Finds;
use super::kind::{Country, Kind};
use super::national::de;
use super::numbers::lex::{Group, Run};

/// Characters of a passport number (ICAO Doc 9303 part 4 gives nine; some states use fewer or ten).
const CHARS_MIN: usize = 7;
const CHARS_MAX: usize = 10;
/// Bytes from the word to the number.
const REACH: usize = 48;

/// Looks whether a run is a number of digits alone.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    let digits: usize = run.groups.iter().copied().map(Group::len).sum();
    let whole = run.groups.len() <= 3 && (CHARS_MIN..=CHARS_MAX).contains(&digits);
    let apart = (1..run.groups.len()).all(|at| run.gap(at) == " ");
    let (start, end) = (run.start(), run.end());
    if whole && apart && run.stands_alone(start, end) && says_passport(&run.cues(start, end)) {
        found.add(start..end, Kind::Passport, 80);
    }
}

/// Looks whether a word of letters and digits is a number.
pub(super) fn find_word(text: &str, start: usize, end: usize, found: &mut Finds) {
    let word = &text.as_bytes()[start..end];
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let capitals = !word.iter().any(u8::is_ascii_lowercase);
    let joined = text[..start].ends_with('-')
        || text[end..].starts_with(['-', '_', '/', '.']) && {
            text[end + 1..].starts_with(|char: char| char.is_alphanumeric())
        };
    if !(CHARS_MIN..=CHARS_MAX).contains(&word.len()) || digits < 3 || !capitals || joined {
        return;
    }
    let cues = Cues::around(text, start, end);
    if says_passport(&cues) {
        found.add(start..end, Kind::Passport, 88);
    } else if cues.says(Cue::Identity) && (word.len() == 9 || de::is_document(word)) {
        found.add(start..end, Kind::NationalId(Country::new(*b"de")), 80);
    }
}

fn says_passport(cues: &Cues) -> bool {
    let others = [Cue::Phone, Cue::Card, Cue::Account, Cue::Tax, Cue::Born];
    cues.says(Cue::Passport)
        && cues.distance(Cue::Passport) <= REACH
        && others.into_iter().all(|cue| cues.distance(cue) > cues.distance(Cue::Passport))
}
