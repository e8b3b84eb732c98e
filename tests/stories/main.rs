//! What people do with Sheaf, told with real processes of the real binary.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod damaged;
mod datasets;
mod demo;
mod exchange;
mod giving;
mod restoring;
mod taking_back;
mod words;
