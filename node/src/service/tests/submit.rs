//! A contribution is taken once, however often it is sent.

use super::chatting::Chatting;
use super::village::{ALICE, BOB, Village};
use crate::service::{Ask, Reply, Via};
use sheaf_protocol::exchange::{MemberReply, RefusalCode};
use sheaf_protocol::id::Salt;
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::statement::Body;

fn refusal(village: &mut Village, chat: &Chatting) -> RefusalCode {
    match village.submit(chat) {
        Reply::Member(MemberReply::Refused { refusal }) => refusal.code,
        other => panic!("this should have been refused, not {other:?}"),
    }
}

fn policy_of(village: &mut Village, title: &str) -> Ask {
    let policy = Policy { title: title.into(), ..Policy::preset(Preset::Open) };
    let statement = village.sign(Body::Policy(policy), &village.member);
    Ask::Statement { via: Via::Append, statement, salt: Salt(village.world.rng.bytes()) }
}

/// The same statement under the same salt, as it is when its signature gives the salt.
fn again(ask: &Ask) -> Ask {
    let Ask::Statement { via, statement, salt } = ask else { panic!("a statement") };
    Ask::Statement { via: *via, statement: statement.clone(), salt: *salt }
}

fn change_policy(village: &mut Village) {
    let steward = village.member.public();
    let ask = policy_of(village, "Only CC0");
    let reply = village.world.ask(ALICE, steward, ask);
    assert!(matches!(reply, Reply::Logged { steward: true, .. }), "{reply:?}");
}

#[test]
fn a_retry_is_answered_as_at_first_though_the_policy_changed() {
    let mut village = Village::found(31);
    let (chat, late) = (village.chat("one", None), village.chat("two", None));
    let index = village.give(&chat);
    change_policy(&mut village);
    let size = village.world.store(ALICE).size();
    let again = village.submit(&chat);
    assert!(
        matches!(again, Reply::Logged { index: at, already: true, .. } if at == index),
        "its answer may have been lost: {again:?}"
    );
    let code = refusal(&mut village, &late);
    assert_eq!(code, RefusalCode::PolicyChanged, "a new chat was signed under the old policy");
    assert_eq!(village.world.store(ALICE).size(), size, "neither is logged");
}

#[test]
fn what_was_used_before_is_refused() {
    let mut village = Village::found(32);
    let chat = village.chat("one", None);
    village.give(&chat);
    let other = village.chat_under(chat.control.clone(), "something else", None);
    let code = refusal(&mut village, &other);
    assert_eq!(code, RefusalCode::ControlUsed, "one control key speaks for one chat");
    let twice = village.chat("one", None);
    let code = refusal(&mut village, &twice);
    assert_eq!(code, RefusalCode::Duplicate, "the same member gave the same text");
}

#[test]
fn what_was_taken_back_does_not_come_in_again() {
    let mut village = Village::found(33);
    let chat = village.chat("one", None);
    village.give(&chat);
    let reply = village.withdraw(ALICE, &chat);
    assert!(matches!(reply, MemberReply::Withdrawn { index: Some(_) }), "{reply:?}");
    assert_eq!(refusal(&mut village, &chat), RefusalCode::Gone, "a withdrawal is for ever");
}

#[test]
fn a_chat_that_is_sent_again_while_it_comes_in_is_no_second_one() {
    let mut village = Village::found(35);
    let member = village.member.public();
    let (before, chat) = (village.chat("zero", None), village.chat("one", None));
    // While the first is on its way into the store, the others wait for one batch.
    let asked = [&before, &chat, &chat]
        .map(|chat| Ask::Submit(Box::new(chat.submitted(Salt(chat.control.public().0)))))
        .map(|ask| village.world.put(ALICE, member, ask));
    village.world.run_for(10);
    let mut replies = village.world.replies();
    let [first, one, again] = asked.map(|id| replies.remove(&id).unwrap());
    for logged in [first, one] {
        assert!(matches!(logged, Reply::Logged { already: false, .. }), "{logged:?}");
    }
    let Reply::Member(MemberReply::Refused { refusal }) = again else { panic!("{again:?}") };
    assert_eq!(refusal.code, RefusalCode::Busy, "it may be asked again: {refusal:?}");
    let reply = village.submit(&chat);
    assert!(matches!(reply, Reply::Logged { already: true, .. }), "then it is known: {reply:?}");
}

#[test]
fn the_same_statement_twice_in_one_batch_becomes_one_entry() {
    let mut village = Village::found(34);
    let steward = village.member.public();
    let size = village.world.store(ALICE).size();
    // While the first is on its way into the store, the others wait for one batch.
    let (first, second) = (policy_of(&mut village, "one"), policy_of(&mut village, "two"));
    let asked = [first, again(&second), second];
    let asked = asked.map(|ask| village.world.put(ALICE, steward, ask));
    village.world.run_for(10);
    let replies = village.world.replies();
    let logged = asked.map(|id| matches!(replies[&id], Reply::Logged { already: false, .. }));
    assert_eq!(logged, [true, true, false], "the repetition would be void everywhere: {replies:?}");
    assert_eq!(village.world.store(ALICE).size(), size + 2, "so it is not in the log at all");
    village.follow(BOB);
    village.world.run_for(30);
    let statuses = |n| village.world.store(n).rows.iter().map(|r| r.status).collect::<Vec<_>>();
    assert_eq!(statuses(ALICE), statuses(BOB), "who folds the log in one batch judges the same");
}
