//! Words near a number that say what it is: "my phone is", "IBAN:", "order no.", in the languages of
//! our members. They turn digits that could be anything into a find, or keep them from being one.

mod search;
mod words;

use crate::limits::{SCRUB_CUE_AFTER_BYTES, SCRUB_CUE_BEFORE_BYTES};
use search::each_cue;

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
    /// Those before the place on its line, or at the end of the one before, with no other number between.
    own: [usize; CUES],
    after: [usize; CUES],
}

impl Cues {
    /// The cues around `start..end`. Looks at bounded windows only.
    pub(crate) fn around(text: &str, start: usize, end: usize) -> Self {
        let mut cues = Self { before: [FAR; CUES], own: [FAR; CUES], after: [FAR; CUES] };
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
        let own =
            self.own.map(|distance| if later > SIGN_BYTES { FAR } else { shift(distance, later) });
        Self { before, own, after }
    }

    fn read_before(&mut self, window: &str) {
        // Names in programs have underscores for blanks.
        let window = paragraph_end(window).to_lowercase().replace('_', " ");
        each_cue(&window, |cue, _, end| {
            let between = &window[end..];
            let has_number = has_number(between);
            let is_taken = match cue {
                // Another number took the word that names something else, or another line.
                Cue::Other => {
                    let far = between.contains('\n') && between.trim().len() > LINE_BYTES;
                    far || between.bytes().any(|byte| byte.is_ascii_digit())
                }
                // "Phone or fax" may name two, but on one line.
                Cue::Phone => has_number && between.contains('\n'),
                // "My number is", but not "the number of the contract is".
                Cue::Number => !only_joins(between),
                _ => false,
            };
            if is_taken {
                return;
            }
            self.before[cue as usize] = between.len();
            if !has_number && !is_of_another_line(between) {
                self.own[cue as usize] = between.len();
            }
        });
    }

    fn read_after(&mut self, window: &str) {
        let line = window.split(['\n', '\r', ';']).next().unwrap_or_default();
        let sentence = line.split(". ").next().unwrap_or_default();
        let line = sentence.to_lowercase();
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

    /// Whether the cue stands before the place on its line, with no other number between and no word nearer
    /// that says that it is something else.
    pub(crate) fn says_of_this(&self, cue: Cue) -> bool {
        self.says(cue) && self.own[cue as usize] != FAR
    }

    /// Bytes from the nearest such cue before the place that no other number took.
    pub(crate) fn own_distance(&self, cue: Cue) -> usize {
        self.own[cue as usize]
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

/// Bytes before a number on its line that a word on the line before may still speak of.
const LINE_BYTES: usize = 16;

/// Digits of a number that may be what a word before it names.
const NUMBER_DIGITS: usize = 5;

/// Whether a number stands in the text.
fn has_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= NUMBER_DIGITS
}

/// Whether more than a colon is on the line before.
fn is_of_another_line(between: &str) -> bool {
    between.trim_start_matches([' ', ':', '：', '\n']).contains('\n')
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

/// Words between "number" and the number itself.
const JOINS: [&str; 27] = [
    "is",
    "was",
    "ist",
    "lautet",
    "war",
    "est",
    "es",
    "era",
    "è",
    "é",
    "e",
    "to",
    "jest",
    "je",
    "är",
    "er",
    "on",
    "это",
    "це",
    "είναι",
    "هو",
    "است",
    "है",
    "là",
    "adalah",
    "este",
    "van",
];

/// Whether only such words, or signs, stand between.
fn only_joins(between: &str) -> bool {
    let words = between.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.into_iter().all(|word| {
        JOINS.contains(&word) || word.chars().all(|c| "是は为為은는이가です".contains(c))
    })
}
