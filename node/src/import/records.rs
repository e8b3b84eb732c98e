//! Cuts a stream into records, without holding more than one: the elements of a JSON array, the
//! lines of JSONL, objects one after the other, or the elements of a list inside one object that
//! some tools wrap around their chats. Whether a record is JSON is for the parser to say, so that a
//! broken one costs only itself.

use super::bytes::{Bytes, Collected, End};
use super::foreign;
use super::formats::openai;
use super::is_chat;
use super::report::ImportError;
use crate::limits::{IMPORT_DROPPED_KINDS_MAX, IMPORT_RECORD_BYTES_MAX};
use std::io::{self, Read};

/// Keys of one object under which tools put all their chats.
const WRAPPERS: [&[u8]; 5] =
    [b"\"conversations\"", b"\"history\"", b"\"chats\"", b"\"data\"", b"\"items\""];

/// Why a record could not be cut out of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than [`IMPORT_RECORD_BYTES_MAX`].
    #[error("the conversation is longer than {IMPORT_RECORD_BYTES_MAX} bytes")]
    TooLong,
    /// Values that would take more than [`IMPORT_RECORD_TREE_BYTES_MAX`] of memory.
    ///
    /// [`IMPORT_RECORD_TREE_BYTES_MAX`]: crate::limits::IMPORT_RECORD_TREE_BYTES_MAX
    #[error("the conversation has more fields and messages than one may")]
    TooManyValues,
    /// The input ends inside of it.
    #[error("the file ends in the middle of it")]
    Truncated,
    /// Something else than a comma or the end stands between two elements. The rest is not read.
    #[error("the list is broken at byte {0}; what follows was not read")]
    Separator(u64),
}

/// One record, or why there is none at this place.
pub(super) struct Record {
    pub(super) position: usize,
    pub(super) content: Content,
}

/// The bytes of a record.
pub(super) type Content = Result<Vec<u8>, RecordError>;

/// How records follow each other.
#[derive(Clone, Copy)]
enum Layout {
    /// `[record, record, …]`; several such lists may follow each other.
    List,
    /// `{"conversations": [record, record, …], …}`
    Wrapped,
    /// One record a line.
    Lines,
    /// Objects that begin and end anywhere.
    Objects,
    /// Nothing is left.
    Done,
}

/// Reads record after record.
pub(super) struct Records<R> {
    input: Bytes<R>,
    layout: Layout,
    position: usize,
    /// The first record, read to see of which layout the input is.
    ahead: Option<Content>,
    /// Fields beside the list of a wrapper.
    beside: Vec<String>,
}

impl<R: Read> Records<R> {
    /// Looks at the beginning of `input`.
    pub(super) fn open(input: R) -> Result<Self, ImportError> {
        let mut input = Bytes::new(input);
        foreign::refuse_packed(input.start()?)?;
        let first = input.peek_solid()?.ok_or(ImportError::Empty)?;
        let (layout, ahead, beside) = (Layout::Lines, None, Vec::new());
        let mut records = Self { input, layout, position: 0, ahead, beside };
        match first {
            b'[' => records.begin_list()?,
            b'{' => records.begin_object()?,
            _ => {}
        }
        Ok(records)
    }

