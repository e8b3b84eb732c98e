//! Void, whoever signed: what an entry shows, what its bytes are, where and under which policy it
//! was made.

use super::bodies::{changed, charter, join, manifest, next_epoch, policy};
use super::log::{Log, withdrawal};
use super::voids::Case;
use crate::envelope::Envelope;
use crate::sample::key;
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::id::EntryCommitment;
use sheaf_protocol::log::Entry;
use sheaf_protocol::sign::{Domain as _, Signed};
use sheaf_protocol::statement::{Body, Kind, Statement};
use sheaf_protocol::time::Day;

/// What an earlier entry has shown already.
pub(super) fn repeated() -> Vec<Case> {
    let herons = Log::herons();
    let withdrawn = Explanation::Withdrawal(herons.unlogged(withdrawal(1), 101));
    let wasted = herons.with(Body::Unknown(Kind(99), Bytes(vec![])), 6);
    let first = Signed::sign(herons.statement(manifest(1)), &key(5));
    let salted_anew = herons.with_bytes(&first.entry(&herons.salt()), first.bytes());
    let void = herons.with(changed(2, |m| m.consent.licence = "MIT".into()), 5);
    let record =
        Signed::sign(herons.statement(changed(2, |m| m.control = key(100).public())), &key(5));
    let member = herons.with(join(|_| ()), 5);
    let record = member.with_bytes(&record.entry(&member.salt()), record.bytes());
    vec![
        ("replayed", "the same entry again", herons.with_item(2)),
        ("replayed-policy", "the same policy entry again", herons.with_item(1)),
        (
            "replayed-salt",
            "the same manifest under another salt: its control key was used",
            salted_anew,
        ),
        (
            "control-reused",
            "another chat under a control key that was used",
            herons.with(changed(2, |m| m.control = key(101).public()), 5),
        ),
        (
            "control-of-hole",
            "a control key outlives its chat",
            herons.hole(2, Some(&withdrawn)).with(manifest(1), 5),
        ),
        ("control-of-void", "also a void entry uses up its control key", void.with(manifest(2), 5)),
        ("control-of-member", "a control key of a membership", record),
        ("unknown-kind", "a kind that is not defined", wasted),
        (
            "amendment",
            "a kind that is reserved",
            herons.with(Body::Unknown(Kind::AMENDMENT, Bytes(vec![])), 101),
        ),
        (
            "review",
            "a kind that is reserved",
            herons.with(Body::Unknown(Kind::REVIEW, Bytes(vec![])), 4),
        ),
        (
            "grant",
            "a kind that is reserved",
            herons.with(Body::Unknown(Kind::GRANT, Bytes(vec![])), 4),
        ),
        (
            "approval",
            "a kind that is reserved",
            herons.with(Body::Unknown(Kind::APPROVAL, Bytes(vec![])), 4),
        ),
    ]
}

/// Entries that show what their kind has not, or not what their statement says.
pub(super) fn shapes() -> Vec<Case> {
    let herons = Log::herons();
    let shown = |body: Body, by: u8, change: fn(&mut Entry)| herons.with_entry(body, by, change);
    let dated = changed(2, |m| m.consent.due = Some(Day(21_145)));
    vec![
        (
            "manifest-no-control",
            "a manifest's entry shows its control key",
            shown(manifest(2), 5, |e| e.control = None),
        ),
        (
            "policy-with-control",
            "a policy's entry shows no control key",
            shown(policy(|_| ()), 4, |e| e.control = Some(key(110).public())),
        ),
        (
            "withdrawal-with-control",
            "a withdrawal's entry shows no control key",
            shown(withdrawal(1), 101, |e| e.control = Some(key(110).public())),
        ),
        (
            "membership-with-due",
            "a membership's entry shows no due day",
            shown(join(|_| ()), 5, |e| e.due = Some(Day(1))),
        ),
        (
            "charter-with-due",
            "a charter's entry shows no due day",
            shown(charter(|_| ()), 1, |e| e.due = Some(Day(1))),
        ),
        (
            "other-kind",
            "the entry says membership, the statement manifest",
            shown(manifest(2), 5, |e| e.kind = 3),
        ),
        (
            "other-control",
            "the entry shows another control key than the manifest",
            shown(manifest(2), 5, |e| e.control = Some(key(110).public())),
        ),
        (
            "other-due",
            "the entry shows a later day than the manifest",
            shown(dated.clone(), 5, |e| e.due = Some(Day(21_146))),
        ),
        (
            "due-unsaid",
            "the entry shows a day, the manifest none",
            shown(manifest(2), 5, |e| e.due = Some(Day(21_145))),
        ),
        (
            "due-unshown",
            "the manifest says a day, the entry shows none",
            shown(dated, 5, |e| e.due = None),
        ),
    ]
}

