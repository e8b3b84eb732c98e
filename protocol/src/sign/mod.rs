//! Keys, derivation, and the one way to sign: [`Signed`].
//!
//! Every signature is an Ed25519 signature in a `COSE_Sign1` whose protected header carries the
//! domain label, and is verified strictly only (`docs/spec/keys.md`,
//! `docs/spec/encoding.md`). Only [`Signed::sign`] and [`Signed::verify`] make a [`Signed`], so a
//! value of that type is a proof that its signature was good.

mod cose;
mod key;
mod seed;

pub use cose::{Domain, Signed, SignedError, read_unverified};
pub use key::{SecretKey, Signature, SignatureError};
pub use seed::{Seed, WordsError};
