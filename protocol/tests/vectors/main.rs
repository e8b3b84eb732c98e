//! Runs every vector of `docs/spec/vectors`: the same files that other languages read.
//!
//! A page has one module here with `run(what, input)`, which answers `None` for a format it does
//! not know, and `drafts()`, from which its vectors are made:
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
mod envelope;
mod exchange;
mod keys;
mod log;
mod policy;
mod raw;
mod sample;
mod seal;
mod statement;
mod vector;

use std::collections::BTreeMap;
use vector::{Draft, Input, Outcome};

/// A page of the specification: its name, what runs its vectors, and what makes them.
struct Page {
    name: &'static str,
    run: fn(&str, &Input<'_>) -> Option<Outcome>,
    drafts: fn() -> Vec<Draft>,
}

const PAGES: [Page; 11] = [
    Page { name: "conventions", run: conventions::run, drafts: conventions::drafts },
    Page { name: "encoding", run: encoding::run, drafts: encoding::drafts },
    Page { name: "keys", run: keys::run, drafts: keys::drafts },
    Page { name: "chat", run: chat::run, drafts: chat::drafts },
    Page { name: "seal", run: seal::run, drafts: seal::drafts },
    Page { name: "log", run: log::run, drafts: log::drafts },
    Page { name: "statement", run: statement::run, drafts: statement::drafts },
    Page { name: "policy", run: policy::run, drafts: policy::drafts },
    Page { name: "community", run: community::run, drafts: community::drafts },
    Page { name: "dataset", run: dataset::run, drafts: dataset::drafts },
    Page { name: "exchange", run: exchange::run, drafts: exchange::drafts },
];

/// Sends an input to the page that its format names.
fn run(format: &str, input: &Input<'_>) -> Option<Outcome> {
    let (page, what) = format.split_once('/')?;
    PAGES.iter().find(|known| known.name == page).and_then(|page| (page.run)(what, input))
}

#[test]
fn every_vector_does_what_it_says() {
    let failures: Vec<_> = vector::all().iter().filter_map(vector::failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The files can be made again, byte for byte in meaning: nothing in them comes from elsewhere.
#[test]
fn the_files_are_what_their_drafts_make() {
    let different = |page: &Page| vector::differences(page.name, &(page.drafts)());
    let different: Vec<_> = PAGES.iter().flat_map(different).collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
#[ignore = "rewrites docs/spec/vectors"]
fn write_vectors() {
    let wrong = |page: &Page| vector::wrong(page.name, &(page.drafts)());
    let wrong: Vec<_> = PAGES.iter().flat_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for page in &PAGES {
        vector::rewrite(page.name, &(page.drafts)());
    }
}

/// A format is judged by what it refuses. Files are counted, however many cases one holds.
#[test]
fn every_page_refuses_more_than_it_accepts() {
    let mut pages = BTreeMap::<_, [usize; 2]>::new();
    let vectors = vector::all();
    for vector in &vectors {
        pages.entry(vector.page()).or_default()[usize::from(vector.is_refused())] += 1;
    }
    for (page, [accepted, refused]) in &pages {
        println!("{page}: {accepted} accepted, {refused} refused");
        assert!(refused > accepted, "{page}: {accepted} accepted, {refused} refused");
    }
    let (all, refused) = (vectors.len(), vectors.iter().filter(|v| v.is_refused()).count());
    println!("{all} vectors, {refused} of them refused");
    assert_eq!(pages.len(), PAGES.len(), "every page has vectors");
    assert!(all >= 300 && 4 * refused >= 3 * all, "{refused} refused of {all}");
}
