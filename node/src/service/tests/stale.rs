//! Chat keys leave a node only while it knows that it missed no withdrawal.

use super::village::{ALICE, BOB, CAROL, Village};
use crate::service::{Access, Ask, Reply};
use sheaf_protocol::exchange::{Parts, RefusalCode};

/// What `n` would let Carol have.
fn access(village: &mut Village, n: usize, index: u64) -> Access {
    let (community, asker) = (village.community(), village.world.key(CAROL));
    let ask = Ask::Items { community, indices: vec![index], parts: Parts::Chats };
    match village.world.ask(n, asker, ask) {
        Reply::Items { access, .. } => access,
        other => panic!("items are answered with what one may have, not {other:?}"),
    }
}

fn is_stale(access: &Access) -> bool {
    access.keys.as_ref().is_err_and(|refusal| refusal.code == RefusalCode::Stale)
}

#[test]
fn a_node_that_spoke_with_nobody_hands_out_no_key() {
    let mut village = Village::three(11);
    let chat = village.chat("one", None);
    let index = village.give(&chat);
    village.world.until("all should hold the chat", |world| Village::agree(world, 1));
    (ALICE..=CAROL).for_each(|n| village.world.stop(n));
    village.world.start(BOB, false);
    assert!(is_stale(&access(&mut village, BOB, index)), "a withdrawal may have passed it by");
    village.world.start(ALICE, false);
    assert!(
        is_stale(&access(&mut village, ALICE, index)),
        "an origin that may be a restored backup does not know either"
    );
    village.world.run_for(70);
    assert!(access(&mut village, BOB, index).keys.is_ok(), "the heads were exchanged");
    assert!(access(&mut village, ALICE, index).keys.is_ok(), "a replica confirmed the head");
}

#[test]
fn a_head_that_grew_old_hands_out_no_key() {
    let mut village = Village::three(12);
    let chat = village.chat("one", None);
    let index = village.give(&chat);
    village.world.until("all should hold the chat", |world| Village::agree(world, 1));
    village.world.stop(ALICE);
    assert!(access(&mut village, BOB, index).keys.is_ok(), "its head is young");
    let day = 86_400;
    village.world.now = village.world.now.plus_secs(day + 1);
    assert!(is_stale(&access(&mut village, BOB, index)), "the policy allows a day");
}
