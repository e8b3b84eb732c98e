//! What a member drops → its inputs: a file as it is, packed with gzip, an archive as the vendor
//! ships it, a folder, or standard input. What a file is, its first bytes tell, never its name.
//!
//! One bad input does not cost the others. In archives and folders whatever cannot be a chat file is
//! counted by kind, and not reported one by one. Nothing is written to disk: names inside of an
//! archive are labels and nothing else.

mod folder;
mod gzip;
mod kind;
mod meter;
mod text;
mod zip;

pub(super) use meter::Meter;
pub(super) use text::decoded;

use super::report::{ImportError, Imported, Report, SkipReason};
use super::thumbs::Thumbs;
use super::{parquet, read_chats_with};
use crate::limits::{IMPORT_HEAD_BYTES, IMPORT_HELD_BYTES_MAX, IMPORT_NAME_BYTES_MAX};
use kind::Kind;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

/// One input: a file, or one within an archive or a folder.
#[derive(Debug)]
pub struct InputReport {
    /// Where it is, for a person; not to be opened, and not printable as it is.
    pub name: String,
    /// What it gave.
    pub result: Result<Report, ImportError>,
}

/// What was opened.
#[derive(Debug, Default)]
pub struct Opened {
    /// Every input that holds chats, or should and could not be read, in the order read. Their chats
    /// went into the sink in this order.
    pub inputs: Vec<InputReport>,
    /// What else lay in archives and folders, in words, and how often.
    pub passed_over: BTreeMap<String, u64>,
}

/// Reads every chat of what lies at `path`: a file, an archive or a folder.
pub fn read_path(path: &Path, sink: &mut dyn FnMut(Imported)) -> Opened {
    let mut opening = Opening::new(sink);
    let name = path.display().to_string();
    match path.metadata() {
        Err(error) => opening.refuse(&name, error.into()),
        Ok(found) if found.is_dir() => folder::read(&mut opening, &name, path),
        Ok(_) => opening.file(&name, path, Place::Alone),
    }
    opening.finish()
}

/// The same for what is in memory, or open already.
pub fn read_source(
    name: &str,
    source: impl Read + Seek + Send + 'static,
    sink: &mut dyn FnMut(Imported),
) -> Opened {
    let mut opening = Opening::new(sink);
    opening.source(name, source, Place::Alone);
    opening.finish()
}

/// Reads every chat of a stream, such as standard input.
pub fn read_stream(name: &str, input: impl Read, sink: &mut dyn FnMut(Imported)) -> Opened {
    let mut opening = Opening::new(sink);
    match text::ahead(input, IMPORT_HEAD_BYTES) {
        Ok((head, mut rest)) => opening.stream(name, &head, &mut rest, Place::Alone),
        Err(error) => opening.refuse(name, error.into()),
    }
    opening.finish()
}

/// Where an input lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Named by the member, who expects chats in it.
    Alone,
    /// In a folder, among others.
    Folder,
    /// In an archive, among others.
    Archive,
}

/// Opens inputs one after the other.
struct Opening<'a> {
    sink: &'a mut dyn FnMut(Imported),
    opened: Opened,
    thumbs: Thumbs,
}

impl<'a> Opening<'a> {
    fn new(sink: &'a mut dyn FnMut(Imported)) -> Self {
        Self { sink, opened: Opened::default(), thumbs: Thumbs::default() }
    }

    fn finish(mut self) -> Opened {
        for (what, count) in std::mem::take(&mut self.thumbs).into_lost() {
            self.pass_over_many(what, count);
        }
        self.opened
    }

    /// Keeps the thumbs of a file that lies beside chats; `false` if it is none, and is to be read
    /// as any other.
    fn takes_thumbs(&mut self, name: &str, input: impl Read) -> bool {
        let Ok((head, rest)) = text::ahead(input, IMPORT_HEAD_BYTES) else { return false };
        if !Thumbs::may_begin(&head) {
            return false;
        }
        match self.thumbs.read(Cursor::new(head).chain(rest)) {
            Ok(are_thumbs) => are_thumbs,
            Err(error) => {
                self.refuse(name, error);
                true
            }
        }
    }

    /// A file on disk.
    fn file(&mut self, name: &str, path: &Path, place: Place) {
        match File::open(path) {
            Ok(file) => self.source(name, file, place),
            Err(error) => self.refuse(name, error.into()),
        }
    }

