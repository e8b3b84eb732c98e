//! What people do with Sheaf, told with real processes of the real binary.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod choosing;
mod damaged;
mod damaged_in_part;
mod datasets;
mod demo;
mod exchange;
mod full;
mod giving;
mod imports;
mod masking;
#[cfg(target_os = "linux")]
mod memory;
mod plugged;
mod restoring;
mod review;
mod scrubbing;
mod showing;
mod taking_back;
mod talk;
mod words;
