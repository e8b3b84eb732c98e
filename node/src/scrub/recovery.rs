//! Recovery words (BIP-39, the English list): 12, 15, 18, 21 or 24 words whose checksum holds.

use super::Kind;
use super::context::is_one_of;
use super::folded::Folded;
use super::found::Finds;
use bip39::{Language, Mnemonic};
use std::ops::Range;

/// Bytes of the shortest and the longest word of the list.
const LENS: std::ops::RangeInclusive<usize> = 3..=8;
const COUNTS: [usize; 5] = [24, 21, 18, 15, 12];
/// Bytes between two words: spaces, line ends, commas, numbers, quotes.
const BETWEEN_MAX: usize = 10;
/// Words in which all places are tried; of more, the lines.
const TRIED_MAX: usize = 26;
/// Bytes before words in which something says what they are.
const CONTEXT_BYTES: usize = 96;

const NAMES: [&str; 12] = [
    "seed", "mnemonic", "recovery", "phrase", "wallet", "backup", "bip", "words", "secret",
    "metamask", "ledger", "trezor",
];

/// Finds recovery words.
#[derive(Debug)]
pub(super) struct Recovery {
    /// The words of the list, each at the hash of its first four letters or in the next free slot;
    /// most words of a text meet an empty one.
    slots: Box<[&'static str; SLOTS]>,
    /// Whether a slot is taken, a bit each: small enough to stay near the processor.
    taken: [u64; SLOTS / 64],
}

/// Four slots for each word of the list.
const SLOTS: usize = 1 << 13;

impl Default for Recovery {
    fn default() -> Self {
        let mut slots = Box::new([""; SLOTS]);
        let mut taken = [0; SLOTS / 64];
        for word in Language::English.word_list() {
            let mut slot = slot(word.as_bytes());
            while !slots[slot].is_empty() {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = word;
            taken[slot / 64] |= 1 << (slot % 64);
        }
        Self { slots, taken }
    }
}

/// Where a word belongs by its first four letters, whatever their case. No two words of the list begin
/// with the same four.
fn slot(word: &[u8]) -> usize {
    let letters = word.iter().take(4).fold(0_u32, |letters, b| letters << 8 | u32::from(b | 0x20));
    (letters.wrapping_mul(0x9E37_79B1) >> 19) as usize
}

impl Recovery {
    pub(super) fn find(&self, text: &Folded<'_>, found: &mut Finds) {
        if text.bytes().len() < COUNTS[4] * (LENS.start() + 1) - 1 {
            return;
        }
        let mut run: Vec<Range<usize>> = Vec::new();
        for word in words(text.bytes()) {
            let is_listed = self.is_listed(&text.as_str()[word.clone()]);
            let goes_on = || run.last().is_none_or(|last| goes_on(text, last.end..word.start));
            if !is_listed || !goes_on() {
                judge(text, &run, found);
                run.clear();
            }
            if is_listed {
                run.push(word);
            }
        }
        judge(text, &run, found);
    }

    fn is_listed(&self, word: &str) -> bool {
        if !LENS.contains(&word.len()) {
            return false;
        }
        let first = slot(word.as_bytes());
        if self.taken[first / 64] >> (first % 64) & 1 == 0 {
            return false;
        }
        let mut slots = (first..first + SLOTS).map(|slot| self.slots[slot % SLOTS]);
        let met = slots.find(|listed| listed.is_empty() || listed.eq_ignore_ascii_case(word));
        met.is_some_and(|listed| !listed.is_empty())
    }
}

/// Runs of ASCII letters.
fn words(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(u8::is_ascii_alphabetic)?;
        let len = bytes[start..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        at = start + len;
        Some(start..at)
    })
}

/// Whether what stands between two words keeps them together: no sentence ends, and a colon only
/// follows a number.
fn goes_on(text: &Folded<'_>, between: Range<usize>) -> bool {
    if between.len() > BETWEEN_MAX {
        return false;
    }
    let between = &text.bytes()[between];
    let has_number = between.iter().any(u8::is_ascii_digit);
    between.iter().all(|b| match b {
        b':' => has_number,
        _ => b.is_ascii_whitespace() || b.is_ascii_digit() || b"\",.'`;|()[]-\\*_/&".contains(b),
    })
}

fn judge(text: &Folded<'_>, run: &[Range<usize>], found: &mut Finds) {
    if run.len() < COUNTS[4] {
        return;
    }
    if run.len() <= TRIED_MAX {
        judge_places(text, run, found);
        return;
    }
    let line_ends =
        |pair: &[Range<usize>]| text.bytes()[pair[0].end..pair[1].start].contains(&b'\n');
    let mut start = 0;
    for end in 1..=run.len() {
        if end == run.len() || line_ends(&run[end - 1..=end]) {
            if end - start <= TRIED_MAX {
                judge_places(text, &run[start..end], found);
            }
            start = end;
        }
    }
}

/// Tries every place for every number of words: most words first, and the last place, for what is
/// said of them stands before.
fn judge_places(text: &Folded<'_>, run: &[Range<usize>], found: &mut Finds) {
    for count in COUNTS {
        if let Some(words) = run.windows(count).rev().find(|words| checksum_holds(text, words)) {
            add(words, 98, found);
            return;
        }
    }
    if COUNTS.contains(&run.len()) && is_named(text, run[0].start) {
        add(run, 65, found);
    }
}

fn add(words: &[Range<usize>], confidence: u8, found: &mut Finds) {
    if let (Some(first), Some(last)) = (words.first(), words.last()) {
        found.add(first.start..last.end, Kind::RecoveryWords, confidence);
    }
}

fn checksum_holds(text: &Folded<'_>, words: &[Range<usize>]) -> bool {
    let words: Vec<_> =
        words.iter().map(|word| text.as_str()[word.clone()].to_ascii_lowercase()).collect();
    Mnemonic::parse_in_normalized(Language::English, &words.join(" ")).is_ok()
}

fn is_named(text: &Folded<'_>, start: usize) -> bool {
    let before = text.before(start, CONTEXT_BYTES);
    before.split(|c: char| !c.is_ascii_alphabetic()).any(|word| is_one_of(word, &NAMES))
}
