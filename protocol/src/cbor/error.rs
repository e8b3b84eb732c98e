use std::fmt;

/// Why bytes are not the deterministic form of the expected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The input ended inside a value.
    #[error("the input ends inside a value")]
    Truncated,
    /// Bytes follow the value.
    #[error("bytes follow the value")]
    Trailing,
    /// Another type stands where `expected` should.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What the reader needed.
        expected: &'static str,
        /// What the initial byte announces.
        found: &'static str,
    },
    /// An integer or a length is not in its shortest form.
    #[error("an integer or a length is not in its shortest form")]
    NotShortest,
    /// A string, array or map of indefinite length.
    #[error("indefinite lengths are not allowed")]
    Indefinite,
    /// Reserved additional information (28 to 30).
    #[error("reserved initial byte")]
    Reserved,
    /// A text string that is not UTF-8.
    #[error("a text string is not valid UTF-8")]
    NotUtf8,
    /// An array or byte string of another length than the format fixes.
    #[error("expected {expected} items or bytes, found {found}")]
    Length {
        /// The fixed length.
        expected: usize,
        /// The length announced.
        found: u64,
    },
    /// More items or bytes than the named bound allows.
    #[error("longer than the bound of {max}")]
    TooLong {
        /// The bound.
        max: usize,
    },
    /// An integer outside of the field's range.
    #[error("the integer is out of range")]
    OutOfRange,
    /// A code that the format does not define.
    #[error("unknown code {0}")]
    UnknownCode(u64),
    /// Nested deeper than [`crate::limits::CBOR_DEPTH_MAX`].
    #[error("nested too deeply")]
    TooDeep,
    /// Map keys out of order or repeated.
    #[error("map keys are out of order or repeated")]
    KeyOrder,
    /// A well-formed value that breaks a rule of its format.
    #[error("{0}")]
    Rule(&'static str),
}

/// A refused reading: what, at which offset, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What was wrong.
    pub reason: Reason,
    /// Offset in bytes from the start of the input.
    pub at: usize,
    /// Field names from the outside in, filled while the error passes outwards.
    pub path: Vec<&'static str>,
}

impl Error {
    /// The same error, met inside of `field`.
    #[must_use]
    pub fn within(mut self, field: &'static str) -> Self {
        self.path.insert(0, field);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {}", self.reason, self.at)?;
        if !self.path.is_empty() {
            write!(f, ", in {}", self.path.join("."))?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {}
