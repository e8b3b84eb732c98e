//! The vectors of signed envelopes.

use super::{Note, drafts::note};
use crate::envelope::{Envelope, alg, header, kid, pair, typ};
use crate::raw;
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::json;
use sheaf_protocol::cbor;
use sheaf_protocol::sign::{Domain, SecretKey, Signed};

/// Drafts of signed notes.
pub(super) fn drafts() -> Vec<Draft> {
    let good = envelope();
    assert_eq!(good.bytes(), Signed::sign(note(), &SecretKey::from_bytes([5; 32])).bytes());
    let worked = accept("signed", "signed", "the worked example", bytes(&good.bytes()));
    let refused = [protected(), outer(), covered(), payloads()].concat();
    let refused =
        refused.into_iter().map(|(name, why, given)| reject(name, "signed", why, bytes(&given)));
    [worked].into_iter().chain(refused).collect()
}

type Refused = (&'static str, &'static str, Vec<u8>);

fn bytes(bytes: &[u8]) -> serde_json::Value {
    json!({ "bytes": to_hex(bytes) })
}

fn envelope() -> Envelope {
    Envelope::new(Note::LABEL, cbor::to_vec(&note()), 5)
}

fn changed(change: impl FnOnce(&mut Envelope)) -> Vec<u8> {
    let mut envelope = envelope();
    change(&mut envelope);
    envelope.bytes()
}

/// Other protected headers, well signed.
fn protected() -> Vec<Refused> {
    let headed = |header: Vec<u8>| changed(|e| e.protected = header);
    let of = |pairs: &[&[u8]]| headed(header(pairs));
    let (good, kid5, typ5) = (alg(-8), kid(5), typ(Note::LABEL));
    let named = |label: &str| of(&[&good, &kid5, &typ(label)]);
    let with_alg = |alg: Vec<u8>| of(&[&alg, &kid5, &typ5]);
    let key = &kid5[3..];
    let long_map = [&[0xb8, 3][..], &good, &kid5, &typ5].concat();
    let indefinite = [&[0xbf][..], &good, &kid5, &typ5, &[0xff]].concat();
    vec![
        (
            "signed-other-domain",
            "signed for another purpose",
            named("application/vnd.sheaf.test-other.v1+cbor"),
        ),
        (
            "signed-domain-case",
            "labels are compared byte by byte",
            named("Application/vnd.sheaf.test-note.v1+cbor"),
        ),
        (
            "signed-domain-version",
            "a later version is another domain",
            named("application/vnd.sheaf.test-note.v2+cbor"),
        ),
        (
            "signed-domain-number",
            "a label is a text",
            of(&[&good, &kid5, &pair(16, |w| w.uint(60))]),
        ),
        ("signed-alg-19", "−19 is reserved, not read", with_alg(alg(-19))),
        ("signed-alg-es256", "another algorithm", with_alg(alg(-7))),
        ("signed-alg-text", "the algorithm is a number", with_alg(pair(1, |w| w.text("EdDSA")))),
        ("signed-alg-not-shortest", "−8 in two bytes", with_alg(vec![1, 0x38, 7])),
        ("signed-no-alg", "the algorithm is missing", of(&[&kid5, &typ5])),
        ("signed-no-kid", "the signer is missing", of(&[&good, &typ5])),
        ("signed-no-typ", "the label is missing", of(&[&good, &kid5])),
        (
            "signed-kid-short",
            "a key has 32 bytes",
            of(&[&good, &pair(4, |w| w.bytes(&key[..31])), &typ5]),
        ),
        (
            "signed-kid-text",
            "a key is a byte string",
            of(&[&good, &pair(4, |w| w.text("bob")), &typ5]),
        ),
        ("signed-header-order", "keys of a map in ascending order", of(&[&kid5, &good, &typ5])),
        ("signed-header-repeated", "a key of a map stands twice", of(&[&good, &kid5, &kid5])),
        (
            "signed-header-extra",
            "a fourth header",
            of(&[&good, &kid5, &typ5, &pair(17, |w| w.uint(0))]),
        ),
        (
            "signed-header-crit",
            "crit (2), though it names only known headers",
            of(&[
                &good,
                &pair(2, |w| {
                    w.array(1);
                    w.uint(4);
                }),
                &kid5,
                &typ5,
            ]),
        ),
        (
            "signed-header-content-type",
            "content type (3) in place of typ (16)",
            of(&[&good, &pair(3, |w| w.text(Note::LABEL)), &kid5]),
        ),
        ("signed-header-long-map", "the number of pairs in another form", headed(long_map)),
        ("signed-header-indefinite", "a map of indefinite length", headed(indefinite)),
        (
            "signed-header-trailing",
            "a byte after the map",
            headed([&header(&[&good, &kid5, &typ5])[..], &[0]].concat()),
        ),
        (
            "signed-header-array",
            "a header is a map",
            headed(raw::array(&[good.clone(), kid5.clone(), typ5.clone()])),
        ),
        (
            "signed-header-empty",
            "an empty byte string, as COSE has it for no header",
            headed(Vec::new()),
        ),
    ]
}

