//! `docs/spec/statement.md`: signed statements, their entries, invitations.

use crate::sample::{self, key};
use crate::vector::{self, Draft, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor::{self, Bytes, Encode};
use sheaf_protocol::id::Salt;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Attribution, Body, Cause, Charter, Erased, Erasure, Invitation, Invite,
    Kind, Manifest, Membership, Receipt, Role, SignedStatement, Statement, Takedown,
    TakedownReason, Withdrawal,
};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "signed" => Some(signed(input)),
        "entry" => Some(entry(input)),
        "invitation" => Some(invitation(input)),
        _ => None,
    }
}

fn signed(input: &Input<'_>) -> Outcome {
    let read = SignedStatement::verify(&input.hex("statement")).map_err(|e| e.to_string())?;
    let statement = read.content();
    Ok(json!({
        "id": read.id().to_string(),
        "signer": read.signer().to_string(),
        "kind": statement.kind().0,
        "community": statement.community.to_string(),
        "epoch": statement.epoch,
        "policy": statement.policy.map(|p| p.index),
        "at": statement.at.ms(),
    }))
}

fn entry(input: &Input<'_>) -> Outcome {
    let read = SignedStatement::verify(&input.hex("statement")).map_err(|e| e.to_string())?;
    let entry = read.entry(&Salt(input.fixed("salt")));
    Ok(json!({
        "entry": vector::to_hex(entry.to_bytes()),
        "leaf_hash": vector::to_hex(entry.leaf_hash().0),
    }))
}

fn invitation(input: &Input<'_>) -> Outcome {
    let invite = Invite::from_line(input.text("line")).map_err(|e| e.to_string())?;
    Ok(json!({
        "community": invite.invitation.content().community.to_string(),
        "steward": invite.invitation.signer().to_string(),
        "key": invite.key.public().to_string(),
        "expires": invite.invitation.content().expires.ms(),
        "addresses": invite.addresses,
        "name": invite.name,
    }))
}

fn accepted() -> Vec<(&'static str, &'static str, Body, SecretKey)> {
    let items = vec![Erased { index: 2, control: key(101).public(), cause: Cause::Withdrawn }];
    let control = key(101).public();
    let reason = TakedownReason::MemberRequest;
    vec![
        ("charter", "names log key and stewards", Body::Charter(sample::charter()), key(1)),
        ("policy", "the preset \"open\"", Body::Policy(sample::policy()), key(4)),
        ("membership", "a join by invitation", Body::Membership(sample::join()), key(5)),
        ("acceptance", "a node will keep a policy", acceptance(), key(7)),
        (
            "manifest",
            "under a name, signed by the author",
            Body::Manifest(sample::manifest(1)),
            key(5),
        ),
        ("manifest-nameless", "attribution none, signed by the control key", nameless(), key(102)),
        (
            "withdrawal",
            "signed by the control key",
            Body::Withdrawal(Withdrawal { control }),
            key(101),
        ),
        ("erasure", "the origin erased", Body::Erasure(Erasure { items: items.clone() }), key(3)),
        ("receipt", "a replica erased", Body::Receipt(Receipt { items, listed: vec![] }), key(7)),
        (
            "takedown",
            "a steward helps a member",
            Body::Takedown(Takedown { control, reason }),
            key(4),
        ),
        (
            "unknown-kind",
            "well formed, and void",
            Body::Unknown(Kind(99), Bytes(vec![1, 2])),
            key(6),
        ),
    ]
}

fn acceptance() -> Body {
    Body::Acceptance(Acceptance { role: Role::Replica, name: Some("node of Cranes".into()) })
}

fn nameless() -> Body {
    let mut manifest = sample::manifest(2);
    manifest.consent.attribution = Attribution::None;
    Body::Manifest(manifest)
}

