//! Checkpoints and cosignatures.

use super::super::example::{SECS, at, community, head, log_key, tree};
use super::with;
use crate::vector::{Draft, accept, reject};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::log::empty_root;
use sheaf_protocol::sign::SecretKey;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let signed = head(5, tree().roots[5]);
    let (text, log_key) = (signed.text(), log_key().public());
    let (body, lines) = text.split_once("\n\n").unwrap();
    let (body, origin) = (format!("{body}\n"), signed.checkpoint().origin());
    let lines: Vec<_> = lines.lines().collect();
    let input = |text: &str| claimed(text, &log_key);
    let resigned = |from: &str, to: &str| input(&signed_note(&body.replacen(from, to, 1)));
    let witness = SecretKey::from_bytes([4; 32]);
    let cosigned = signed.cosign("witness.example/w1", &witness, at(60)).unwrap();
    let by_witness = |text: &str, key: &PublicKey| {
        let input = with(input(text), "cosigner_name", "witness.example/w1");
        with(input, "cosigner_key", json!(key))
    };
    let other = SecretKey::from_bytes([9; 32]).public();
    let fixed = |hex: &[u8]| HEXLOWER.decode(hex).unwrap();
    let (small, torsioned): ([u8; 32], [u8; 32]) =
        (std::array::from_fn(|n| u8::from(n == 0)), fixed(TORSIONED_KEY).try_into().unwrap());
    let small_signature: [u8; 64] = std::array::from_fn(|n| u8::from(n == 0));
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let malleable = malleable(&key.sign(body.as_bytes()).to_bytes());
    let cosignature = key.sign(format!("cosignature/v1\ntime {SECS}\n{body}").as_bytes());
    let empty = head(0, empty_root()).text();
    vec![
        accept("checkpoint", "checkpoint", "the worked example", input(&text)),
        accept("checkpoint-empty", "checkpoint", "an empty log", input(&empty)),
        accept(
            "checkpoint-cosigned",
            "checkpoint",
            "signatures of unknown keys are ignored",
            input(&cosigned.text()),
        ),
        accept(
            "checkpoint-lines-swapped",
            "checkpoint",
            "the order of signature lines means nothing",
            input(&format!("{body}\n{}\n{}\n", lines[1], lines[0])),
        ),
        accept(
            "cosignature",
            "cosignature",
            "a witness's line",
            by_witness(&cosigned.text(), &witness.public()),
        ),
        reject(
            "cosignature-missing",
            "cosignature",
            "the witness did not sign",
            by_witness(&text, &witness.public()),
        ),
        reject(
            "cosignature-other-key",
            "cosignature",
            "another key of the same name",
            by_witness(&cosigned.text(), &other),
        ),
        reject(
            "checkpoint-wrong-key",
            "checkpoint",
            "signed by another key",
            claimed(&text, &other),
        ),
        reject(
            "checkpoint-other-epoch",
            "checkpoint",
            "a log of another epoch",
            with(input(&text), "epoch", 1),
        ),
        reject(
            "checkpoint-other-community",
            "checkpoint",
            "a log of another community",
            with(input(&text), "community", json!(other)),
        ),
        reject(
            "checkpoint-changed-size",
            "checkpoint",
            "changed after signing",
            input(&text.replacen("\n5\n", "\n6\n", 1)),
        ),
        reject(
            "checkpoint-no-signature",
            "checkpoint",
            "only the cosignature of the log key",
            input(&format!("{body}\n{}\n", lines[1])),
        ),
        reject(
            "checkpoint-no-self-cosignature",
            "checkpoint",
            "only the signature of the log key",
            input(&format!("{body}\n{}\n", lines[0])),
        ),
        reject(
            "checkpoint-repeated-signature",
            "checkpoint",
            "the log key's line stands twice",
            input(&format!("{text}{}\n", lines[0])),
        ),
        reject(
            "checkpoint-origin",
            "checkpoint",
            "an origin of another system, well signed",
            resigned(&origin, "example.com/log"),
        ),
        reject(
            "checkpoint-epoch-leading-zero",
            "checkpoint",
            "an epoch in another form",
            resigned("/0\n", "/00\n"),
        ),
        reject(
            "checkpoint-size-leading-zero",
            "checkpoint",
            "a size in another form",
            resigned("\n5\n", "\n05\n"),
        ),
        reject(
            "checkpoint-size-plus",
            "checkpoint",
            "a size with a sign",
            resigned("\n5\n", "\n+5\n"),
        ),
        reject(
            "checkpoint-size-too-large",
            "checkpoint",
            "more entries than a log may have",
            resigned("\n5\n", "\n1099511627777\n"),
        ),
        reject(
            "checkpoint-size-0-root",
            "checkpoint",
            "an empty log has the empty root",
            resigned("\n5\n", "\n0\n"),
        ),
        reject(
            "checkpoint-extension",
            "checkpoint",
            "an extension line, well signed",
            input(&signed_note(&format!("{body}extension\n"))),
        ),
        reject(
            "checkpoint-root-unpadded",
            "checkpoint",
            "base64 without padding",
            resigned("=\n", "\n"),
        ),
        reject(
            "checkpoint-crlf",
            "checkpoint",
            "carriage returns",
            input(&text.replace('\n', "\r\n")),
        ),
        reject("checkpoint-no-blank-line", "checkpoint", "no signatures", input(&body)),
        reject(
            "checkpoint-no-last-newline",
            "checkpoint",
            "the last line does not end",
            input(text.trim_end()),
        ),
        reject(
            "checkpoint-hyphen",
            "checkpoint",
            "a hyphen instead of the em dash",
            input(&text.replace('—', "-")),
        ),
        reject(
            "checkpoint-bad-base64",
            "checkpoint",
            "a signature line with stray characters",
            input(&format!("{text}— w.example AA*A\n")),
        ),
        reject(
            "checkpoint-17-lines",
            "checkpoint",
            "more signature lines than allowed",
            input(&(text.clone() + &"— w.example AAAAAAA=\n".repeat(15))),
        ),
        reject(
            "checkpoint-too-long",
            "checkpoint",
            "more bytes than allowed",
            input(&(text.clone() + &"— w.example AAAAAAA=\n".repeat(400))),
        ),
        reject(
            "checkpoint-small-order-key",
            "checkpoint",
            "the key is the neutral point, under which one signature fits every message",
            claimed(
                &note(&body, &origin, &small, &small_signature, &small_signature),
                &PublicKey(small),
            ),
        ),
        reject(
            "checkpoint-torsioned-key",
            "checkpoint",
            "the key has a part of small order: verifiers with and without cofactor disagree",
            claimed(
                &note(
                    &body,
                    &origin,
                    &torsioned,
                    &fixed(TORSIONED_SIGNATURE),
                    &fixed(TORSIONED_COSIGNATURE),
                ),
                &PublicKey(torsioned),
            ),
        ),
        reject(
            "checkpoint-malleable",
            "checkpoint",
            "S is not below the group order",
            input(&note(&body, &origin, &log_key.0, &malleable, &cosignature.to_bytes())),
        ),
    ]
}

