//! Figures: how much a node does, as ratios measured in one run.
//!
//! `cargo run --release -p sheaf-tests --bin bench -- all --markdown`
//!
//! Nodes are real processes of the release binary; members and readers are this process, over
//! loopback, through the same client as the command line's. What a member's device does before it
//! sends (sealing, signing) is done before the clock starts. A chat counts when the node has
//! acknowledged it, which is after it is durable.
//!
//! Every figure is set beside floors measured right before or after it, on the same machine under
//! the same load: what redb alone, the disk alone or the signatures alone would take. What limits a
//! job is told from CPU time that the kernel counted for each process, never guessed.

#![allow(clippy::unwrap_used, clippy::panic)]

mod args;
mod corpus;
mod cpu;
mod figure;
mod floor;
mod job;
mod prepare;
mod stage;

use clap::Parser as _;

fn main() {
    let args = args::Args::parse();
    build_the_binary();
    let figures = job::run(&args);
    figure::print(&figures, &args);
    let below = figures.iter().filter(|figure| figure.is_below()).count();
    if below > 0 {
        eprintln!("{below} figures are below their floors");
    }
}

/// Cargo builds only the package it was asked to run; the nodes come from another one.
fn build_the_binary() {
    let Some(cargo) = std::env::var_os("CARGO") else { return };
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--quiet", "--locked", "--bin", "sheaf", "-p", "sheaf-cli"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success(), "the sheaf binary could not be built");
}
