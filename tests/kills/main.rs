//! `kill -9` at random moments of real processes: nothing acknowledged is lost, nothing is half
//! applied, there is no second history, and no key comes back from the dead.
//!
//! Each story throws its dice from a seed, which it prints when it fails. The same seed makes the
//! same chats and the same plan; at which instruction a process dies is up to the machine. By
//! default a story takes a few seconds. At full length:
//!
//! ```text
//! SHEAF_KILLS=200 SHEAF_KILLS_CHATS=10000 cargo test -p sheaf-tests --test kills -- --test-threads 1
//! ```
//!
//! `SHEAF_KILLS_SEED` begins from another seed.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod chats;
mod command;
mod dice;
mod end;
mod federation;
mod heads;
mod member;

use federation::{Federation, Plan, Victim};
use std::time::Instant;

const KILLS: usize = 12;
const CHATS: usize = 1000;

#[test]
fn a_home_node_killed_while_chats_are_given_loses_nothing() {
    let (kills, chats) = (kills(), chats());
    let (before, each_life, at_least) = (0, chats.div_ceil(kills), chats);
    let lengths = |number| if number % 50 == 49 { 80_000 } else { 1500 };
    tell(Plan {
        victim: Victim::Alice,
        kills,
        before,
        each_life,
        at_least,
        lengths,
        seed: seed(1),
    });
}

#[test]
fn a_partner_node_killed_while_it_replicates_ends_with_the_same_log() {
    let (kills, chats) = (kills(), chats());
    let (before, each_life, at_least) = (chats / 2, (chats / 2).div_ceil(kills), chats);
    let lengths = |number| if number % 50 == 49 { 80_000 } else { 1500 };
    tell(Plan { victim: Victim::Bob, kills, before, each_life, at_least, lengths, seed: seed(2) });
}

#[test]
fn large_chats_come_and_go_whole_whoever_is_killed() {
    let kills = kills();
    let lengths = |number| 90_000 + number % 5 * 100_000;
    let (victim, before, each_life, at_least) = (Victim::Either, 0, 4, 0);
    tell(Plan { victim, kills, before, each_life, at_least, lengths, seed: seed(3) });
}

#[test]
fn a_command_killed_while_it_gives_is_run_again_and_nothing_is_there_twice() {
    let seed = seed(4);
    let _seed = Named(seed);
    command::story(kills(), chats() / 4, seed);
}

fn tell(plan: Plan) {
    let _seed = Named(plan.seed);
    let started = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut federation = Federation::found(plan.seed);
        federation.live(&plan).await;
        end::check(&mut federation).await;
        let ledger = federation.member.ledger();
        let (given, gone) = (ledger.given.len(), ledger.taken_back().count());
        let (waiting, away) = (ledger.waiting().count(), ledger.turned_away().count());
        println!(
            "{} kills of {:?}, {given} chats given and {gone} taken back, {waiting} waiting for review \
             and {away} turned away, {} heads: all holds ({} s)",
            federation.kills,
            plan.victim,
            ledger.heads.len(),
            started.elapsed().as_secs()
        );
    });
}

/// Names the seed when the story fails.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the dice were thrown from SHEAF_KILLS_SEED={}", self.0 / 10);
        }
    }
}

fn kills() -> usize {
    number("SHEAF_KILLS").unwrap_or(KILLS as u64) as usize
}

fn chats() -> usize {
    number("SHEAF_KILLS_CHATS").unwrap_or(CHATS as u64) as usize
}

/// Each story has its own.
fn seed(story: u64) -> u64 {
    number("SHEAF_KILLS_SEED").unwrap_or(7) * 10 + story
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}
