//! The targets: decoders in seven groups, chosen by the first byte of an input.
//!
//! A panic is a finding, and so is whatever goes beyond the memory and the time that
//! `tests/fuzz/run` allows.

pub mod chat_and_seal;
pub mod imports;
pub mod log_and_dataset;
pub mod packed;
pub mod records;
pub mod scrub;
pub mod wire;

use sheaf_protocol::cbor::{self, Decode, Encode};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::SecretKey;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// A decoder, and what must hold of whatever it accepts.
#[derive(Debug)]
pub struct Decoder {
    /// What it reads; where vectors of the specification are of this format, their name for it.
    pub name: &'static str,
    /// Feeds it `input`. Panics if a property is broken.
    pub check: fn(&[u8]),
}

/// Every target by its name.
pub const TARGETS: [(&str, &[Decoder]); 7] = [
    ("records", records::DECODERS),
    ("log_and_dataset", log_and_dataset::DECODERS),
    ("wire", wire::DECODERS),
    ("chat_and_seal", chat_and_seal::DECODERS),
    ("imports", imports::DECODERS),
    ("packed", packed::DECODERS),
    ("scrub", scrub::DECODERS),
];

/// Feeds one input to the decoder that its first byte names.
pub fn run(decoders: &[Decoder], data: &[u8]) {
    if let Some((selector, input)) = data.split_first() {
        (decoders[usize::from(*selector) % decoders.len()].check)(input);
    }
}

/// The key whose secret is `n n n …`, as in the vectors: 1 root, 3 log, 4 and 8 stewards.
pub(crate) fn key(n: u8) -> SecretKey {
    SecretKey::from_bytes([n; 32])
}

/// The community of the vectors.
pub(crate) fn community() -> CommunityId {
    CommunityId(key(1).public())
}

/// What is read has one byte form: the one it was read from.
fn canonical<T: Decode + Encode>(input: &[u8]) {
    if let Ok(value) = cbor::from_slice::<T>(input) {
        assert_eq!(cbor::to_vec(&value), input, "another form of the same value was accepted");
    }
}

/// What is read has one text form: the one it was read from.
fn one_text<T: FromStr + Display>(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(value) = text.parse::<T>() {
            assert_eq!(value.to_string(), text, "another form of the same value was accepted");
        }
    });
}

/// Runs `check` on inputs that are text.
fn with_text(input: &[u8], check: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(input) {
        check(text);
    }
}

/// Reads a `T` in front of `input`; what is left is a further input.
fn part<T: Decode>(input: &mut &[u8]) -> Option<T> {
    let mut reader = cbor::Reader::new(input);
    let value = reader.value().ok()?;
    *input = &input[reader.at()..];
    Some(value)
}

/// The one value of a result that holds for sure.
fn sure<T, E: Debug>(result: Result<T, E>, why: &str) -> T {
    result.unwrap_or_else(|error| panic!("{why}: {error:?}"))
}
