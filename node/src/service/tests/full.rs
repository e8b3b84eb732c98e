//! A disk without room: who waits is told, and the rest is done once there is room, without a restart.

use super::village::{ALICE, Village};
use crate::limits::TROUBLE_SHOWN_SECS;
use crate::service::{Ask, Job, Reply};
use sheaf_protocol::exchange::{MemberReply, RefusalCode, StewardRequest};
use sheaf_protocol::statement::Kind;

fn attention(village: &mut Village) -> String {
    let member = village.member.public();
    match village.world.ask(ALICE, member, Ask::Steward(StewardRequest::Status)) {
        Reply::Status { status, .. } => status.communities[0].attention.join("; "),
        other => panic!("a steward may ask for the status: {other:?}"),
    }
}

#[test]
fn a_chat_without_room_is_refused_and_the_steward_sees_why() {
    let mut village = Village::found(51);
    let chat = village.chat("one", None);
    village.world.nodes[ALICE].disk.no_room_for = Some(|job| matches!(job, Job::Append(_)));
    let reply = village.submit(&chat);
    let refused = matches!(&reply, Reply::Member(MemberReply::Refused { refusal })
        if refusal.code == RefusalCode::Internal && refusal.sentence.contains("blobs"));
    assert!(refused, "the file is named: {reply:?}");
    assert!(attention(&mut village).contains("blobs: the disk is full"));
    village.world.nodes[ALICE].disk.no_room_for = None;
    village.give(&chat);
    assert!(attention(&mut village).contains("full"), "what a member met is shown for a while");
    village.world.run_for(TROUBLE_SHOWN_SECS + 1);
    assert!(!attention(&mut village).contains("full"), "what is over needs nobody");
}

#[test]
fn a_withdrawal_without_room_is_carried_out_once_there_is_some() {
    let mut village = Village::found(52);
    let chat = village.chat("one", None);
    let index = village.give(&chat);
    village.world.nodes[ALICE].disk.no_room_for =
        Some(|job| matches!(job, Job::Append(_) | Job::Erase { .. }));
    let reply = village.withdraw(ALICE, &chat);
    assert!(matches!(reply, MemberReply::Withdrawn { index: None }), "in force: {reply:?}");
    village.world.run_for(60);
    assert!(village.world.store(ALICE).holds_any(index), "there was no room to erase it");
    assert!(attention(&mut village).contains("the disk is full"), "and the status says so");
    village.world.nodes[ALICE].disk.no_room_for = None;
    village.world.until(
        "the chat is erased, and the log says who wanted it and that it was",
        |w| {
            let store = w.store(ALICE);
            let logged = |kind| store.of_kind(kind).len() == 1;
            !store.holds_any(index) && logged(Kind::WITHDRAWAL) && logged(Kind::ERASURE)
        },
    );
}
