//! Chats in which the node finds what its policy does not want: held, shown to stewards, decided.

use super::chatting::Chatting;
use super::village::{ALICE, BOB, Village, secret};
use crate::service::{Ask, Job, Reply, Via};
use sheaf_protocol::exchange::{Findings, MemberReply, RefusalCode, StewardReply, StewardRequest};
use sheaf_protocol::id::{PublicKey, Salt};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::statement::{Body, Kind, Takedown, TakedownReason};
use sheaf_protocol::time::Day;

const FLAGGED: &str = "Write to alice@example.org, please.";

fn is_pending(reply: &Reply, chat: &Chatting) -> bool {
    matches!(reply, Reply::Member(MemberReply::Pending { statement })
        if *statement == chat.statement.id())
}

fn refusal(reply: Reply) -> (RefusalCode, String) {
    match reply {
        Reply::Member(MemberReply::Refused { refusal })
        | Reply::Steward(StewardReply::Refused { refusal }) => (refusal.code, refusal.sentence),
        other => panic!("this should have been refused, not {other:?}"),
    }
}

impl Village {
    /// Gives a chat that goes to review.
    fn give_flagged(&mut self, text: &str, due: Option<Day>) -> Chatting {
        let chat = self.chat(text, due);
        let reply = self.submit(&chat);
        assert!(is_pending(&reply, &chat), "a steward looks at it first: {reply:?}");
        chat
    }

    fn admit(&mut self, chat: &Chatting) -> Reply {
        self.ask_as_steward(StewardRequest::Admit { control: chat.control.public() })
    }

    fn takedown(&mut self, chat: &Chatting) -> Ask {
        let (control, reason) = (chat.control.public(), TakedownReason::Privacy);
        let statement = self.sign(Body::Takedown(Takedown { control, reason }), &self.member);
        Ask::Statement { via: Via::Append, statement, salt: Salt(self.world.rng.bytes()) }
    }

    fn reject(&mut self, chat: &Chatting) -> Reply {
        let (ask, steward) = (self.takedown(chat), self.member.public());
        self.world.ask(ALICE, steward, ask)
    }

    fn publish(&mut self, policy: Policy) {
        let statement = self.sign(Body::Policy(policy), &self.member);
        let salt = Salt(self.world.rng.bytes());
        let (index, commitment) =
            (self.world.store(ALICE).size(), statement.entry(&salt).commitment);
        let ask = Ask::Statement { via: Via::Append, statement, salt };
        let steward = self.member.public();
        let reply = self.world.ask(ALICE, steward, ask);
        assert!(matches!(reply, Reply::Logged { .. }), "{reply:?}");
        self.policy = sheaf_protocol::statement::PolicyRef { index, commitment };
    }

    fn waiting(&mut self) -> u64 {
        match self.ask_as_steward(StewardRequest::Waiting { after: None, max: 10 }) {
            Reply::Waiting { total, .. } => total,
            other => panic!("a steward may ask what waits: {other:?}"),
        }
    }

    /// Whether the origin's queue is empty, in its memory and on its disk.
    fn nothing_waits(&mut self) -> bool {
        // It leaves the store's queue after it is in the log.
        self.world.run_for(1);
        self.waiting() == 0 && self.world.store(ALICE).pending.is_empty()
    }

    fn restart(&mut self) {
        self.world.stop(ALICE);
        self.world.start(ALICE, false);
    }
}

#[test]
fn a_flagged_chat_waits_until_a_steward_accepts_it() {
    let mut village = Village::found(71);
    let size = village.world.store(ALICE).size();
    let chat = village.give_flagged(FLAGGED, None);
    let reply = village.submit(&chat);
    assert!(is_pending(&reply, &chat), "the same bytes ask how it stands: {reply:?}");
    assert_eq!((village.world.store(ALICE).size(), village.waiting()), (size, 1), "not in the log");
    let held = village.world.store(ALICE).pending.values().next().unwrap().clone();
    let kinds: Vec<_> = held.findings.kinds.iter().map(|k| (&k.kind[..], k.review)).collect();
    assert_eq!(kinds, [("email", true)], "with what was found, and that it is why");
    village.restart();
    assert_eq!(village.waiting(), 1, "a restart keeps the queue");
    let reply = village.admit(&chat);
    assert!(
        matches!(reply, Reply::Logged { index, steward: true, .. } if index == size),
        "{reply:?}"
    );
    assert!(village.nothing_waits(), "and it has left the queue");
    let reply = village.submit(&chat);
    assert!(
        matches!(reply, Reply::Logged { index, already: true, .. } if index == size),
        "{reply:?}"
    );
    let again = village.admit(&chat);
    assert_eq!(refusal(again).0, RefusalCode::Unknown, "it is accepted once");
}

