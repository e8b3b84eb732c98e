//! A line of text that a person edits.

use super::keys::Key;
use crate::cells::cells_of;
use crate::text::printable;

/// Characters that fit in.
const CHARS_MAX: usize = 2000;

/// The text, and where the next character goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    chars: Vec<char>,
    at: usize,
}

impl Line {
    /// A line with this text, to go on at its end.
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().take(CHARS_MAX).collect();
        Self { at: chars.len(), chars }
    }

    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// Takes a key. Whether the text is another now.
    pub(super) fn edit(&mut self, key: &Key) -> bool {
        let before = self.chars.len();
        match key {
            Key::Char(c) => self.insert(*c),
            Key::Pasted(text) => printable(text).chars().for_each(|c| self.insert(c)),
            Key::Backspace => self.remove(self.at.saturating_sub(1), self.at),
            Key::Delete => self.remove(self.at, self.at + 1),
            Key::ClearLine => self.remove(0, self.at),
            Key::DeleteWord => self.remove(self.word_start(), self.at),
            Key::Left => self.at = self.at.saturating_sub(1),
            Key::Right => self.at = (self.at + 1).min(self.chars.len()),
            Key::Home => self.at = 0,
            Key::End => self.at = self.chars.len(),
            _ => {}
        }
        self.chars.len() != before
    }

    fn insert(&mut self, c: char) {
        if self.chars.len() < CHARS_MAX {
            self.chars.insert(self.at, c);
            self.at += 1;
        }
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.chars.drain(from..to.min(self.chars.len()));
        self.at = self.at.min(from);
    }

    fn word_start(&self) -> usize {
        let before = &self.chars[..self.at];
        let word = before.iter().rposition(|c| *c != ' ').unwrap_or(0);
        before[..word].iter().rposition(|c| *c == ' ').map_or(0, |space| space + 1)
    }

    /// What of it is seen through `columns`, and in which column the next character goes.
    pub(super) fn shown(&self, columns: usize) -> (String, usize) {
        let width = |from: usize| cells_of(self.chars[from..self.at].iter().copied());
        let mut from = 0;
        while from < self.at && width(from) >= columns {
            from += 1;
        }
        let text: String = self.chars[from..].iter().collect();
        (crate::cells::cut(&printable(&text), columns), width(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, keys: &[Key]) -> String {
        let mut line = Line::new(text);
        keys.iter().for_each(|key| {
            line.edit(key);
        });
        line.text()
    }

    #[test]
    fn a_line_is_edited_as_elsewhere() {
        assert_eq!(edited("tea", &[Key::Char('s')]), "teas");
        assert_eq!(edited("tea", &[Key::Home, Key::Delete]), "ea");
        assert_eq!(edited("tea", &[Key::Left, Key::Char('r')]), "tera");
        assert_eq!(edited("green tea ", &[Key::DeleteWord]), "green ");
        assert_eq!(edited("green tea", &[Key::Left, Key::ClearLine]), "a");
        assert_eq!(edited("", &[Key::Backspace, Key::Delete, Key::DeleteWord]), "");
        assert_eq!(edited("a", &[Key::Pasted("b\x1bc".into())]), "ab�c", "a paste is harmless");
    }

    #[test]
    fn the_place_of_typing_is_always_seen() {
        let line = Line::new("日本語 green tea");
        for columns in 2..30 {
            let (shown, at) = line.shown(columns);
            assert!(at < columns && crate::cells::cells(&shown) <= columns, "{columns}: {shown}");
        }
        assert_eq!(line.shown(6), ("n tea".into(), 5));
    }
}
