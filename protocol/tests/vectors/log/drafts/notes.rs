//! Checkpoints and cosignatures as texts: each differs from the worked example in one thing, and is
//! signed well where signing it is possible.

use super::super::example::{SECS, at, head, log_key, tree};
use super::checkpoint::{claimed, signed_note, timed_note};
use super::with;
use crate::vector::{Draft, reject};
use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use sheaf_protocol::sign::SecretKey;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let texts = [bodies(), lines()].concat().into_iter().map(|(name, why, text)| {
        reject(format!("checkpoint-{name}"), "checkpoint", why, input(&text))
    });
    texts.chain(self_cosignatures()).chain(cosignatures()).collect()
}

type Refused = (&'static str, &'static str, String);

fn input(text: &str) -> Value {
    claimed(text, &log_key().public())
}

/// The example: its three lines, and each signature line.
fn example() -> (String, Vec<String>) {
    let text = head(5, tree().roots[5]).text();
    let (body, lines) = text.split_once("\n\n").unwrap();
    (format!("{body}\n"), lines.lines().map(str::to_owned).collect())
}

/// The three lines otherwise, well signed.
fn bodies() -> Vec<Refused> {
    let (body, _) = example();
    let root = tree().roots[5].0;
    let encoded = BASE64.encode(&root);
    let signed = |from: &str, to: &str| signed_note(&body.replacen(from, to, 1));
    let rooted = |root: &str| signed(&encoded, root);
    vec![
        ("size-negative", "a size below zero", signed("\n5\n", "\n-5\n")),
        ("size-exponent", "a size in another form", signed("\n5\n", "\n5e0\n")),
        ("size-hex", "a size in another form", signed("\n5\n", "\n0x5\n")),
        ("size-space", "a space after the size", signed("\n5\n", "\n5 \n")),
        ("size-empty", "no size", signed("\n5\n", "\n\n")),
        ("epoch-too-large", "an epoch has 64 bits", signed("/0\n", "/18446744073709551616\n")),
        ("epoch-missing", "the origin names its epoch", signed("/0\n", "\n")),
        (
            "origin-did",
            "the origin has the key without did:key:",
            signed("log/z6Mk", "log/did:key:z6Mk"),
        ),
        (
            "origin-url",
            "the origin has no scheme",
            signed("sheaf.invalid", "https://sheaf.invalid"),
        ),
        ("root-31-bytes", "a root has 32 bytes", rooted(&BASE64.encode(&root[..31]))),
        (
            "root-33-bytes",
            "a root has 32 bytes",
            rooted(&BASE64.encode(&[&root[..], &[0]].concat())),
        ),
        ("root-hex", "a root is in base64", rooted(&HEXLOWER.encode(&root))),
        ("root-base64url", "another alphabet", rooted(&BASE64URL.encode(&[0xff; 32]))),
        (
            "root-stray-bits",
            "base64 whose last bits are not zero",
            rooted(&encoded.replace("n1E=", "n1F=")),
        ),
        (
            "two-lines",
            "no root",
            signed_note(&body.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()),
        ),
        ("blank-before", "a blank line before the origin", signed_note(&format!("\n{body}"))),
    ]
}

