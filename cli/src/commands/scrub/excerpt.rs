//! A find as a person sees it: in the words around it.

use crate::text::{printable, shorten};
use sheaf_node::scrub::Class;
use std::ops::Range;

/// Characters of the text before and behind a find.
const AROUND: usize = 24;
/// Characters of a find that are shown.
const SHOWN: usize = 48;
/// Of a secret, so many that whoever has it knows it again.
const SHOWN_OF_SECRET: usize = 6;

/// A find between what stands before and behind it, each on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) before: String,
    pub(crate) value: String,
    pub(crate) after: String,
}

impl Excerpt {
    /// The find at `range` of `text`. A secret shows only how it begins.
    pub(crate) fn new(text: &str, range: Range<usize>, class: Class) -> Self {
        let value = &text[range.clone()];
        let value = match class {
            Class::Personal => shorten(&printable(value), SHOWN),
            Class::Secret => shorten(&printable(value), SHOWN_OF_SECRET),
        };
        Self { before: ending(&text[..range.start]), value, after: beginning(&text[range.end..]) }
    }
}

fn ending(text: &str) -> String {
    let from = text.char_indices().rev().take(AROUND).last().map_or(text.len(), |(at, _)| at);
    let shown = printable(text[from..].trim_start());
    if text[..from].trim().is_empty() { shown } else { format!("…{shown}") }
}

fn beginning(text: &str) -> String {
    let to = text.char_indices().nth(AROUND).map_or(text.len(), |(at, _)| at);
    let shown = printable(text[..to].trim_end());
    if to == text.len() { shown } else { format!("{shown}…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_find_stands_in_its_words_and_a_secret_is_not_shown_whole() {
        let text = "Bitte schreib mir an die Adresse alice@example.org, und nicht an die andere!";
        let at = text.find("alice").unwrap();
        let excerpt = Excerpt::new(text, at..at + 17, Class::Personal);
        assert_eq!(excerpt.value, "alice@example.org");
        assert_eq!(excerpt.before, "…eib mir an die Adresse ");
        let excerpt = Excerpt::new(text, at..at + 17, Class::Secret);
        assert_eq!(excerpt.value, "alice…");
    }
}
