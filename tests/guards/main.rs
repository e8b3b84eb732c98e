//! Guards over the repository itself: what it depends on, under which licences, and what its
//! sources must not contain. `docs/ARCHITECTURE.md` names these tests beside each invariant.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod dependencies;
mod links;
mod sources;

use std::path::PathBuf;

/// The root of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
