//! Finds what is private in a text, on the device: secrets, and what tells of a person.
//!
//! A text is folded (`folded`), each detector looks through the folded text by itself, and of
//! finds that overlap one remains (`resolve`). Detectors are pure; each begins where a byte or a
//! word stands without which there is nothing to find, and looks a bounded way from there, so that
//! the whole is linear in the length of the text. A new detector is one file and one line in
//! `Scanner::finds`. What another scrubber finds in a chat is read by `answer` and laid beside ours by
//! `merge`; the program itself is run elsewhere ([`plugin`](crate::plugin)).

mod answer;
mod arrival;
mod birth;
mod card;
mod chat;
mod context;
mod cue;
mod digest;
mod email;
mod escape;
mod folded;
mod found;
mod iban;
mod kind;
mod literals;
mod long;
mod lookalike;
mod marked;
mod mask;
pub mod measure;
mod merge;
mod national;
mod net;
mod numbers;
mod passport;
mod person;
mod phone;
mod piece;
mod place;
mod position;
mod recovery;
mod resolve;
mod script;
mod secrets;
mod span;
mod tokens;
mod wallet;

pub use answer::{AnswerError, Answered, question, read_answer};
pub use arrival::{arrival, kind_of, marked, told};
pub use chat::{ChatFind, Field, Finder, Place, scan_chat, scan_each, with_texts};
pub use kind::{Class, Country, CustomKind, Kind};
pub use mask::{
    Change, Masked, Mention, Tally, Text, Value, find_texts, longer_words, mask, mentions,
    merge_named, replace, sought,
};
pub use merge::merge;
pub use span::{CodePoints, Span};

use folded::{Folded, Form};
use found::Finds;
use marked::cuts_mask;
use piece::{Piece, pieces};

/// Looks for everything that is known here. Built once and shared: it holds the tables.
#[derive(Debug, Default)]
pub struct Scanner {
    emails: email::Emails,
    secrets: secrets::Secrets,
    recovery: recovery::Recovery,
}

impl Scanner {
    /// Builds the tables.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is private in a text: in its order, without overlaps, on boundaries of characters.
    pub fn scan(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        self.scan_form(text, Form::Plain, |span| spans.push(span));
        spans
    }

    /// The same for a text that is JSON: what is escaped in its strings is read as what it stands for.
    pub fn scan_json(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        self.scan_form(text, Form::Json, |span| spans.push(span));
        spans
    }

    fn scan_form(&self, text: &str, form: Form, mut see: impl FnMut(Span)) {
        let mut done = 0;
        for Piece { middle, read } in pieces(text) {
            let folded = Folded::new(&text[read.clone()], form);
            for find in resolve::resolve(self.finds(&folded)) {
                let range = folded.original(find.range);
                let (start, end) = (read.start + range.start, read.start + range.end);
                if let Some(kind) = find.kind
                    && middle.contains(&start)
                    && start >= done
                    && (kind.class() == Class::Secret || !cuts_mask(text, &(start..end)))
                {
                    let found = Span { start, end, kind, confidence: find.confidence };
                    done = long::end(text, found);
                    see(Span { end: done, ..found });
                }
            }
        }
    }

    /// Every detector, each once.
    fn finds(&self, text: &Folded<'_>) -> Finds {
        let mut found = Finds::default();
        self.emails.find(text, &mut found);
        self.secrets.find(text, &mut found);
        self.recovery.find(text, &mut found);
        tokens::find(text, &mut found);
        digest::rule_out_uuids(text, &mut found);
        net::find(text, &mut found);
        position::find(text, &mut found);
        numbers::find(text, &mut found);
        person::find(text, &mut found);
        found
    }
}

#[cfg(test)]
mod tests;