    fn source<S>(&mut self, name: &str, mut source: S, place: Place)
    where
        S: Read + Seek + Send + 'static,
    {
        let head = match text::head(&mut source, IMPORT_HEAD_BYTES) {
            Ok(head) => head,
            Err(error) => return self.refuse(name, error.into()),
        };
        match Kind::of(&head) {
            // Whatever cannot be rewound, such as a pipe, is read as a stream.
            Kind::Zip if source.rewind().is_ok() => zip::read(self, name, source, place),
            Kind::Parquet if source.rewind().is_ok() => {
                let result = parquet::read_rows(source, self.sink);
                self.done(name, result);
            }
            _ => self.stream(name, &head, &mut source, place),
        }
    }

    /// An input that is read from its beginning to its end, of which `head` was read already.
    fn stream(&mut self, name: &str, head: &[u8], rest: &mut dyn Read, place: Place) {
        match Kind::of(head) {
            Kind::Text => self.text(name, head, rest, place),
            Kind::Gzip => self.gzip(name, head, rest, place),
            Kind::Parquet => self.table(name, head, rest),
            Kind::Zip if place != Place::Archive => match held("zip", head, rest) {
                Ok(archive) => zip::read(self, name, archive, place),
                Err(error) => self.refuse(name, error),
            },
            kind => self.refuse_kind(name, kind, place),
        }
    }

    /// Rows that come from where their end cannot be looked at first.
    fn table(&mut self, name: &str, head: &[u8], rest: &mut dyn Read) {
        let file = held("Parquet", head, rest);
        let result = file.and_then(|file| parquet::read_rows(file, self.sink));
        self.done(name, result);
    }

    fn gzip(&mut self, name: &str, head: &[u8], packed: &mut dyn Read, place: Place) {
        let unpacked = gzip::unpacked(Cursor::new(head).chain(packed));
        match text::ahead(unpacked, IMPORT_HEAD_BYTES) {
            Err(error) => self.refuse(name, error.into()),
            Ok((head, mut rest)) => match Kind::of(&head) {
                Kind::Text => self.text(name, &head, &mut rest, place),
                Kind::Parquet => self.table(name, &head, &mut rest),
                Kind::Gzip => self.refuse(name, ImportError::Packed { kind: "gzip" }),
                kind => self.refuse_kind(name, kind, place),
            },
        }
    }

    fn text(&mut self, name: &str, head: &[u8], rest: &mut dyn Read, place: Place) {
        let result = read_chats_with(&mut self.thumbs, Cursor::new(head).chain(rest), self.sink);
        match result.as_ref().err().and_then(|error| no_chats(error, head)) {
            Some(kind) if place != Place::Alone => self.pass_over(kind),
            _ => self.done(name, result),
        }
    }

    fn refuse_kind(&mut self, name: &str, kind: Kind, place: Place) {
        match kind {
            Kind::Zip => self.refuse(name, ImportError::Packed { kind: "zip" }),
            Kind::Packed(kind) => self.refuse(name, ImportError::Packed { kind }),
            Kind::Other(kind) if place != Place::Alone => self.pass_over(kind),
            Kind::Other(looks_like) => {
                self.refuse(name, ImportError::NotRecognised { looks_like });
            }
            Kind::Text | Kind::Gzip | Kind::Parquet => self.pass_over("other file"),
        }
    }

    fn refuse(&mut self, name: &str, error: ImportError) {
        self.done(name, Err(error));
    }

    fn done(&mut self, name: &str, result: Result<Report, ImportError>) {
        let name = name[..name.floor_char_boundary(IMPORT_NAME_BYTES_MAX)].to_owned();
        self.opened.inputs.push(InputReport { name, result });
    }

    fn pass_over(&mut self, kind: &str) {
        self.pass_over_many(kind, 1);
    }

    fn pass_over_many(&mut self, kind: &str, count: u64) {
        if count > 0 {
            *self.opened.passed_over.entry(kind.to_owned()).or_default() += count;
        }
    }
}

/// A file that is read from its end, in memory: nothing is written to disk.
fn held(
    kind: &'static str,
    head: &[u8],
    rest: &mut dyn Read,
) -> Result<Cursor<Vec<u8>>, ImportError> {
    let mut bytes = head.to_vec();
    rest.take(IMPORT_HELD_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    match bytes.len() > IMPORT_HELD_BYTES_MAX {
        true => Err(ImportError::NotAlone { kind }),
        false => Ok(Cursor::new(bytes)),
    }
}

/// What a text is that holds no chats, and was not meant to: `None` if that is less certain.
fn no_chats(error: &ImportError, head: &[u8]) -> Option<&'static str> {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = matches!(first, Some(b'{' | b'['));
    match error {
        ImportError::NotRecognised { looks_like } => Some(*looks_like),
        ImportError::Empty => Some("empty file"),
        ImportError::NotReadable { reason: SkipReason::Json(_) } if !is_json => Some("other text"),
        _ => None,
    }
}
