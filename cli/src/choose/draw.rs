//! The chooser's screen, line by line.

use super::row::{facts, head, row, title};
use super::state::{Asking, State};
use crate::cells::{cells, cut};
use crate::text::count;

/// A screen: as many lines as it has rows, and where the person is typing.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) lines: Vec<String>,
    pub(super) cursor: Option<Place>,
}

/// Row and column, from 0.
type Place = (usize, usize);
/// Lines, and where the person is typing.
type Drawn = (Vec<String>, Option<Place>);
/// The same for one line.
type Typed = (String, Option<Place>);

/// Keys that the last line names, and how much each is needed where there is no room for all.
type Keys<'a> = &'a [(u8, &'a str)];
const LIST_KEYS: Keys<'_> = &[
    (1, "space choose"),
    (6, "a all shown"),
    (4, "enter read"),
    (5, "/ search"),
    (8, "t tags"),
    (2, "c go on"),
    (3, "? help"),
    (7, "q leave"),
];
const VIEW_KEYS: Keys<'_> = &[
    (2, "space choose"),
    (3, "n next"),
    (5, "p previous"),
    (6, "g b i mark"),
    (7, "t tags"),
    (4, "c go on"),
    (1, "q back"),
];
const SEARCH_KEYS: Keys<'_> =
    &[(1, "enter keep"), (2, "esc show all"), (3, "↑ ↓ move"), (4, "words, field:value, -without")];
const TAGS_KEYS: Keys<'_> = &[(1, "enter keep"), (2, "esc leave as they were"), (3, "a, b, c")];
const LEAVE_KEYS: Keys<'_> = &[(1, "y leave"), (2, "any other key: back")];

/// Draws it.
pub(super) fn draw(state: &State) -> Frame {
    let (mut lines, cursor) = match (&state.asking, &state.view) {
        (Some(Asking::Help(top)), _) => help(state, *top),
        (_, Some(view)) => {
            let body = view.shown(state.view_rows(), state.style);
            chat(state, body, view.place(state.view_rows()))
        }
        _ => list(state),
    };
    lines.truncate(state.size.rows);
    let cursor = cursor.filter(|(row, _)| *row < lines.len());
    lines.resize(state.size.rows, String::new());
    Frame { lines, cursor }
}

fn help(state: &State, top: usize) -> Drawn {
    let rows = state.size.rows.saturating_sub(1);
    let all = super::help::lines(state.style, state.size.columns);
    let more = top + rows < all.len();
    let mut lines: Vec<String> = all.into_iter().skip(top).take(rows).collect();
    lines.resize(rows, String::new());
    let keys = if more { "↓ or space: more · any other key: back" } else { "any key: back" };
    lines.push(state.style.dim(&cut(keys, state.size.columns)));
    (lines, None)
}

fn list(state: &State) -> Drawn {
    let columns = state.size.columns;
    let (search, cursor) = search_line(state);
    let mut lines = vec![
        state.style.bold(&two_ends(&state.heading, &counts(state), columns)),
        search,
        state.style.dim(&cut(&format!("  {}", head(columns.saturating_sub(2))), columns)),
    ];
    let rows = state.list_rows();
    let shown = state.found.chats().iter().enumerate().skip(state.top).take(rows);
    lines.extend(shown.map(|(place, at)| list_row(state, place, *at)));
    if state.found.chats().is_empty() && state.found.is_complete() {
        lines.push(cut("  no chat is like that: Esc shows all again", columns));
    }
    lines.resize(3 + rows, String::new());
    let (below, typing) = below(state, 3 + rows);
    lines.push(below);
    lines.push(keys(state, LIST_KEYS));
    (lines, typing.or(cursor))
}

fn list_row(state: &State, place: usize, at: usize) -> String {
    let (candidate, mark) = (&state.candidates[at], &state.marks[at]);
    let columns = state.size.columns;
    let cursor = if place == state.at { "> " } else { "  " };
    let line =
        cut(&format!("{cursor}{}", row(candidate, mark, columns.saturating_sub(2))), columns);
    match () {
        () if place == state.at => state.style.reverse(&line),
        () if candidate.standing != super::Standing::Free => state.style.dim(&line),
        () if mark.chosen => state.style.green(&line),
        () => line,
    }
}

