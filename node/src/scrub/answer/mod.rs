//! What another scrubber is asked about a chat, and what it may answer (docs/spec/scrubber.md).
//!
//! An answer is foreign: each span is checked against the chat, and what does not fit is an error that
//! says which and why. Errors quote places and kinds, never what was found.

mod ends;

use super::chat::{Finder, Place, walk};
use super::folded::Form;
use super::marked::is_in_mask;
use super::merge::Piece;
use super::{Kind, Span};
use crate::limits::{PLUGIN_CONFIDENCE, PLUGIN_SPANS_MAX};
use ends::Ends;
use serde::Deserialize;
use serde_json::error::Category;
use sheaf_protocol::chat::Chat;
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

/// Why an answer is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is not JSON.
    #[error("its answer is not JSON (line {line}, column {column})")]
    NotJson {
        /// Where it ceases to be.
        line: usize,
        /// The byte in that line.
        column: usize,
    },
    /// It is JSON of another form.
    #[error(
        "its answer has not the form {{\"spans\":[{{\"at\":…,\"start\":…,\"end\":…,\"kind\":…}}]}} \
         (line {line}, column {column})"
    )]
    Form {
        /// Where it differs.
        line: usize,
        /// The byte in that line.
        column: usize,
    },
    /// More spans than a chat may have.
    #[error("its answer has {count} spans; at most {PLUGIN_SPANS_MAX} are read")]
    Spans {
        /// How many it has.
        count: usize,
    },
    /// A text that the chat does not have.
    #[error("spans[{span}] is at {at:?}, where this chat has no text")]
    Place {
        /// Which span, counted from 0.
        span: usize,
        /// What it names, shortened.
        at: String,
    },
    /// Ends that are not in the text.
    #[error(
        "spans[{span}] at {at:?} goes from {start} to {end}, which is not within the {length} code \
         points of that text"
    )]
    Range {
        /// Which span, counted from 0.
        span: usize,
        /// The text.
        at: String,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
        /// Code points of the text.
        length: usize,
    },
    /// A kind that cannot be one.
    #[error(
        "spans[{span}] has the kind {kind:?}; a kind has 1 to 24 lower-case letters, digits and \
         hyphens"
    )]
    Kind {
        /// Which span, counted from 0.
        span: usize,
        /// What it says, shortened.
        kind: String,
    },
    /// A confidence beyond 100 percent.
    #[error("spans[{span}] has a confidence of {confidence}; it is 0 to 100")]
    Confidence {
        /// Which span, counted from 0.
        span: usize,
        /// What it says.
        confidence: u64,
    },
}

impl From<serde_json::Error> for AnswerError {
    /// Without the words of `serde_json`, which quote the answer.
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => Self::Form { line, column },
            Category::Io | Category::Syntax | Category::Eof => Self::NotJson { line, column },
        }
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    spans: Vec<Told<'a>>,
}

/// A span as the program tells it. What else it tells of it is ignored.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    at: Cow<'a, str>,
    start: usize,
    end: usize,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    confidence: Option<u64>,
}

/// What a program found in a chat: spans that lie in its texts, and may overlap.
/// [`merge`](super::merge) makes finds of them.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// The texts in which something was found, in the order of the chat.
    pub(super) texts: VecDeque<(Place, Vec<Piece>)>,
}

/// The chat as a program is given it: its JSON on one line, without the line's end.
pub fn question(chat: &Chat) -> String {
    chat.to_json().to_string()
}

/// Reads what a program found in a chat.
///
/// # Errors
/// [`AnswerError`] at the first thing that does not fit.
pub fn read_answer(chat: &Chat, answer: &[u8]) -> Result<Answered, AnswerError> {
    let Answer { spans } = serde_json::from_slice(answer)?;
    if spans.len() > PLUGIN_SPANS_MAX {
        return Err(AnswerError::Spans { count: spans.len() });
    }
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, told) in spans.iter().enumerate() {
        places.entry(&told.at).or_default().push(number);
    }
    let (mut answered, mut path) = (Ok(Answered::default()), String::new());
    walk(chat, &mut |place, text| {
        let Ok(found) = &mut answered else { return };
        if places.is_empty() {
            return;
        }
        path.clear();
        // Writing to a string does not fail.
        let _ = write!(path, "{place}");
        if let Some(numbers) = places.remove(path.as_str()) {
            match in_text(&place, text, &spans, &numbers) {
                Ok(here) => found.texts.push_back((place, here)),
                Err(error) => answered = Err(error),
            }
        }
    });
    match places.into_values().flatten().min() {
        Some(span) if answered.is_ok() => {
            Err(AnswerError::Place { span, at: shortened(&spans[span].at) })
        }
        _ => answered,
    }
}

/// The spans of one text.
fn in_text(
    place: &Place,
    text: &str,
    spans: &[Told<'_>],
    numbers: &[usize],
) -> Result<Vec<Piece>, AnswerError> {
    let told = numbers.iter().map(|number| &spans[*number]);
    let mut ends = Ends::new(text, told.flat_map(|told| [told.start, told.end]).collect());
    if place.form(text) == Form::Json {
        ends.widen_to_escapes(text);
    }
    let mut pieces = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let span = checked(number, &spans[number], text, &ends)?;
        if !is_in_mask(text, span.range()) {
            pieces.push(Piece { span, continues: false, by: Finder::Plugin });
        }
    }
    Ok(pieces)
}

fn checked(number: usize, told: &Told<'_>, text: &str, ends: &Ends) -> Result<Span, AnswerError> {
    let Told { at, start, end, kind, confidence } = told;
    let range = ends.range(*start..*end).ok_or_else(|| AnswerError::Range {
        span: number,
        at: shortened(at),
        start: *start,
        end: *end,
        length: text.chars().count(),
    })?;
    let known = Kind::from_name(kind)
        .ok_or_else(|| AnswerError::Kind { span: number, kind: shortened(kind) })?;
    let confidence = confidence.unwrap_or(u64::from(PLUGIN_CONFIDENCE));
    let percent = u8::try_from(confidence)
        .ok()
        .filter(|percent| *percent <= 100)
        .ok_or(AnswerError::Confidence { span: number, confidence })?;
    Ok(Span { start: range.start, end: range.end, kind: known, confidence: percent })
}

/// Enough of a name to know it by.
fn shortened(name: &str) -> String {
    const CHARS: usize = 60;
    match name.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
