//! Gossip is a hint: what does not hold changes nothing.

use super::village::{ALICE, BOB, CAROL, Village, secret};
use crate::service::{Ask, GossipVerdict, Reply};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{Announcement, PullReply};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Body, Withdrawal};

/// A head of `size` that `key` signs over nothing.
fn head(village: &Village, size: u64, key: &SecretKey) -> Vec<u8> {
    let (community, root) = (village.community(), TreeHash([9; 32]));
    let checkpoint = Checkpoint { community, epoch: 0, size, root };
    let checkpoint = SignedCheckpoint::sign(checkpoint, key, village.world.now).text();
    let (entries, statements) = (Vec::new(), Vec::new());
    cbor::to_vec(&Announcement::Head { checkpoint, first: size, entries, statements })
}

/// Two nodes with one chat.
fn with_chat(seed: u64) -> (Village, super::chatting::Chatting) {
    let mut village = Village::three(seed);
    let chat = village.chat("one", None);
    village.give(&chat);
    village.world.until("all should hold the chat", |world| Village::agree(world, 1));
    village.world.run_for(5);
    (village, chat)
}

#[test]
fn garbage_is_rejected() {
    let (mut village, _) = with_chat(41);
    let stranger = village.world.key(BOB);
    for _ in 0..5 {
        let verdict = village.world.gossip(ALICE, stranger, b"garbage".to_vec());
        assert_eq!(verdict, GossipVerdict::Reject, "the network counts it against its sender");
    }
}

#[test]
fn a_strangers_head_stops_nobody() {
    let (mut village, _) = with_chat(42);
    let (from, size) = (village.world.key(BOB), village.world.store(ALICE).size());
    for n in [ALICE, BOB] {
        let same = head(&village, size, &secret(66));
        let verdict = village.world.gossip(n, from, same);
        assert_eq!(verdict, GossipVerdict::Reject, "node {n}: not signed by the log's key");
    }
    let longer = head(&village, size + 1000, &secret(66));
    assert_eq!(village.world.gossip(ALICE, from, longer), GossipVerdict::Reject);
    let chat = village.chat("two", None);
    village.give(&chat);
    village.world.until("the origin signs on, and all follow", |w| Village::agree(w, 2));
}

#[test]
fn a_strangers_longer_head_holds_up_no_sync() {
    let (mut village, _) = with_chat(45);
    let (from, size) = (village.world.key(CAROL), village.world.store(BOB).size());
    village.world.stop(ALICE);
    for more in 1..20 {
        let longer = head(&village, size + 1000 * more, &secret(66));
        village.world.gossip(BOB, from, longer);
    }
    village.world.run_for(2);
    let notes = village.world.nodes[BOB].notes.iter();
    let stopped = notes.filter(|note| note.text.contains("stopped")).count();
    assert!(stopped <= 1, "carol is asked once for what she cannot have, and left alone then");
    village.world.start(ALICE, false);
    village.world.run_for(5);
    let chat = village.chat("two", None);
    village.give(&chat);
    let since = village.world.now;
    village.world.until("all should follow", |world| Village::agree(world, 2));
    let secs = village.world.now.secs_since(since);
    assert!(secs <= 15, "the next exchange of heads suffices: {secs} s");
}

#[test]
fn only_the_control_key_takes_a_chat_back() {
    let (mut village, chat) = with_chat(43);
    let from = village.world.key(BOB);
    let body = Body::Withdrawal(Withdrawal { control: chat.control.public() });
    let forged = Bytes(village.sign(body, &secret(66)).bytes().to_vec());
    let forged = cbor::to_vec(&Announcement::Explanation { statement: forged });
    let before = village.world.store(ALICE).size();
    assert_eq!(village.world.gossip(ALICE, from, forged), GossipVerdict::Reject);
    village.world.run_for(30);
    assert!(Village::agree(&village.world, 1), "the chat is still held everywhere");
    assert_eq!(village.world.store(ALICE).size(), before, "nothing was logged");
    let good = Bytes(village.withdrawal(&chat).bytes().to_vec());
    let good = cbor::to_vec(&Announcement::Explanation { statement: good });
    assert_eq!(village.world.gossip(ALICE, from, good), GossipVerdict::Accept);
    village.world.until("the real one takes it back everywhere", |w| Village::agree(w, 0));
}

#[test]
fn a_logged_withdrawal_is_no_longer_offered() {
    let (mut village, chat) = with_chat(44);
    village.withdraw(ALICE, &chat);
    village.world.until("all should let it go", |world| Village::agree(world, 0));
    village.world.run_for(60);
    let (from, community) = (village.world.key(BOB), village.community());
    for n in [ALICE, BOB] {
        let reply = village.world.ask(n, from, Ask::Explanations(community));
        let Reply::Pull(PullReply::Explanations { statements }) = reply else {
            panic!("explanations were asked for, not {reply:?}");
        };
        assert!(statements.is_empty(), "node {n}: the log says it, to everyone");
    }
}
