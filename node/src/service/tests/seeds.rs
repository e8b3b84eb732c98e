//! Many seeds of a federation of fifty nodes, on all cores.
//!
//! `SHEAF_SEED=7` plays one seed and shows what its nodes said; `SHEAF_SEEDS=100000` plays so many;
//! `SHEAF_SEEDS=5000..6000` those.

use super::federation::Federation;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

/// Seeds that CI plays (with `CI=true`), which builds the node optimised: two minutes of two cores.
const SEEDS_CI: Range<u64> = 0..1000;
/// Seeds that every other run of the tests plays.
const SEEDS: Range<u64> = 0..50;
/// Seeds beyond these that found something: the same statement twice in one batch; a look at a
/// service whose last append was durable, and which was not told so yet; a peer that heard of a
/// withdrawal taken for the home that acknowledged it; a chat whose last day ended while it was on its
/// way into or out of the review queue.
const FOUND: [u64; 4] = [343, 692, 540, 353];

fn seeds() -> Range<u64> {
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    let Ok(wanted) = std::env::var("SHEAF_SEEDS") else { return if ci { SEEDS_CI } else { SEEDS } };
    let number = |text: &str| text.parse().expect("SHEAF_SEEDS is a number or a range of them");
    match wanted.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&wanted),
    }
}

fn replay(seed: u64) -> String {
    format!("SHEAF_SEED={seed} cargo test -p sheaf-node --lib seeds::one_seed -- --nocapture")
}

/// Plays seeds on as many threads as there are cores; answers with those that failed.
fn play(seeds: impl Iterator<Item = u64> + Send) -> Vec<u64> {
    let (seeds, failed) = (Mutex::new(seeds), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let next = || seeds.lock().unwrap().next();
                while let Some(seed) = next() {
                    let played = catch_unwind(AssertUnwindSafe(|| _ = Federation::run(seed)));
                    if played.is_err() {
                        failed.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn fifty_nodes_converge_after_a_storm_whatever_the_seed() {
    let (seeds, started) = (seeds(), Instant::now());
    let failed = play(FOUND.into_iter().chain(seeds.clone()));
    println!("seeds {seeds:?} took {:.0} s", started.elapsed().as_secs_f64());
    let commands: Vec<String> = failed.iter().map(|seed| replay(*seed)).collect();
    assert!(failed.is_empty(), "{} seeds failed:\n{}", failed.len(), commands.join("\n"));
}

/// The trace of a seed, played by another process: with other addresses and other hash seeds.
fn trace_elsewhere(seed: u64) -> String {
    let test = "service::tests::seeds::one_seed";
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SHEAF_SEED", seed.to_string())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&out.stdout).into_owned();
    let trace = out.lines().find_map(|line| line.strip_prefix("trace "));
    trace.unwrap_or_else(|| panic!("no trace in: {out}")).to_owned()
}

/// Only when asked for: `SHEAF_SEED=7`.
#[test]
fn one_seed() {
    let Ok(seed) = std::env::var("SHEAF_SEED") else { return };
    let federation = Federation::run(seed.parse().expect("SHEAF_SEED is a number"));
    println!("\ntrace {}", federation.trace());
    println!("{}", federation.told());
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let trace = Federation::run(11).trace();
    assert_eq!(Federation::run(11).trace(), trace, "in this process");
    assert_eq!(trace_elsewhere(11), trace.to_string(), "in another process");
    assert_ne!(Federation::run(12).trace(), trace, "another seed is another story");
}
