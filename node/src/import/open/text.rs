//! Text in UTF-8, with or without a byte order mark, and in UTF-16 → UTF-8, as it is read.

use std::io::{self, Cursor, Read};

const CHUNK_BYTES: usize = 64 * 1024;
/// Enough to tell what is no text at all.
const HEAD_BYTES: usize = 16;

/// How two bytes make a unit.
type Order = fn([u8; 2]) -> u16;

/// `input` as UTF-8. Half of a surrogate pair becomes the escape that JSON has for it, so that it
/// costs the record it stands in and no other.
pub(in crate::import) fn decoded<'a>(mut input: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let head = head(&mut input, HEAD_BYTES)?;
    let (mark, order): (usize, Option<Order>) = match head[..] {
        [0xff, 0xfe, ..] => (2, Some(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => (2, Some(u16::from_be_bytes)),
        [b'[' | b'{', 0, ..] => (0, Some(u16::from_le_bytes)),
        [0, b'[' | b'{', ..] => (0, Some(u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        _ => (0, None),
    };
    let input = Cursor::new(head.into_iter().skip(mark).collect::<Vec<u8>>()).chain(input);
    Ok(match order {
        Some(order) => {
            Box::new(Utf16 { input, order, odd: None, high: None, text: Cursor::default() })
        }
        None => Box::new(input),
    })
}

/// The first bytes of `input`: fewer than `len` only if there are no more.
pub(super) fn head(input: &mut impl Read, len: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(len);
    input.take(len as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The first bytes of `input`, and what follows them: if they end in an error, it comes there.
pub(super) fn ahead<R: Read>(mut input: R, len: usize) -> io::Result<(Vec<u8>, After<R>)> {
    let mut head = Vec::with_capacity(len);
    let read = (&mut input).take(len as u64).read_to_end(&mut head);
    match read {
        Err(error) if head.is_empty() => Err(error),
        read => Ok((head, After { error: read.err(), input })),
    }
}

/// See [`ahead`].
pub(super) struct After<R> {
    error: Option<io::Error>,
    input: R,
}

impl<R: Read> Read for After<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

/// Reads UTF-16 and gives UTF-8.
struct Utf16<R> {
    input: R,
    order: Order,
    /// Half of a unit whose other half was not read yet.
    odd: Option<u8>,
    /// The first half of a pair.
    high: Option<u16>,
    /// What was decoded and not given yet.
    text: Cursor<Vec<u8>>,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let len = self.text.read(buffer)?;
            if len > 0 || buffer.is_empty() || !self.decode_more()? {
                return Ok(len);
            }
        }
    }
}

impl<R: Read> Utf16<R> {
    /// Decodes what comes next; `false` at the end.
    fn decode_more(&mut self) -> io::Result<bool> {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        bytes.extend(self.odd.take());
        (&mut self.input).take(CHUNK_BYTES as u64 - 1).read_to_end(&mut bytes)?;
        let mut text = String::with_capacity(bytes.len());
        let is_end = bytes.is_empty();
        let units = bytes.chunks_exact(2);
        // A single byte that nothing follows is half of nothing.
        self.odd = units.remainder().first().copied().filter(|_| bytes.len() > 1);
        for unit in units {
            self.unit((self.order)([unit[0], unit[1]]), &mut text);
        }
        if is_end && let Some(high) = self.high.take() {
            escape(high, &mut text);
        }
        let is_more = !is_end || !text.is_empty();
        self.text = Cursor::new(text.into_bytes());
        Ok(is_more)
    }

    fn unit(&mut self, unit: u16, text: &mut String) {
        let pair = self.high.take().map(|high| (high, char::decode_utf16([high, unit]).next()));
        match pair {
            Some((_, Some(Ok(character)))) => return text.push(character),
            Some((high, _)) => escape(high, text),
            None => {}
        }
        match (char::from_u32(u32::from(unit)), unit) {
            (Some(character), _) => text.push(character),
            (None, 0xd800..=0xdbff) => self.high = Some(unit),
            (None, _) => escape(unit, text),
        }
    }
}

fn escape(surrogate: u16, text: &mut String) {
    text.push_str(&format!("\\u{surrogate:04x}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> String {
        let mut text = String::new();
        decoded(bytes).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = format!("[\"{}\"]", "hé😀東".repeat(20_000));
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()), text);
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(decode(&utf16(&text, order)), text, "without a mark");
            assert_eq!(decode(&utf16(&format!("\u{feff}{text}"), order)), text);
        }
        assert_eq!((decode(b""), decode(b"a")), (String::new(), "a".into()));
    }

    #[test]
    fn half_a_character_becomes_an_escape() {
        let units = [0xfeff, 0x5b, 0xd83d, 0x61, 0xde00, 0xd83d, 0xd83d, 0xde00, 0xd83d];
        let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes), "[\\ud83da\\ude00\\ud83d😀\\ud83d");
        assert_eq!(decode(b"\xff\xfea\0b"), "a", "an odd byte at the end is nothing");
    }
}
