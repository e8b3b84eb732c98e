//! What is private in a chat: every text that would be shared, and where in it.

mod place;
mod walk;

pub use place::{Field, Place};
pub(super) use walk::{walk, walk_mut};

use super::folded::Form;
use super::{CodePoints, Scanner, Span};
use sheaf_protocol::chat::Chat;
use std::ops::Range;

/// Something private in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatFind {
    /// The text in which it stands.
    pub place: Place,
    /// Where in that text, in bytes; what it is.
    pub span: Span,
    /// Where in that text, in code points.
    pub code_points: Range<usize>,
    /// Whether the find before is the beginning of the same value: a part ended within it.
    pub continues: bool,
    /// Who found it.
    pub by: Finder,
}

/// Who found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finder {
    /// The scrubber that comes with Sheaf.
    Sheaf,
    /// A program that a community plugged in.
    Plugin,
}

impl Finder {
    /// As `--json` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sheaf => "sheaf",
            Self::Plugin => "plugin",
        }
    }
}

/// Hands over the spans of a text that is written in this form, in its order.
pub(super) type Scan<'s> = &'s dyn Fn(&str, Form, &mut dyn FnMut(Span));

/// Finds what is private in a chat, in the order of its messages.
pub fn scan_chat(scanner: &Scanner, chat: &Chat) -> Vec<ChatFind> {
    let mut finds = Vec::new();
    scan_each(scanner, chat, &mut |find| finds.push(find));
    finds
}

/// The same, one find after the other: of a chat that is nothing but finds a list takes many times its
/// size.
pub fn scan_each(scanner: &Scanner, chat: &Chat, see: &mut dyn FnMut(ChatFind)) {
    scan_with(&|text, form, see| scanner.scan_form(text, form, see), chat, see);
}

/// Hands over what `scan` finds in the texts of a chat, in the order of its messages.
pub(super) fn scan_with(scan: Scan<'_>, chat: &Chat, see: &mut dyn FnMut(ChatFind)) {
    let mut run: Vec<(Place, &str)> = Vec::new();
    walk(chat, &mut |place, text| {
        if !run.last().is_some_and(|(last, before)| goes_on(last, before, &place, text)) {
            scan_run(scan, &run, see);
            run.clear();
        }
        run.push((place, text));
    });
    scan_run(scan, &run, see);
}

/// Hands each find of a chat to `see` with the text in which it stands. The finds are those of this
/// chat, or some of them, in their order.
pub fn with_texts<'a>(chat: &'a Chat, finds: &[ChatFind], see: &mut dyn FnMut(&ChatFind, &'a str)) {
    let mut rest = finds.iter().peekable();
    walk(chat, &mut |place, text| {
        while let Some(find) = rest.next_if(|find| find.place == place) {
            see(find, text);
        }
    });
}

/// Whether a text follows the one before without a space between: a value may reach over the end of
/// a part.
fn goes_on(last: &Place, before: &str, place: &Place, text: &str) -> bool {
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    place.follows(last) && !is_space(before.chars().next_back()) && !is_space(text.chars().next())
}

/// Scans texts that go on in each other: each by itself, then all as one for what reaches over an end.
fn scan_run(scan: Scan<'_>, run: &[(Place, &str)], see: &mut dyn FnMut(ChatFind)) {
    if let [(place, text)] = run {
        let mut see = seen(place, text, see);
        return scan(text, place.form(text), &mut |span| see(Piece { span, continues: false }));
    }
    let mut pieces: Vec<Vec<Piece>> =
        run.iter().map(|(place, text)| scan_text(scan, place, text)).collect();
    join(scan, run, &mut pieces);
    for ((place, text), pieces) in run.iter().zip(pieces) {
        pieces.into_iter().for_each(seen(place, text, see));
    }
}

/// Adds the finds of a text, which come in its order.
fn seen<'a>(
    place: &'a Place,
    text: &'a str,
    see: &'a mut dyn FnMut(ChatFind),
) -> impl FnMut(Piece) + 'a {
    let mut code_points = CodePoints::new(text);
    move |Piece { span, continues }| {
        let code_points = code_points.range(span.range());
        let by = Finder::Sheaf;
        see(ChatFind { place: *place, span, code_points, continues, by });
    }
}

/// A find in one text of a run.
#[derive(Debug, Clone, Copy)]
struct Piece {
    span: Span,
    continues: bool,
}

fn scan_text(scan: Scan<'_>, place: &Place, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let form = place.form(text);
    scan(text, form, &mut |span| pieces.push(Piece { span, continues: false }));
    pieces
}

/// Adds what reaches over the end of a text, in place of what was found of it in each.
fn join(scan: Scan<'_>, run: &[(Place, &str)], pieces: &mut [Vec<Piece>]) {
    let whole: String = run.iter().map(|(_, text)| *text).collect();
    let mut starts = Vec::with_capacity(run.len());
    let mut at = 0;
    for (_, text) in run {
        starts.push(at);
        at += text.len();
    }
    scan(&whole, Form::Plain, &mut |span| {
        let first = starts.partition_point(|start| *start <= span.start) - 1;
        let last = starts.partition_point(|start| *start < span.end) - 1;
        for index in first..=last {
            if first == last {
                break;
            }
            let start = span.start.max(starts[index]) - starts[index];
            let end = span.end.min(starts[index] + run[index].1.len()) - starts[index];
            let piece = Piece { span: Span { start, end, ..span }, continues: index > first };
            place(&mut pieces[index], piece);
        }
    });
}

/// Puts a piece among those of a text, in place of those that it overlaps.
fn place(pieces: &mut Vec<Piece>, piece: Piece) {
    pieces.retain(|other| other.span.end <= piece.span.start || other.span.start >= piece.span.end);
    let at = pieces.partition_point(|other| other.span.start < piece.span.start);
    pieces.insert(at, piece);
}
