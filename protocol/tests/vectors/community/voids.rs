//! Statements with and without effect: the last of each log is what the vector is about.

use super::bodies::{
    acceptance, bare, changed, charter, erasure, join, manifest, next_epoch, policy, receipt,
    takedown,
};
use super::entries;
use super::log::{Log, withdrawal};
use crate::sample::{self, key};
use crate::vector::{Draft, accept, reject};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::community::Explanation;
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::policy::{JoinRule, Policy, ReaderRule, ReplicaRule};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{
    Admission, Attribution, Body, Charter, InvitationUse, LogEnd, Role,
};
use sheaf_protocol::time::Day;

/// Name, why, and the log.
pub(super) type Case = (&'static str, &'static str, Log);

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let live = live()
        .into_iter()
        .map(|(name, why, log)| accept(format!("live-{name}"), "live", why, log.input()));
    let void = [
        entries::repeated(),
        entries::shapes(),
        entries::malformed(),
        entries::elsewhere(),
        entries::policies(),
        signers(),
        charters(),
        memberships(),
        admitted(),
    ];
    let void = void
        .concat()
        .into_iter()
        .map(|(name, why, log)| reject(format!("void-{name}"), "live", why, log.input()));
    live.chain(void).chain(missing()).collect()
}

fn live() -> Vec<Case> {
    let herons = Log::herons();
    let rotation = Body::Charter(herons.rotation(30));
    vec![
        ("chat", "charter, policy, chat", herons.clone()),
        (
            "nameless",
            "signed by the control key, without a name",
            herons.with(changed(2, |m| m.consent.attribution = Attribution::None), 102),
        ),
        ("join", "by a steward's invitation", herons.with(join(|_| ()), 5)),
        (
            "rotation",
            "a charter that gives the log to another key",
            herons.with(rotation.clone(), 1),
        ),
        (
            "next-root",
            "a charter by the key whose hash the one before names",
            herons.with(charter(|_| ()), 2),
        ),
        ("acceptance", "a node accepts the policy", herons.with(acceptance(Role::Replica), 7)),
        (
            "receipt",
            "by a replica on the register",
            herons.with(acceptance(Role::Replica), 7).with(receipt(), 7),
        ),
        ("erasure", "by the log key in force", herons.with(rotation, 1).with(erasure(), 30)),
        ("next-epoch", "a charter that names the end of the epoch before", next_epoch(|_| ())),
    ]
}

/// Well formed, and signed by somebody who may not say it.
fn signers() -> Vec<Case> {
    let herons = Log::herons();
    let former = herons.with(charter(|c| c.stewards = vec![key(4).public()]), 1);
    let rotated = herons.with(Body::Charter(herons.rotation(30)), 1);
    let reader = herons.with(acceptance(Role::Reader), 7);
    let nameless = changed(2, |m| m.consent.attribution = Attribution::None);
    vec![
        ("charter-by-steward", "only a root key names stewards", herons.with(charter(|_| ()), 4)),
        (
            "charter-by-old-root",
            "the root that was taken over",
            herons.with(charter(|_| ()), 2).with(charter(|c| c.next_root = None), 1),
        ),
        ("policy-by-member", "a member makes no policy", herons.with(policy(|_| ()), 5)),
        ("policy-by-root", "a root key is no steward", herons.with(policy(|_| ()), 1)),
        ("policy-by-former", "a steward who no longer is one", former.with(policy(|_| ()), 8)),
        ("takedown-by-member", "a member takes nothing down", herons.with(takedown(), 5)),
        ("takedown-by-former", "logged, it needs a steward in force", former.with(takedown(), 8)),
        ("join-by-another", "a join is the member's own", herons.with(join(|_| ()), 6)),
        ("admit-by-member", "a member admits nobody", herons.with(bare(Admission::Admit), 5)),
        ("remove-by-member", "a member removes nobody", herons.with(bare(Admission::Remove), 5)),
        (
            "manifest-by-control",
            "a named chat is signed by its author",
            herons.with(manifest(2), 102),
        ),
        (
            "nameless-by-author",
            "a nameless chat is signed by its control key",
            herons.with(nameless, 5),
        ),
        (
            "withdrawal-by-author",
            "the author's key is not the control key",
            herons.with(withdrawal(1), 5),
        ),
        (
            "withdrawal-by-steward",
            "a steward takes down, and does not withdraw",
            herons.with(withdrawal(1), 4),
        ),
        (
            "erasure-by-steward",
            "the log key says what the origin erased",
            herons.with(erasure(), 4),
        ),
        ("erasure-by-retired", "a log key that was rotated away", rotated.with(erasure(), 3)),
        ("erasure-early", "a log key that is not yet", herons.with(erasure(), 30)),
        ("receipt-by-stranger", "nobody who accepted", herons.with(receipt(), 7)),
        ("receipt-by-reader", "a reader sends no receipts", reader.with(receipt(), 7)),
    ]
}

fn charters() -> Vec<Case> {
    let herons = Log::herons();
    let rotated = |change: &dyn Fn(&mut Charter)| {
        let mut charter = herons.rotation(30);
        change(&mut charter);
        herons.with(Body::Charter(charter), 1)
    };
    let end = |size: u64, root: TreeHash| Some(LogEnd { size, root });
    let root = herons.end().root;
    vec![
        ("rotation-no-end", "where does the old log key end?", rotated(&|c| c.ends = None)),
        (
            "rotation-other-size",
            "the old key ends at another size",
            rotated(&|c| c.ends = end(2, root)),
        ),
        (
            "rotation-other-root",
            "the old key ends at another root",
            rotated(&|c| c.ends = end(3, TreeHash([9; 32]))),
        ),
        (
            "charter-ends-without",
            "the log key stays, and yet ends",
            rotated(&|c| c.log_key = key(3).public()),
        ),
        ("charter-previous", "no other epoch begins here", rotated(&|c| c.previous = end(3, root))),
    ]
}

