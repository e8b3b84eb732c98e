//! Logs and what proves them; datasets and what binds them.

use super::{Decoder, canonical, community, key, one_text, part, sure, with_text};
use crate::flow::slip::verify_slip;
use sheaf_protocol::cbor;
use sheaf_protocol::dataset::{Lock, Recipe, Record, Row, RowRef, first_item, push_item};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::json;
use sheaf_protocol::limits::{LOG_ENTRIES_MAX, RECORD_BYTES_MAX};
use sheaf_protocol::log::{
    Checkpoint, Entry, ForkError, ForkProof, Frontier, SignedCheckpoint, UnverifiedCheckpoint,
    leaf_hash, verify_consistency, verify_inclusion,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::verify::read_item;

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "log/entry", check: entry },
    Decoder { name: "log/checkpoint", check: checkpoint },
    Decoder { name: "log/fork", check: fork },
    Decoder { name: "log/fork-signed", check: fork_signed },
    Decoder { name: "log/inclusion", check: inclusion },
    Decoder { name: "log/consistency", check: consistency },
    Decoder { name: "log/frontier", check: frontier },
    Decoder { name: "dataset/lock", check: lock },
    Decoder { name: "dataset/lock-fields", check: lock_fields },
    Decoder { name: "dataset/recipe", check: recipe },
    Decoder { name: "dataset/row", check: row },
    Decoder { name: "dataset/row-ref", check: one_text::<RowRef> },
    Decoder { name: "dataset/record", check: canonical::<Record> },
    Decoder { name: "dataset/sequence", check: sequence },
    Decoder { name: "dataset/item", check: item },
    Decoder { name: "json/canonical", check: canonical_json },
    Decoder { name: "slip/verify", check: slip },
];

fn entry(input: &[u8]) {
    if let Ok(entry) = Entry::from_bytes(input) {
        assert_eq!(entry.to_bytes(), input, "another form of the same entry was accepted");
        assert_eq!(entry.leaf_hash(), leaf_hash(input), "the leaf is the entry's bytes");
    }
}

fn checkpoint(input: &[u8]) {
    with_text(input, |text| {
        let Ok(parsed) = UnverifiedCheckpoint::parse(text) else { return };
        assert_eq!(parsed.text(), text, "another form of the same note was accepted");
        let claimed = parsed.claimed().clone();
        if let Ok(signed) = parsed.verify(&community(), claimed.epoch, &key(3).public()) {
            assert_eq!(signed.text(), text, "other lines are kept than were verified");
            let _ = signed.verify_cosignature("example.org/witness", &key(7).public());
        }
        sign_again(claimed);
    });
}

/// What anyone claims, signed by a log key, is read back as it was claimed.
fn sign_again(claimed: Checkpoint) {
    let at = Time::from_ms(1_795_305_600_000).unwrap_or_else(|| panic!("a time"));
    let signed = SignedCheckpoint::sign(claimed.clone(), &key(3), at);
    let (community, epoch) = (claimed.community, claimed.epoch);
    let read = SignedCheckpoint::verify(&signed.text(), &community, epoch, &key(3).public());
    assert_eq!(sure(read, "signed here, refused here"), signed);
}

fn fork(input: &[u8]) {
    canonical::<ForkProof>(input);
    if let Ok(fork) = cbor::from_slice::<ForkProof>(input) {
        let _ = fork.verify(&community(), &key(3).public());
    }
}

/// What signatures would hide from the fuzzer: two heads as a lying log key may sign them.
fn fork_signed(mut input: &[u8]) {
    let (Some(sizes), Some(roots), Some(prefix), Some(proof)) = (
        part::<Vec<u64>>(&mut input),
        part::<Vec<TreeHash>>(&mut input),
        part::<TreeHash>(&mut input),
        part::<Vec<TreeHash>>(&mut input),
    ) else {
        return;
    };
    let head = |n: usize| {
        let (size, root) = (*sizes.get(n)?, *roots.get(n)?);
        let head = Checkpoint { community: community(), epoch: 0, size, root };
        Some(SignedCheckpoint::sign(head, &key(3), Time::from_ms(0)?))
    };
    let (Some(smaller), Some(larger)) = (head(0), head(1)) else { return };
    match ForkProof::new(&smaller, &larger, prefix, proof) {
        Ok(fork) => {
            let (smaller, larger) = (smaller.checkpoint(), larger.checkpoint());
            assert!(smaller.size <= larger.size, "a fork of sizes turned round");
            assert_ne!(fork.prefix_root, smaller.root, "two heads that agree are no fork");
            canonical::<ForkProof>(&cbor::to_vec(&fork));
        }
        Err(ForkError::Consistent) => assert_eq!(prefix, smaller.checkpoint().root),
        Err(_) => {}
    }
}

