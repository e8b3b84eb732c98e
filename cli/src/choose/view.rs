//! Reading one chat whole: every message of every branch.

use super::keys::Key;
use crate::cells::fold;
use crate::output::Page;
use crate::preview::show_messages;
use crate::style::Style;
use sheaf_protocol::chat::Chat;

/// A chat as lines, and the first of them that is seen.
#[derive(Debug)]
pub(super) struct View {
    lines: Vec<String>,
    top: usize,
}

impl View {
    pub(super) fn new(chat: &Chat, style: Style, columns: usize) -> Self {
        let mut page = Page::within(style, columns);
        show_messages(&mut page, chat);
        Self { lines: fold(page.text(), columns), top: 0 }
    }

    /// The same chat for another width, about where it was.
    pub(super) fn again(&self, chat: &Chat, style: Style, columns: usize) -> Self {
        let other = Self::new(chat, style, columns);
        let top = self.top * other.lines.len() / self.lines.len().max(1);
        Self { top, ..other }
    }

    /// Takes a key that moves, on a screen of so many rows.
    pub(super) fn scroll(&mut self, key: &Key, rows: usize) {
        let page = rows.saturating_sub(1).max(1);
        self.top = match key {
            Key::Up | Key::Char('k') => self.top.saturating_sub(1),
            Key::Down | Key::Char('j') => self.top + 1,
            Key::PageUp => self.top.saturating_sub(page),
            Key::PageDown => self.top + page,
            Key::Home => 0,
            Key::End => self.lines.len(),
            _ => self.top,
        };
        self.top = self.top.min(self.lines.len().saturating_sub(rows));
    }

    /// The lines that are seen.
    pub(super) fn shown(&self, rows: usize) -> &[String] {
        let top = self.top.min(self.lines.len());
        &self.lines[top..self.lines.len().min(top + rows)]
    }

    /// Which lines those are, in words.
    pub(super) fn place(&self, rows: usize) -> String {
        let (last, all) = ((self.top + rows).min(self.lines.len()), self.lines.len());
        match (self.top, last == all) {
            (0, true) => "all of it".to_owned(),
            (0, false) => format!("lines 1–{last} of {all}"),
            (top, true) => format!("lines {}–{last} of {all}: its end", top + 1),
            (top, false) => format!("lines {}–{last} of {all}", top + 1),
        }
    }
}
