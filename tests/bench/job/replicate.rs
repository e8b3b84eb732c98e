//! A whole community fetched by an empty node: opened, checked, durable, served on.

use super::command;
use crate::args::Args;
use crate::cpu::{Measured, Meter, Watched, forget_peak, memory};
use crate::figure::{Figure, Ratio, Unit};
use crate::floor;
use crate::stage::Stage;
use std::time::Duration;

/// Chats on which the floor is measured.
const FLOOR_CHATS: usize = 10_000;

struct Run {
    rate: f64,
    checks: f64,
    /// Most memory of the node that gave and the one that took, in MiB.
    peaks: [f64; 2],
    measured: Measured,
}

pub(super) fn run(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    stage.fill_up_to(args.synthetic as u64);
    let runs: Vec<_> = (0..args.runs).map(|number| once(stage, number)).collect();
    let mut sorted: Vec<_> = runs.iter().collect();
    sorted.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let middle = sorted[sorted.len() / 2];
    let each = |pick: fn(&Run) -> f64| runs.iter().map(pick).collect::<Vec<_>>();
    let chats = stage.given;
    let rate = Figure {
        job: format!("replicate {chats} chats to an empty node"),
        runs: each(|r| r.rate),
        unit: Unit::ChatsPerSecond,
        floor: 10_000.0,
        ratios: vec![Ratio {
            to: "hashing + verify_strict",
            runs: each(|r| r.rate / r.checks),
            floor: None,
        }],
        limit: middle.measured.limit(),
        notes: vec![
            stage.chats(),
            middle.measured.each(stage.given as usize),
            middle.measured.line(),
        ],
        command: command("replicate"),
    };
    let peak = Figure {
        job: "memory of either node meanwhile".into(),
        runs: each(|r| r.peaks[0].max(r.peaks[1])),
        unit: Unit::Mebibytes,
        floor: 250.0,
        ratios: Vec::new(),
        limit: "caches and the batch under way".into(),
        notes: vec![format!(
            "giving node {:.0} MiB, taking node {:.0} MiB at most",
            middle.peaks[0], middle.peaks[1]
        )],
        command: command("replicate"),
    };
    vec![rate, peak]
}

fn once(stage: &mut Stage, number: usize) -> Run {
    let (home, node) = stage.other_node(&format!("taker-{number}"));
    let reader = stage.reader(&node);
    let pids = [stage.node.pid(), node.pid()];
    pids.into_iter().for_each(forget_peak);
    let taker = Watched { name: "taking node".into(), pid: node.pid() };
    let giver = Watched { name: "giving node".into(), ..stage.watched() };
    stage.pause(&format!("replicating to process {}", node.pid()));
    let meter = Meter::start(&[giver, taker]);
    stage.follow(&home);
    stage.until_taken(&reader, POLL);
    let measured = meter.stop();
    let peaks = pids.map(|pid| memory(pid).1);
    // All are there, not only the last.
    home.until_live(&stage.community.to_string(), stage.given);
    let rate = stage.given as f64 / measured.wall.as_secs_f64();
    let checks = floor::hashing_and_signatures(&stage.samples(FLOOR_CHATS));
    eprintln!("  {rate:.0} chats/s, checks {checks:.0}; {}", measured.each(stage.given as usize));
    node.stop();
    Run { rate, checks, peaks, measured }
}

/// How often it is asked whether the last chat has arrived.
const POLL: Duration = Duration::from_millis(50);
