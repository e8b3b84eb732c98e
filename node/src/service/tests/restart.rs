//! An origin that lost part of its log must learn it before it signs, and never sign twice.

use super::chatting::Chatting;
use super::disk::Disk;
use super::village::{ALICE, BOB, CAROL, Village};
use super::world::World;
use crate::service::Reply;
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{MemberReply, RefusalCode};
use sheaf_protocol::log::ForkProof;
use sheaf_protocol::statement::Kind;

/// Three nodes with two chats, stopped; and a backup of the origin made after the first chat.
fn with_backup(seed: u64) -> (Village, Disk) {
    let mut village = Village::three(seed);
    let first = village.chat("one", None);
    village.give(&first);
    village.world.until("all should hold the first chat", |world| Village::agree(world, 1));
    village.world.run_for(5);
    let backup = village.world.nodes[ALICE].disk.clone();
    let second = village.chat("two", None);
    village.give(&second);
    village.world.until("all should hold both chats", |world| Village::agree(world, 2));
    village.world.stop(ALICE);
    (village, backup)
}

fn is_read_only(village: &mut Village, chat: &Chatting) -> bool {
    let reply = village.submit(chat);
    matches!(&reply, Reply::Member(MemberReply::Refused { refusal })
        if refusal.code == RefusalCode::ReadOnly)
}

#[test]
fn a_restored_origin_refills_from_its_replica_before_it_signs() {
    let (mut village, backup) = with_backup(21);
    let whole = village.world.store(ALICE).size();
    village.world.nodes[ALICE].disk = backup;
    village.world.start(ALICE, false);
    let third = village.chat("three", None);
    assert!(is_read_only(&mut village, &third), "nobody told it yet which head it signed last");
    village.world.until("the log and its chats should come back from the replica", |world| {
        Village::agree(world, 2) && world.store(ALICE).size() == whole
    });
    village.world.run_for(10);
    assert_eq!(village.give(&third), whole, "what it signs now continues the whole log");
    village.world.until("all should follow", |world| Village::agree(world, 3));
    let forked = |n| village.world.store(n).fork.is_some();
    assert!(![ALICE, BOB, CAROL].into_iter().any(forked), "no fork");
}

#[test]
fn an_origin_that_signed_another_history_stays_read_only_with_the_proof() {
    let (mut village, backup) = with_backup(22);
    village.world.oracle.forks_expected = true;
    village.world.nodes[ALICE].disk = backup;
    // Its steward insists, and it signs another entry in the place of the lost one.
    for n in [BOB, CAROL] {
        village.world.stop(n);
    }
    village.world.start(ALICE, true);
    let other = village.chat("another history", None);
    village.give(&other);
    village.world.stop(ALICE);
    (0..3).for_each(|n| village.world.start(n, false));
    village.world.until("both sides should keep the proof", |world| {
        [ALICE, BOB].iter().all(|n| world.store(*n).fork.is_some())
    });
    let proof = village.world.store(ALICE).fork.clone().unwrap();
    let proof: ForkProof = cbor::from_slice(&proof).unwrap();
    assert!(proof.verify(&village.community(), &village.log_key.public()).is_ok());
    village.world.run_for(120);
    let third = village.chat("three", None);
    assert!(is_read_only(&mut village, &third), "a person must look first");
}

#[test]
fn an_erasure_that_a_stop_cut_off_from_its_statement_is_said_after_the_start() {
    for seed in 0..20 {
        let mut village = Village::three(40 + seed);
        let chat = village.chat("one", None);
        let index = village.give(&chat);
        village.world.until("all should hold the chat", |world| Village::agree(world, 1));
        village.world.run_for(5);
        village.withdraw(ALICE, &chat);
        // Everyone stops at the moment in which the erasure is through, whatever was said of it.
        for n in [ALICE, BOB] {
            village.world.until("it should be erased", |world| !world.store(n).holds_any(index));
            village.world.stop(n);
        }
        (0..2).for_each(|n| village.world.start(n, false));
        let said = |world: &World, kind| !world.store(ALICE).of_kind(kind).is_empty();
        village.world.until("the log should say that its home erased it", |world| {
            said(world, Kind::ERASURE)
        });
        let bob = village.world.key(BOB);
        village.world.until("and that bob did", |world| {
            let receipts = world.store(ALICE).of_kind(Kind::RECEIPT);
            receipts.iter().any(|receipt| receipt.signer() == bob)
        });
    }
}
