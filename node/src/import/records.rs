//! Cuts a stream into records, without holding more than one: the elements of a JSON array, the
//! lines of JSONL, or one object. Only brackets and strings are followed here; whether a record is
//! JSON is for the parser to say, so that a broken one costs only itself.

use super::bytes::{Bytes, Collected};
use super::foreign;
use super::formats::openai;
use super::report::ImportError;
use crate::limits::IMPORT_RECORD_BYTES_MAX;
use std::io::{self, Read};

/// Why a record could not be cut out of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than [`IMPORT_RECORD_BYTES_MAX`].
    #[error("the conversation is longer than {IMPORT_RECORD_BYTES_MAX} bytes")]
    TooLong,
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

type Content = Result<Vec<u8>, RecordError>;

/// How records follow each other.
enum Layout {
    /// `[record, record, …]`; several such lists may follow each other.
    List,
    /// One record a line.
    Lines,
    /// One record, over several lines.
    Whole,
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
}

impl<R: Read> Records<R> {
    /// Looks at the beginning of `input`.
    pub(super) fn open(input: R) -> Result<Self, ImportError> {
        let mut input = Bytes::new(input);
        foreign::refuse_packed(input.start()?)?;
        let first = input.peek_solid()?.ok_or(ImportError::Empty)?;
        let mut records = Self { input, layout: Layout::Lines, position: 0, ahead: None };
        if first == b'[' {
            records.begin_list()?;
        } else {
            records.look_at_first_line()?;
        }
        Ok(records)
    }

    /// The next record; `None` at the end.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Record>> {
        let content = match self.layout {
            Layout::List => self.element()?,
            Layout::Lines => self.line()?,
            Layout::Whole => Some(self.whole()?),
            Layout::Done => self.ahead.take(),
        };
        self.position += 1;
        Ok(content.map(|content| Record { position: self.position, content }))
    }

    /// JSONL has one record on its first line and another, or nothing, below; a single object goes
    /// on with a key.
    fn look_at_first_line(&mut self) -> io::Result<()> {
        let first = self.input.line()?;
        let is_closed = first.as_ref().is_ok_and(|line| line.trim_ascii_end().ends_with(b"}"));
        if !is_closed || !matches!(self.input.peek_solid()?, None | Some(b'{')) {
            self.layout = Layout::Whole;
        }
        self.ahead = Some(first);
        Ok(())
    }

    fn line(&mut self) -> io::Result<Option<Content>> {
        if let Some(first) = self.ahead.take() {
            return Ok(Some(first));
        }
        match self.input.peek_solid()? {
            Some(_) => self.input.line().map(Some),
            None => Ok(None),
        }
    }

    fn whole(&mut self) -> io::Result<Content> {
        self.layout = Layout::Done;
        match self.ahead.take() {
            Some(Ok(first)) => self.input.rest(&first),
            Some(Err(error)) => Ok(Err(error)),
            None => self.input.rest(&[]),
        }
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
            None => {
                self.layout = Layout::Done;
                Ok(Some(Err(RecordError::Truncated)))
            }
        }
    }

    fn value(&mut self) -> io::Result<Content> {
        let value = self.input.value()?;
        if matches!(value, Err(RecordError::Truncated)) {
            self.layout = Layout::Done;
        }
        Ok(value)
    }

    fn broken(&mut self) -> Content {
        self.layout = Layout::Done;
        Err(RecordError::Separator(self.input.at))
    }
}
