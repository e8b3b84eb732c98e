//! Writes the vectors of this page.

mod checkpoint;
mod proof;

use super::example::{Tree, community, entries, head, log_key, statement, tree};
use crate::vector::{self, Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{Entry, ForkProof, leaf_hash};

#[test]
#[ignore = "rewrites docs/spec/vectors/*/log-*.json"]
fn write_log_vectors() {
    let pages = [entry_drafts(), proof::drafts(), checkpoint::drafts(), fork_drafts()];
    vector::rewrite("log", &pages.concat());
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
        reject("entry-too-long", "entry", "more bytes than an entry may have", input(&[0; 129])),
    ]
}

/// The input with one member changed.
fn with(mut input: Value, member: &str, value: impl Into<Value>) -> Value {
    input[member] = value.into();
    input
}

fn fork_drafts() -> Vec<Draft> {
    let tree = tree();
    let shown = Tree::new((0..5_u8).map(|n| leaf_hash(&[n])).collect());
    let (a, b) = (head(3, shown.roots[3]), head(5, tree.roots[5]));
    let proof = tree.consistency(3, 5);
    let fork = ForkProof::new(&a, &b, tree.roots[3], proof.clone()).unwrap();
    let equal = ForkProof::of_equal_sizes(&head(5, shown.roots[5]), &b).unwrap();
    let honest = ForkProof { smaller: head(3, tree.roots[3]).text(), ..fork.clone() };
    let invented = ForkProof { prefix_root: TreeHash([0; 32]), ..fork.clone() };
    let unsigned = ForkProof { smaller: a.text().replacen("\n3\n", "\n4\n", 1), ..fork.clone() };
    let turned =
        ForkProof { smaller: fork.larger.clone(), larger: fork.smaller.clone(), ..fork.clone() };
    let input = |fork: &ForkProof| {
        let bytes = to_hex(cbor::to_vec(fork));
        json!({ "bytes": bytes, "community": community(), "log_key": log_key().public() })
    };
    let mut version = cbor::to_vec(&fork);
    version[1] = 2;
    vec![
        accept("fork-equal-sizes", "fork", "two roots for one size", input(&equal)),
        accept(
            "fork-prefix",
            "fork",
            "the larger tree begins otherwise than the smaller checkpoint says",
            input(&fork),
        ),
        reject("fork-consistent", "fork", "the larger continues the smaller", input(&honest)),
        reject("fork-invented-prefix", "fork", "the prefix is not proved", input(&invented)),
        reject("fork-unsigned", "fork", "the log key did not sign the smaller", input(&unsigned)),
        reject("fork-turned", "fork", "the smaller checkpoint must come first", input(&turned)),
        reject(
            "fork-version-2",
            "fork",
            "no other version exists",
            with(input(&fork), "bytes", to_hex(version)),
        ),
    ]
}
