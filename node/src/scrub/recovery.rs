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
/// Bytes of the fewest words, the shortest, with one between two.
const RUN_BYTES_MIN: usize = COUNTS[4] * (*LENS.start() + 1) - 1;
/// Bytes between two words: spaces, line ends, commas, numbers, quotes.
const BETWEEN_MAX: usize = 10;
/// Words in which all places are tried; of more, the lines.
const TRIED_MAX: usize = 26;
/// Bytes before words in which something says what they are.
const CONTEXT_BYTES: usize = 96;

const NAMES: [&str; 11] = [
    "seed", "mnemonic", "recovery", "phrase", "wallet", "backup", "bip", "secret", "metamask",
    "ledger", "trezor",
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
        self.each_run(text, |run| judge(text, run, found));
    }

    /// Hands over every run of listed words that is long enough, and some that are not. Looks at one word
    /// in as many bytes as twelve take at the least: a run that does not begin behind that place goes
    /// over it.
    fn each_run(&self, text: &Folded<'_>, mut see: impl FnMut(&[Range<usize>])) {
        let bytes = text.bytes();
        let mut from = 0;
        while from + RUN_BYTES_MIN <= bytes.len() {
            let at = from + RUN_BYTES_MIN;
            from = match word_before(bytes, from, at) {
                None => at,
                Some(word) if !self.is_listed(&text.as_str()[word.clone()]) => word.end,
                Some(word) => {
                    let run = self.run_around(text, from, word);
                    see(&run);
                    run.last().map_or(at, |last| last.end)
                }
            };
        }
    }

    /// The words of the list that go on in each other around one of them; none begins before `from`.
    fn run_around(&self, text: &Folded<'_>, from: usize, word: Range<usize>) -> Vec<Range<usize>> {
        let bytes = text.bytes();
        let listed = |word: &Range<usize>| self.is_listed(&text.as_str()[word.clone()]);
        let mut run = vec![word.clone()];
        let mut first = word.start;
        while let Some(before) = word_before(bytes, from, first)
            && listed(&before)
            && goes_on(text, before.end..first)
        {
            first = before.start;
            run.push(before);
        }
        run.reverse();
        let mut last = word.end;
        for behind in words(&bytes[word.end..]) {
            let behind = word.end + behind.start..word.end + behind.end;
            if !listed(&behind) || !goes_on(text, last..behind.start) {
                break;
            }
            last = behind.end;
            run.push(behind);
        }
        run
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

/// The word that the byte before `end` belongs to, or the one that ends before it, if no more is between
/// than keeps words together; nothing before `from`, where no word goes on.
fn word_before(bytes: &[u8], from: usize, end: usize) -> Option<Range<usize>> {
    let near = from.max(end.saturating_sub(BETWEEN_MAX + 1));
    let last = near + bytes[near..end].iter().rposition(u8::is_ascii_alphabetic)?;
    let letters = |bytes: &mut dyn Iterator<Item = &u8>| {
        bytes.take_while(|byte| byte.is_ascii_alphabetic()).count()
    };
    let before = letters(&mut bytes[from..last].iter().rev());
    let behind = letters(&mut bytes[last + 1..].iter());
    Some(last - before..last + 1 + behind)
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
    let is_list = is_list(text, run) && !is_named(text, run[0].start);
    for count in COUNTS.into_iter().filter(|_| !is_list) {
        if let Some(words) = run.windows(count).rev().find(|words| checksum_holds(text, words)) {
            add(words, 98, found);
            return;
        }
    }
    if COUNTS.contains(&run.len()) && is_named(text, run[0].start) {
        add(run, 65, found);
    }
}

/// Whether the words are a list as of a lesson, with commas or in the order of the alphabet: of sixteen
/// such lists of twelve words one has a checksum that holds.
fn is_list(text: &Folded<'_>, run: &[Range<usize>]) -> bool {
    let commas = |pair: &[Range<usize>]| text.as_str()[pair[0].end..pair[1].start].contains(',');
    let word = |at: &Range<usize>| text.as_str()[at.clone()].to_ascii_lowercase();
    let pairs = || run.windows(2);
    pairs().all(commas) || pairs().all(|pair| word(&pair[0]) <= word(&pair[1]))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scrub::folded::Form;
    use proptest::prelude::*;

    /// The runs of a text, word by word.
    fn word_by_word(recovery: &Recovery, text: &Folded<'_>) -> Vec<Vec<Range<usize>>> {
        let mut runs = vec![Vec::<Range<usize>>::new()];
        for word in words(text.bytes()) {
            let is_listed = recovery.is_listed(&text.as_str()[word.clone()]);
            let goes_on = runs
                .last()
                .and_then(|run| run.last())
                .is_none_or(|l| goes_on(text, l.end..word.start));
            if !is_listed || !goes_on {
                runs.push(Vec::new());
            }
            if is_listed && let Some(run) = runs.last_mut() {
                run.push(word);
            }
        }
        runs.retain(|run| run.len() >= COUNTS[4]);
        runs
    }

    fn piece() -> impl Strategy<Value = String> {
        let listed = prop::sample::select(Language::English.word_list().to_vec());
        let between = prop::sample::select(vec![
            " ",
            " ",
            " ",
            ", ",
            "\n",
            " 12. ",
            ":",
            "é",
            "            ",
        ]);
        let words = prop::collection::vec((listed, between.clone()), 1..30);
        let listed =
            words.prop_map(|words| words.into_iter().map(|(w, b)| format!("{w}{b}")).collect());
        let other = prop::sample::select(vec!["zzz", "a", "is", "abandonabandon", "x1"]);
        let other = (other, between).prop_map(|(word, between)| format!("{word}{between}"));
        prop_oneof![2 => listed, 1 => other]
    }

    proptest! {
        #[test]
        fn no_run_is_overlooked(pieces in prop::collection::vec(piece(), 1..12)) {
            let recovery = Recovery::default();
            let text = pieces.concat();
            let text = Folded::new(&text, Form::Plain);
            let mut runs = Vec::new();
            recovery.each_run(&text, |run| runs.push(run.to_vec()));
            runs.retain(|run| run.len() >= COUNTS[4]);
            prop_assert_eq!(runs, word_by_word(&recovery, &text));
        }
    }
}
