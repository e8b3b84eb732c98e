//! Three nodes of one community come to the same state, whatever the order of things.

use super::village::{ALICE, BOB, CAROL, Village};
use sheaf_protocol::exchange::MemberReply;
use sheaf_protocol::statement::{Body, Cause, Kind};
use sheaf_protocol::time::Day;

/// Charter, policy, acceptance and membership; two acceptances; three chats; withdrawal, erasure
/// and two receipts.
const ENTRIES: u64 = 4 + 2 + 3 + 4;

fn story(seed: u64) -> Village {
    let mut village = Village::three(seed);
    let chats = ["one", "two", "three"].map(|text| village.chat(text, None));
    let indices = chats.each_ref().map(|chat| village.give(chat));
    village.world.until("every node should hold the three chats", |w| Village::agree(w, 3));
    let reply = village.withdraw(BOB, &chats[1]);
    assert!(matches!(reply, MemberReply::Withdrawn { .. }), "any holder takes it: {reply:?}");
    village.world.until("the log should say everything once", |world| {
        Village::agree(world, 2) && world.store(ALICE).size() == ENTRIES
    });
    for n in [ALICE, BOB, CAROL] {
        let held = village.world.store(n).holds_any(indices[1]);
        assert!(!held, "node {n} should keep nothing of a chat that was taken back");
    }
    village
}

fn receipts(village: &Village) -> usize {
    village.world.store(ALICE).of_kind(Kind::RECEIPT).len()
}

#[test]
fn chats_and_a_withdrawal_converge_whatever_the_order() {
    let mut traces = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let village = story(seed);
        assert_eq!(receipts(&village), 2, "seed {seed}: one receipt of each replica is logged");
        traces.insert(*village.world.trace().as_bytes());
    }
    assert!(traces.len() > 15, "seeds should make different runs, or they test nothing");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(story(7).world.trace(), story(7).world.trace(), "a failing run can be replayed");
}

#[test]
fn the_log_stays_quiet_once_all_is_said() {
    let mut village = story(3);
    village.world.run_for(600);
    assert_eq!(village.world.store(ALICE).size(), ENTRIES, "nothing is logged twice");
    for n in [ALICE, BOB, CAROL] {
        let warnings = village.world.warnings(n);
        let alone = |text: &&&str| !text.contains("no partner node yet");
        assert_eq!(warnings.iter().find(alone), None, "node {n} has nothing to complain of");
    }
}

#[test]
fn every_holder_erases_by_itself_when_the_due_day_ends() {
    let mut village = Village::three(5);
    let today = village.world.now.day();
    let (due, stays) = (village.chat("until tonight", Some(today)), village.chat("stays", None));
    let index = village.give(&due);
    village.give(&stays);
    village.world.until("all should hold both chats", |world| Village::agree(world, 2));
    // Each is alone when the day ends: no message can tell it what to do.
    for n in [BOB, CAROL] {
        village.world.stop(n);
    }
    village.world.now = Day(today.0 + 1).end();
    village.world.run_for(1);
    assert!(!village.world.store(ALICE).holds_any(index), "the origin looks by itself");
    village.world.stop(ALICE);
    for n in [BOB, CAROL] {
        village.world.start(n, false);
        village.world.run_for(1);
        let store = village.world.store(n);
        assert!(!store.holds_any(index), "node {n} erases without being told");
        assert_eq!(store.live(), 1, "node {n} keeps what has no due day");
    }
    village.world.start(ALICE, false);
    village.world.until("the origin logs the erasure, and each replica's receipt", |world| {
        let store = world.store(ALICE);
        store.of_kind(Kind::ERASURE).len() == 1 && store.of_kind(Kind::RECEIPT).len() == 2
    });
    let erasure = village.world.store(ALICE).of_kind(Kind::ERASURE).remove(0);
    let Body::Erasure(erasure) = &erasure.content().body else { panic!("an erasure") };
    assert_eq!((erasure.items[0].index, erasure.items[0].cause), (index, Cause::Due));
}