#[test]
fn a_refused_chat_is_gone_and_its_member_learns_why() {
    let mut village = Village::found(72);
    let size = village.world.store(ALICE).size();
    let chat = village.give_flagged(FLAGGED, None);
    let reply = village.reject(&chat);
    assert!(matches!(reply, Reply::Steward(StewardReply::Done)), "{reply:?}");
    assert!(village.nothing_waits(), "key, manifest and sealed bytes are erased");
    let again = village.submit(&chat);
    let (code, sentence) = refusal(again);
    assert_eq!(code, RefusalCode::Gone, "it does not come in again");
    assert!(sentence.contains("somebody's private data"), "{sentence}");
    let reply = village.reject(&chat);
    let done = matches!(reply, Reply::Steward(StewardReply::Done));
    assert!(done, "who heard no answer may refuse it again: {reply:?}");
    village.restart();
    village.world.run_for(30);
    assert_eq!(
        village.world.store(ALICE).size(),
        size,
        "what never was in the log is not told there"
    );
}

#[test]
fn what_would_be_refused_anyway_is_refused_at_once() {
    let mut village = Village::found(73);
    let chat = village.give_flagged(FLAGGED, None);
    let twice = village.chat(FLAGGED, None);
    let reply = village.submit(&twice);
    let (code, sentence) = refusal(reply);
    assert_eq!(code, RefusalCode::Duplicate, "the same text waits already");
    assert!(sentence.contains("waits for review"), "{sentence}");
    let other = village.chat_under(chat.control.clone(), "Write to bob@example.org.", None);
    let reply = village.submit(&other);
    assert_eq!(refusal(reply).0, RefusalCode::ControlUsed, "one control key, one chat");
    let stranger = secret(66).public();
    let fresh = village.chat("Write to carol@example.org.", None);
    let ask = Ask::Submit(Box::new(fresh.submitted(Salt([5; 32]))));
    let reply = village.world.ask(ALICE, stranger, ask);
    assert_eq!(refusal(reply).0, RefusalCode::NotMember, "strangers fill no queue");
    let late = village.chat("Write to dave@example.org.", None);
    village.publish(Policy { title: "New".into(), ..Policy::preset(Preset::Open) });
    let reply = village.submit(&late);
    assert_eq!(refusal(reply).0, RefusalCode::PolicyChanged, "the member decides first");
    assert_eq!(village.waiting(), 1, "the first alone waits");
    let reply = village.admit(&chat);
    assert!(matches!(reply, Reply::Logged { .. }), "the new terms admit it as well: {reply:?}");
}

#[test]
fn two_of_one_text_in_one_batch_do_not_both_wait() {
    let mut village = Village::found(74);
    let member = village.member.public();
    let first = village.chat("one", None);
    let chats = [village.chat(FLAGGED, None), village.chat(FLAGGED, None)];
    // While the first is on its way into the store, the others wait for one batch.
    let asked = [&first, &chats[0], &chats[1]]
        .map(|chat| Ask::Submit(Box::new(chat.submitted(Salt(chat.control.public().0)))))
        .map(|ask| village.world.put(ALICE, member, ask));
    village.world.run_for(10);
    let mut replies = village.world.replies();
    let [one, held, twice] = asked.map(|id| replies.remove(&id).unwrap());
    assert!(matches!(one, Reply::Logged { .. }), "{one:?}");
    assert!(is_pending(&held, &chats[0]), "{held:?}");
    assert_eq!(refusal(twice).0, RefusalCode::Duplicate);
    assert_eq!(village.waiting(), 1);
}

