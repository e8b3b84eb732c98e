//! The good statements, one of each kind, and the vectors of entries.

use super::{invitations, refused};
use crate::sample::{self, key};
use crate::vector::{self, Draft, accept};
use serde_json::{Value, json};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{
    Acceptance, Attribution, Body, Cause, Erased, Erasure, Kind, Receipt, Role, Takedown,
    TakedownReason, Withdrawal,
};

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let accepted = accepted().into_iter().map(|(name, why, body, by)| {
        accept(name, "signed", why, bytes(Signed::sign(sample::statement(body), &key(by)).bytes()))
    });
    accepted.chain(entries()).chain(refused::drafts()).chain(invitations::drafts()).collect()
}

/// The input of a vector of a statement.
pub(super) fn bytes(statement: &[u8]) -> Value {
    json!({ "statement": vector::to_hex(statement) })
}

/// Name, why, body, and the number of the signer's key.
fn accepted() -> Vec<(&'static str, &'static str, Body, u8)> {
    vec![
        ("charter", "names log key and stewards", Body::Charter(sample::charter()), 1),
        ("policy", "the preset \"open\"", Body::Policy(sample::policy()), 4),
        ("membership", "a join by invitation", Body::Membership(sample::join()), 5),
        ("acceptance", "a node will keep a policy", acceptance(), 7),
        ("manifest", "under a name, signed by the author", Body::Manifest(sample::manifest(1)), 5),
        ("manifest-nameless", "attribution none, signed by the control key", nameless(), 102),
        ("withdrawal", "signed by the control key", withdrawal(), 101),
        ("erasure", "the origin erased", erasure(), 3),
        ("receipt", "a replica erased", receipt(), 7),
        ("takedown", "a steward helps a member", takedown(), 4),
        ("unknown-kind", "well formed, and void", Body::Unknown(Kind(99), Bytes(vec![1, 2])), 6),
    ]
}

pub(super) fn acceptance() -> Body {
    Body::Acceptance(Acceptance { role: Role::Replica, name: Some("node of Cranes".into()) })
}

fn nameless() -> Body {
    let mut manifest = sample::manifest(2);
    manifest.consent.attribution = Attribution::None;
    Body::Manifest(manifest)
}

pub(super) fn withdrawal() -> Body {
    Body::Withdrawal(Withdrawal { control: key(101).public() })
}

pub(super) fn takedown() -> Body {
    let reason = TakedownReason::MemberRequest;
    Body::Takedown(Takedown { control: key(101).public(), reason })
}

fn items() -> Vec<Erased> {
    vec![Erased { index: 2, control: key(101).public(), cause: Cause::Withdrawn }]
}

pub(super) fn erasure() -> Body {
    Body::Erasure(Erasure { items: items() })
}

pub(super) fn receipt() -> Body {
    Body::Receipt(Receipt { items: items(), listed: vec![] })
}

fn entries() -> Vec<Draft> {
    let mut manifest = sample::manifest(1);
    manifest.consent.due = Some("2027-11-22".parse().unwrap());
    let entry = |name, why, body, by| {
        let signed = Signed::sign(sample::statement(body), &key(by));
        let statement = vector::to_hex(signed.bytes());
        accept(
            name,
            "entry",
            why,
            json!({ "salt": vector::to_hex([9; 32]), "statement": statement }),
        )
    };
    vec![
        entry(
            "entry-manifest",
            "control key and due day are the statement's",
            Body::Manifest(manifest),
            5,
        ),
        entry(
            "entry-membership",
            "a control key and no due day",
            Body::Membership(sample::join()),
            5,
        ),
        entry("entry-charter", "no control key, no due day", Body::Charter(sample::charter()), 1),
        entry(
            "entry-withdrawal",
            "what a withdrawal names is not the entry's control key",
            withdrawal(),
            101,
        ),
    ]
}
