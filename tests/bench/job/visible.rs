//! From a member's sending of a chat to two other nodes' serving it.

use super::command;
use crate::args::Args;
use crate::cpu::{Meter, Watched};
use crate::figure::{Figure, Unit};
use crate::stage::Stage;
use std::time::{Duration, Instant};

/// Chats given one after the other.
const CHATS: u64 = 300;
/// Between two questions to a node whether it has the chat: the resolution of the figure.
const POLL: Duration = Duration::from_millis(2);
/// Between two chats.
const REST: Duration = Duration::from_millis(20);

pub(super) fn run(stage: &mut Stage, _: &Args) -> Vec<Figure> {
    let others = ["bob", "carol"].map(|name| stage.other_node(name));
    let readers = [stage.reader(&others[0].1), stage.reader(&others[1].1)];
    for ((home, _), reader) in others.iter().zip(&readers) {
        stage.follow(home);
        // However long it takes: this is not what is measured.
        stage.until_taken(reader, POLL * 50);
        home.until_live(&stage.community.to_string(), stage.given);
    }
    let chats = stage.prepare(0, CHATS);
    let watched =
        others.iter().map(|(home, node)| Watched { name: home.name.clone(), pid: node.pid() });
    let mut watched: Vec<_> = watched.collect();
    watched.push(stage.watched());
    stage.pause("giving single chats");
    let meter = Meter::start(&watched);
    let mut waits = Vec::new();
    let mut acknowledged = Vec::new();
    stage.runtime.block_on(async {
        for chat in &chats {
            let sent = Instant::now();
            let index = stage.give_one(chat).await;
            acknowledged.push(sent.elapsed().as_secs_f64() * 1000.0);
            tokio::join!(readers[0].until_seen(index, POLL), readers[1].until_seen(index, POLL));
            waits.push(sent.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(REST).await;
        }
    });
    let measured = meter.stop();
    waits.sort_by(f64::total_cmp);
    acknowledged.sort_by(f64::total_cmp);
    vec![Figure {
        job: "contribute → served by two other nodes, p99".into(),
        runs: vec![at(&waits, 0.99)],
        unit: Unit::Milliseconds,
        floor: 250.0,
        ratios: Vec::new(),
        limit: measured.limit(),
        notes: vec![
            format!(
                "{} chats, one after the other: p50 {:.0} ms, p99 {:.0} ms; acknowledged by the home node after p50 {:.0} ms, p99 {:.0} ms",
                waits.len(),
                at(&waits, 0.5),
                at(&waits, 0.99),
                at(&acknowledged, 0.5),
                at(&acknowledged, 0.99)
            ),
            measured.line(),
        ],
        command: command("visible"),
    }]
}

fn at(sorted: &[f64], part: f64) -> f64 {
    let place = (sorted.len() as f64 * part).ceil() as usize;
    sorted[place.clamp(1, sorted.len()) - 1]
}
