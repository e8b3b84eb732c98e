//! What of a message is words: Markdown without its code, addresses, numbers and names of things.

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Characters that stand in programs, addresses and paths, and in no word of a language.
const NOT_IN_WORDS: &[char] = &[
    '/', '\\', '@', '_', '=', '<', '>', '{', '}', '|', '~', '^', '$', '&', '+', '%', '`', '[', ']',
];
/// Of the characters of a line, blanks and digits left out, so many in a hundred must be letters.
const LETTERS_PERCENT_MIN: usize = 65;
/// Scripts of which one character says as much as several letters.
const DENSE: [RangeInclusive<char>; 4] = [
    '\u{3040}'..='\u{30ff}',
    '\u{3400}'..='\u{4dbf}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7af}',
];
/// What a character of a [`DENSE`] script is worth in letters.
const DENSE_WORTH: usize = 4;

/// Words, and what they are worth as evidence.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    worth: usize,
    /// The part of it that dense scripts have.
    dense: usize,
}

impl Prose {
    /// The words that tell the language: where most is said in a dense script, the Latin names
    /// between do not, though they have more letters.
    pub(super) fn telling(&self) -> Cow<'_, str> {
        if self.dense * 2 <= self.worth {
            return Cow::Borrowed(&self.text);
        }
        Cow::Owned(self.text.chars().filter(|c| !c.is_ascii_alphabetic()).collect())
    }

    /// How many letters there are; those of dense scripts count for several.
    pub(super) fn worth(&self) -> usize {
        self.worth
    }

    /// Several, one after the other.
    pub(super) fn joined(all: &[Self]) -> Self {
        let mut joined = Self::default();
        for prose in all {
            joined.text.push_str(&prose.text);
            joined.worth += prose.worth;
            joined.dense += prose.dense;
        }
        joined
    }

    /// Adds the words of a Markdown text until there are `chars_max` characters.
    pub(super) fn take(&mut self, markdown: &str, chars_max: usize) {
        let mut fence = None;
        let mut chars = self.text.chars().count();
        for line in markdown.lines() {
            if chars >= chars_max {
                return;
            }
            match (fence, opening(line)) {
                (None, None) => chars += self.line(line, chars_max - chars),
                (None, opened) => fence = opened,
                (open, closing) if open == closing => fence = None,
                _ => {}
            }
        }
    }

    /// Adds the words of one line; answers how many characters it added.
    fn line(&mut self, line: &str, room: usize) -> usize {
        let plain = without_inline_code(line);
        let words: Vec<&str> = plain.split_whitespace().filter(|word| is_word(word)).collect();
        if !is_mostly_letters(&words) {
            return 0;
        }
        let mut added = 0;
        for c in words.join(" ").chars().take(room).chain([' ']) {
            self.push(c);
            added += 1;
        }
        added
    }

    fn push(&mut self, c: char) {
        let dense = if is_dense(c) { DENSE_WORTH } else { 0 };
        self.dense += dense;
        self.worth += if dense > 0 { dense } else { usize::from(c.is_alphabetic()) };
        self.text.push(c);
    }
}

/// The mark that opens or closes a block of code.
fn opening(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark))
}

fn without_inline_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// Text in an alphabet without blanks is one long word: there a digit or a sign is no reason.
fn is_word(word: &str) -> bool {
    let strange = |c: char| c.is_ascii_digit() || NOT_IN_WORDS.contains(&c);
    !word.is_ascii() || !word.contains(strange)
}

fn is_mostly_letters(words: &[&str]) -> bool {
    let chars = words.iter().flat_map(|word| word.chars()).filter(|c| !c.is_ascii_digit());
    let (all, letters) =
        chars.fold((0, 0), |(all, letters), c| (all + 1, letters + usize::from(c.is_alphabetic())));
    all > 0 && letters * 100 >= all * LETTERS_PERCENT_MIN
}

fn is_dense(c: char) -> bool {
    DENSE.iter().any(|script| script.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(markdown: &str) -> String {
        let mut prose = Prose::default();
        prose.take(markdown, 10_000);
        prose.text.trim_end().to_owned()
    }

    #[test]
    fn code_addresses_and_numbers_are_no_words() {
        let text = "Call `fn main()` as on https://example.org/a?b=c now:\n```rust\nlet mut the = and;\n```\nThen wait 20 s.";
        assert_eq!(words(text), "Call as on now: Then wait s.");
        assert_eq!(words("~~~\n```\nstill code\n~~~\nover"), "over", "a fence ends with its like");
        assert_eq!(words("if (x == 1) { y(); } // ("), "", "a line of a program is none of prose");
        assert_eq!(words("今天是2024年。"), "今天是2024年。", "where no blanks stand, digits may");
    }

    #[test]
    fn only_so_much_is_taken() {
        let mut prose = Prose::default();
        prose.take(&"one two\n".repeat(100), 20);
        prose.take("three", 20);
        assert!((20..=22).contains(&prose.text.chars().count()), "{prose:?}");
    }

    #[test]
    fn where_a_dense_script_speaks_names_in_latin_do_not() {
        let mut prose = Prose::default();
        prose.take("é日.", 20);
        assert_eq!((prose.worth(), prose.dense), (5, 4), "a character says as much as a word");
        prose.take("请把 Eiffel 画出来", 20);
        assert!(!prose.telling().contains("Eiffel"), "{prose:?}");
    }
}
