//! Chats that members give, acknowledged when they are durable.

use super::command;
use crate::args::Args;
use crate::figure::{Figure, Ratio, Unit, median};
use crate::floor;
use crate::stage::{Given, Stage};

/// The most chats of one run: they are prepared beforehand, in memory.
const CHATS_MAX: usize = 20_000;

/// What one run found.
struct Run {
    rate: f64,
    redb: f64,
    append: f64,
    given: Given,
}

pub(super) fn run(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    let chats = (args.synthetic / args.runs.max(1)).clamp(1, CHATS_MAX);
    // The first chats open files and fill caches.
    stage.give((chats / 10).max(1));
    let runs: Vec<_> = (0..args.runs).map(|_| once(stage, chats)).collect();
    let each = |pick: fn(&Run) -> f64| runs.iter().map(pick).collect::<Vec<_>>();
    let middle = middle(&runs);
    let batch = chats as f64 / middle.given.batches.len() as f64;
    vec![Figure {
        job: format!("durable ingest, {} in flight", args.in_flight),
        runs: each(|r| r.rate),
        unit: Unit::ChatsPerSecond,
        floor: 5_000.0,
        ratios: vec![
            Ratio { to: "redb alone", runs: each(|r| r.rate / r.redb), floor: Some(0.4) },
            Ratio { to: "append + fdatasync", runs: each(|r| r.rate / r.append), floor: None },
        ],
        limit: middle.given.measured.limit(),
        notes: vec![
            format!("{chats} {} in a run, {batch:.0} in a batch on average", stage.chats()),
            format!(
                "redb alone, same batches: {:.0} chats/s; append + fdatasync: {:.0} chats/s",
                median(&each(|r| r.redb)),
                median(&each(|r| r.append))
            ),
            middle.given.measured.each(chats),
            middle.given.measured.line(),
        ],
        command: command("ingest"),
    }]
}

fn once(stage: &mut Stage, chats: usize) -> Run {
    let given = stage.give(chats);
    let (folder, batches) = (stage.world.path(), given.batches.as_slice());
    let redb = floor::redb_alone(folder, &given.chats, batches);
    let append = floor::append_alone(folder, &given.chats, batches);
    let rate = given.chats.len() as f64 / given.measured.wall.as_secs_f64();
    eprintln!(
        "  {rate:.0} chats/s, redb {redb:.0}, append {append:.0}; {}",
        given.measured.each(chats)
    );
    Run { rate, redb, append, given }
}

/// The run in the middle, by rate.
fn middle(runs: &[Run]) -> &Run {
    let mut sorted: Vec<_> = runs.iter().collect();
    sorted.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    sorted[sorted.len() / 2]
}
