//! Two histories of one log, of any two sizes: proved, kept over a restart, told, and shown.

use super::village::{ALICE, BOB, CAROL, Village};
use crate::service::{Ask, Reply};
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{MemberReply, RefusalCode, StewardRequest};
use sheaf_protocol::log::ForkProof;

/// Alice's disk was copied after the first chat. She signs two more; then the copy runs in her
/// place, while nobody of the others is up, and signs `more` other ones.
fn forked(seed: u64, more: usize) -> Village {
    let mut village = Village::three(seed);
    village.world.oracle.forks_expected = true;
    let first = village.chat("one", None);
    village.give(&first);
    village.world.until("all should hold the first chat", |world| Village::agree(world, 1));
    village.world.run_for(5);
    let copy = village.world.nodes[ALICE].disk.clone();
    for text in ["two", "three"] {
        let chat = village.chat(text, None);
        village.give(&chat);
    }
    village.world.until("all should hold three chats", |world| Village::agree(world, 3));
    (ALICE..=CAROL).for_each(|n| village.world.stop(n));
    village.world.nodes[ALICE].disk = copy;
    village.world.start(ALICE, true);
    for n in 0..more {
        let other = village.chat(&format!("another {n}"), None);
        village.give(&other);
    }
    village.world.stop(ALICE);
    village
}

fn all_know(village: &mut Village) {
    village.world.until("everybody should keep the proof", |world| {
        (ALICE..=CAROL).all(|n| world.store(n).fork.is_some())
    });
}

fn attention(village: &mut Village, n: usize) -> Vec<String> {
    let operator = village.world.key(n);
    match village.world.ask(n, operator, Ask::Steward(StewardRequest::Status)) {
        Reply::Status { status, .. } => status.communities[0].attention.clone(),
        other => panic!("the status was asked for, not {other:?}"),
    }
}

fn is_read_only(village: &mut Village, text: &str) -> bool {
    let chat = village.chat(text, None);
    matches!(village.submit(&chat), Reply::Member(MemberReply::Refused { refusal })
        if refusal.code == RefusalCode::ReadOnly)
}

#[test]
fn a_fork_is_proved_at_smaller_equal_and_greater_sizes() {
    for (seed, more) in [(51, 1), (52, 2), (53, 4)] {
        let mut village = forked(seed, more);
        // `--sign-unconfirmed`, so that nothing but the proof keeps it from signing on.
        village.world.start(ALICE, true);
        village.world.start(BOB, false);
        village.world.start(CAROL, false);
        all_know(&mut village);
        for n in ALICE..=CAROL {
            let proof = village.world.store(n).fork.clone().unwrap();
            let proof: ForkProof = cbor::from_slice(&proof).unwrap();
            let verdict = proof.verify(&village.community(), &village.log_key.public());
            assert!(verdict.is_ok(), "{more} more: anyone can check what node {n} keeps");
            let lines = attention(&mut village, n);
            assert!(lines.iter().any(|l| l.contains("fork proof")), "{n} shows it: {lines:?}");
        }
        assert!(is_read_only(&mut village, "after it"), "{more} more: nothing is signed any more");
    }
}

#[test]
fn a_fork_is_known_after_a_restart_whatever_the_steward_insists_on() {
    let mut village = forked(54, 4);
    village.world.start(ALICE, true);
    village.world.start(BOB, false);
    village.world.start(CAROL, false);
    all_know(&mut village);
    (ALICE..=CAROL).for_each(|n| village.world.stop(n));
    village.world.start(ALICE, true);
    assert!(is_read_only(&mut village, "on a fork"), "`--sign-unconfirmed` is not for this");
    let lines = attention(&mut village, ALICE);
    assert!(lines.iter().any(|line| line.contains("fork proof")), "it still says why: {lines:?}");
    village.world.start(BOB, false);
    village.world.run_for(60);
    assert!(is_read_only(&mut village, "later"), "no partner's head makes it good");
}

#[test]
fn a_newcomer_is_told_of_the_fork() {
    let mut village = forked(55, 4);
    village.world.start(ALICE, true);
    village.world.start(BOB, false);
    village.world.until("alice and bob keep the proof", |world| {
        [ALICE, BOB].iter().all(|n| world.store(*n).fork.is_some())
    });
    village.world.run_for(120);
    village.world.start(CAROL, false);
    all_know(&mut village);
}