#[test]
fn the_policy_in_force_says_what_waits() {
    let mut village = Village::found(75);
    let open = Policy { mask: Vec::new(), flag: Vec::new(), ..Policy::preset(Preset::Open) };
    village.publish(open.clone());
    let chat = village.chat(FLAGGED, None);
    village.give(&chat);
    let password = ["my password is xK9", "mnq27!"].concat();
    village.give_flagged(&password, None);
    village.publish(Policy { flag: vec!["email".into()], ..open });
    village.give_flagged("Write to bob@example.org.", None);
    let mut odd = village.chat("Badge 1177.", None);
    let kinds = sheaf_protocol::exchange::FoundKind {
        kind: "staff-number".into(),
        times: 1,
        review: false,
    };
    odd.findings = Findings { kinds: vec![kinds], ..Findings::default() };
    let reply = village.submit(&odd);
    assert!(is_pending(&reply, &odd), "a kind that only the community knows: {reply:?}");
    let mut unseen = village.chat("Nothing.", None);
    unseen.findings = Findings { failed: Some("it ended".into()), ..Findings::default() };
    let reply = village.submit(&unseen);
    assert!(is_pending(&reply, &unseen), "what could not be scanned goes to review: {reply:?}");
}

#[test]
fn what_a_new_policy_does_not_admit_waits_on() {
    let mut village = Village::found(76);
    let chat = village.give_flagged(FLAGGED, None);
    let strict = vec!["CC-BY-4.0".to_owned()];
    village.publish(Policy { licences: strict, ..Policy::preset(Preset::Open) });
    let reply = village.admit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Policy, "the stricter terms hold");
    assert_eq!(village.waiting(), 1, "it waits on");
    village.publish(Policy::preset(Preset::Open));
    let reply = village.admit(&chat);
    assert!(matches!(reply, Reply::Logged { .. }), "until it is admitted again: {reply:?}");
    assert!(village.nothing_waits());
}

#[test]
fn a_member_takes_a_waiting_chat_back() {
    let mut village = Village::found(77);
    let chat = village.give_flagged(FLAGGED, None);
    let reply = village.withdraw(ALICE, &chat);
    assert_eq!(reply, MemberReply::Withdrawn { index: None }, "it never was in the log");
    assert!(village.nothing_waits());
    let reply = village.admit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Unknown, "and cannot be accepted any more");
    let again = village.submit(&chat);
    assert_eq!(refusal(again).0, RefusalCode::Gone);
}

#[test]
fn a_chat_taken_back_while_it_is_accepted_does_not_come_back() {
    for seed in 0..24 {
        let mut village = Village::three(780 + seed);
        let chat = village.give_flagged(FLAGGED, None);
        let withdrawal = |village: &mut Village| Ask::Statement {
            via: Via::Withdraw,
            statement: village.withdrawal(&chat),
            salt: Salt(village.world.rng.bytes()),
        };
        let control = chat.control.public();
        let admit = || Ask::Steward(StewardRequest::Admit { control });
        let (steward, taken) = (village.member.public(), withdrawal(&mut village));
        let by_steward = village.takedown(&chat);
        // Each may overtake the others by some milliseconds, for jobs take their time.
        let ids: Vec<_> = match seed % 3 {
            0 => vec![
                village.world.put(ALICE, steward, admit()),
                village.world.put(ALICE, control, taken),
            ],
            1 => vec![
                village.world.put(ALICE, control, taken),
                village.world.put(ALICE, steward, admit()),
            ],
            _ => vec![
                village.world.put(ALICE, steward, admit()),
                village.world.put(ALICE, steward, by_steward),
                village.world.put(ALICE, control, taken),
            ],
        };
        village.world.run_for(60);
        let replies = village.world.replies();
        assert!(ids.iter().all(|id| replies.contains_key(id)), "seed {seed}: {replies:?}");
        assert!(village.nothing_waits(), "seed {seed}");
        let store = village.world.store(ALICE);
        assert_eq!(store.live(), 0, "seed {seed}: nothing of it is live: {replies:?}");
        let entry = (0_u64..).zip(&store.rows).find(|(_, row)| row.entry.control == Some(control));
        if let Some((index, _)) = entry {
            assert!(!store.holds_any(index), "seed {seed}: and nothing of it is held");
            let told = store.of_kind(Kind::WITHDRAWAL).len() + store.of_kind(Kind::TAKEDOWN).len();
            assert_eq!(told, 1, "seed {seed}: the log explains its hole");
            assert_eq!(village.world.store(BOB).live(), 0, "seed {seed}: here as elsewhere");
        }
    }
}

