//! A node's memory while it takes chats in, with N and with ten times as many in its log.

use super::command;
use crate::args::Args;
use crate::cpu::{forget_peak, memory};
use crate::figure::{Figure, Unit};
use crate::stage::Stage;

/// Chats given while the peak is looked at: the same work at both sizes.
const WATCHED_CHATS: u64 = 5_000;

pub(super) fn run(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    let small = (args.synthetic as u64).max(stage.given + WATCHED_CHATS);
    let sizes = [small, small * 10];
    let peaks = sizes.map(|size| peak_at(stage, size));
    vec![Figure {
        job: format!("memory at {} chats over that at {}", sizes[1], sizes[0]),
        runs: vec![peaks[1] / peaks[0]],
        unit: Unit::Times,
        floor: 1.5,
        ratios: Vec::new(),
        limit: "caches; nothing is kept for each chat".into(),
        notes: vec![format!(
            "most memory while taking in {WATCHED_CHATS} chats and telling the status: {:.0} MiB, then {:.0} MiB",
            peaks[0], peaks[1]
        )],
        command: command("memory"),
    }]
}

/// The most memory of the node while it takes in the last chats up to `size`, and while somebody
/// asks for its status.
fn peak_at(stage: &mut Stage, size: u64) -> f64 {
    stage.fill_up_to(size - WATCHED_CHATS);
    forget_peak(stage.node.pid());
    stage.fill_up_to(size);
    stage.home.ok(&["status"]);
    let peak = memory(stage.node.pid()).1;
    eprintln!("  {size} chats: {peak:.0} MiB");
    peak
}
