//! What looking through each chat that arrives costs ingest.
//!
//! Two nodes take turns at the same chats: one under the policy that `sheaf init` begins with, one under
//! the same that masks and points out nothing. After each turn the chats are scanned in this process, on
//! one thread and with nothing else: that is the scan's part of the CPU time that the node took.

use super::command;
use crate::args::Args;
use crate::cpu::{Measured, Meter};
use crate::figure::{Figure, Ratio, Unit, median};
use crate::stage::Stage;
use sheaf_node::scrub::{Scanner, arrival};

/// The most chats of one turn: they are prepared beforehand, in memory.
const CHATS_MAX: usize = 10_000;
/// Of the CPU time that a node takes for a chat, no more than this should be the scan's.
const SHARE_CEILING: f64 = 0.25;

/// What one turn found.
struct Turn {
    /// Chats a second.
    rate: f64,
    /// Microseconds of the node's CPU time for a chat.
    node: f64,
    /// The same of the scan alone.
    scan: f64,
    measured: Measured,
}

pub(crate) fn run(args: &Args) -> Vec<Figure> {
    let chats = (args.synthetic / args.runs.max(1)).clamp(1, CHATS_MAX);
    let mut usual = Stage::new(args);
    let mut bare = Stage::under(args, |policy| {
        policy.as_object_mut().unwrap().retain(|field, _| field != "mask" && field != "flag");
    });
    // The first chats open files and fill caches.
    for stage in [&mut usual, &mut bare] {
        stage.give((chats / 10).max(1));
    }
    let turns = (0..args.runs.max(1)).map(|_| [turn(&mut usual, chats), turn(&mut bare, chats)]);
    let turns: Vec<[Turn; 2]> = turns.collect();
    let each = |pick: fn(&[Turn; 2]) -> f64| turns.iter().map(pick).collect::<Vec<_>>();
    let microseconds = |pick| format!("{:.0} µs", median(&each(pick)));
    let last = turns.last().map(|[usual, _]| &usual.measured);
    vec![Figure {
        job: "scan of chats that arrive, over the node's CPU time for them".into(),
        runs: each(|[usual, _]| usual.scan / usual.node),
        unit: Unit::Times,
        floor: SHARE_CEILING,
        ratios: vec![Ratio {
            to: "ingest under a policy that masks and points out nothing",
            runs: each(|[usual, bare]| usual.rate / bare.rate),
            floor: None,
        }],
        limit: last.map(Measured::limit).unwrap_or_default(),
        notes: vec![
            format!("{chats} {} in a turn, {} in flight", usual.chats(), args.in_flight),
            format!(
                "CPU time for a chat: scan alone {}, node {} (policy that asks for nothing: {})",
                microseconds(|[usual, _]| usual.scan),
                microseconds(|[usual, _]| usual.node),
                microseconds(|[_, bare]| bare.node),
            ),
            last.map(Measured::line).unwrap_or_default(),
        ],
        command: command("arrival"),
    }]
}

fn turn(stage: &mut Stage, chats: usize) -> Turn {
    let first = stage.given;
    let measured = stage.give(chats).measured;
    let given = stage.given - first;
    let rate = given as f64 / measured.wall.as_secs_f64();
    let node = measured.seconds_of("node") * 1e6 / given as f64;
    let scan = scan_alone(stage, first..stage.given) * 1e6 / given as f64;
    eprintln!("  {rate:.0} chats/s, node {node:.0} µs, scan {scan:.0} µs");
    Turn { rate, node, scan, measured }
}

/// Seconds of CPU time that it takes to scan the chats of these numbers.
fn scan_alone(stage: &Stage, numbers: std::ops::Range<u64>) -> f64 {
    let chats: Vec<_> = numbers.map(|number| stage.chat(number)).collect();
    let scanner = Scanner::new();
    let meter = Meter::start(&[]);
    let found: usize = chats.iter().map(|chat| arrival(&scanner, chat).kinds.len()).sum();
    let seconds = meter.stop().own_seconds();
    assert_eq!(found, 0, "nothing private stands in these chats, or they would wait for review");
    seconds
}