#[test]
fn a_waiting_chat_does_not_outlive_its_last_day() {
    let mut village = Village::found(79);
    let today = village.world.now.day();
    let chat = village.give_flagged(FLAGGED, Some(today));
    let kept = village.give_flagged("Write to bob@example.org.", Some(Day(today.0 + 30)));
    village.world.run_for(86_400 + 400);
    assert_eq!(village.waiting(), 1, "the other one waits on");
    let reply = village.admit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Unknown);
    let reply = village.admit(&kept);
    assert!(matches!(reply, Reply::Logged { .. }), "{reply:?}");
}

#[test]
fn a_crash_between_log_and_queue_leaves_the_chat_once() {
    let mut village = Village::found(80);
    let chat = village.give_flagged(FLAGGED, None);
    village.world.nodes[ALICE].disk.no_room_for = Some(|job| matches!(job, Job::Release { .. }));
    let reply = village.admit(&chat);
    assert!(matches!(reply, Reply::Logged { .. }), "{reply:?}");
    let size = village.world.store(ALICE).size();
    assert_eq!(village.world.store(ALICE).pending.len(), 1, "the disk still has it in the queue");
    village.world.nodes[ALICE].disk.no_room_for = None;
    village.restart();
    assert_eq!(village.waiting(), 0, "it is in the log, so it does not wait");
    let reply = village.admit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Unknown);
    assert_eq!(village.world.store(ALICE).size(), size, "and it is there once");
}

#[test]
fn what_the_disk_does_not_take_is_refused_and_may_be_sent_again() {
    let mut village = Village::found(81);
    let chat = village.chat(FLAGGED, None);
    village.world.nodes[ALICE].disk.no_room_for = Some(|job| matches!(job, Job::Hold { .. }));
    let reply = village.submit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Internal, "nobody is told that it waits");
    assert_eq!(village.waiting(), 0);
    village.world.nodes[ALICE].disk.no_room_for = Some(|job| matches!(job, Job::Append(_)));
    let reply = village.submit(&chat);
    assert!(is_pending(&reply, &chat), "there is room for the queue: {reply:?}");
    let reply = village.admit(&chat);
    assert_eq!(refusal(reply).0, RefusalCode::Internal, "but not for the log");
    village.world.nodes[ALICE].disk.no_room_for = None;
    let reply = village.admit(&chat);
    assert!(matches!(reply, Reply::Logged { .. }), "so it waited on: {reply:?}");
}

#[test]
fn only_stewards_and_the_operator_review() {
    let mut village = Village::found(82);
    let chat = village.give_flagged(FLAGGED, None);
    let control = chat.control.public();
    let asks = || {
        [
            StewardRequest::Waiting { after: None, max: 10 },
            StewardRequest::Review { control },
            StewardRequest::Admit { control },
        ]
    };
    let refused = |village: &mut Village, from: PublicKey| {
        for request in asks() {
            let reply = village.world.ask(ALICE, from, Ask::Steward(request));
            assert_eq!(refusal(reply).0, RefusalCode::NotSteward);
        }
        let takedown = village.takedown(&chat);
        let reply = village.world.ask(ALICE, from, takedown);
        assert_eq!(refusal(reply).0, RefusalCode::NotSteward, "though a steward signed it");
    };
    refused(&mut village, control);
    refused(&mut village, secret(66).public());
    assert_eq!(village.waiting(), 1, "nothing was done");
    let operator = village.world.key(ALICE);
    let reply = village.world.ask(ALICE, operator, Ask::Steward(asks()[0].clone()));
    assert!(matches!(reply, Reply::Waiting { total: 1, .. }), "{reply:?}");
}
