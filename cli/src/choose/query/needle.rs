//! Finding words in chats, whatever their case. It runs over every text of an export while a person
//! types, so nothing is copied.

use memchr::memchr2_iter;
use std::ops::Range;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::choose) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// Whether whatever holds this needle holds the other.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Where it first is.
    pub(in crate::choose) fn find(&self, text: &str) -> Option<Range<usize>> {
        match self.0.as_bytes() {
            [first, rest @ ..] if self.0.is_ascii() => {
                let at = find_ascii(*first, rest, text.as_bytes())?;
                Some(at..at + self.0.len())
            }
            [_, ..] if text.is_ascii() => None,
            _ => self.find_in_any_script(text),
        }
    }

    fn find_in_any_script(&self, text: &str) -> Option<Range<usize>> {
        let first = self.0.chars().next();
        let begins = |c: char| first.is_none() || c.to_lowercase().next() == first;
        let mut places = text.char_indices().filter(|(_, c)| begins(*c));
        places.find_map(|(at, _)| Some(at..at + self.length_at(&text[at..])?))
    }

    /// How many bytes of a text it takes that begins with it.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut wanted = self.0.chars();
        let mut length = 0;
        let mut there = text.chars();
        while !wanted.as_str().is_empty() {
            let c = there.next()?;
            let fits = |c| wanted.next().is_none_or(|wanted| wanted == c);
            if !c.to_lowercase().all(fits) {
                return None;
            }
            length += c.len_utf8();
        }
        Some(length)
    }
}

fn find_ascii(first: u8, rest: &[u8], text: &[u8]) -> Option<usize> {
    memchr2_iter(first, first.to_ascii_uppercase(), text).find(|at| {
        let after = &text[at + 1..];
        after.get(..rest.len()).is_some_and(|there| there.eq_ignore_ascii_case(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case() {
        for (needle, text, found) in [
            ("Tea", "green TEA", true),
            ("teapot", "tea", false),
            ("", "anything", true),
            ("ÉTÉ", "un été à Rome", true),
            ("чай", "Зелёный ЧАЙ", true),
            ("日本", "緑茶は日本で", true),
            ("a日", "A日", true),
            ("tt", "ttea", true),
            ("teé", "tete teÉ", true),
        ] {
            assert_eq!(Needle::new(needle).is_in(text), found, "{needle} in {text}");
        }
    }
    #[test]
    fn what_is_found_is_cut_out_between_characters() {
        for (needle, text, found) in [
            ("tea", "a TEA pot", "TEA"),
            ("été", "un ÉTÉ", "ÉTÉ"),
            ("i", "\u{130}i", "i"),
            ("i\u{307}", "x\u{130}", "\u{130}"),
            ("", "x", ""),
        ] {
            let range = Needle::new(needle).find(text);
            assert_eq!(range.map(|range| &text[range]), Some(found), "{needle} in {text}");
        }
    }
}
