//! Words near a number that say what it is: "my phone is", "IBAN:", "order no.", in the languages of
//! our members. They turn digits that could be anything into a find, or keep them from being one.

mod words;

use crate::limits::{SCRUB_CUE_AFTER_BYTES, SCRUB_CUE_BEFORE_BYTES};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// What a word near a number says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Cue {
    /// A phone, or that somebody is to be called.
    Phone,
    /// A number of the speaker's without a word on what kind.
    Number,
    Card,
    Account,
    /// A national identity number, social security or insurance.
    Identity,
    Tax,
    Passport,
    Born,
    /// A postal address.
    Home,
    /// Something else: an order, a version, a price.
    Other,
}

const CUES: usize = Cue::Other as usize + 1;
const FAR: usize = usize::MAX;
/// What may stand around the digits of a number without being another one: a plus, a parenthesis.
const SIGN_BYTES: usize = 2;

/// How far cues are from a place in the text, in bytes.
pub(crate) struct Cues {
    before: [usize; CUES],
    after: [usize; CUES],
}

impl Cues {
    /// The cues around `start..end`. Looks at bounded windows only.
    pub(crate) fn around(text: &str, start: usize, end: usize) -> Self {
        let mut cues = Self { before: [FAR; CUES], after: [FAR; CUES] };
        let from = boundary_down(text, start.saturating_sub(SCRUB_CUE_BEFORE_BYTES));
        cues.read_before(&text[from..start]);
        let to = boundary_down(text, (end + SCRUB_CUE_AFTER_BYTES).min(text.len())).max(end);
        cues.read_after(&text[end..to]);
        cues
    }

    /// The same for a stretch that begins `later` and ends `earlier` with only digits and separators
    /// there.
    pub(crate) fn within(&self, later: usize, earlier: usize) -> Self {
        let shift = |distance: usize, by: usize| distance.checked_add(by).unwrap_or(FAR);
        let mut before = self.before.map(|distance| shift(distance, later));
        if later > SIGN_BYTES {
            // The first digits took what names a number of any kind.
            before[Cue::Other as usize] = FAR;
            before[Cue::Number as usize] = FAR;
        }
        let after = self.after.map(|distance| if earlier > SIGN_BYTES { FAR } else { distance });
        Self { before, after }
    }

    fn read_before(&mut self, window: &str) {
        let window = paragraph_end(window).to_lowercase();
        each_cue(&window, |cue, _, end| {
            let between = &window[end..];
            // Another number took the word that names something else, but "phone or fax" may name two.
            if cue == Cue::Other && between.bytes().any(|byte| byte.is_ascii_digit()) {
                return;
            }
            self.before[cue as usize] = between.len();
        });
    }

    fn read_after(&mut self, window: &str) {
        let line = window.split(['\n', '\r', ';']).next().unwrap_or_default().to_lowercase();
        each_cue(&line, |cue, start, _| {
            let taken = line[..start].bytes().any(|byte| byte.is_ascii_digit());
            if !taken && self.after[cue as usize] == FAR {
                self.after[cue as usize] = start;
            }
        });
    }

    /// Whether the cue stands before the place.
    pub(crate) fn before(&self, cue: Cue) -> bool {
        self.before[cue as usize] != FAR
    }

    /// Whether the cue stands before the place and none nearer says that it is something else.
    pub(crate) fn says(&self, cue: Cue) -> bool {
        self.before(cue) && self.before[cue as usize] <= self.before[Cue::Other as usize]
    }

    /// Whether the cue stands right behind the place, as in "555-0100 (mobile)".
    pub(crate) fn follows(&self, cue: Cue) -> bool {
        self.after[cue as usize] != FAR
    }

    /// Bytes from the place to the first such cue behind it.
    pub(crate) fn distance_behind(&self, cue: Cue) -> usize {
        self.after[cue as usize]
    }

    /// Bytes from the nearest such cue before the place.
    pub(crate) fn distance(&self, cue: Cue) -> usize {
        self.before[cue as usize]
    }

    /// Whether the nearest word before the place says that it is none of what we look for.
    pub(crate) fn says_other(&self) -> bool {
        let other = self.before[Cue::Other as usize];
        other != FAR && self.before[..Cue::Other as usize].iter().all(|distance| *distance > other)
    }
}

/// Only the last two lines: what is further up speaks of something else.
fn paragraph_end(window: &str) -> &str {
    let mut breaks = window.rmatch_indices('\n');
    let line = match breaks.nth(1) {
        Some((at, _)) => &window[at + 1..],
        None => window,
    };
    line.rfind("\n\n").map_or(line, |at| &line[at + 2..])
}

fn boundary_down(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Words {
    search: AhoCorasick,
    /// By pattern: what it says, and whether more letters may follow it.
    meaning: Vec<(Cue, bool)>,
}

/// Built once from our own tables, so it cannot fail on what a chat holds; without it there are no cues.
static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut meaning = Vec::new();
    for (cue, words) in words::TABLE {
        for word in words.split('|').map(str::trim).filter(|word| !word.is_empty()) {
            patterns.push(word.trim_end_matches('*'));
            meaning.push((*cue, word.ends_with('*')));
        }
    }
    let search = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok()?;
    Some(Words { search, meaning })
});

/// Calls `each` with every cue in lower-case text, in the order in which they end.
fn each_cue(lower: &str, mut each: impl FnMut(Cue, usize, usize)) {
    let Some(words) = &*WORDS else { return };
    for found in words.search.find_overlapping_iter(lower) {
        let Some((cue, open)) = words.meaning.get(found.pattern().as_usize()) else { continue };
        let (start, end) = (found.start(), found.end());
        if begins_word(lower, start) && (*open || ends_word(lower, end)) {
            each(*cue, start, end);
        }
    }
}

/// Scripts in which words stand apart; elsewhere a cue counts wherever it stands.
fn is_spaced(char: char) -> bool {
    char.is_alphabetic()
        && matches!(char, '\0'..='\u{58f}' | '\u{900}'..='\u{dff}' | '\u{10a0}'..='\u{10ff}'
            | '\u{1e00}'..='\u{1fff}')
}

fn begins_word(text: &str, start: usize) -> bool {
    let first = text[start..].chars().next();
    let before = text[..start].chars().next_back();
    !(first.is_some_and(is_spaced) && before.is_some_and(is_spaced))
}

fn ends_word(text: &str, end: usize) -> bool {
    let last = text[..end].chars().next_back();
    let after = text[end..].chars().next();
    !(last.is_some_and(is_spaced) && after.is_some_and(is_spaced))
}
