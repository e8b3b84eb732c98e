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
    /// A bit for each hash that the beginning of a literal has.
    begins: Box<[u64; BITS / 64]>,
    /// Where the literals of each bucket begin, and where those of the last one end.
    buckets: Vec<u16>,
    /// By bucket, in each the shorter first.
    literals: Vec<Literal>,
    bounds: Bounds,
}

#[derive(Debug)]
struct Literal {
    index: usize,
    text: Box<[u8]>,
}

/// Where literals are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    /// Wherever they stand.
    None,
    /// Not where ASCII letters and digits stand right before or behind their own.
    Words,
}

/// Bits of the table; buckets of hashes.
const BITS: usize = 1 << 15;
const BUCKETS: usize = 1 << 12;

/// The hash of three bytes; letters count as small ones, which makes other bytes equal, too.
fn hash(bytes: [u8; 3]) -> usize {
    let [a, b, c] = bytes.map(|byte| u32::from(byte | 0x20));
    let number = a << 16 | b << 8 | c;
    (number.wrapping_mul(0x9E37_79B1) >> (32 - BITS.trailing_zeros())) as usize
}

fn bucket(hash: usize) -> usize {
    hash / (BITS / BUCKETS)
}

/// The hashes of what may stand where a literal stands. Behind one of two bytes anything may that does
/// not go on in its word.
fn hashes(word: &[u8], bounds: Bounds) -> Vec<usize> {
    match word {
        [a, b, c, ..] => vec![hash([*a, *b, *c])],
        [a, b] => {
            let goes_on = |byte: &u8| bounds == Bounds::Words && byte.is_ascii_alphanumeric();
            (0..=u8::MAX).filter(|byte| !goes_on(byte)).map(|byte| hash([*a, *b, byte])).collect()
        }
        _ => Vec::new(),
    }
}

impl Literals {
    /// Literals of two bytes and more; shorter ones are never found.
    pub(super) fn new<W: Into<String>>(words: impl IntoIterator<Item = W>, bounds: Bounds) -> Self {
        let mut begins = Box::new([0; BITS / 64]);
        let mut placed = Vec::new();
        for (index, word) in words.into_iter().enumerate() {
            let text = word.into().into_bytes();
            let mut of = Vec::new();
            for hash in hashes(&text, bounds) {
                begins[hash / 64] |= 1 << (hash % 64);
                of.push(bucket(hash));
            }
            of.sort_unstable();
            of.dedup();
            placed.extend(of.into_iter().map(|bucket| (bucket, text.len(), index, text.clone())));
        }
        placed.sort_unstable();
        let before = |bucket| placed.partition_point(|literal| literal.0 < bucket);
        let buckets = (0..=BUCKETS).map(|bucket| u16::try_from(before(bucket)));
        let buckets = buckets.collect::<Result<_, _>>().expect("some thousand literals at most");
        let literal =
            |(_, _, index, text): (_, _, _, Vec<u8>)| Literal { index, text: text.into() };
        Self { begins, buckets, literals: placed.into_iter().map(literal).collect(), bounds }
    }

    /// Hands over every literal in the text, also within others: its index, and where it stands. They
    /// come in the order in which they begin, of one place the shorter first.
    pub(super) fn each(&self, text: &[u8], mut see: impl FnMut(usize, Range<usize>)) {
        for (start, three) in text.windows(3).enumerate() {
            let hash = hash([three[0], three[1], three[2]]);
            if self.is_set(hash) {
                self.compare(text, start, hash, &mut see);
            }
        }
        // The last two bytes may be a literal of two.
        if let [.., a, b] = text {
            self.compare(text, text.len() - 2, hash([*a, *b, 0]), &mut see);
        }
    }

    fn is_set(&self, hash: usize) -> bool {
        self.begins[hash / 64] >> (hash % 64) & 1 == 1
    }

    fn may_begin(&self, text: &[u8], start: usize) -> bool {
        let in_word = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
        self.bounds == Bounds::None || start == 0 || !in_word(start) || !in_word(start - 1)
    }

    fn compare(
        &self,
        text: &[u8],
        start: usize,
        hash: usize,
        see: &mut impl FnMut(usize, Range<usize>),
    ) {
        if !self.may_begin(text, start) {
            return;
        }
        let bucket = bucket(hash);
        let bucket = usize::from(self.buckets[bucket])..usize::from(self.buckets[bucket + 1]);
        for Literal { index, text: literal } in &self.literals[bucket] {
            let end = start + literal.len();
            if text.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(literal)) {
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
        Literals::new(words.iter().cloned(), Bounds::None)
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

    #[test]
    fn where_words_are_asked_for_their_parts_are_none() {
        let literals = Literals::new(["hi", "name", "王"], Bounds::Words);
        let mut seen = Vec::new();
        literals.each("Hi this rename, name: x王 hi".as_bytes(), |index, at| {
            seen.push((index, at.start))
        });
        assert_eq!(seen, [(0, 0), (1, 16), (2, 23), (0, 27)]);
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