/// `[size, index]`, leaf, root, proof.
fn inclusion(mut input: &[u8]) {
    let Some((size, index, leaf, root, proof)) = claims(&mut input) else { return };
    if verify_inclusion(size, index, &leaf, &proof, &root).is_ok() {
        assert!(index < size, "an index beyond its tree");
        let longer = [&proof[..], &[leaf]].concat();
        assert!(verify_inclusion(size, index, &leaf, &longer, &root).is_err(), "two proofs");
    }
}

/// `[new size, old size]`, old root, new root, proof.
fn consistency(mut input: &[u8]) {
    let Some((new, old, old_root, new_root, proof)) = claims(&mut input) else { return };
    if verify_consistency(old, &old_root, new, &new_root, &proof).is_ok() {
        assert!(old <= new, "a log that shrank");
        assert!(old != new || old_root == new_root, "two roots of one size");
        let longer = [&proof[..], &[old_root]].concat();
        assert!(verify_consistency(old, &old_root, new, &new_root, &longer).is_err(), "two proofs");
    }
}

type Claims = (u64, u64, TreeHash, TreeHash, Vec<TreeHash>);

fn claims(input: &mut &[u8]) -> Option<Claims> {
    let sizes = part::<Vec<u64>>(input)?;
    let [size, other] = sizes[..] else { return None };
    Some((size, other, part(input)?, part(input)?, part(input)?))
}

fn frontier(input: &[u8]) {
    canonical::<Frontier>(input);
    if let Ok(mut tree) = cbor::from_slice::<Frontier>(input)
        && tree.len() < LOG_ENTRIES_MAX
    {
        tree.append(leaf_hash(b"one more"));
        tree.root();
        canonical::<Frontier>(&cbor::to_vec(&tree));
    }
}

fn lock(input: &[u8]) {
    if let Ok(lock) = Lock::parse(input) {
        assert_eq!(lock.to_text().as_bytes(), input, "another form of the same lock was accepted");
    }
}

/// What the checksum would hide from the fuzzer.
fn lock_fields(input: &[u8]) {
    if let Ok(lock) = serde_json::from_slice::<Lock>(input)
        && let Ok(read) = Lock::parse(lock.to_text().as_bytes())
    {
        assert_eq!(read, lock, "a lock changes when it is written");
    }
}

fn recipe(input: &[u8]) {
    if let Ok(recipe) = serde_json::from_slice::<Recipe>(input) {
        let text = sure(serde_json::to_vec(&recipe), "a recipe is JSON");
        let again = sure(serde_json::from_slice::<Recipe>(&text), "a recipe is written as read");
        assert_eq!(again, recipe, "a recipe changes when it is written");
    }
}

fn row(input: &[u8]) {
    with_text(input, |line| {
        if let Ok(row) = Row::from_line(line) {
            assert_eq!(row.to_line(), line, "another form of the same row was accepted");
        }
    });
}

/// Items come out the same, however much of the file was there when they were asked for.
fn sequence(input: &[u8]) {
    let (mut rest, mut copy) = (input, Vec::new());
    while let Ok(Some((item, length))) = first_item(rest, RECORD_BYTES_MAX) {
        let cut = first_item(&rest[..length - 1], RECORD_BYTES_MAX);
        assert_eq!(cut, Ok(None), "a part of an item is no item");
        push_item(&mut copy, item);
        rest = &rest[length..];
    }
    assert!(input.starts_with(&copy), "items have one form");
}

/// An entry and what lies beside it, as a verification reads them.
fn item(input: &[u8]) {
    if let Ok(Some((entry, length))) = first_item(input, 1 << 20)
        && let Ok(Some((record, _))) = first_item(&input[length..], RECORD_BYTES_MAX)
    {
        let _ = read_item(entry, record);
    }
}

fn canonical_json(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(value) = json::parse_canonical(text) {
            assert_eq!(json::canonical(&value), text, "another form was accepted");
        }
        if let Ok(value) = serde_json::from_str(text) {
            // A number beyond the exact integers is no value of the canonical form.
            let form = json::canonical(&value);
            if let Ok(again) = json::parse_canonical(&form) {
                assert_eq!(again, value, "a value changes when it is written");
            }
        }
    });
}

fn slip(input: &[u8]) {
    if let Ok(verdict) = verify_slip(input) {
        assert!(!verdict.proved.is_empty(), "a slip that proves nothing");
    }
}
