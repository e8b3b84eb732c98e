use super::records::RecordError;
use crate::limits::IMPORT_RECORD_BYTES_MAX;
use std::io::{self, BufRead as _, BufReader, Read};

const BUFFER_BYTES: usize = 64 * 1024;
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A stream with its offset, that knows where JSON values and lines end.
pub(super) struct Bytes<R> {
    input: BufReader<R>,
    pub(super) at: u64,
}

impl<R: Read> Bytes<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(BUFFER_BYTES, input), at: 0 }
    }

    /// The first bytes, of which none are consumed but a byte order mark.
    pub(super) fn start(&mut self) -> io::Result<&[u8]> {
        if self.input.fill_buf()?.starts_with(&BYTE_ORDER_MARK) {
            self.input.consume(BYTE_ORDER_MARK.len());
            self.at += BYTE_ORDER_MARK.len() as u64;
        }
        self.input.fill_buf()
    }

    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.input.consume(1);
            self.at += 1;
        }
        Ok(byte)
    }

    /// The next byte that is not white space, which stays.
    pub(super) fn peek_solid(&mut self) -> io::Result<Option<u8>> {
        while self.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.next()?;
        }
        self.peek()
    }

    /// The rest of the line, with its end.
    pub(super) fn line(&mut self) -> io::Result<Result<Vec<u8>, RecordError>> {
        let (line, _) = self.take_until(|byte| byte == b'\n')?;
        Ok(line.finish())
    }

    /// Everything that is left, after `first`.
    pub(super) fn rest(&mut self, first: &[u8]) -> io::Result<Result<Vec<u8>, RecordError>> {
        let (rest, _) = self.take_until(|_| false)?;
        let mut whole = Collected::default();
        whole.extend(first);
        Ok(rest.finish().and_then(|rest| {
            whole.extend(&rest);
            whole.finish()
        }))
    }

    /// The JSON value that begins here, as far as its brackets and quotes tell.
    pub(super) fn value(&mut self) -> io::Result<Result<Vec<u8>, RecordError>> {
        match self.peek()? {
            Some(b'{' | b'[' | b'"') => self.bracketed(),
            _ => self.scalar(),
        }
    }

    fn bracketed(&mut self) -> io::Result<Result<Vec<u8>, RecordError>> {
        let (mut depth, mut in_text, mut escaped) = (0_u64, false, false);
        let (value, ended) = self.take_until(|byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth -= 1,
                _ => {}
            }
            depth == 0 && !in_text
        })?;
        Ok(if ended { value.finish() } else { Err(RecordError::Truncated) })
    }

    /// Bytes up to and with the first that is `last`, and whether there was one.
    fn take_until(&mut self, mut last: impl FnMut(u8) -> bool) -> io::Result<(Collected, bool)> {
        let mut taken = Collected::default();
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| last(*byte));
            let len = end.map_or(buffer.len(), |end| end + 1);
            taken.extend(&buffer[..len]);
            self.input.consume(len);
            self.at += len as u64;
            if end.is_some() || len == 0 {
                return Ok((taken, end.is_some()));
            }
        }
    }

    fn scalar(&mut self) -> io::Result<Result<Vec<u8>, RecordError>> {
        let mut value = Collected::default();
        let ends = |byte: u8| byte.is_ascii_whitespace() || b",]}".contains(&byte);
        while let Some(byte) = self.peek()?.filter(|byte| !ends(*byte)) {
            value.push(byte);
            self.next()?;
        }
        Ok(value.finish())
    }
}

/// Bytes of one record, kept only as far as the bound allows.
#[derive(Default)]
pub(super) struct Collected {
    bytes: Vec<u8>,
    too_long: bool,
}

impl Collected {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.too_long
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.too_long || self.bytes.len() + bytes.len() > IMPORT_RECORD_BYTES_MAX {
            self.too_long = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, RecordError> {
        if self.too_long { Err(RecordError::TooLong) } else { Ok(self.bytes) }
    }
}
