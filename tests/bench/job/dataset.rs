//! Datasets, as the command line builds and verifies them: from the command's start to its end, at
//! which every file is durable.

use super::command;
use crate::args::Args;
use crate::cpu::{Measured, Meter};
use crate::figure::{Figure, Ratio, Unit, median};
use crate::floor;
use crate::stage::Stage;
use sheaf_tests::Home;
use std::path::{Path, PathBuf};

/// Chats on which the cost of a signature is measured.
const FLOOR_CHATS: usize = 10_000;

struct Run {
    rate: f64,
    floor: f64,
    measured: Measured,
}

pub(super) fn build(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    stage.fill_up_to(args.synthetic as u64);
    let reader = stage.world.home("reader");
    // The policy is accepted, and the node's caches are warm.
    let first = built(stage, &reader, "first");
    let runs: Vec<_> = (0..args.runs).map(|number| build_once(stage, &reader, number)).collect();
    let each = |pick: fn(&Run) -> f64| runs.iter().map(pick).collect::<Vec<_>>();
    let middle = middle(&runs);
    let figure = Figure {
        job: format!("dataset build (JSONL), {} chats", stage.given),
        runs: each(|r| r.rate),
        unit: Unit::ChatsPerSecond,
        floor: 20_000.0,
        ratios: vec![Ratio {
            to: "the same bytes copied and synced",
            runs: each(|r| r.rate / r.floor),
            floor: None,
        }],
        limit: middle.measured.limit(),
        notes: vec![
            stage.chats(),
            format!("{:.0} bytes a row", bytes(&first.join("chats.jsonl")) / stage.given as f64),
            format!("copied and synced alone: {:.0} chats/s", median(&each(|r| r.floor))),
            middle.measured.each(stage.given as usize),
            middle.measured.line(),
        ],
        command: command("build"),
    };
    std::fs::remove_dir_all(first).unwrap();
    vec![figure]
}

fn build_once(stage: &Stage, reader: &Home, number: usize) -> Run {
    stage.pause("building a dataset");
    let meter = Meter::start(&[stage.watched()]);
    let folder = built(stage, reader, &format!("dataset-{number}"));
    let measured = meter.stop();
    let chats = stage.given as f64;
    let floor = chats / floor::copied(&folder, stage.world.path()).as_secs_f64();
    std::fs::remove_dir_all(folder).unwrap();
    told(Run { rate: chats / measured.wall.as_secs_f64(), floor, measured }, stage)
}

pub(super) fn verify(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    stage.fill_up_to(args.synthetic as u64);
    let reader = stage.world.home("reader");
    let folder = built(stage, &reader, "to-verify");
    let runs: Vec<_> = (0..args.runs).map(|_| verify_once(stage, &reader, &folder)).collect();
    let each = |pick: fn(&Run) -> f64| runs.iter().map(pick).collect::<Vec<_>>();
    let middle = middle(&runs);
    vec![Figure {
        job: format!("dataset verify, everything, {} chats", stage.given),
        runs: each(|r| r.rate),
        unit: Unit::ChatsPerSecond,
        floor: 20_000.0,
        ratios: vec![Ratio {
            to: "hashing its files + verify_strict",
            runs: each(|r| r.rate / r.floor),
            floor: Some(0.6),
        }],
        limit: middle.measured.limit(),
        notes: vec![
            format!(
                "every file hashed once with SHA-256, and a signature for each chat, on all cores: \
                 {:.0} chats/s",
                median(&each(|r| r.floor))
            ),
            middle.measured.each(stage.given as usize),
            middle.measured.line(),
        ],
        command: command("verify"),
    }]
}

fn verify_once(stage: &Stage, reader: &Home, folder: &Path) -> Run {
    stage.pause("verifying a dataset");
    let meter = Meter::start(&[]);
    let verdict = reader.ok(&["dataset", "verify", folder.to_str().unwrap()]);
    let measured = meter.stop();
    assert_eq!(verdict["rows"], stage.given, "every chat is a row: {verdict}");
    let chats = stage.given as f64;
    let signatures = chats / floor::signatures(&stage.samples(FLOOR_CHATS));
    let floor = chats / (floor::hashed(folder).as_secs_f64() + signatures);
    told(Run { rate: chats / measured.wall.as_secs_f64(), floor, measured }, stage)
}

fn told(run: Run, stage: &Stage) -> Run {
    let each = run.measured.each(stage.given as usize);
    eprintln!("  {:.0} chats/s, floor {:.0}; {each}", run.rate, run.floor);
    run
}

/// A dataset of all chats given, by the command.
fn built(stage: &Stage, reader: &Home, name: &str) -> PathBuf {
    let folder = stage.world.path().join(name);
    let output = folder.to_str().unwrap();
    let built = reader.ok(&["dataset", "build", stage.node.tcp(), "-o", output, "--yes"]);
    assert_eq!(built["rows"], stage.given, "every chat is a row: {built}");
    folder
}

fn bytes(file: &Path) -> f64 {
    std::fs::metadata(file).unwrap().len() as f64
}

fn middle(runs: &[Run]) -> &Run {
    let mut sorted: Vec<_> = runs.iter().collect();
    sorted.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    sorted[sorted.len() / 2]
}
