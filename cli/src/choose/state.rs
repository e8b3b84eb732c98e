//! What a person sees of the chooser, and what each key does.

use super::found::Found;
use super::keys::Key;
use super::line::Line;
use super::mark::read_tags;
use super::view::View;
use super::{Candidate, Mark, Standing};
use crate::style::Style;
use crate::text::printable;
use sheaf_protocol::statement::Verdict;

/// The size of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// Rows of the list's screen that are no chats: two above, two below.
const LIST_FRAME: usize = 5;
/// Rows of a chat's screen that are not its text.
const VIEW_FRAME: usize = 4;

/// The chooser.
#[derive(Debug)]
pub(super) struct State {
    /// For what is chosen.
    pub(super) heading: String,
    pub(super) candidates: Vec<Candidate>,
    pub(super) marks: Vec<Mark>,
    pub(super) found: Found,
    /// The place in the list, and the first place that is seen.
    pub(super) at: usize,
    pub(super) top: usize,
    /// The chat that is read.
    pub(super) view: Option<View>,
    pub(super) asking: Option<Asking>,
    /// What the last key led to.
    pub(super) said: Option<String>,
    pub(super) size: Size,
    pub(super) style: Style,
}

/// What stands before the list or the chat.
#[derive(Debug)]
pub(super) enum Asking {
    Search(Line),
    Tags(Line),
    /// The keys, from which line on.
    Help(usize),
    /// Whether to leave with chats chosen.
    Leave,
}

/// What a key led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// On with choosing.
    Stay,
    /// On with what was chosen.
    Done,
    /// Away, without.
    Leave,
}

impl State {
    /// The chooser as it begins: nothing is chosen, unless there is but one chat.
    pub(super) fn new(heading: &str, candidates: Vec<Candidate>) -> Self {
        let mut marks = vec![Mark::default(); candidates.len()];
        if let ([candidate], [mark]) = (&candidates[..], &mut marks[..]) {
            mark.chosen = candidate.standing == Standing::Free;
        }
        Self {
            heading: printable(heading),
            found: Found::all(&candidates),
            candidates,
            marks,
            at: 0,
            top: 0,
            view: None,
            asking: None,
            said: None,
            size: Size { rows: 24, columns: 80 },
            style: Style::stderr(),
        }
    }

    /// The chat that the cursor is on.
    pub(super) fn current(&self) -> Option<usize> {
        self.found.chats().get(self.at).copied()
    }

    /// Rows for chats.
    pub(super) fn list_rows(&self) -> usize {
        self.size.rows.saturating_sub(LIST_FRAME).max(1)
    }

    /// Rows for the text of a chat.
    pub(super) fn view_rows(&self) -> usize {
        self.size.rows.saturating_sub(VIEW_FRAME).max(1)
    }

    /// The screen has another size.
    pub(super) fn resize(&mut self, size: Size) {
        let wider = size.columns != self.size.columns;
        self.size = size;
        if wider && let Some(before) = self.view.take() {
            self.read();
            if let Some(view) = &mut self.view {
                view.go_to_where(&before);
            }
        }
        self.settle();
    }

    /// Looks for some more of what is searched.
    pub(super) fn go_on(&mut self) {
        self.found.go_on(&self.candidates, &self.marks);
        self.settle();
    }

    /// Looks for all of it.
    pub(super) fn find_all(&mut self) {
        while !self.found.is_complete() {
            self.go_on();
        }
    }

    /// Takes a key.
    pub(super) fn step(&mut self, key: &Key) -> Step {
        if *key == Key::Interrupt {
            return Step::Leave;
        }
        self.said = None;
        let step = match self.asking.take() {
            Some(Asking::Search(line)) => self.search(line, key),
            Some(Asking::Tags(line)) => self.tags(line, key),
            Some(Asking::Help(top)) => self.help(top, key),
            Some(Asking::Leave) => return self.leave_or_not(key),
            None if self.view.is_some() => return self.in_view(key),
            None => return self.in_list(key),
        };
        self.settle();
        step
    }

    fn in_list(&mut self, key: &Key) -> Step {
        if !matches!(key, Key::Char('q' | '/') | Key::Escape) {
            // Who types faster than it is searched means what will be found.
            self.find_all();
        }
        match key {
            Key::Char('q') => return self.leave(),
            Key::Escape if self.found.text().is_empty() => return self.leave(),
            Key::Escape => self.keeping_place(|found| found.ask("")),
            Key::Enter | Key::Right => self.read(),
            Key::Char('/') => self.asking = Some(Asking::Search(Line::new(self.found.text()))),
            Key::Char('a') => self.choose_shown(),
            Key::Char(' ') => {
                if self.choose_current() {
                    self.at += 1;
                }
            }
            key => return self.in_both(key),
        }
        self.settle();
        Step::Stay
    }

    fn in_view(&mut self, key: &Key) -> Step {
        let rows = self.view_rows();
        match key {
            Key::Char('q') | Key::Escape | Key::Enter | Key::Backspace => self.view = None,
            Key::Char('n') | Key::Right => self.read_other(self.at.checked_add(1)),
            Key::Char('p') | Key::Left => self.read_other(self.at.checked_sub(1)),
            Key::Char(' ') => {
                self.choose_current();
            }
            key => {
                if let Some(view) = &mut self.view {
                    view.scroll(key, rows);
                }
                return self.in_both(key);
            }
        }
        self.settle();
        Step::Stay
    }

