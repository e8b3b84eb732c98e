//! The rules of Sheaf: bytes and values in, values out.
//!
//! This crate does no I/O, reads no clock, spawns nothing and holds no `unsafe`; verifying anything
//! of Sheaf needs this crate alone. `docs/spec/` specifies what it implements.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod cbor;
pub mod chat;
pub mod community;
pub mod dataset;
pub mod exchange;
pub mod id;
pub mod json;
pub mod licence;
pub mod limits;
pub mod log;
pub mod policy;
pub mod seal;
pub mod sign;
pub mod statement;
pub mod time;
pub mod usage;
pub mod verify;
