use super::Encode;
use cbor4ii::core::enc;
use cbor4ii::core::types;
use std::collections::TryReserveError;

/// Writes deterministic CBOR into memory. Heads and strings are cbor4ii's, which always takes the
/// shortest form; nothing of indefinite length can be asked for.
#[derive(Debug, Default)]
pub struct Writer {
    buffer: Buffer,
}

#[derive(Debug, Default)]
struct Buffer(Vec<u8>);

impl enc::Write for Buffer {
    type Error = TryReserveError;

    fn push(&mut self, input: &[u8]) -> Result<(), Self::Error> {
        self.0.try_reserve(input.len())?;
        self.0.extend_from_slice(input);
        Ok(())
    }
}

impl Writer {
    /// The bytes written so far.
    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer.0
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) {
        self.put(value);
    }

    /// A signed integer (CBOR major type 0 or 1).
    pub fn int(&mut self, value: i64) {
        self.put(value);
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) {
        self.put(types::Bytes(value));
    }

    /// A text string.
    pub fn text(&mut self, value: &str) {
        self.put(value);
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.put(value);
    }

    /// `null`: an optional field that is absent.
    pub fn null(&mut self) {
        self.put(types::Null);
    }

    /// The head of an array of `len` items; the items follow.
    pub fn array(&mut self, len: usize) {
        self.head(|b| types::Array::bounded(len, b));
    }

    /// The head of a map of `len` pairs; the pairs follow, keys in bytewise order.
    pub fn map(&mut self, len: usize) {
        self.head(|b| types::Map::bounded(len, b));
    }

    /// A tag; the tagged item follows.
    pub fn tag(&mut self, tag: u64) {
        self.put(types::Tag(tag, types::Nothing));
    }

    /// Any value with a deterministic form.
    pub fn value<T: Encode + ?Sized>(&mut self, value: &T) {
        value.encode(self);
    }

    fn put(&mut self, value: impl enc::Encode) {
        self.head(|b| value.encode(b));
    }

    fn head(&mut self, write: impl FnOnce(&mut Buffer) -> Result<(), enc::Error<TryReserveError>>) {
        // Writing to memory fails only when memory is exhausted, where Rust aborts anyway.
        if write(&mut self.buffer).is_err() {
            std::process::abort();
        }
    }
}
