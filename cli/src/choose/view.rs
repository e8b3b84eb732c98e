//! Reading one chat whole: every message of every branch, the words that were searched marked.

use super::keys::Key;
use super::query::{Needle, Query};
use crate::cells::fold;
use crate::output::Page;
use crate::preview::show_whole;
use crate::style::Style;
use sheaf_protocol::chat::Chat;

/// Lines above one that is gone to.
const ABOVE: usize = 2;

/// A chat as lines, and the first of them that is seen.
#[derive(Debug)]
pub(super) struct View {
    lines: Vec<String>,
    top: usize,
    words: Vec<Needle>,
    /// Lines with one of the words, and the one of them that was gone to.
    hits: Vec<usize>,
    hit: Option<usize>,
}

impl View {
    pub(super) fn new(chat: &Chat, query: &Query, style: Style, columns: usize) -> Self {
        let mut page = Page::within(style, columns);
        show_whole(&mut page, chat);
        let lines = fold(page.text(), columns);
        let words: Vec<Needle> = query.words().cloned().collect();
        let is_hit = |line: &String| words.iter().any(|word| word.find(line).is_some());
        let hits = (0..).zip(&lines).filter(|(_, line)| is_hit(line)).map(|(at, _)| at).collect();
        Self { lines, top: 0, words, hits, hit: None }
    }

    /// The same chat, newly laid out, about where it was.
    pub(super) fn go_to_where(&mut self, before: &Self) {
        self.top = before.top * self.lines.len() / before.lines.len().max(1);
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
            Key::Tab => self.next_hit(),
            _ => self.top,
        };
        self.top = self.top.min(self.lines.len().saturating_sub(rows));
    }

    /// The line to see first, so that the next one with a word is seen; the first again after the
    /// last.
    fn next_hit(&mut self) -> usize {
        let next = self.hit.map_or(0, |hit| hit + 1);
        let next = if next < self.hits.len() { next } else { 0 };
        let Some(line) = self.hits.get(next) else { return self.top };
        self.hit = Some(next);
        line.saturating_sub(ABOVE)
    }

    /// The lines that are seen.
    pub(super) fn shown(&self, rows: usize, style: Style) -> Vec<String> {
        let top = self.top.min(self.lines.len());
        let lines = &self.lines[top..self.lines.len().min(top + rows)];
        lines.iter().map(|line| self.marked(line, style)).collect()
    }

    /// A line with the searched words standing out. One that is coloured already stays as it is.
    fn marked(&self, line: &str, style: Style) -> String {
        let mut marked = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(found) = self.first_word(rest) {
            marked.push_str(&rest[..found.start]);
            marked.push_str(&style.reverse(&rest[found.clone()]));
            rest = &rest[found.end..];
        }
        marked + rest
    }

    fn first_word(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let found = self.words.iter().filter_map(|word| word.find(text));
        let first = found.filter(|found| !found.is_empty()).min_by_key(|found| found.start);
        first.filter(|_| !text.contains('\x1b'))
    }

    /// Which lines those are, in words.
    pub(super) fn place(&self, rows: usize) -> String {
        let (first, last, all) =
            (self.top + 1, (self.top + rows).min(self.lines.len()), self.lines.len());
        let place = match (first, last == all) {
            (1, true) => "all of it".to_owned(),
            (first, false) => format!("lines {first}–{last} of {all}"),
            (first, true) => format!("lines {first}–{last} of {all}: its end"),
        };
        match (self.hit, self.hits.len()) {
            (_, 0) => place,
            (None, hits) => format!("{place} · searched words in {hits}: tab goes there"),
            (Some(hit), hits) => {
                format!("{place} · {} of {hits} with searched words: tab", hit + 1)
            }
        }
    }
}
