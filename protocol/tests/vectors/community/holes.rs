//! Explanations: which explain a hole, and which do not.

use super::log::{Log, withdrawal};
use crate::raw;
use crate::sample::{self, key};
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::Value;
use sheaf_protocol::cbor;
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Acceptance, Body, Role, Statement, Takedown, TakedownReason};

/// Entries 2, a chat without and 3, one with a due day; 4, a member with a control key; 5, an
/// acceptance; 6, a charter that no longer names the steward 8.
fn log() -> Log {
    let mut due = sample::manifest(2);
    due.consent.due = Some("2027-11-22".parse().unwrap());
    let mut charter = sample::charter();
    charter.stewards = vec![key(4).public()];
    Log::herons()
        .with(Body::Manifest(due), 5)
        .with(Body::Membership(sample::join()), 5)
        .with(Body::Acceptance(Acceptance { role: Role::Replica, name: None }), 7)
        .with(Body::Charter(charter), 1)
}

/// The first moment after 2027-11-22.
const ENDED: u64 = 1_826_928_000_000;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let accepted = explained()
        .into_iter()
        .map(|(name, why, input)| accept(format!("explains-{name}"), "explains", why, input));
    let refused = [withdrawals(), takedowns(), due_days(), forms()].concat().into_iter();
    let refused = refused
        .map(|(name, why, input)| reject(format!("explains-{name}"), "explains", why, input));
    accepted.chain(refused).collect()
}

type Explained = (&'static str, &'static str, Value);

fn input(index: u64, explanation: &[u8], as_of: u64) -> Value {
    let mut input = log().input();
    input["index"] = index.into();
    input["explanation"] = to_hex(explanation);
    input["as_of"] = as_of.into();
    input
}

/// `[code, statement]`.
fn signed(code: u8, statement: Statement, by: u8) -> Vec<u8> {
    raw::array(&[vec![code], raw::bytes(Signed::sign(statement, &key(by)).bytes())])
}

fn withdrawn(index: u64, n: u8, by: u8) -> Value {
    input(index, &signed(1, log().statement(withdrawal(n)), by), 0)
}

fn takedown(n: u8) -> Body {
    let reason = TakedownReason::Legal;
    Body::Takedown(Takedown { control: key(100 + n).public(), reason })
}

fn taken_down(index: u64, n: u8, by: u8) -> Value {
    input(index, &signed(2, log().statement(takedown(n)), by), 0)
}

fn due(index: u64, as_of: u64) -> Value {
    input(index, &[0x81, 3], as_of)
}

fn explained() -> Vec<Explained> {
    vec![
        ("withdrawal", "signed by the entry's control key", withdrawn(2, 1, 101)),
        ("membership", "a member takes the record back", withdrawn(4, 0, 100)),
        ("takedown", "signed by a steward", taken_down(2, 1, 4)),
        (
            "takedown-former",
            "a steward that an earlier charter of the epoch named",
            taken_down(2, 1, 8),
        ),
        ("due", "the due day has ended", due(3, ENDED)),
    ]
}

fn withdrawals() -> Vec<Explained> {
    let changed = |change: &dyn Fn(&mut Statement)| {
        let mut statement = log().statement(withdrawal(1));
        change(&mut statement);
        input(2, &signed(1, statement, 101), 0)
    };
    vec![
        ("by-author", "the author's key is not the control key", withdrawn(2, 1, 5)),
        ("by-steward", "a steward takes down, and does not withdraw", withdrawn(2, 1, 4)),
        ("other-control", "another chat's withdrawal", withdrawn(2, 2, 102)),
        ("other-entry", "the same withdrawal on another entry", withdrawn(3, 1, 101)),
        (
            "other-community",
            "made for another community",
            changed(&|s| s.community.0 = key(9).public()),
        ),
        ("other-epoch", "made for another epoch", changed(&|s| s.epoch = 1)),
        ("of-policy", "a policy may not become a hole", withdrawn(1, 1, 101)),
        ("of-charter", "a charter may not become a hole", withdrawn(0, 1, 101)),
        ("of-acceptance", "an acceptance may not become a hole", withdrawn(5, 1, 101)),
    ]
}

fn takedowns() -> Vec<Explained> {
    let changed = |change: &dyn Fn(&mut Statement)| {
        let mut statement = log().statement(takedown(1));
        change(&mut statement);
        input(2, &signed(2, statement, 4), 0)
    };
    vec![
        ("takedown-by-member", "a member takes nothing down", taken_down(2, 1, 5)),
        ("takedown-by-root", "the root key names stewards, it is none", taken_down(2, 1, 1)),
        ("takedown-by-control", "the control key withdraws", taken_down(2, 1, 101)),
        ("takedown-other-control", "a takedown of another chat", taken_down(2, 2, 4)),
        (
            "takedown-other-community",
            "made for another community",
            changed(&|s| s.community.0 = key(9).public()),
        ),
        ("takedown-other-epoch", "made for another epoch", changed(&|s| s.epoch = 1)),
    ]
}

fn due_days() -> Vec<Explained> {
    vec![
        ("due-not-yet", "a millisecond before the day ends", due(3, ENDED - 1)),
        ("due-no-day", "the entry has no due day", due(2, ENDED)),
        ("due-of-membership", "a membership has no due day", due(4, ENDED)),
    ]
}

fn forms() -> Vec<Explained> {
    let takes_back = log().statement(withdrawal(1));
    let mut flipped = signed(1, takes_back.clone(), 101);
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let bare = cbor::to_vec(&takes_back);
    vec![
        ("code-4", "there are three explanations", input(2, &[0x81, 4], 0)),
        ("code-0", "codes count from 1", input(2, &[0x81, 0], 0)),
        ("due-with-field", "a due day has no statement", input(2, &[0x82, 3, 0xf6], 0)),
        ("no-statement", "a withdrawal is shown, not said", input(2, &[0x81, 1], 0)),
        (
            "code-of-takedown",
            "a withdrawal under a takedown's code",
            input(2, &signed(2, takes_back, 101), 0),
        ),
        (
            "code-of-withdrawal",
            "a takedown under a withdrawal's code",
            input(2, &signed(1, log().statement(takedown(1)), 4), 0),
        ),
        (
            "of-another-kind",
            "a manifest explains nothing",
            input(2, &signed(1, log().statement(Body::Manifest(sample::manifest(1))), 5), 0),
        ),
        ("bad-signature", "one bit of the signature", input(2, &flipped, 0)),
        (
            "unsigned",
            "a withdrawal that nobody signed",
            input(2, &raw::array(&[vec![1], raw::bytes(&bare)]), 0),
        ),
    ]
}