/// Other signature lines under the same three lines.
fn lines() -> Vec<Refused> {
    let (body, lines) = example();
    let of = |lines: &[&str]| format!("{body}\n{}\n", lines.join("\n"));
    let (signature, cosignature) = (lines[0].as_str(), lines[1].as_str());
    let also = |line: &str| of(&[signature, cosignature, line]);
    let spaced = signature.replacen("— ", "—  ", 1);
    let plus = signature.replacen("/0 ", "/0+ ", 1);
    let unnamed = format!("— {}", signature.rsplit(' ').next().unwrap());
    let flipped = signature.replace("8T6OwI=", "8T6OwM=");
    vec![
        ("signature-changed", "one bit of the signature", of(&[&flipped, cosignature])),
        (
            "signature-other-name",
            "the log key's line under another name",
            of(&[&plus.replace('+', "x"), cosignature]),
        ),
        ("name-plus", "a name with a plus", also(&plus)),
        ("name-missing", "a line without a name", also(&unnamed)),
        ("two-spaces", "two spaces after the dash", also(&spaced)),
        ("line-trailing-space", "a space at the end of a line", also(&format!("{signature} "))),
        ("line-key-id-only", "a line without a signature", also("— w.example AAAAAA==")),
        ("line-base64-unpadded", "base64 without padding", also("— w.example AAAAAAA")),
        ("line-blank", "a blank line among the signatures", also("")),
        (
            "tab",
            "a tab in place of a space",
            of(&[&signature.replacen("— ", "—\t", 1), cosignature]),
        ),
        ("nul", "a control character in a cosigner's name", also("— w.\u{0}example AAAAAAA=")),
        ("swapped-types", "the signature under the key id of a cosignature", {
            let raw =
                |line: &str| BASE64.decode(line.rsplit(' ').next().unwrap().as_bytes()).unwrap();
            let (one, four) = (raw(signature), raw(cosignature));
            let name = body.lines().next().unwrap();
            let line = |id: &[u8], rest: &[u8]| {
                format!("— {name} {}", BASE64.encode(&[id, rest].concat()))
            };
            of(&[&line(&four[..4], &one[4..]), &line(&one[..4], &four[4..])])
        }),
    ]
}

/// The log's cosignature of itself otherwise, beside a good signature.
fn self_cosignatures() -> Vec<Draft> {
    let (body, _) = example();
    let origin = body.lines().next().unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let sign = |message: &str| key.sign(message.as_bytes()).to_bytes();
    let timed = |secs: u64, cosigned: &[u8]| {
        let cosigned = [&secs.to_be_bytes()[..], cosigned].concat();
        input(&timed_note(&body, origin, &key.verifying_key().to_bytes(), &sign(&body), &cosigned))
    };
    let message = |secs: u64| format!("cosignature/v1\ntime {secs}\n{body}");
    let late = 253_402_300_800;
    [
        ("other-time", "signed for another second", timed(SECS + 1, &sign(&message(SECS)))),
        ("late", "a time after the year 9999", timed(late, &sign(&message(late)))),
        ("endless", "a time at the end of 64 bits", timed(u64::MAX, &sign(&message(u64::MAX)))),
        ("short", "71 bytes of 72", timed(SECS, &sign(&message(SECS))[..63])),
        ("long", "73 bytes of 72", timed(SECS, &[&sign(&message(SECS))[..], &[0]].concat())),
        ("of-body", "signed without its first two lines", timed(SECS, &sign(&body))),
        (
            "case",
            "the first line is cosignature/v1",
            timed(SECS, &sign(&message(SECS).replace("cosig", "Cosig"))),
        ),
        (
            "padded-time",
            "the time in another form",
            timed(SECS, &sign(&message(SECS).replace("time ", "time 0"))),
        ),
    ]
    .map(|(name, why, input)| {
        reject(format!("checkpoint-self-cosignature-{name}"), "checkpoint", why, input)
    })
    .into()
}

/// A witness's line otherwise.
fn cosignatures() -> Vec<Draft> {
    let (name, witness) = ("witness.example/w1", SecretKey::from_bytes([4; 32]));
    let signed = head(5, tree().roots[5]);
    let good = signed.cosign(name, &witness, at(60)).unwrap().text();
    let line = good.lines().last().unwrap().to_owned();
    let by = |text: &str, name: &str| {
        let input = with(input(text), "cosigner_name", name);
        with(input, "cosigner_key", json!(witness.public()))
    };
    let flipped = {
        let (head, encoded) = line.rsplit_once(' ').unwrap();
        let mut bytes = BASE64.decode(encoded.as_bytes()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        good.replace(&line, &format!("{head} {}", BASE64.encode(&bytes)))
    };
    let other_head = head(4, tree().roots[4]).text() + &line + "\n";
    vec![
        reject(
            "cosignature-changed",
            "cosignature",
            "one bit of the signature",
            by(&flipped, name),
        ),
        reject(
            "cosignature-twice",
            "cosignature",
            "two lines of one cosigner",
            by(&format!("{good}{line}\n"), name),
        ),
        reject(
            "cosignature-other-head",
            "cosignature",
            "a line made for another checkpoint",
            by(&other_head, name),
        ),
        reject(
            "cosignature-other-name",
            "cosignature",
            "the same key under another name",
            by(&good, "witness.example/w2"),
        ),
    ]
}
