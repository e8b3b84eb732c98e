//! Locks.

use super::rows::community;
use crate::sample::key;
use crate::vector::{Draft, accept, reject};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::{
    FileDigest, LeftOut, LeftOutReason, Lock, Parent, PinnedLog, Recipe, Removed, RemovedCause,
    RowsDigest, Source,
};
use sheaf_protocol::json::canonical;
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint, empty_root};
use sheaf_protocol::time::Time;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let refused = [texts(), fields(), rules()].concat().into_iter();
    let accepted = [
        ("lock", "no rows", example()),
        ("lock-left-out", "a chat that could not be had", left_out(&[0])),
        ("lock-parent", "a row was taken away", less(|_| ())),
    ];
    let accepted =
        accepted.map(|(name, why, lock)| accept(name, "lock", why, text(&lock.to_text())));
    let refused =
        refused.map(|(name, why, given)| reject(format!("lock-{name}"), "lock", why, text(&given)));
    accepted.into_iter().chain(refused).collect()
}

type Refused = (&'static str, &'static str, String);

fn text(text: &str) -> Value {
    json!({ "text": text })
}

fn example() -> Lock {
    let at = Time::from_ms(1_795_348_800_000).unwrap();
    let id = community();
    let log = Checkpoint { community: id, epoch: 0, size: 0, root: empty_root() };
    let checkpoint = SignedCheckpoint::sign(log, &key(2), at).text();
    let root = empty_root();
    Lock {
        sheaf_lock: 1,
        recipe: Recipe {
            purpose: "an example".into(),
            communities: vec![Source { id, addresses: Vec::new() }],
            ..Recipe::default()
        },
        as_of: at,
        communities: vec![PinnedLog {
            id,
            name: "Herons".into(),
            epoch: 0,
            size: 0,
            root,
            checkpoint,
        }],
        rows: RowsDigest { count: 0, root },
        files: [("rows".to_owned(), FileDigest { bytes: 0, sha256: root })].into(),
        left_out: Vec::new(),
        parent: None,
    }
}

/// The example over a log of three, which leaves these entries out.
fn left_out(indices: &[u64]) -> Lock {
    let mut lock = example();
    lock.communities[0].size = 3;
    let reason = LeftOutReason::Unavailable;
    let item = |index: &u64| LeftOut { community: community(), index: *index, reason };
    lock.left_out = indices.iter().map(item).collect();
    lock
}

/// The example made by taking one row away.
fn less(change: impl FnOnce(&mut Parent)) -> Lock {
    let removed =
        Removed { row: 0, community: community(), index: 2, cause: RemovedCause::Withdrawn };
    let root = empty_root();
    let mut parent =
        Parent { lock: root, rows: RowsDigest { count: 1, root }, removed: vec![removed] };
    change(&mut parent);
    let mut lock = left_out(&[]);
    lock.parent = Some(parent);
    lock
}

