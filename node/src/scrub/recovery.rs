//! Recovery words (BIP-39, the English list): 12, 15, 18, 21 or 24 words whose checksum holds.

use super::Kind;
use super::context::is_one_of;
use super::folded::Folded;
use super::found::Finds;
use bip39::{Language, Mnemonic};
use std::collections::HashSet;
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
    words: HashSet<&'static str>,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { words: Language::English.word_list().iter().copied().collect() }
    }
}

impl Recovery {
    pub(super) fn find(&self, text: &Folded<'_>, found: &mut Finds) {
        let mut run: Vec<Range<usize>> = Vec::new();
        for word in words(text.bytes()) {
            let goes_on = run.last().is_none_or(|last| goes_on(text, last.end..word.start));
            if !goes_on || !self.is_listed(&text.as_str()[word.clone()]) {
                judge(text, &run, found);
                run.clear();
            }
            if self.is_listed(&text.as_str()[word.clone()]) {
                run.push(word);
            }
        }
        judge(text, &run, found);
    }

    fn is_listed(&self, word: &str) -> bool {
        if !LENS.contains(&word.len()) {
            return false;
        }
        let mut lower = [0; 8];
        let lower = &mut lower[..word.len()];
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        std::str::from_utf8(lower).is_ok_and(|lower| self.words.contains(lower))
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

/// Whether what stands between two words keeps them together: no sentence ends, nothing is said.
fn goes_on(text: &Folded<'_>, between: Range<usize>) -> bool {
    let belongs = |b: &u8| {
        b.is_ascii_whitespace() || b.is_ascii_digit() || b"\",.'`;:|()[]-\\*_/&".contains(b)
    };
    between.len() <= BETWEEN_MAX && text.bytes()[between].iter().all(belongs)
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

/// Tries every place for every number of words, most words first.
fn judge_places(text: &Folded<'_>, run: &[Range<usize>], found: &mut Finds) {
    for count in COUNTS {
        if let Some(words) = run.windows(count).find(|words| checksum_holds(text, words)) {
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
