//! A stream of bytes that knows where lines and JSON values end. Only brackets and strings are
//! followed: what is between them is for the parser to judge.

use super::records::RecordError;
use crate::limits::IMPORT_RECORD_BYTES_MAX;
use memchr::{memchr, memchr2, memchr3};
use std::io::{self, BufRead as _, BufReader, Read};

const BUFFER_BYTES: usize = 256 * 1024;

/// A stream with its offset.
pub(super) struct Bytes<R> {
    input: BufReader<R>,
    pub(super) at: u64,
}

/// How a value ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its last bracket or quote.
    Closed,
    /// With a line, in the middle of a string: no JSON value does.
    Line,
    /// With the input.
    Input,
}

impl<R: Read> Bytes<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(BUFFER_BYTES, input), at: 0 }
    }

    /// Some of the next bytes, of which none are consumed; empty at the end.
    pub(super) fn start(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.consume(1);
        }
        Ok(byte)
    }

    fn consume(&mut self, len: usize) {
        self.input.consume(len);
        self.at += len as u64;
    }

    /// The next byte that is not white space, which stays.
    pub(super) fn peek_solid(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.input.fill_buf()?;
            let (len, solid) = (buffer.len(), buffer.iter().position(|b| !b.is_ascii_whitespace()));
            let found = solid.and_then(|at| buffer.get(at).copied());
            self.consume(solid.unwrap_or(len));
            if found.is_some() || len == 0 {
                return Ok(found);
            }
        }
    }

    /// Whether nothing but spaces is left of this line; they are consumed, its end is not.
    pub(super) fn is_line_over(&mut self) -> io::Result<bool> {
        while matches!(self.peek()?, Some(b' ' | b'\t' | b'\r')) {
            self.next()?;
        }
        Ok(matches!(self.peek()?, None | Some(b'\n')))
    }

    /// Adds the rest of the line, with its end.
    pub(super) fn line(&mut self, into: &mut Collected) -> io::Result<()> {
        self.take(into, |bytes| memchr(b'\n', bytes).map(|at| at + 1)).map(|_| ())
    }

    /// Adds the JSON value that begins here, as far as its brackets and quotes tell.
    pub(super) fn value(&mut self, into: &mut Collected) -> io::Result<End> {
        match self.peek()? {
            Some(b'{' | b'[' | b'"') => self.bracketed(Brackets::default(), into),
            _ => self.scalar(into).map(|()| End::Closed),
        }
    }

    /// The same, but a line that ends within a string ends the value, so that a broken one does not
    /// reach into the next.
    pub(super) fn value_in_line(&mut self, into: &mut Collected) -> io::Result<End> {
        self.rest_of_value(0, into)
    }

    /// Adds what is left of a value of which `depth` brackets are open; see [`Self::value_in_line`].
    pub(super) fn rest_of_value(&mut self, depth: u64, into: &mut Collected) -> io::Result<End> {
        match self.peek()? {
            Some(byte) if depth == 0 && !b"{[\"".contains(&byte) => {
                self.scalar(into).map(|()| End::Closed)
            }
            _ => self.bracketed(Brackets { depth, by_line: true, ..Brackets::default() }, into),
        }
    }

    fn bracketed(&mut self, mut brackets: Brackets, into: &mut Collected) -> io::Result<End> {
        let ended = self.take(into, |bytes| brackets.end(bytes))?;
        Ok(match ended {
            true if brackets.in_text => End::Line,
            true => End::Closed,
            false => End::Input,
        })
    }

    fn scalar(&mut self, into: &mut Collected) -> io::Result<()> {
        let ends = |byte: u8| byte.is_ascii_whitespace() || b",]}".contains(&byte);
        while let Some(byte) = self.peek()?.filter(|byte| !ends(*byte)) {
            into.push(byte);
            self.next()?;
        }
        Ok(())
    }

    /// Adds bytes up to where `end` says, and whether it said so before the input ended.
    fn take(
        &mut self,
        into: &mut Collected,
        mut end: impl FnMut(&[u8]) -> Option<usize>,
    ) -> io::Result<bool> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = end(buffer);
            let len = end.unwrap_or(buffer.len());
            into.extend(&buffer[..len]);
            self.consume(len);
            if end.is_some() || len == 0 {
                return Ok(end.is_some());
            }
        }
    }
}

/// Follows the brackets and strings of one value.
#[derive(Default)]
struct Brackets {
    depth: u64,
    in_text: bool,
    escaped: bool,
    by_line: bool,
}

impl Brackets {
    /// The length of what of the value is in `bytes`, if it ends there.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let found = if self.escaped { 0 } else { self.find(&bytes[at..])? };
            at += found + 1;
            if self.is_over(bytes[at - 1]) {
                return Some(at);
            }
        }
        None
    }

    /// The next byte that means something.
    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match (self.in_text, self.by_line) {
            (false, _) => bytes.iter().position(|byte| STRUCTURAL[usize::from(*byte)]),
            (true, false) => memchr2(b'"', b'\\', bytes),
            (true, true) => memchr3(b'"', b'\\', b'\n', bytes),
        }
    }

    /// Takes a byte that [`Self::find`] found; whether the value ends with it.
    fn is_over(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'\n' => return true,
            b'"' => self.in_text = !self.in_text,
            b'{' | b'[' => self.depth += 1,
            _ => self.depth = self.depth.saturating_sub(1),
        }
        self.depth == 0 && !self.in_text
    }
}

/// Bytes that mean something outside of strings.
const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut next = 0;
    while next < b"\"{}[]".len() {
        table[b"\"{}[]"[next] as usize] = true;
        next += 1;
    }
    table
};

/// Bytes of one record, as many as it may have.
pub(super) struct Collected {
    bytes: Vec<u8>,
    bytes_max: usize,
    too_long: bool,
}

impl Default for Collected {
    fn default() -> Self {
        Self { bytes: Vec::new(), bytes_max: IMPORT_RECORD_BYTES_MAX, too_long: false }
    }
}

impl Collected {
    /// Keeps nothing.
    pub(super) fn nothing() -> Self {
        Self { bytes_max: 0, ..Self::default() }
    }

    /// Whether there are several lines in it.
    pub(super) fn has_lines(&self) -> bool {
        memchr(b'\n', &self.bytes).is_some()
    }

    /// What comes is too long.
    pub(super) fn give_up(&mut self) {
        (self.too_long, self.bytes) = (true, Vec::new());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.too_long
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.too_long || self.bytes.len() + bytes.len() > self.bytes_max {
            self.give_up();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, RecordError> {
        if self.too_long { Err(RecordError::TooLong) } else { Ok(self.bytes) }
    }
}