/// The example with one member changed, and the checksum of that.
fn with(pointer: &str, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> String {
    let mut lock: Value = serde_json::from_str(&example().to_text()).unwrap();
    change(lock.pointer_mut(pointer).unwrap().as_object_mut().unwrap());
    lock.as_object_mut().unwrap().remove("checksum");
    let checksum = Sha256::digest(canonical(&lock));
    lock["checksum"] = data_encoding::HEXLOWER.encode(&checksum).into();
    canonical(&lock) + "\n"
}

fn texts() -> Vec<Refused> {
    let good = example().to_text();
    let line = good.trim_end();
    vec![
        ("checksum", "changed", good.replace("an example", "an exampel")),
        (
            "checksum-changed",
            "the checksum was changed",
            good.replace("\"checksum\":\"", "\"checksum\":\"0").replacen(
                "0\",\"communities",
                "\",\"communities",
                1,
            ),
        ),
        ("no-newline", "no newline at the end", line.to_owned()),
        ("two-newlines", "two newlines at the end", format!("{good}\n")),
        ("crlf", "a carriage return", format!("{line}\r\n")),
        ("bom", "a byte order mark", format!("\u{feff}{good}")),
        ("pretty", "not canonical JSON", good.replacen(',', ", ", 1)),
        ("key-twice", "a key stands twice", good.replacen("\"as-of\"", "\"as-of\":0,\"as-of\"", 1)),
        ("toml", "a lock is JSON", "sheaf-lock = 1\n".into()),
        ("list", "a lock is an object", "[]\n".into()),
        ("empty", "nothing", String::new()),
    ]
}

fn fields() -> Vec<Refused> {
    let set = |pointer: &str, name: &str, value: Value| {
        with(pointer, |o| _ = o.insert(name.into(), value))
    };
    let unset = |name: &str| with("", |o| _ = o.remove(name));
    let unchecked = {
        let mut lock: Value = serde_json::from_str(&example().to_text()).unwrap();
        lock.as_object_mut().unwrap().remove("checksum");
        canonical(&lock) + "\n"
    };
    let pinned = "/communities/0";
    vec![
        ("version", "another version", set("", "sheaf-lock", json!(2))),
        ("no-version", "no version", unset("sheaf-lock")),
        ("no-checksum", "no checksum", unchecked),
        ("no-recipe", "what was asked is missing", unset("recipe")),
        ("no-rows", "the rows are missing", unset("rows")),
        ("no-as-of", "the moment is missing", unset("as-of")),
        ("field", "a field that no lock has", set("", "as_of", json!(0))),
        (
            "as-of-late",
            "a time after the year 9999",
            set("", "as-of", json!(253_402_300_800_000_u64)),
        ),
        ("as-of-text", "a time is a number", set("", "as-of", json!("2026-11-22"))),
        ("left-out-empty", "an empty list has no key", set("", "left-out", json!([]))),
        ("parent-null", "an absent parent has no key", set("", "parent", Value::Null)),
        ("recipe-field", "a condition that does not exist", set("/recipe", "licenses", json!([]))),
        (
            "recipe-empty-list",
            "an absent condition has no key",
            set("/recipe", "licences", json!([])),
        ),
        ("community-root", "a root has 32 bytes", set(pinned, "root", json!("00"))),
        ("community-id", "a key is a did:key", set(pinned, "id", json!("07".repeat(32)))),
        ("community-field", "a field that no pinned log has", set(pinned, "key", json!(""))),
        ("count-negative", "rows are counted from 0", set("/rows", "count", json!(-1))),
        (
            "file-hash",
            "a file is named by SHA-256",
            set("/files/rows", "sha256", json!("00".repeat(31))),
        ),
    ]
}

fn rules() -> Vec<Refused> {
    let edited = |change: &dyn Fn(&mut Lock)| {
        let mut lock = example();
        change(&mut lock);
        lock.to_text()
    };
    let (earlier, later) = {
        let mut ids = [key(2).public(), key(1).public()];
        ids.sort();
        (ids[0], ids[1])
    };
    let pin = |lock: &mut Lock, ids: [sheaf_protocol::id::PublicKey; 2]| {
        let pinned = lock.communities[0].clone();
        lock.communities = ids
            .map(|id| PinnedLog { id: sheaf_protocol::id::CommunityId(id), ..pinned.clone() })
            .into();
    };
    let twice = less(|p| {
        p.removed.push(p.removed[0]);
        p.rows.count = 2;
    });
    let turned = less(|p| {
        p.removed.insert(0, Removed { row: 1, index: 1, ..p.removed[0] });
        p.rows.count = 2;
    });
    vec![
        (
            "community-twice",
            "a community twice",
            edited(&|l| l.communities.push(l.communities[0].clone())),
        ),
        (
            "communities-unsorted",
            "communities in the order of their keys",
            edited(&|l| pin(l, [later, earlier])),
        ),
        ("left-out-beyond", "an entry beyond the pinned log", left_out(&[3]).to_text()),
        ("left-out-twice", "a chat is left out once", left_out(&[1, 1]).to_text()),
        ("left-out-unsorted", "in the order of rows", left_out(&[2, 1]).to_text()),
        ("removed-twice", "a row is removed once", twice.to_text()),
        ("removed-unsorted", "in the order of the parent's rows", turned.to_text()),
        (
            "parent-count",
            "the parent's rows less those removed are the rows",
            less(|p| p.rows.count = 2).to_text(),
        ),
        ("parent-too-few", "more removed than there were", less(|p| p.rows.count = 0).to_text()),
    ]
}