/// Well signed, and refused for one rule of form each.
fn refused() -> Vec<(&'static str, &'static str, Body)> {
    let manifest = |change: fn(&mut Manifest)| {
        let mut manifest = sample::manifest(1);
        change(&mut manifest);
        Body::Manifest(manifest)
    };
    let charter = |change: fn(&mut Charter)| {
        let mut charter = sample::charter();
        change(&mut charter);
        Body::Charter(charter)
    };
    let membership = |change: fn(&mut Membership)| {
        let mut join = sample::join();
        change(&mut join);
        Body::Membership(join)
    };
    let erased = |index| Erased { index, control: key(101).public(), cause: Cause::Due };
    vec![
        ("charter-no-steward", "nobody could act", charter(|c| c.stewards.clear())),
        ("charter-stewards-unsorted", "one list, one form", charter(|c| c.stewards.reverse())),
        ("charter-name-empty", "a name is for people", charter(|c| c.name.clear())),
        (
            "charter-name-bidi",
            "a name that reads otherwise than it is",
            charter(|c| c.name = "a\u{202e}b".into()),
        ),
        (
            "join-half-invited",
            "an invitation without its use",
            membership(|m| m.invitation_use = None),
        ),
        (
            "admit-with-invitation",
            "a steward needs no invitation",
            membership(|m| m.admission = Admission::Admit),
        ),
        (
            "remove-with-control",
            "the removed could undo it",
            membership(|m| {
                m.admission = Admission::Remove;
                (m.invitation, m.invitation_use) = (None, None);
            }),
        ),
        (
            "manifest-licence",
            "not an SPDX expression",
            manifest(|m| m.consent.licence = "CC-BY-4.0 OR".into()),
        ),
        (
            "manifest-usage",
            "a mistyped \"no\" is not silence",
            manifest(|m| m.consent.usage = "train-ai=n,".into()),
        ),
        (
            "manifest-tags-repeated",
            "sorted, without repetition",
            manifest(|m| m.labels.tags = vec!["a".into(), "a".into()]),
        ),
        ("manifest-no-messages", "an empty chat", manifest(|m| m.labels.messages = 0)),
        (
            "manifest-plain-bytes",
            "beyond CHAT_BYTES_MAX",
            manifest(|m| m.blob.plain_bytes = 1 << 30),
        ),
        (
            "manifest-name-space",
            "two names that look the same",
            manifest(|m| m.consent.attribution = Attribution::Name("Bob ".into())),
        ),
        ("erasure-empty", "says nothing", Body::Erasure(Erasure { items: vec![] })),
        (
            "erasure-unsorted",
            "sorted by index",
            Body::Erasure(Erasure { items: vec![erased(3), erased(2)] }),
        ),
        (
            "policy-no-licence",
            "nothing could be given",
            Body::Policy(sheaf_protocol::policy::Policy { licences: vec![], ..sample::policy() }),
        ),
        (
            "policy-contradiction",
            "asks for what it forbids",
            Body::Policy(sheaf_protocol::policy::Policy {
                usage: "train-ai=n".into(),
                must_allow: vec!["train-ai".into()],
                ..sample::policy()
            }),
        ),
    ]
}

/// A statement whose envelope says what `change` makes of it.
fn raw(change: impl Fn(&mut Raw)) -> Value {
    let good = sample::statement(Body::Withdrawal(Withdrawal { control: key(101).public() }));
    let mut raw = Raw { version: 1, kind: 7, named: true, body: vec![], statement: good };
    raw.body = cbor::to_vec(&Withdrawal { control: key(101).public() });
    change(&mut raw);
    bytes(&Signed::sign(raw, &key(101)))
}

#[derive(Clone)]
struct Raw {
    version: u64,
    kind: u64,
    named: bool,
    body: Vec<u8>,
    statement: Statement,
}

impl Encode for Raw {
    fn encode(&self, w: &mut cbor::Writer) {
        w.array(7);
        w.uint(self.version);
        w.uint(self.kind);
        w.value(&self.statement.community);
        w.uint(self.statement.epoch);
        w.value(&self.statement.policy.filter(|_| self.named));
        w.value(&self.statement.at);
        w.bytes(&self.body);
    }
}

impl cbor::Decode for Raw {
    fn decode(r: &mut cbor::Reader<'_>) -> Result<Self, cbor::Error> {
        Err(r.error(cbor::Reason::Rule("only written")))
    }
}

impl sheaf_protocol::sign::Domain for Raw {
    const LABEL: &'static str = <Statement as sheaf_protocol::sign::Domain>::LABEL;
}

fn bytes<T>(signed: &Signed<T>) -> Value {
    json!({ "statement": vector::to_hex(signed.bytes()) })
}