/// Memberships that the policy in force does not let in.
fn memberships() -> Vec<Case> {
    let herons = Log::herons();
    let mut late = herons.statement(join(|_| ()));
    late.at = sample::leave().expires;
    let used = |change: fn(&mut InvitationUse), by: u8| {
        let mut used = InvitationUse { community: sample::community(), member: key(5).public() };
        change(&mut used);
        let used = Signed::sign(used, &key(by));
        herons.with(join(|m| m.invitation_use = Some(Bytes(used.bytes().to_vec()))), 5)
    };
    let leave = |change: fn(&mut sheaf_protocol::statement::Invitation), by: u8| {
        let mut leave = sample::leave();
        change(&mut leave);
        let leave = Signed::sign(leave, &key(by));
        herons.with(join(|m| m.invitation = Some(Bytes(leave.bytes().to_vec()))), 5)
    };
    let closed = Log::under(policy(|p| p.join = JoinRule::Closed));
    vec![
        (
            "join-uninvited",
            "the policy asks for an invitation",
            herons.with(bare(Admission::Join), 5),
        ),
        ("join-expired", "signed at the moment of expiry", herons.with_statement(late, 5)),
        ("join-invited-by-member", "a member invites nobody", leave(|_| (), 5)),
        (
            "join-invited-elsewhere",
            "an invitation to another community",
            leave(|l| l.community.0 = key(9).public(), 4),
        ),
        ("join-use-by-another", "used by another key than the invitation names", used(|_| (), 61)),
        (
            "join-use-for-another",
            "used for another member",
            used(|u| u.member = key(6).public(), 60),
        ),
        (
            "join-use-elsewhere",
            "used for another community",
            used(|u| u.community.0 = key(9).public(), 60),
        ),
        (
            "join-no-invitation",
            "bytes that are no invitation",
            herons.with(join(|m| m.invitation = Some(Bytes(vec![0]))), 5),
        ),
        ("join-closed", "the policy takes nobody", closed.with(join(|_| ()), 5)),
        (
            "admit-closed",
            "the policy takes nobody, not even by a steward",
            closed.with(bare(Admission::Admit), 4),
        ),
    ]
}

/// Statements that the policy they name does not admit.
fn admitted() -> Vec<Case> {
    let under = |change: fn(&mut Policy)| Log::under(policy(change));
    let aged = under(|p| p.age_days_max = Some(365));
    let listed = under(|p| p.replicas = ReplicaRule::Listed);
    let sealed = under(|p| p.readers = ReaderRule::Sealed);
    let open = under(|_| ());
    // 2027-11-23, a day more than a year after the signature.
    let late = changed(1, |m| m.consent.due = Some(Day(21_145)));
    vec![
        (
            "replica-unlisted",
            "the policy lists its replicas",
            listed.with(acceptance(Role::Replica), 7),
        ),
        ("reader-sealed", "the policy lets nobody read", sealed.with(acceptance(Role::Reader), 7)),
        (
            "licence",
            "a licence that is not listed",
            open.with(changed(1, |m| m.consent.licence = "MIT".into()), 5),
        ),
        (
            "usage",
            "forbids what the policy needs",
            under(|p| p.must_allow = vec!["train-ai".into()])
                .with(changed(1, |m| m.consent.usage = "train-ai=n".into()), 5),
        ),
        ("due-day-missing", "the policy bounds the age", aged.with(manifest(1), 5)),
        ("due-day-late", "a day beyond the age", aged.with(late, 5)),
        (
            "size",
            "a byte more than the policy takes",
            under(|p| p.chat_bytes_max = 899).with(manifest(1), 5),
        ),
    ]
}

/// Nothing is there, or the fold stops at the last entry.
fn missing() -> Vec<Draft> {
    let herons = Log::herons();
    let strange = Explanation::Withdrawal(herons.unlogged(withdrawal(1), 5));
    let end = herons.end();
    let cases = [
        ("missing", "a hole that nothing explains", herons.hole(2, None)),
        (
            "missing-by-author",
            "a hole explained under the wrong key",
            herons.hole(2, Some(&strange)),
        ),
        (
            "missing-due",
            "a hole explained by a day that the entry does not have",
            herons.hole(2, Some(&Explanation::Due)),
        ),
        (
            "epoch-no-previous",
            "a later epoch names the end of the one before",
            next_epoch(|c| c.previous = None),
        ),
        (
            "epoch-other-root",
            "a later epoch names another root",
            next_epoch(|c| {
                c.previous =
                    Some(LogEnd { root: TreeHash([9; 32]), ..*c.previous.as_ref().unwrap() })
            }),
        ),
        (
            "epoch-beyond",
            "more entries than the epoch before had",
            next_epoch(|c| c.previous = Some(LogEnd { size: 4, ..*c.previous.as_ref().unwrap() })),
        ),
        (
            "epoch-by-steward",
            "only a root key opens an epoch",
            herons.next_epoch().with(charter(|c| c.previous = Some(end)), 4),
        ),
    ];
    cases.map(|(name, why, log)| reject(format!("live-{name}"), "live", why, log.input())).into()
}
