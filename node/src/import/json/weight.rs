//! What a record takes in memory, told before it is read.

use memchr::memchr2;

/// What an object takes beside its fields, and a list beside its elements.
const OBJECT_BYTES: usize = 24;
const LIST_BYTES: usize = 32;
/// What a field takes: its name and its value.
const FIELD_BYTES: usize = 48;
/// What an element takes; also counted for every field but the first.
const ELEMENT_BYTES: usize = 24;

/// Bytes of JSON for which at the most so many times as many bytes of memory are needed: `[],` is the
/// worst.
pub(in crate::import) const WEIGHT_RATIO_MAX: usize = 24;

/// Bytes of memory that the lists and objects of a record take, beside its texts.
pub(in crate::import) fn weight(bytes: &[u8]) -> usize {
    let (mut weight, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at).copied() {
        weight += match byte {
            b'{' => OBJECT_BYTES,
            b'[' => LIST_BYTES,
            b':' => FIELD_BYTES,
            b',' => ELEMENT_BYTES,
            _ => 0,
        };
        at = if byte == b'"' { end_of_text(bytes, at).unwrap_or(bytes.len()) } else { at + 1 };
    }
    weight
}

/// Where the text that begins at `start` ends, behind its quote.
pub(in crate::import) fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}
