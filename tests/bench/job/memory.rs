//! A node's memory while it takes chats in, with some in its log and with ten times as many.

use super::command;
use crate::args::Args;
use crate::cpu::{forget_peak, memory};
use crate::figure::{Figure, Unit};
use crate::stage::Stage;

/// How many times the chats, for the second look.
const TIMES: u64 = 10;

pub(super) fn run(_: &mut Stage, args: &Args) -> Vec<Figure> {
    // A node of its own: those of other jobs have served and replicated.
    let mut stage = Stage::new(args);
    let large = args.synthetic as u64;
    let small = large / TIMES;
    // The same work is watched at both sizes.
    let watched = (small / 2).min(5_000);
    let peaks = [small, large].map(|size| peak_at(&mut stage, size, watched));
    vec![Figure {
        job: format!("memory at {large} chats over that at {small}"),
        runs: vec![peaks[1] / peaks[0]],
        unit: Unit::Times,
        floor: 1.5,
        ratios: Vec::new(),
        limit: "caches, of a fixed size".into(),
        notes: vec![format!(
            "most memory while taking in the last {watched} of them and telling the status: \
             {:.0} MiB, then {:.0} MiB",
            peaks[0], peaks[1]
        )],
        command: command(&format!("memory --synthetic {large}")),
    }]
}

/// The most memory of the node while it takes in the last chats up to `size`, and while somebody
/// asks for its status.
fn peak_at(stage: &mut Stage, size: u64, watched: u64) -> f64 {
    stage.fill_up_to(size - watched);
    forget_peak(stage.node.pid());
    stage.fill_up_to(size);
    stage.home.ok(&["status"]);
    let peak = memory(stage.node.pid()).1;
    eprintln!("  {size} chats: {peak:.0} MiB");
    peak
}
