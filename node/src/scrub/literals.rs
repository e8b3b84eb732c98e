//! Many short literals, looked for at every place of a text, whatever the case of their ASCII letters.
//!
//! The first three bytes of a literal make a number, and a table of bits says which numbers there are.
//! At most places of a text its bit is all that is looked at; where it is set, the few literals that
//! share it are compared. The table fits where the processor reads fastest. That of an automaton for as
//! many literals of thirty languages does not: on short texts of many languages each step waited for
//! memory.

use std::ops::Range;

/// Literals, in the order in which they were given.
#[derive(Debug)]
pub(super) struct Literals {
    words: Vec<Box<str>>,
    /// A bit for each hash that the beginning of a literal has.
    begins: Box<[u64; BITS / 64]>,
    /// Where the literals of each bucket begin in `order`, and where those of the last one end.
    buckets: Vec<usize>,
    /// Indexes of literals by bucket, in each the shorter first.
    order: Vec<usize>,
}

/// Bytes of a literal that are hashed.
const HASHED: usize = 3;
/// Bits of the table; buckets of hashes.
const BITS: usize = 1 << 15;
const BUCKETS: usize = 1 << 12;

/// The hash of three bytes, the last of which is the lowest of `bytes`.
fn hash(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS.trailing_zeros())) as usize
}

fn bucket(hash: usize) -> usize {
    hash / (BITS / BUCKETS)
}

/// The bytes before and this one; letters as small ones, which makes other bytes equal, too.
fn and_then(bytes: u32, byte: u8) -> u32 {
    (bytes << 8 | u32::from(byte | 0x20)) & 0xff_ffff
}

/// The hashes of what may stand where a literal stands. Behind one of two bytes anything may.
fn hashes(word: &str) -> Vec<usize> {
    let first = word.bytes().take(HASHED).fold(0, and_then);
    match word.len() {
        0 | 1 => Vec::new(),
        2 => (0..=u8::MAX).map(|byte| hash(and_then(first, byte))).collect(),
        _ => vec![hash(first)],
    }
}

impl Literals {
    /// Literals of two bytes and more; shorter ones are never found.
    pub(super) fn new(words: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let words: Vec<Box<str>> = words.into_iter().map(Into::into).collect();
        let mut begins = Box::new([0; BITS / 64]);
        let mut placed = Vec::new();
        for (index, word) in words.iter().enumerate() {
            for hash in hashes(word) {
                begins[hash / 64] |= 1 << (hash % 64);
                placed.push((bucket(hash), word.len(), index));
            }
        }
        placed.sort_unstable();
        placed.dedup();
        let buckets = (0..=BUCKETS).map(|bucket| placed.partition_point(|of| of.0 < bucket));
        let (buckets, order) = (buckets.collect(), placed.iter().map(|of| of.2).collect());
        Self { words, begins, buckets, order }
    }

    /// Hands over every literal in the text, also within others: its index, and where it stands. They
    /// come in the order in which they begin, of one place the shorter first.
    pub(super) fn each(&self, text: &[u8], mut see: impl FnMut(usize, Range<usize>)) {
        let mut bytes = 0;
        // The last of two bytes is one of three with what stands behind the end.
        text.iter().copied().chain([0]).enumerate().for_each(|(last, byte)| {
            bytes = and_then(bytes, byte);
            let hash = hash(bytes);
            if self.begins[hash / 64] >> (hash % 64) & 1 == 1 && last + 1 >= HASHED {
                self.at(text, last + 1 - HASHED, bucket(hash), &mut see);
            }
        });
    }

    fn at(
        &self,
        text: &[u8],
        start: usize,
        bucket: usize,
        see: &mut impl FnMut(usize, Range<usize>),
    ) {
        for index in &self.order[self.buckets[bucket]..self.buckets[bucket + 1]] {
            let word = self.words[*index].as_bytes();
            let end = start + word.len();
            if text.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(word)) {
                see(*index, start..end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(words: &[String], text: &str) -> Vec<(usize, Range<usize>)> {
        let mut all = Vec::new();
        Literals::new(words.iter().cloned())
            .each(text.as_bytes(), |index, at| all.push((index, at)));
        all
    }

    /// By looking for each at every place.
    fn by_hand(words: &[String], text: &str) -> Vec<(usize, Range<usize>)> {
        let mut all = Vec::new();
        for (index, word) in words.iter().enumerate() {
            for at in 0..(text.len() + 1).saturating_sub(word.len()) {
                let there = &text.as_bytes()[at..at + word.len()];
                if there.eq_ignore_ascii_case(word.as_bytes()) {
                    all.push((index, at..at + word.len()));
                }
            }
        }
        all.sort_by_key(|(index, at)| (at.start, at.end, *index));
        all
    }

    #[test]
    fn literals_are_found_at_both_ends_and_within_each_other() {
        let words = ["mr", "mr.", "api_key", "_key", "密码", "Пароль"].map(String::from);
        let text = "Mr. API_KEY 密码 пароль Пароль x_key mr";
        assert_eq!(all(&words, text), by_hand(&words, text));
        let found = all(&words, text);
        assert_eq!(found.iter().filter(|(index, _)| *index == 0).count(), 2);
        assert_eq!(found.iter().filter(|(index, _)| *index == 5).count(), 1, "its case counts");
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_stands_there(
            words in prop::collection::vec("[ab密à.]{2,5}", 1..12),
            text in "[abAB密à.]{0,60}",
        ) {
            let long: Vec<String> = words.into_iter().filter(|word| word.len() > 1).collect();
            prop_assert_eq!(all(&long, &text), by_hand(&long, &text));
        }
    }
}
