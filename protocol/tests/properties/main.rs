//! What holds for every value of every record: read and written, it is the same; changed by a bit,
//! it is refused or another value in its one form.
//!
//! Counterexamples are saved in `protocol/proptest-regressions/` and tried first by every later run:
//! commit them with the fix. Those of properties beside the code are saved there too, by file.

#![allow(clippy::unwrap_used, clippy::panic)]

mod datasets;
mod messages;
mod proofs;
mod statements;
mod values;

use proptest::test_runner::{Config, FileFailurePersistence};
use sheaf_protocol::cbor::{self, Decode, Encode};
use std::fmt::Debug;

/// So many cases of each property, and where failures are kept, wherever the tests are run from.
fn config(cases: u32) -> Config {
    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/properties.txt");
    let failure_persistence = Some(Box::new(FileFailurePersistence::Direct(KEPT)) as Box<_>);
    Config { cases, failure_persistence, ..Config::default() }
}

/// Decoding undoes encoding; what is left of a cut message is refused; and bytes changed at one
/// place are refused, or are another value written in its one form.
fn assert_one_form<T: Encode + Decode + PartialEq + Debug>(value: &T, at: usize, flip: u8) {
    let bytes = cbor::to_vec(value);
    assert_eq!(cbor::from_slice::<T>(&bytes).as_ref(), Ok(value), "decode undoes encode");
    let at = at % bytes.len();
    assert!(cbor::from_slice::<T>(&bytes[..at]).is_err(), "cut at {at}");
    assert!(cbor::from_slice::<T>(&[&bytes[..], &[flip]].concat()).is_err(), "a byte follows");
    let mut changed = bytes;
    changed[at] ^= flip;
    if let Ok(other) = cbor::from_slice::<T>(&changed) {
        assert_ne!(other, *value, "byte {at} means nothing");
        assert_eq!(cbor::to_vec(&other), changed, "encode undoes decode");
    }
}
