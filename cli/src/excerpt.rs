//! A find as a person sees it: in the words around it.

use crate::cells::cut;
use crate::text::{printable, shorten};
use sheaf_node::scrub::Class;
use std::ops::Range;

/// Characters of the text before and behind a find.
const AROUND: usize = 24;
/// Columns of a find that are shown.
const SHOWN: usize = 48;
/// And at least so many, however narrow the terminal is.
const SHOWN_MIN: usize = 16;
/// Of a secret at most so many, and a third: whoever has it knows it again.
const SHOWN_OF_SECRET: usize = 8;

/// A find between what stands before and behind it, each on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) before: String,
    pub(crate) value: String,
    pub(crate) after: String,
}

impl Excerpt {
    /// The find at `range` of `text`. `free` reaches from the find before to the find behind, for
    /// these are shown for themselves. A secret shows only how it begins.
    pub(crate) fn new(text: &str, range: Range<usize>, free: Range<usize>, class: Class) -> Self {
        let value = shown(&text[range.clone()], class);
        let (before, after) = (&text[free.start..range.start], &text[range.end..free.end]);
        Self { before: ending(before), value, after: beginning(after) }
    }
}

/// A value, as much of it as is shown.
fn shown(value: &str, class: Class) -> String {
    shown_within(value, class, None)
}

/// The same beside other words, on a terminal of so many columns.
pub(crate) fn shown_within(value: &str, class: Class, columns: Option<usize>) -> String {
    let room = columns.map_or(SHOWN, |columns| (columns / 2).clamp(SHOWN_MIN, SHOWN));
    let value = printable(value);
    match class {
        Class::Personal => cut(&value, room),
        Class::Secret => shorten(&value, (value.chars().count() / 3).clamp(2, SHOWN_OF_SECRET)),
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
        let excerpt = Excerpt::new(text, at..at + 17, 0..text.len(), Class::Personal);
        assert_eq!(excerpt.value, "alice@example.org");
        assert_eq!(excerpt.before, "…reib mir an die Adresse ");
        let excerpt = Excerpt::new(text, at..at + 17, at - 8..at + 18, Class::Secret);
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("Adresse ", ","));
        assert_eq!(excerpt.value, "alic…");
    }
}
