//! Writes the vectors of this page.

mod checkpoint;
mod fork;
mod notes;
mod proof;
mod sizes;

use super::example::{entries, statement};
use crate::raw::{self, NULL};
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::log::Entry;

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    [
        entry_drafts(),
        proof::drafts(),
        sizes::drafts(),
        checkpoint::drafts(),
        notes::drafts(),
        fork::drafts(),
    ]
    .concat()
}

fn entry_drafts() -> Vec<Draft> {
    let entries = entries();
    let (charter, manifest) = (entries[0].to_bytes(), entries[4].to_bytes());
    let input = |bytes: &[u8]| json!({ "bytes": to_hex(bytes) });
    let edited = |from: &[u8], edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = from.to_vec();
        edit(&mut bytes);
        input(&bytes)
    };
    let unknown = Entry { kind: u16::MAX, ..entries[0].clone() };
    let (salt, bytes) = statement(2);
    vec![
        accept("entry-charter", "entry", "neither control key nor due day", input(&charter)),
        accept("entry-manifest", "entry", "control key and due day", input(&manifest)),
        accept(
            "entry-unknown-kind",
            "entry",
            "an entry of any kind is a leaf; whether its statement means something is the fold's question",
            input(&unknown.to_bytes()),
        ),
        accept(
            "commitment",
            "commitment",
            "SHA-256 over salt and statement bytes",
            json!({ "salt": to_hex(salt.0), "statement": to_hex(bytes) }),
        ),
        reject(
            "entry-version-2",
            "entry",
            "no other version exists",
            edited(&charter, &|b| b[1] = 2),
        ),
        reject(
            "entry-trailing",
            "entry",
            "bytes after the array",
            edited(&charter, &|b| b.push(0)),
        ),
        reject("entry-truncated", "entry", "ends inside", edited(&charter, &|b| _ = b.pop())),
        reject(
            "entry-four-fields",
            "entry",
            "a field is missing: absent values are null",
            edited(&charter, &|b| {
                b[0] = 0x84;
                b.pop();
            }),
        ),
        reject(
            "entry-short-commitment",
            "entry",
            "a commitment has 32 bytes",
            edited(&charter, &|b| {
                b[4] = 31;
                b.remove(5);
            }),
        ),
        reject(
            "entry-long-kind",
            "entry",
            "an integer is not in its shortest form",
            edited(&charter, &|b| _ = b.splice(2..3, [0x18, 1])),
        ),
        reject(
            "entry-kind-too-large",
            "entry",
            "a kind has 16 bits",
            edited(&charter, &|b| _ = b.splice(2..3, [0x1a, 0, 1, 0, 0])),
        ),
        reject(
            "entry-indefinite",
            "entry",
            "an array of indefinite length",
            edited(&charter, &|b| {
                b[0] = 0x9f;
                b.push(0xff);
            }),
        ),
        reject(
            "entry-version-0",
            "entry",
            "there is no version 0",
            input(&raw::replace(&charter, &[0], &[0])),
        ),
        reject(
            "entry-six-fields",
            "entry",
            "a field more",
            input(&raw::insert(&charter, &[5], NULL)),
        ),
        reject("entry-map", "entry", "an entry is an array", input(&[0xa0])),
        reject("entry-empty", "entry", "nothing", input(&[])),
        reject(
            "entry-commitment-text",
            "entry",
            "a commitment is bytes, not their digits",
            input(&raw::replace(&charter, &[2], &raw::text(&"a".repeat(32)))),
        ),
        reject(
            "entry-commitment-null",
            "entry",
            "a commitment is never absent",
            input(&raw::replace(&charter, &[2], NULL)),
        ),
        reject(
            "entry-control-short",
            "entry",
            "a key has 32 bytes",
            input(&raw::replace(&manifest, &[3], &raw::bytes(&[7; 31]))),
        ),
        reject(
            "entry-control-empty",
            "entry",
            "an absent key is null, not empty",
            input(&raw::replace(&manifest, &[3], &[0x40])),
        ),
        reject(
            "entry-due-too-large",
            "entry",
            "a day has 32 bits",
            input(&raw::replace(&manifest, &[4], &raw::uint(1 << 32))),
        ),
        reject(
            "entry-due-negative",
            "entry",
            "days count from 1970",
            input(&raw::replace(&manifest, &[4], &[0x20])),
        ),
        reject(
            "entry-due-date",
            "entry",
            "a day is a number",
            input(&raw::replace(&manifest, &[4], &raw::text("2027-06-30"))),
        ),
        reject(
            "entry-kind-float",
            "entry",
            "a kind is an integer",
            input(&raw::replace(&charter, &[1], &[0xf9, 0x3c, 0])),
        ),
        reject("entry-too-long", "entry", "more bytes than an entry may have", input(&[0; 129])),
    ]
}

/// The input with one member changed.
fn with(mut input: Value, member: &str, value: impl Into<Value>) -> Value {
    input[member] = value.into();
    input
}
