//! The line that a steward hands over.

use crate::envelope::Envelope;
use crate::raw;
use crate::sample::{self, key};
use crate::vector::{Draft, accept, reject};
use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::sign::{Domain as _, Signed};
use sheaf_protocol::statement::{Invitation, Invite, Statement};

const PREFIX: &str = "sheaf-invite:";

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let good = good();
    let (head, tail) = good.split_at(50);
    let wrapped = format!("  {head}\r\n {tail}\n");
    let accepted = [
        ("invitation", "one line to paste", good.clone()),
        ("invitation-wrapped", "as a mail program wraps it", wrapped),
    ];
    let refused = [texts(), records()].concat().into_iter();
    let accepted =
        accepted.into_iter().map(|(name, why, text)| accept(name, "invitation", why, line(&text)));
    let refused = refused.map(|(name, why, text)| {
        reject(format!("invitation-{name}"), "invitation", why, line(&text))
    });
    accepted.chain(refused).collect()
}

type Refused = (&'static str, &'static str, String);

fn line(line: &str) -> Value {
    json!({ "line": line })
}

fn good() -> String {
    let invite = Invite {
        invitation: Signed::<Invitation>::sign(sample::leave(), &key(4)),
        key: key(60),
        addresses: vec!["/ip4/192.0.2.7/tcp/4001".into()],
        name: "Herons".into(),
    };
    invite.to_line()
}

/// The record inside.
fn record() -> Vec<u8> {
    BASE64URL_NOPAD.decode(&good().as_bytes()[PREFIX.len()..]).unwrap()
}

fn texts() -> Vec<Refused> {
    let good = good();
    let bare = &good[PREFIX.len()..];
    vec![
        ("no-prefix", "begins with sheaf-invite:", bare.to_owned()),
        ("prefix-case", "letter by letter", good.replacen("sheaf", "Sheaf", 1)),
        ("cut", "its end was lost", good[..good.len() - 4].to_owned()),
        ("doubled", "pasted twice", format!("{good}{good}")),
        ("padded", "base64url without padding", format!("{PREFIX}{}", BASE64URL.encode(&record()))),
        ("stray", "a character of another alphabet", good.replacen('_', "/", 1)),
        ("empty", "nothing after the prefix", PREFIX.to_owned()),
    ]
}

fn records() -> Vec<Refused> {
    let record = record();
    let of = |record: &[u8]| format!("{PREFIX}{}", BASE64URL_NOPAD.encode(record));
    let inviting = |signed: &[u8]| of(&raw::replace(&record, &[0], &raw::bytes(signed)));
    let good = Signed::sign(sample::leave(), &key(4)).bytes().to_vec();
    let mut flipped = good;
    flipped.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let leave = cbor::to_vec(&sample::leave());
    let mislabelled = Envelope::new(Statement::LABEL, leave.clone(), 4).bytes();
    let endless =
        Envelope::new(Invitation::LABEL, raw::replace(&leave, &[2], raw::NULL), 4).bytes();
    vec![
        (
            "other-key",
            "the secret is not of the key named",
            of(&raw::replace(&record, &[1], &raw::bytes(&[61; 32]))),
        ),
        (
            "secret-short",
            "a secret has 32 bytes",
            of(&raw::replace(&record, &[1], &raw::bytes(&[60; 31]))),
        ),
        ("bad-signature", "one bit of the steward's signature", inviting(&flipped)),
        ("label", "signed as a statement", inviting(&mislabelled)),
        ("endless", "an invitation expires", inviting(&endless)),
        ("trailing", "a byte after the record", of(&[&record[..], &[0]].concat())),
        ("no-name", "a record has all its fields", of(&raw::remove(&record, &[3]))),
    ]
}
