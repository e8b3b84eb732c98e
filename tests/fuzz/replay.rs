//! The seeds of the fuzz targets, and inputs that once were findings, through the same checks on
//! stable Rust: what fuzzing begins with must pass, and every decoder must have something to begin
//! with. Fuzzing itself is `tests/fuzz/run`.
#![allow(clippy::unwrap_used, clippy::panic)]
// What the two modules offer, they offer to the fuzz targets.
#![allow(unreachable_pub)]

#[path = "src/seeds.rs"]
mod seeds;
#[path = "src/targets/mod.rs"]
mod targets;

// Where the targets look for what they share with the node.
use sheaf_node::{flow, import, net, scrub};

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_seed_passes_its_target() {
    let seeds = seeds::all(repository()).unwrap();
    assert!(seeds.len() > 300, "{} seeds only: were vectors moved?", seeds.len());
    for (target, decoder, input) in &seeds {
        run(target, decoder, input);
        // What was cut short, and what goes on, must be answered too.
        run(target, decoder, &input[..input.len() / 2]);
        run(target, decoder, &[&input[..], &[0]].concat());
    }
}

#[test]
fn every_decoder_has_a_seed() {
    let seeded: BTreeSet<_> =
        seeds::all(repository()).unwrap().into_iter().map(|(_, decoder, _)| decoder).collect();
    let decoders = targets::TARGETS.iter().flat_map(|(_, decoders)| *decoders);
    let bare: Vec<_> = decoders.map(|d| d.name).filter(|name| !seeded.contains(name)).collect();
    assert!(bare.is_empty(), "nothing to begin with for {bare:?}");
}

fn run(target: &str, decoder: &str, input: &[u8]) {
    let (_, decoders) = targets::TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let outcome = std::panic::catch_unwind(|| targets::run(decoders, input));
    assert!(outcome.is_ok(), "{target}, {decoder}: {}", hex(input));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