fn counts(state: &State) -> String {
    let (shown, all) = (state.found.chats().len(), state.candidates.len());
    let chosen = match state.chosen_count() {
        0 => "none chosen".to_owned(),
        chosen => format!("{chosen} chosen"),
    };
    let searching = match state.found.is_complete() {
        true => String::new(),
        false => format!(", {} % searched", state.found.percent()),
    };
    match shown == all && searching.is_empty() {
        true => format!("{} · {chosen}", count(all as u64, "chat")),
        false => format!("{shown} of {}{searching} · {chosen}", count(all as u64, "chat")),
    }
}

/// One text to the left, one to the right, which goes first where there is no room for both.
fn two_ends(left: &str, right: &str, columns: usize) -> String {
    let right = cut(right, columns);
    let room = columns - cells(&right);
    match room.checked_sub(2) {
        Some(room) if room >= 8 => format!("{}  {right}", crate::cells::pad(left, room)),
        _ => right,
    }
}

fn search_line(state: &State) -> Typed {
    let columns = state.size.columns;
    match (&state.asking, state.found.text()) {
        (Some(Asking::Search(line)), _) => {
            let (text, at) = line.shown(columns.saturating_sub(2).max(1));
            (cut(&format!("/ {text}"), columns), Some((1, 2 + at)))
        }
        (_, "") => {
            let hint = "/ searches: words, model:gpt-4, after:2025-01, given:no …";
            (state.style.dim(&cut(hint, columns)), None)
        }
        (_, text) => (cut(&format!("/ {}", crate::text::printable(text)), columns), None),
    }
}

/// The line that answers: a question, a mistake, what a key did, or what there is to know.
fn below(state: &State, row: usize) -> Typed {
    let columns = state.size.columns;
    if let Some(Asking::Tags(line)) = &state.asking
        && state.said.is_none()
    {
        let (text, at) = line.shown(columns.saturating_sub(6).max(1));
        return (cut(&format!("tags: {text}"), columns), Some((row, 6 + at)));
    }
    let style = state.style;
    let text = match (&state.asking, &state.said, state.found.error()) {
        (Some(Asking::Leave), ..) => {
            let chosen = count(state.chosen_count() as u64, "chosen chat");
            style.yellow(&cut(&format!("Leave, and forget {chosen} and all marks? y/n"), columns))
        }
        (_, Some(said), _) => style.yellow(&cut(said, columns)),
        (_, None, Some(error)) => {
            style.yellow(&cut(&crate::text::printable(&error.to_string()), columns))
        }
        _ => {
            let known = state.current().map(|at| facts(&state.candidates[at], &state.marks[at]));
            style.dim(&cut(&known.unwrap_or_default(), columns))
        }
    };
    (text, None)
}

/// As many keys as there is room for.
fn keys(state: &State, here: Keys<'_>) -> String {
    let keys = match &state.asking {
        Some(Asking::Search(_)) => SEARCH_KEYS,
        Some(Asking::Tags(_)) => TAGS_KEYS,
        Some(Asking::Leave) => LEAVE_KEYS,
        Some(Asking::Help(_)) | None => here,
    };
    let named = |needed: u8| {
        let kept = keys.iter().filter(|(rank, _)| *rank <= needed).map(|(_, name)| *name);
        kept.collect::<Vec<_>>().join(" · ")
    };
    let fits = |line: &String| cells(line) <= state.size.columns;
    let line = (0..=9).rev().map(named).find(fits).unwrap_or_default();
    state.style.dim(&line)
}

fn chat(state: &State, body: Vec<String>, place: String) -> Drawn {
    let columns = state.size.columns;
    let Some(at) = state.current() else { return (body, None) };
    let (candidate, mark) = (&state.candidates[at], &state.marks[at]);
    let tick = super::row::tick(candidate, mark);
    let named = format!("{tick} {}", title(&candidate.chat.chat));
    let number = format!("{} of {}", state.at + 1, state.found.chats().len());
    let mut lines = vec![
        state.style.bold(&two_ends(&named, &number, columns)),
        state.style.dim(&cut(&facts(candidate, mark), columns)),
    ];
    lines.extend(body);
    let rows = state.view_rows();
    lines.resize(2 + rows, String::new());
    let (text, cursor) = match (&state.asking, &state.said) {
        (None, None) => (state.style.dim(&cut(&place, columns)), None),
        _ => below(state, 2 + rows),
    };
    lines.push(text);
    lines.push(keys(state, VIEW_KEYS));
    (lines, cursor)
}