fn draft(
    expect: &'static str,
    (name, what): (&'static str, &'static str),
    why: &'static str,
    input: Value,
) -> Draft {
    Draft { expect, name, what, why, input }
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/statement-*.json"]
fn write_statement_vectors() {
    let sign = |body, key: &SecretKey| bytes(&Signed::sign(sample::statement(body), key));
    let mut drafts = Vec::new();
    for (name, why, body, key) in accepted() {
        drafts.push(draft("accept", (name, "signed"), why, sign(body, &key)));
    }
    for (name, why, body) in refused() {
        drafts.push(draft("reject", (name, "signed"), why, sign(body, &key(5))));
    }
    drafts.extend(envelopes());
    drafts.extend(entries());
    drafts.extend(invitations());
    vector::rewrite("statement", &drafts);
}

fn envelopes() -> Vec<Draft> {
    let longer = |r: &mut Raw| r.body.push(0);
    let mut unnamed = sample::statement(Body::Manifest(sample::manifest(1)));
    unnamed.policy = None;
    let mut named = sample::statement(Body::Charter(sample::charter()));
    named.policy = Some(sample::policy_ref());
    let other = Signed::sign(sample::leave(), &key(4));
    let mut flipped = Signed::sign(named.clone(), &key(1)).bytes().to_vec();
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let flipped = json!({ "statement": vector::to_hex(flipped) });
    let (named, unnamed) = (Signed::sign(named, &key(1)), Signed::sign(unnamed, &key(5)));
    [
        ("version-2", "the version is 1", raw(|r| r.version = 2)),
        ("kind-too-large", "a kind has 16 bits", raw(|r| r.kind = 65_536)),
        ("body-trailing", "bytes after the body's record", raw(longer)),
        ("body-of-another-kind", "a withdrawal's body is no manifest", raw(|r| r.kind = 5)),
        ("manifest-no-policy", "a manifest names its policy", bytes(&unnamed)),
        ("charter-with-policy", "a charter stands under no policy", bytes(&named)),
        ("other-domain", "an invitation is not a statement", bytes(&other)),
        ("bad-signature", "one bit of the signature", flipped),
    ]
    .map(|(name, why, input)| draft("reject", (name, "signed"), why, input))
    .into()
}

fn entries() -> Vec<Draft> {
    let mut manifest = sample::manifest(1);
    manifest.consent.due = Some("2027-11-22".parse().unwrap());
    let input = |body, by: &SecretKey| {
        let signed = Signed::sign(sample::statement(body), by);
        json!({ "salt": vector::to_hex([9; 32]), "statement": vector::to_hex(signed.bytes()) })
    };
    vec![
        draft(
            "accept",
            ("entry-manifest", "entry"),
            "control key and due day are the statement's",
            input(Body::Manifest(manifest), &key(5)),
        ),
        draft(
            "accept",
            ("entry-charter", "entry"),
            "no control key, no due day",
            input(Body::Charter(sample::charter()), &key(1)),
        ),
    ]
}

fn invitations() -> Vec<Draft> {
    let invite = |secret: u8| Invite {
        invitation: Signed::<Invitation>::sign(sample::leave(), &key(4)),
        key: key(secret),
        addresses: vec!["/ip4/192.0.2.7/tcp/4001".into()],
        name: "Herons".into(),
    };
    let good = invite(60).to_line();
    let line = |line: &str| json!({ "line": line });
    let (head, tail) = good.split_at(50);
    let wrapped = format!("  {head}\r\n {tail}\n");
    vec![
        draft("accept", ("invitation", "invitation"), "one line to paste", line(&good)),
        draft(
            "accept",
            ("invitation-wrapped", "invitation"),
            "as a mail program wraps it",
            line(&wrapped),
        ),
        draft(
            "reject",
            ("invitation-other-key", "invitation"),
            "the secret is not of the key named",
            line(&invite(61).to_line()),
        ),
        draft(
            "reject",
            ("invitation-cut", "invitation"),
            "its end was lost",
            line(&good[..good.len() - 4]),
        ),
        draft(
            "reject",
            ("invitation-no-prefix", "invitation"),
            "begins with sheaf-invite:",
            line(tail),
        ),
    ]
}