/// Bytes that the entry commits to, and that are no statement.
pub(super) fn malformed() -> Vec<Case> {
    let herons = Log::herons();
    let payload = cbor::to_vec(&herons.statement(manifest(2)));
    let good = Envelope::new(Statement::LABEL, payload.clone(), 5);
    let with = |bytes: &[u8]| herons.with_manifest_bytes(bytes);
    let mut flipped = good.bytes();
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let mut commented = good.clone();
    commented.unprotected = vec![0xa1, 0, 0];
    let labelled = Envelope::new("application/vnd.sheaf.invitation.v1+cbor", payload, 5);
    let anyone = {
        let mut bytes = good.bytes();
        let (key, signature) = (key(5).public().0, good.signature());
        let at = |part: &[u8]| bytes.windows(part.len()).position(|w| w == part).unwrap();
        let (k, s) = (at(&key), at(&signature));
        let neutral: [u8; 32] = std::array::from_fn(|n| u8::from(n == 0));
        bytes[k..k + 32].copy_from_slice(&neutral);
        bytes[s..s + 32].copy_from_slice(&neutral);
        bytes[s + 32..].fill(0);
        bytes
    };
    vec![
        ("no-statement", "the entry commits to bytes that are no statement", with(b"no statement")),
        ("bad-signature", "one bit of the signature", with(&flipped)),
        ("unprotected", "an unprotected header", with(&commented.bytes())),
        ("other-domain", "signed as an invitation", with(&labelled.bytes())),
        ("small-order", "under the neutral point anyone signs", with(&anyone)),
    ]
}

pub(super) fn elsewhere() -> Vec<Case> {
    let herons = Log::herons();
    let stated = |body: Body, by: u8, change: fn(&mut Statement)| {
        let mut statement = herons.statement(body);
        change(&mut statement);
        herons.with_statement(statement, by)
    };
    let next = next_epoch(|_| ()).with(policy(|_| ()), 4);
    let first = Signed::sign(herons.statement(manifest(1)), &key(5));
    let replayed = next.with_bytes(&first.entry(&next.salt()), first.bytes());
    vec![
        (
            "other-community",
            "made for another community",
            stated(manifest(2), 5, |s| s.community.0 = key(9).public()),
        ),
        (
            "other-epoch",
            "made for an epoch that is not yet",
            stated(manifest(2), 5, |s| s.epoch = 1),
        ),
        (
            "withdrawal-other-community",
            "made for another community",
            stated(withdrawal(1), 101, |s| s.community.0 = key(9).public()),
        ),
        ("replayed-epoch", "a manifest of the epoch before", replayed),
    ]
}

pub(super) fn policies() -> Vec<Case> {
    let herons = Log::herons();
    let named = |change: &dyn Fn(&mut sheaf_protocol::statement::PolicyRef)| {
        let mut statement = herons.statement(manifest(2));
        statement.policy.iter_mut().for_each(change);
        herons.with_statement(statement, 5)
    };
    let void = herons.with(policy(|_| ()), 6);
    vec![
        (
            "policy-other-commitment",
            "no policy entry has this commitment",
            named(&|p| p.commitment = EntryCommitment([9; 32])),
        ),
        ("policy-other-index", "the entry named is no policy", named(&|p| p.index = 0)),
        ("policy-itself", "a policy stands before what is made under it", named(&|p| p.index = 3)),
        ("policy-beyond", "a policy that is not yet", named(&|p| p.index = 1 << 40)),
        ("policy-void", "a policy by nobody is none", void.with(manifest(2), 5)),
    ]
}
