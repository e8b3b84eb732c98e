//! Exports of other tools → chats in normal form.
//!
//! A format is recognised by the structure of its records, never by a file name. [`read_path`] opens
//! whatever a member drops: files, archives as vendors ship them, folders; [`read_chats`] reads one
//! text. The input is read record by record, so that a large export is never held whole; a record
//! that cannot be read is reported and the others go on. Nothing is written to disk.
//!
//! Nothing is dropped in silence: what the normal form cannot carry is counted in
//! [`Report::dropped`]. A new format is one file in `formats` and one line in its table.

mod bytes;
mod feedback;
mod fields;
mod foreign;
mod forest;
mod formats;
mod json;
mod media;
mod message;
mod moderation;
mod nested;
mod open;
mod parquet;
mod paths;
mod placeholders;
mod records;
mod report;
mod row;
pub mod samples;
mod thumbs;
mod times;

pub use open::{InputReport, Opened, read_path, read_source, read_stream};
pub use parquet::catches_panics;
pub use report::{ImportError, Imported, Problem, Report, SkipReason};

use crate::limits::{IMPORT_PROBLEMS_MAX, IMPORT_UNRECOGNISED_MAX};
use fields::Dropped;
use formats::{Draft, FORMATS, Format};
use json::Value;
use open::decoded;
use records::{Content, Record, Records};
use std::io::Read;
use thumbs::Thumbs;

/// Reads every chat of `input` and hands each to `sink` as it is read.
///
/// # Errors
/// [`ImportError`] if the input cannot be read or is of no known format. What went into `sink`
/// before stays there; after an error of the file itself that may be some chats.
pub fn read_chats(input: impl Read, sink: &mut dyn FnMut(Imported)) -> Result<Report, ImportError> {
    read_chats_with(&mut Thumbs::default(), input, sink)
}

/// The same, where `thumbs` lay beside the input.
fn read_chats_with(
    thumbs: &mut Thumbs,
    input: impl Read,
    sink: &mut dyn FnMut(Imported),
) -> Result<Report, ImportError> {
    let mut records = Records::open(decoded(input)?)?;
    let mut import = Import::new(sink);
    while !import.is_hopeless() {
        match records.next_record() {
            Ok(Some(Record { position, content })) => import.record(position, content, thumbs),
            Ok(None) => break,
            Err(error) => {
                import.report.broken = Some(error.into());
                break;
            }
        }
    }
    for field in records.beside() {
        import.dropped.count(format!("file field “{field}”"));
    }
    import.finish()
}

/// Records of one input, read one after the other.
struct Import<'a> {
    format: Option<&'static Format>,
    looks_like: Option<&'static str>,
    report: Report,
    dropped: Dropped,
    sink: &'a mut dyn FnMut(Imported),
}

impl<'a> Import<'a> {
    fn new(sink: &'a mut dyn FnMut(Imported)) -> Self {
        let (report, dropped) = (Report::default(), Dropped::default());
        Self { format: None, looks_like: None, report, dropped, sink }
    }

    /// Takes the bytes of the next record, or why there is none.
    fn record(&mut self, position: usize, content: Content, thumbs: &mut Thumbs) {
        let (mut lifted, mut title) = (Vec::new(), None);
        let draft = content.map_err(SkipReason::from).and_then(|bytes| {
            let value = thumbs.placed_in(nested::parse(&bytes, &mut lifted)?);
            title = title_of(&value);
            self.read(&value)
        });
        drop(lifted);
        self.draft(position, title, draft);
    }

    /// Takes the next record as a value, or why there is none.
    fn value(&mut self, position: usize, value: Result<Value<'_>, SkipReason>) {
        let title = value.as_ref().ok().and_then(title_of);
        let draft = value.and_then(|value| self.read(&value));
        self.draft(position, title, draft);
    }

    /// Checks what was made of a record. The record is gone by now: a long chat is there twice, as a
    /// draft and as its bytes.
    fn draft(&mut self, position: usize, title: Option<String>, draft: Result<Draft, SkipReason>) {
        let valid = |draft: Draft| draft.chat.validate().map(|()| draft).map_err(SkipReason::from);
        match draft.and_then(valid) {
            Ok(Draft { source_id, chat }) => {
                self.report.chats += 1;
                (self.sink)(Imported { source_id, position, chat });
            }
            Err(reason) => self.skip(Problem { position, title, reason }),
        }
    }

    fn read(&mut self, value: &Value) -> Result<Draft, SkipReason> {
        let of_file = self.format.filter(|format| (format.matches)(value));
        // Rows of several kinds may stand in one file.
        let format = of_file.or_else(|| FORMATS.into_iter().find(|format| (format.matches)(value)));
        if self.format.is_none() {
            self.format = format;
            self.looks_like = self.looks_like.or_else(|| foreign::looks_like(value));
        }
        (format.ok_or(SkipReason::Unrecognised)?.read)(value, &mut self.dropped)
    }

    fn skip(&mut self, problem: Problem) {
        self.report.skipped_count += 1;
        if self.report.skipped.len() < IMPORT_PROBLEMS_MAX {
            self.report.skipped.push(problem);
        }
    }

    /// A file that begins with so many records of no known format has none.
    fn is_hopeless(&self) -> bool {
        self.format.is_none() && self.report.skipped_count >= IMPORT_UNRECOGNISED_MAX
    }

    fn finish(mut self) -> Result<Report, ImportError> {
        if let Some(format) = self.format {
            self.report.format = format.name;
            self.report.dropped = self.dropped.into_counts();
            return Ok(self.report);
        }
        if let Some(error) = self.report.broken {
            return Err(error);
        }
        let first = self.report.skipped.into_iter().next();
        Err(match (self.looks_like, first.map(|problem| problem.reason)) {
            (Some(looks_like), _) => ImportError::NotRecognised { looks_like },
            (None, None) => ImportError::Empty,
            (None, Some(SkipReason::Unrecognised)) => {
                ImportError::NotRecognised { looks_like: "JSON of another kind" }
            }
            (None, Some(reason)) => ImportError::NotReadable { reason },
        })
    }
}

/// Whether these bytes are a record of a known format.
fn is_chat(bytes: &[u8]) -> bool {
    nested::parse(bytes, &mut Vec::new())
        .is_ok_and(|value| FORMATS.into_iter().any(|format| (format.matches)(&value)))
}

/// The title of a record, for a person to find it again, at most 80 characters.
fn title_of(value: &Value) -> Option<String> {
    let named = ["/title", "/name", "/conversation/title", "/id", "/uuid", "/conversationId"];
    let mut texts = named.iter().filter_map(|name| value.at(name)?.as_str());
    let title = texts.find(|text| !text.is_empty())?;
    Some(title.chars().take(80).collect())
}

#[cfg(test)]
mod tests;