    /// The next record; `None` at the end.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Record>> {
        let content = match (self.ahead.take(), self.layout) {
            (Some(ahead), _) => Some(ahead),
            (None, Layout::List) => self.element()?,
            (None, Layout::Wrapped) => self.wrapped()?,
            (None, Layout::Lines) => self.line()?,
            (None, Layout::Objects) => self.object()?,
            (None, Layout::Done) => None,
        };
        self.position += 1;
        Ok(content.map(|content| Record { position: self.position, content }))
    }

    /// Fields beside the list of chats that say something, after the last record.
    pub(super) fn beside(&mut self) -> Vec<String> {
        std::mem::take(&mut self.beside)
    }

    fn line(&mut self) -> io::Result<Option<Content>> {
        if self.input.peek_solid()?.is_none() {
            return Ok(None);
        }
        let mut line = Collected::default();
        self.input.line(&mut line)?;
        Ok(Some(line.finish()))
    }

    fn object(&mut self) -> io::Result<Option<Content>> {
        match self.input.peek_solid()? {
            None => Ok(None),
            Some(b'{') => {
                let mut object = Collected::default();
                let end = self.input.value_in_line(&mut object)?;
                Ok(Some(self.ended(end, object)))
            }
            Some(_) => Ok(Some(self.broken())),
        }
    }

    /// Reads the first object, unless it wraps a list of chats: then its first chat.
    fn begin_object(&mut self) -> io::Result<()> {
        let (mut object, beside) = (Collected::default(), self.beside.len());
        self.layout = Layout::Objects;
        self.copy(&mut object)?;
        let stopped = self.fields(&mut object)?;
        if stopped == Field::List && self.begin_wrapped(&mut object)? {
            return Ok(());
        }
        self.beside.truncate(beside);
        let end = match stopped {
            Field::Broken(end) => end,
            Field::List => self.input.rest_of_value(2, &mut object)?,
            Field::Odd => self.input.rest_of_value(1, &mut object)?,
        };
        if end == End::Line || !object.has_lines() && self.input.is_line_over()? {
            self.layout = Layout::Lines;
        }
        self.ahead = Some(self.ended(end, object));
        Ok(())
    }

    /// Enters the list that begins here if it is one of chats, and reads the first of them ahead;
    /// else its beginning is added to `object`.
    fn begin_wrapped(&mut self, object: &mut Collected) -> io::Result<bool> {
        self.copy(object)?;
        if self.solid(object)? != Some(b'{') {
            return Ok(false);
        }
        let mut first = Collected::default();
        let end = self.input.value(&mut first)?;
        let first = first.finish();
        if first.as_ref().is_ok_and(|bytes| end == End::Closed && is_chat(bytes)) {
            (self.layout, self.ahead) = (Layout::Wrapped, Some(first));
            return Ok(true);
        }
        match first {
            Ok(bytes) => object.extend(&bytes),
            Err(_) => object.give_up(),
        }
        Ok(false)
    }

    /// Adds fields of an object up to one that may be a list of chats, or to what is no field.
    fn fields(&mut self, into: &mut Collected) -> io::Result<Field> {
        loop {
            if self.solid(into)? == Some(b',') {
                self.copy(into)?;
            }
            if self.solid(into)? != Some(b'"') {
                return Ok(Field::Odd);
            }
            let mut key = Collected::default();
            let end = self.input.value_in_line(&mut key)?;
            let Ok(key) = key.finish() else { return Ok(Field::Odd) };
            into.extend(&key);
            if end != End::Closed {
                return Ok(Field::Broken(end));
            }
            if self.solid(into)? != Some(b':') {
                return Ok(Field::Odd);
            }
            self.copy(into)?;
            if self.solid(into)? == Some(b'[') && WRAPPERS.contains(&&key[..]) {
                return Ok(Field::List);
            }
            let end = self.field(&key, into)?;
            if end != End::Closed {
                return Ok(Field::Broken(end));
            }
        }
    }

    /// Adds the value of a field, and notes the field unless it says nothing.
    fn field(&mut self, key: &[u8], into: &mut Collected) -> io::Result<End> {
        let (first, start) = (self.input.peek()?, self.input.at);
        let end = self.input.value_in_line(into)?;
        let is_nothing = match first {
            Some(b'"' | b'{' | b'[') => self.input.at - start <= 2,
            first => first == Some(b'n'),
        };
        if !is_nothing && self.beside.len() < IMPORT_DROPPED_KINDS_MAX {
            let name = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
            self.beside.push(String::from_utf8_lossy(name).chars().take(40).collect());
        }
        Ok(end)
    }

    /// The next chat of a wrapper; after the last, what else is in it is passed over.
    fn wrapped(&mut self) -> io::Result<Option<Content>> {
        if let Some(content) = self.after_element()? {
            return Ok(Some(content));
        }
        self.input.next()?;
        while self.fields(&mut Collected::nothing())? == Field::List {
            self.field(b"\"another list\"", &mut Collected::nothing())?;
        }
        self.layout = Layout::Objects;
        match self.input.next()? {
            Some(b'}') => self.after_wrapper(),
            Some(_) => Ok(Some(self.broken())),
            None => Ok(Some(self.ended(End::Input, Collected::default()))),
        }
    }

    /// Another object may follow, and wrap chats as well.
    fn after_wrapper(&mut self) -> io::Result<Option<Content>> {
        if self.input.peek_solid()? != Some(b'{') {
            return self.object();
        }
        self.begin_object()?;
        Ok(self.ahead.take())
    }

    /// Adds the next byte.
    fn copy(&mut self, into: &mut Collected) -> io::Result<()> {
        if let Some(byte) = self.input.next()? {
            into.push(byte);
        }
        Ok(())
    }

    /// Adds white space; the byte after it stays.
    fn solid(&mut self, into: &mut Collected) -> io::Result<Option<u8>> {
        while self.input.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.copy(into)?;
        }
        self.input.peek()
    }

    /// Enters a list. One of messages, rather than of chats, is a single record.
    fn begin_list(&mut self) -> io::Result<()> {
        self.layout = Layout::List;
        self.input.next()?;
        if matches!(self.input.peek_solid()?, None | Some(b']')) {
            return Ok(());
        }
        let first = self.value()?;
        let is_message = first.as_ref().is_ok_and(|bytes| openai::is_bare_message(bytes));
        self.ahead = Some(if is_message { self.joined(first)? } else { first });
        Ok(())
    }

    /// The whole list that begins with `first` as one record.
    fn joined(&mut self, first: Content) -> io::Result<Content> {
        let mut record = Collected::default();
        let mut next = Some(first);
        while let Some(element) = next {
            match element {
                Ok(bytes) => {
                    record.push(if record.is_empty() { b'[' } else { b',' });
                    record.extend(&bytes);
                }
                Err(error) => return Ok(Err(error)),
            }
            next = self.after_element()?;
        }
        record.push(b']');
        Ok(record.finish())
    }

    fn element(&mut self) -> io::Result<Option<Content>> {
        while self.ahead.is_none() {
            if let Some(content) = self.after_element()? {
                return Ok(Some(content));
            }
            self.input.next()?;
            match self.input.peek_solid()? {
                Some(b'[') => self.begin_list()?,
                Some(_) => return Ok(Some(self.broken())),
                None => {
                    self.layout = Layout::Done;
                    return Ok(None);
                }
            }
        }
        Ok(self.ahead.take())
    }

    /// What follows an element: another, or `None` before the end of the list.
    fn after_element(&mut self) -> io::Result<Option<Content>> {
        match self.input.peek_solid()? {
            Some(b',') => {
                self.input.next()?;
                self.input.peek_solid()?;
                self.value().map(Some)
            }
            Some(b']') => Ok(None),
            Some(_) => Ok(Some(self.broken())),
            None => Ok(Some(self.ended(End::Input, Collected::default()))),
        }
    }

    fn value(&mut self) -> io::Result<Content> {
        let mut value = Collected::default();
        let end = self.input.value(&mut value)?;
        Ok(self.ended(end, value))
    }

    fn ended(&mut self, end: End, value: Collected) -> Content {
        if end == End::Input {
            self.layout = Layout::Done;
            return Err(RecordError::Truncated);
        }
        value.finish()
    }

    fn broken(&mut self) -> Content {
        self.layout = Layout::Done;
        Err(RecordError::Separator(self.input.at))
    }
}

/// Where [`Records::fields`] stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Before a list that may be one of chats.
    List,
    /// Before something that is no field: most often the end of the object.
    Odd,
    /// In the middle of a value, of which nothing more is to be had.
    Broken(End),
}
