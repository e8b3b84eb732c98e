//! Runs every vector of `docs/spec/vectors`: the same files that other languages read.
//!
//! A page has one file here with `run(what, input)`, which answers `None` for a format it does not
//! know, and one ignored test that rewrites the page's vectors:
//!
//! ```text
//! cargo test -p sheaf-protocol --test vectors -- --ignored
//! ```
//!
//! An accepted vector states its `output`; a refused one states our error text as `output.error`,
//! so that it cannot be refused for another reason than the one it was written for.

#![allow(clippy::unwrap_used, clippy::panic)]

mod chat;
mod community;
mod conventions;
mod dataset;
mod encoding;
mod exchange;
mod keys;
mod log;
mod policy;
mod sample;
mod seal;
mod statement;
mod vector;

use vector::{Input, Outcome};

/// Sends an input to the page that its format names.
fn run(format: &str, input: &Input<'_>) -> Option<Outcome> {
    let (page, what) = format.split_once('/')?;
    match page {
        "conventions" => conventions::run(what, input),
        "encoding" => encoding::run(what, input),
        "keys" => keys::run(what, input),
        "chat" => chat::run(what, input),
        "seal" => seal::run(what, input),
        "log" => log::run(what, input),
        "statement" => statement::run(what, input),
        "community" => community::run(what, input),
        "dataset" => dataset::run(what, input),
        "exchange" => exchange::run(what, input),
        "policy" => policy::run(what, input),
        _ => None,
    }
}

#[test]
fn every_vector_does_what_it_says() {
    let vectors = vector::all();
    let failures: Vec<_> = vectors.iter().filter_map(vector::failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{} vectors", vectors.len());
}
