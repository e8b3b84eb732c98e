//! Statements that are well signed, and refused for one thing each.

use super::bodies;
use super::drafts::{acceptance, bytes, withdrawal};
use crate::envelope::Envelope;
use crate::raw::{self, NULL};
use crate::sample::{self, key};
use crate::vector::{Draft, reject};
use sheaf_protocol::cbor;
use sheaf_protocol::sign::{Domain as _, Signed};
use sheaf_protocol::statement::{Body, Statement};

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let all = [payloads(), policies(), bodies::refused(), signatures()];
    let all = all.concat().into_iter();
    all.map(|(name, why, statement)| reject(name, "signed", why, bytes(&statement))).collect()
}

pub(super) type Refused = (&'static str, &'static str, Vec<u8>);

/// Where the body stands in a payload.
pub(super) const BODY: usize = 6;

pub(super) fn signed(payload: Vec<u8>, by: u8) -> Vec<u8> {
    Envelope::new(Statement::LABEL, payload, by).bytes()
}

pub(super) fn payload(body: Body) -> Vec<u8> {
    cbor::to_vec(&sample::statement(body))
}

/// A statement with a field of its body replaced.
pub(super) fn with(body: Body, by: u8) -> impl Fn(&[usize], &[u8]) -> Vec<u8> {
    let payload = payload(body);
    move |path, item| signed(raw::replace(&payload, &[&[BODY], path].concat(), item), by)
}

pub(super) fn line(text: &str) -> Vec<u8> {
    raw::text(text)
}

fn payloads() -> Vec<Refused> {
    let good = payload(withdrawal());
    let with = |at: usize, item: &[u8]| signed(raw::replace(&good, &[at], item), 101);
    let body = |bytes: &[u8]| with(BODY, &raw::bytes(bytes));
    let record = cbor::to_vec(&key(101).public());
    vec![
        ("version-2", "the version is 1", with(0, &[2])),
        ("version-0", "the version is 1", with(0, &[0])),
        ("kind-too-large", "a kind has 16 bits", with(1, &raw::uint(65_536))),
        ("kind-negative", "kinds count from 0", with(1, &[0x20])),
        ("kind-text", "a kind is a number", with(1, &line("withdrawal"))),
        ("community-short", "a key has 32 bytes", with(2, &raw::bytes(&[7; 31]))),
        (
            "community-did",
            "a key is its bytes, not its text",
            with(2, &line(&sample::community().to_string())),
        ),
        ("epoch-negative", "epochs count from 0", with(3, &[0x20])),
        ("epoch-null", "an epoch is never absent", with(3, NULL)),
        (
            "at-too-late",
            "a time lies before the year 10000",
            with(5, &raw::uint(253_402_300_800_000)),
        ),
        ("at-float", "a time is an integer", with(5, &[0xf9, 0x3c, 0])),
        ("at-null", "a time is never absent", with(5, NULL)),
        (
            "body-bare",
            "a body is a byte string around its record",
            with(BODY, &raw::array(std::slice::from_ref(&record))),
        ),
        (
            "body-trailing",
            "bytes after the body's record",
            body(&[&raw::array(std::slice::from_ref(&record))[..], &[0]].concat()),
        ),
        (
            "body-indefinite",
            "a body is deterministic by itself",
            body(&[&[0x9f][..], &record, &[0xff]].concat()),
        ),
        ("body-empty", "a body is a record", body(&[])),
        ("body-of-another-kind", "a withdrawal's body is no manifest", with(1, &[5])),
        (
            "payload-field-missing",
            "a record has all its fields",
            signed(raw::remove(&good, &[5]), 101),
        ),
        (
            "payload-field-added",
            "a record has no other fields",
            signed(raw::insert(&good, &[7], NULL), 101),
        ),
    ]
}

/// Where a policy must, or must not, be named.
fn policies() -> Vec<Refused> {
    let naming =
        |body: Body, by: u8, policy: &[u8]| signed(raw::replace(&payload(body), &[4], policy), by);
    let named = cbor::to_vec(&sample::policy_ref());
    let leaving_out = |at: usize| raw::remove(&named, &[at]);
    let takes_back = |policy: &[u8]| naming(withdrawal(), 101, policy);
    vec![
        (
            "charter-with-policy",
            "a charter stands under no policy",
            naming(Body::Charter(sample::charter()), 1, &named),
        ),
        (
            "policy-with-policy",
            "a policy stands under no policy",
            naming(Body::Policy(sample::policy()), 4, &named),
        ),
        (
            "join-no-policy",
            "a join names its policy",
            naming(Body::Membership(sample::join()), 5, NULL),
        ),
        ("acceptance-no-policy", "an acceptance names its policy", naming(acceptance(), 7, NULL)),
        (
            "manifest-no-policy",
            "a manifest names its policy",
            naming(Body::Manifest(sample::manifest(1)), 5, NULL),
        ),
        (
            "policy-ref-index-alone",
            "a policy is named by index and commitment",
            takes_back(&leaving_out(1)),
        ),
        (
            "policy-ref-negative",
            "indices count from 0",
            takes_back(&raw::replace(&named, &[0], &[0x20])),
        ),
        (
            "policy-ref-short",
            "a commitment has 32 bytes",
            takes_back(&raw::replace(&named, &[1], &raw::bytes(&[0xaa; 31]))),
        ),
        ("policy-ref-number", "an index alone names nothing", takes_back(&[1])),
    ]
}

/// Envelopes around a good payload.
fn signatures() -> Vec<Refused> {
    let good = signed(payload(withdrawal()), 101);
    let mut flipped = good.clone();
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let invitation = Signed::sign(sample::leave(), &key(4)).bytes().to_vec();
    let labelled = |label: &str| Envelope::new(label, payload(withdrawal()), 101).bytes();
    let mut moved = good.clone();
    let community = good.windows(32).position(|bytes| bytes == sample::community().0.0).unwrap();
    moved[community] ^= 1;
    vec![
        ("bad-signature", "one bit of the signature", flipped),
        ("moved", "another community than signed", moved),
        ("other-domain", "an invitation is not a statement", invitation),
        (
            "label-of-invitation",
            "a statement signed as an invitation",
            labelled("application/vnd.sheaf.invitation.v1+cbor"),
        ),
        (
            "label-version-2",
            "a statement signed under a later label",
            labelled("application/vnd.sheaf.statement.v2+cbor"),
        ),
    ]
}
