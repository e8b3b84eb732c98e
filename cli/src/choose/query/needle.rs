//! Finding words in chats, whatever their case. It runs over every text of an export while a person
//! types, so nothing is copied.

use memchr::memchr2_iter;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// Whether whatever holds this needle holds the other.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        match self.0.as_bytes() {
            [] => true,
            [first, rest @ ..] if self.0.is_ascii() => ascii_is_in(*first, rest, text.as_bytes()),
            _ => self.is_in_any_script(text),
        }
    }

    fn is_in_any_script(&self, text: &str) -> bool {
        let Some(first) = self.0.chars().next() else { return true };
        let begins = |c: char| c == first || c.to_lowercase().next() == Some(first);
        let mut places = text.char_indices().filter(|(_, c)| begins(*c));
        places.any(|(at, _)| {
            let mut there = text[at..].chars().flat_map(char::to_lowercase);
            self.0.chars().all(|c| there.next() == Some(c))
        })
    }
}

fn ascii_is_in(first: u8, rest: &[u8], text: &[u8]) -> bool {
    memchr2_iter(first, first.to_ascii_uppercase(), text).any(|at| {
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
        ] {
            assert_eq!(Needle::new(needle).is_in(text), found, "{needle} in {text}");
        }
    }
}