    /// Keys that mean the same in the list and in a chat.
    fn in_both(&mut self, key: &Key) -> Step {
        match key {
            Key::Char('g') => self.judge(Verdict::Good),
            Key::Char('b') => self.judge(Verdict::Bad),
            Key::Char('i') => self.judge(Verdict::Interesting),
            Key::Char('t') => {
                let tags = self.current().map(|at| self.marks[at].tags.join(", "));
                self.asking = tags.map(|tags| Asking::Tags(Line::new(&tags)));
            }
            Key::Char('?') => self.asking = Some(Asking::Help(0)),
            Key::Char('c') => return self.go(),
            key if self.view.is_none() => self.walk(key),
            _ => {}
        }
        self.settle();
        Step::Stay
    }

    fn walk(&mut self, key: &Key) {
        let page = self.list_rows().saturating_sub(1).max(1);
        self.at = match key {
            Key::Up | Key::Char('k') => self.at.saturating_sub(1),
            Key::Down | Key::Char('j') => self.at + 1,
            Key::PageUp => self.at.saturating_sub(page),
            Key::PageDown => self.at + page,
            Key::Home => 0,
            Key::End => usize::MAX,
            _ => self.at,
        };
    }

    /// The cursor stays in the list, and is seen.
    fn settle(&mut self) {
        let (chats, rows) = (self.found.chats().len(), self.list_rows());
        self.at = self.at.min(chats.saturating_sub(1));
        let highest = self.top.min(self.at).min(chats.saturating_sub(rows));
        self.top = highest.max((self.at + 1).saturating_sub(rows));
    }

    fn search(&mut self, mut line: Line, key: &Key) -> Step {
        match key {
            Key::Escape => {
                self.keeping_place(|found| found.ask(""));
                return Step::Stay;
            }
            Key::Enter | Key::Tab if self.found.error().is_none() => return Step::Stay,
            Key::Up | Key::Down | Key::PageUp | Key::PageDown => self.walk(key),
            key => {
                if line.edit(key) {
                    self.found.ask(&line.text());
                    (self.at, self.top) = (0, 0);
                }
            }
        }
        self.asking = Some(Asking::Search(line));
        Step::Stay
    }

    /// Looks for chats, and stays on the one that the cursor is on, if it is among them.
    pub(super) fn keeping_place(&mut self, look: impl FnOnce(&mut Found)) {
        let current = self.current();
        look(&mut self.found);
        self.find_all();
        let place = current.and_then(|at| self.found.chats().iter().position(|chat| *chat == at));
        self.at = place.unwrap_or(0);
        self.settle();
    }

    fn tags(&mut self, mut line: Line, key: &Key) -> Step {
        match (key, self.current()) {
            (Key::Escape, _) | (_, None) => {}
            (Key::Enter, Some(at)) => match read_tags(&line.text()) {
                Ok(tags) => {
                    self.marks[at].tags = tags;
                    self.say_if_not_chosen(at, "tags kept");
                }
                Err(wrong) => {
                    self.said = Some(printable(&wrong));
                    self.asking = Some(Asking::Tags(line));
                }
            },
            (key, Some(_)) => {
                line.edit(key);
                self.asking = Some(Asking::Tags(line));
            }
        }
        Step::Stay
    }

    fn help(&mut self, top: usize, key: &Key) -> Step {
        let top = match key {
            Key::Up | Key::Char('k') => top.saturating_sub(1),
            Key::Down | Key::Char('j') => top + 1,
            Key::PageUp => top.saturating_sub(self.view_rows()),
            Key::PageDown | Key::Char(' ') => top + self.view_rows(),
            _ => return Step::Stay,
        };
        let last = super::help::lines(self.style, self.size.columns).len();
        let top = top.min(last.saturating_sub(self.size.rows.saturating_sub(1)));
        self.asking = Some(Asking::Help(top));
        Step::Stay
    }

    /// Leaves at once where nothing would be lost.
    fn leave(&mut self) -> Step {
        if !self.marks.iter().any(Mark::says_something) {
            return Step::Leave;
        }
        self.asking = Some(Asking::Leave);
        Step::Stay
    }

    fn leave_or_not(&mut self, key: &Key) -> Step {
        match key {
            Key::Char('y' | 'Y' | 'q') => Step::Leave,
            _ => Step::Stay,
        }
    }

    fn go(&mut self) -> Step {
        if self.marks.iter().any(|mark| mark.chosen) {
            return Step::Done;
        }
        self.said = Some(
            "nothing is chosen yet: space chooses a chat, a chooses all that are shown".into(),
        );
        Step::Stay
    }

    fn read(&mut self) {
        if let Some(at) = self.current() {
            let chat = &self.candidates[at].chat.chat;
            self.view = Some(View::new(chat, self.found.query(), self.style, self.size.columns));
        }
    }

    fn read_other(&mut self, at: Option<usize>) {
        match at.filter(|at| *at < self.found.chats().len()) {
            Some(at) => {
                self.at = at;
                self.read();
            }
            None => self.said = Some("no further chat in this direction".into()),
        }
    }
}