/// Other forms of what holds the four parts.
fn outer() -> Vec<Refused> {
    let good = envelope();
    let parts = |parts: &[Vec<u8>]| [vec![0xd2], raw::array(parts)].concat();
    let [protected, payload] = [&good.protected, &good.payload].map(|part| raw::bytes(part));
    let (unprotected, signature) = (vec![0xa0], raw::bytes(&good.signature()));
    let with_signature = |signature: &[u8]| {
        parts(&[protected.clone(), unprotected.clone(), payload.clone(), raw::bytes(signature)])
    };
    let bare = good.bytes()[1..].to_vec();
    let cut = good.bytes().split_last().unwrap().1.to_vec();
    let all = [protected.clone(), unprotected.clone(), payload.clone(), signature.clone()];
    let five = parts(&[&all[..], &[vec![0xf6]]].concat());
    let three = parts(&all[..3]);
    let indefinite = [&[0xd2, 0x9f][..], &all.concat(), &[0xff]].concat();
    let unwrapped = parts(&[good.protected.clone(), vec![0xa0], all[2].clone(), signature]);
    vec![
        ("signed-untagged", "tag 18 is required", bare.clone()),
        ("signed-tag-98", "COSE_Sign is not COSE_Sign1", changed(|e| e.tag = Some(98))),
        ("signed-tag-long", "tag 18 in two bytes", [&[0xd8, 18][..], &bare].concat()),
        ("signed-tag-twice", "tag 18 around tag 18", [&[0xd2][..], &good.bytes()].concat()),
        (
            "signed-self-described",
            "the tag that says \"CBOR\" (55799) before it",
            [&[0xd9, 0xd9, 0xf7][..], &good.bytes()].concat(),
        ),
        ("signed-five-parts", "a fifth part", five),
        ("signed-three-parts", "no signature", three),
        ("signed-indefinite", "an array of indefinite length", indefinite),
        ("signed-protected-bare", "the protected header is a byte string", unwrapped),
        (
            "signed-unprotected",
            "the unprotected header is empty",
            changed(|e| e.unprotected = vec![0xa1, 4, 0x40]),
        ),
        (
            "signed-unprotected-null",
            "the unprotected header is a map",
            changed(|e| e.unprotected = vec![0xf6]),
        ),
        (
            "signed-unprotected-long",
            "the empty map in another form",
            changed(|e| e.unprotected = vec![0xb8, 0]),
        ),
        (
            "signed-unprotected-indefinite",
            "the empty map of indefinite length",
            changed(|e| e.unprotected = vec![0xbf, 0xff]),
        ),
        (
            "signed-signature-63",
            "a signature has 64 bytes",
            with_signature(&good.signature()[..63]),
        ),
        (
            "signed-signature-65",
            "a signature has 64 bytes",
            with_signature(&[&good.signature()[..], &[0]].concat()),
        ),
        ("signed-signature-empty", "no signature at all", with_signature(&[])),
        ("signed-trailing", "a byte follows", [&good.bytes()[..], &[0]].concat()),
        ("signed-truncated", "the last byte is missing", cut),
        (
            "signed-too-long",
            "more bytes than a statement may have",
            changed(|e| {
                e.payload = cbor::to_vec(&Note { text: "x".repeat(32 * 1024), ..note() });
            }),
        ),
    ]
}

/// Signatures that cover something else.
fn covered() -> Vec<Refused> {
    let good = envelope();
    let covering = |bytes: Vec<u8>| changed(|e| e.signed = Some(bytes));
    let by_another = changed(|e| e.protected = header(&[&alg(-8), &kid(6), &typ(Note::LABEL)]));
    let other = Envelope::new("application/vnd.sheaf.test-other.v1+cbor", good.payload.clone(), 5);
    let mut flipped = good.bytes();
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 0x80);
    let mut other_payload = good.bytes();
    let at = other_payload.windows(2).position(|pair| pair == b"ll").unwrap();
    other_payload[at] = b'L';
    vec![
        ("signed-other-payload", "a letter was changed", other_payload),
        ("signed-other-key", "the header names another key than signed", by_another),
        ("signed-flipped", "the highest bit of S", flipped),
        ("signed-aad", "external_aad is empty", covering(good.sig_structure("Signature1", b"aad"))),
        (
            "signed-context",
            "the context is \"Signature1\"",
            covering(good.sig_structure("Signature", b"")),
        ),
        (
            "signed-label-swapped",
            "a signature made under another label",
            covering(other.sig_structure("Signature1", b"")),
        ),
        (
            "signed-bare-payload",
            "the signature covers the Sig_structure, not the payload",
            covering(good.payload),
        ),
    ]
}

/// Well signed, and not the record of its domain.
fn payloads() -> Vec<Refused> {
    let holding = |payload: Vec<u8>| changed(|e| e.payload = payload);
    let good = cbor::to_vec(&note());
    let detached = envelope();
    let parts = [
        raw::bytes(&detached.protected),
        vec![0xa0],
        vec![0xf6],
        raw::bytes(&detached.signature()),
    ];
    vec![
        (
            "signed-payload-malformed",
            "well signed, but not the record of its domain",
            holding(vec![0x80]),
        ),
        ("signed-payload-empty", "well signed, but nothing", holding(Vec::new())),
        (
            "signed-payload-trailing",
            "well signed, with a byte after the record",
            holding([&good[..], &[0]].concat()),
        ),
        (
            "signed-payload-not-shortest",
            "well signed, with an integer in another form",
            holding([&[0x84, 0x1a, 0, 0, 3, 0xe8], &good[4..]].concat()),
        ),
        (
            "signed-payload-detached",
            "the payload is never detached",
            [vec![0xd2], raw::array(&parts)].concat(),
        ),
    ]
}