/// A text with the log that it should be of.
pub(super) fn claimed(text: &str, key: &PublicKey) -> Value {
    json!({ "text": text, "community": community(), "epoch": 0, "log_key": key })
}

/// A note over any body with both lines of the key `[1; 32]`, as a careless log would make it.
pub(super) fn signed_note(body: &str) -> String {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let sign = |message: &str| key.sign(message.as_bytes()).to_bytes();
    let cosigned = sign(&format!("cosignature/v1\ntime {SECS}\n{body}"));
    let name = body.lines().next().unwrap_or_default();
    note(body, name, &key.verifying_key().to_bytes(), &sign(body), &cosigned)
}

fn note(body: &str, name: &str, key: &[u8; 32], signature: &[u8], cosigned: &[u8]) -> String {
    timed_note(body, name, key, signature, &[&SECS.to_be_bytes()[..], cosigned].concat())
}

/// A note with any bytes as signature and as cosignature, whose first eight are its time.
pub(super) fn timed_note(
    body: &str,
    name: &str,
    key: &[u8; 32],
    signature: &[u8],
    cosigned: &[u8],
) -> String {
    let line = |kind: u8, bytes: &[u8]| {
        let id = Sha256::new_with_prefix(name).chain_update([b'\n', kind]).chain_update(key);
        let signature = [&id.finalize()[..4], bytes].concat();
        format!("— {name} {}\n", BASE64.encode(&signature))
    };
    format!("{body}\n{}{}", line(1, signature), line(4, cosigned))
}

/// S + L: the same signature in the form that RFC 8032 §5.1.7 refuses.
fn malleable(signature: &[u8; 64]) -> [u8; 64] {
    let order = HEXLOWER
        .decode(b"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        .unwrap();
    let (mut sum, mut carry) = (*signature, 0);
    for (byte, add) in sum[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    sum
}

/// The log key plus a point of order 8, and signatures of the worked example's head under it that
/// satisfy the verification equation only when it is multiplied by the cofactor.
const TORSIONED_KEY: &[u8] = b"9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0";
const TORSIONED_SIGNATURE: &[u8] =
    b"02d14fb8ad9a53b1b740ee768a0b26b178ad4a67f141ab90b4cd6ed5690c7f20\
    2aac58101fbace4fe5e722a8af8825584cf829b66be53dc4af6b02d768217702";
const TORSIONED_COSIGNATURE: &[u8] =
    b"37b95cec17e0022d8493ee0af85ebcc80cc17849875afc3c0508e0f0619ee6f2\
    1be1d00eaee0e715e37f7b5d76d9838170ebe5e66191eceb12c94ba36187cf03";
