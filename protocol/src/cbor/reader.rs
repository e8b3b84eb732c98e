use super::{Decode, Error, Reason};
use crate::limits::CBOR_DEPTH_MAX;

const KINDS: [&str; 8] = [
    "an unsigned integer",
    "a negative integer",
    "a byte string",
    "a text string",
    "an array",
    "a map",
    "a tag",
    "a simple value or float",
];

/// Reads deterministic CBOR from a slice; see [`super`] for what it refuses.
///
/// It never allocates by an announced length: a list grows only as its items are really there.
#[derive(Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, depth: 0 }
    }

    /// The offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// An error at the current offset.
    pub fn error(&self, reason: Reason) -> Error {
        Error { reason, at: self.at, path: Vec::new() }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Reason::Trailing`] if input is left.
    pub fn finish(&self) -> Result<(), Error> {
        if self.at == self.input.len() { Ok(()) } else { Err(self.error(Reason::Trailing)) }
    }

    /// An unsigned integer.
    pub fn uint(&mut self) -> Result<u64, Error> {
        self.expect(0)
    }

    /// A signed integer.
    pub fn int(&mut self) -> Result<i64, Error> {
        let start = self.at;
        let range = |_| Error { reason: Reason::OutOfRange, at: start, path: Vec::new() };
        match self.head()? {
            (0, n) => i64::try_from(n).map_err(range),
            (1, n) => i64::try_from(n).map(|n| -1 - n).map_err(range),
            (major, _) => Err(self.type_error(start, 0, major)),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let len = self.expect(2)?;
        self.take(len)
    }

    /// A byte string of exactly `N` bytes.
    pub fn bytes_fixed<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let start = self.at;
        let bytes = self.bytes()?;
        bytes.try_into().map_err(|_| Error {
            reason: Reason::Length { expected: N, found: bytes.len() as u64 },
            at: start,
            path: Vec::new(),
        })
    }

    /// A text string.
    pub fn text(&mut self) -> Result<&'a str, Error> {
        let start = self.at;
        let len = self.expect(3)?;
        std::str::from_utf8(self.take(len)?).map_err(|_| Error {
            reason: Reason::NotUtf8,
            at: start,
            path: Vec::new(),
        })
    }

    /// `true` or `false`.
    pub fn bool(&mut self) -> Result<bool, Error> {
        match self.peek()? {
            0xf4 => self.skip_byte(false),
            0xf5 => self.skip_byte(true),
            byte => Err(self.error(Reason::Type {
                expected: "true or false",
                found: KINDS[usize::from(byte >> 5)],
            })),
        }
    }

    /// Whether the next item is `null`; if so it is consumed.
    pub fn null(&mut self) -> Result<bool, Error> {
        if self.peek()? == 0xf6 { self.skip_byte(true) } else { Ok(false) }
    }

    /// The head of an array: its number of items.
    pub fn array(&mut self) -> Result<u64, Error> {
        self.expect(4)
    }

    /// The head of an array of exactly `len` items.
    pub fn array_fixed(&mut self, len: usize) -> Result<(), Error> {
        let start = self.at;
        let found = self.array()?;
        if found == len as u64 {
            return Ok(());
        }
        Err(Error { reason: Reason::Length { expected: len, found }, at: start, path: Vec::new() })
    }

    /// The head of a map: its number of pairs. The caller checks the order of its keys.
    pub fn map(&mut self) -> Result<u64, Error> {
        self.expect(5)
    }

    /// A tag number.
    pub fn tag(&mut self) -> Result<u64, Error> {
        self.expect(6)
    }

    /// Any value with a deterministic form.
    pub fn value<T: Decode>(&mut self) -> Result<T, Error> {
        T::decode(self)
    }

    /// Runs `read` one level deeper.
    ///
    /// # Errors
    /// [`Reason::TooDeep`] beyond [`CBOR_DEPTH_MAX`], or what `read` answers.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth == CBOR_DEPTH_MAX {
            return Err(self.error(Reason::TooDeep));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// A list of at most `max` items.
    ///
    /// # Errors
    /// [`Reason::TooLong`] beyond `max`, or what an item answers.
    pub fn list<T: Decode>(&mut self, max: usize) -> Result<Vec<T>, Error> {
        let start = self.at;
        let len = self.array()?;
        if len > max as u64 {
            return Err(Error { reason: Reason::TooLong { max }, at: start, path: Vec::new() });
        }
        self.nested(|r| (0..len).map(|_| T::decode(r)).collect())
    }

    fn peek(&self) -> Result<u8, Error> {
        self.input.get(self.at).copied().ok_or_else(|| self.error(Reason::Truncated))
    }

    fn skip_byte(&mut self, value: bool) -> Result<bool, Error> {
        self.at += 1;
        Ok(value)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Error> {
        let rest = &self.input[self.at..];
        let len = usize::try_from(len).ok().filter(|len| *len <= rest.len());
        let len = len.ok_or_else(|| self.error(Reason::Truncated))?;
        self.at += len;
        Ok(&rest[..len])
    }

    fn expect(&mut self, wanted: u8) -> Result<u64, Error> {
        let start = self.at;
        match self.head()? {
            (major, n) if major == wanted => Ok(n),
            (major, _) => Err(self.type_error(start, wanted, major)),
        }
    }

    fn type_error(&mut self, start: usize, wanted: u8, found: u8) -> Error {
        self.at = start;
        self.error(Reason::Type {
            expected: KINDS[usize::from(wanted)],
            found: KINDS[usize::from(found)],
        })
    }

    /// Major type and argument, in shortest form only.
    fn head(&mut self) -> Result<(u8, u64), Error> {
        let start = self.at;
        let byte = self.peek()?;
        let (major, info) = (byte >> 5, byte & 0x1f);
        let size = match info {
            0..=23 => 0,
            24..=27 => 1_u64 << (info - 24),
            31 => return Err(self.error(Reason::Indefinite)),
            _ => return Err(self.error(Reason::Reserved)),
        };
        if major == 7 {
            // Simple values and floats are read by `bool` and `null`; here they are a wrong type.
            return Ok((7, u64::from(info)));
        }
        self.at += 1;
        if size == 0 {
            return Ok((major, u64::from(info)));
        }
        let argument = self.take(size)?.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let smallest = if size == 1 { 24 } else { 1_u64 << (4 * size) };
        if argument < smallest {
            self.at = start;
            return Err(self.error(Reason::NotShortest));
        }
        Ok((major, argument))
    }
}
