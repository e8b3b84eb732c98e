//! Sequence files: a CBOR sequence (RFC 8742) of byte strings, so that a reader knows an item's
//! length before its content and can refuse what is too long without reading it.

use crate::cbor::Writer;

/// The initial byte of a byte string whose length follows in 0, 1, 2 or 4 bytes.
const BYTE_STRING: u8 = 0x40;
const LENGTH_1: u8 = 24;
const LENGTH_2: u8 = 25;
const LENGTH_4: u8 = 26;

/// Why bytes are not a sequence file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// Something else than a byte string begins here.
    #[error("expected a byte string, found the initial byte 0x{0:02x}")]
    Type(u8),
    /// A length in a longer form than it needs.
    #[error("a length is not in its shortest form")]
    NotShortest,
    /// An item beyond the bound of its file.
    #[error("an item of {bytes} bytes is longer than the bound of {max}")]
    TooLong {
        /// The length announced.
        bytes: u64,
        /// The bound.
        max: usize,
    },
}

/// Appends one item to a sequence file.
pub fn push_item(file: &mut Vec<u8>, item: &[u8]) {
    let mut w = Writer::default();
    w.bytes(item);
    file.extend_from_slice(&w.into_bytes());
}

/// The first item of `buffer` and how many bytes it takes with its head; `None` if the buffer ends
/// before the item does.
///
/// # Errors
/// [`SequenceError`] if no byte string in shortest form of at most `max` bytes begins here.
pub fn first_item(buffer: &[u8], max: usize) -> Result<Option<(&[u8], usize)>, SequenceError> {
    let Some((head, len)) = head(buffer)? else { return Ok(None) };
    if len > max as u64 {
        return Err(SequenceError::TooLong { bytes: len, max });
    }
    let end = head + len as usize; // at most `max`
    Ok(buffer.get(head..end).map(|item| (item, end)))
}

/// Bytes of the head, and the length it announces.
fn head(buffer: &[u8]) -> Result<Option<(usize, u64)>, SequenceError> {
    let Some(&first) = buffer.first() else { return Ok(None) };
    let (bytes, smallest) = match first.checked_sub(BYTE_STRING) {
        Some(len) if len < LENGTH_1 => return Ok(Some((1, u64::from(len)))),
        Some(LENGTH_1) => (1, 24),
        Some(LENGTH_2) => (2, 1 << 8),
        Some(LENGTH_4) => (4, 1 << 16),
        _ => return Err(SequenceError::Type(first)),
    };
    let Some(length) = buffer.get(1..=bytes) else { return Ok(None) };
    let length = length.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    if length < smallest { Err(SequenceError::NotShortest) } else { Ok(Some((1 + bytes, length))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_back_one_by_one() {
        for len in [0, 1, 23, 24, 255, 256, 65_535, 65_536] {
            let item = vec![7; len];
            let mut file = Vec::new();
            push_item(&mut file, &item);
            let whole = file.len();
            file.push(0x40);
            assert_eq!(first_item(&file, 1 << 20), Ok(Some((&item[..], whole))));
            assert_eq!(first_item(&file[..whole - 1], 1 << 20), Ok(None), "a part of {len}");
        }
        assert_eq!(first_item(&[], 9), Ok(None));
    }

    #[test]
    fn other_forms_are_refused() {
        assert_eq!(first_item(&[0x58, 23], 99), Err(SequenceError::NotShortest));
        assert_eq!(first_item(&[0x59, 0, 255], 999), Err(SequenceError::NotShortest));
        assert_eq!(first_item(&[0x83], 99), Err(SequenceError::Type(0x83)));
        assert_eq!(first_item(&[0x5f], 99), Err(SequenceError::Type(0x5f)));
        let long = SequenceError::TooLong { bytes: u64::from(u32::MAX), max: 99 };
        assert_eq!(first_item(&[0x5a, 255, 255, 255, 255], 99), Err(long));
    }
}
