//! Deterministic CBOR (RFC 8949 §4.2.1): one value, one byte string.
//!
//! Everything that is signed, hashed or stored by Sheaf is written by [`Writer`] and read by
//! [`Reader`]. The writer emits the only accepted form; the reader refuses every other form of the
//! same value (longer integers, indefinite lengths, floats, undefined, unsorted or repeated keys,
//! trailing bytes), so that `decode ∘ encode` and `encode ∘ decode` are both the identity.
//!
//! Records are fixed-length arrays in the order of their fields: there is nothing to sort, and a
//! field too many or too few is an error. [`record!`](crate::record) writes both directions.
//! The specification is `docs/spec/encoding.md`.

mod error;
mod reader;
mod record;
mod writer;

pub use error::{Error, Reason};
pub use reader::Reader;
pub use record::Bytes;
pub use writer::Writer;

/// A value with exactly one byte form.
pub trait Encode {
    /// Appends the value's deterministic form.
    fn encode(&self, w: &mut Writer);
}

/// A value that can be read from its deterministic form.
pub trait Decode: Sized {
    /// Reads one value, refusing every form that [`Encode`] would not have written.
    ///
    /// # Errors
    /// [`Error`] names what was wrong, at which byte offset and in which field.
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error>;
}

/// The deterministic bytes of `value`.
pub fn to_vec<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    let mut w = Writer::default();
    value.encode(&mut w);
    w.into_bytes()
}

/// Reads exactly one value: bytes left over are an error.
///
/// # Errors
/// [`Error`] names what was wrong, at which byte offset and in which field.
pub fn from_slice<T: Decode>(bytes: &[u8]) -> Result<T, Error> {
    let mut r = Reader::new(bytes);
    let value = T::decode(&mut r)?;
    r.finish()?;
    Ok(value)
}

#[cfg(test)]
mod tests;
