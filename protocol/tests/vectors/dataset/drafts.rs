//! Evidence files, terms of groups, selection.

use super::{locks, rows};
use crate::raw;
use crate::sample::key;
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::dataset::{Record, push_item};
use sheaf_protocol::id::Salt;

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    [rows::drafts(), locks::drafts(), records(), sequences(), groups(), selected(), not_selected()]
        .concat()
}

fn held() -> Vec<u8> {
    cbor::to_vec(&Record::Held { salt: Salt([9; 32]), statement: b"signed".to_vec() })
}

fn records() -> Vec<Draft> {
    let held = held();
    let input = |bytes: &[u8]| json!({ "record": to_hex(bytes) });
    let long = raw::bytes(&vec![0; 32 * 1024 + 1]);
    let withdrawal = raw::array(&[vec![2], raw::array(&[vec![1], raw::bytes(b"signed")])]);
    let refused = [
        ("code", "an unknown code", vec![0x82, 3, 0x81, 3]),
        ("bare", "an explanation alone", vec![0x81, 3]),
        ("short", "no statement", raw::remove(&held, &[2])),
        ("long", "a field too many", raw::insert(&held, &[3], raw::NULL)),
        ("salt-short", "a salt has 32 bytes", raw::replace(&held, &[1], &raw::bytes(&[9; 31]))),
        (
            "salt-missing",
            "without its salt a statement cannot be checked",
            raw::replace(&held, &[1], raw::NULL),
        ),
        (
            "statement-text",
            "a statement is a byte string",
            raw::replace(&held, &[2], &raw::text("signed")),
        ),
        (
            "statement-long",
            "more bytes than a statement may have",
            raw::replace(&held, &[2], &long),
        ),
        ("explanation-unknown", "three explanations are known", vec![0x82, 2, 0x81, 4]),
        ("explanation-unsigned", "an explanation is a signed statement", withdrawal),
        ("explanation-null", "a hole is explained", vec![0x82, 2, 0xf6]),
        ("trailing", "a byte follows", [&held[..], &[0]].concat()),
        ("map", "a record is an array", vec![0xa0]),
    ];
    let refused = refused
        .map(|(name, why, bytes)| reject(format!("record-{name}"), "record", why, input(&bytes)));
    [
        accept("record-held", "record", "salt and statement", input(&held)),
        accept("record-due", "record", "gone on its due day", input(&[0x82, 2, 0x81, 3])),
    ]
    .into_iter()
    .chain(refused)
    .collect()
}

fn sequences() -> Vec<Draft> {
    let mut file = Vec::new();
    push_item(&mut file, &held());
    push_item(&mut file, &[0x82, 2, 0x81, 3]);
    let input = |bytes: &[u8]| json!({ "file": to_hex(bytes) });
    let refused: [(&str, &str, &[u8]); 11] = [
        ("cut", "cut short", &file[..file.len() - 1]),
        ("cut-head", "cut inside of a length", &[0x59, 1]),
        ("long-length", "a length in a longer form", &[0x58, 1, 0]),
        ("long-length-3", "a length in a longer form", &[0x59, 0, 1, 0]),
        ("indefinite", "an indefinite length", &[0x5f, 0xff]),
        ("array", "no byte string", &[0x80]),
        ("text", "no byte string", &[0x61, 0x61]),
        ("tagged", "a tag before an item (24: encoded CBOR)", &[0xd8, 24, 0x41, 0]),
        ("newline", "nothing between the items", &[0x40, 0x0a, 0x40]),
        ("too-long", "beyond RECORD_BYTES_MAX", &[0x5a, 0, 2, 0, 0]),
        ("eight-bytes", "a length in eight bytes", &[0x5b, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
    ];
    let refused = refused.map(|(name, why, bytes)| {
        reject(format!("sequence-{name}"), "sequence", why, input(bytes))
    });
    [
        accept("sequence", "sequence", "two items", input(&file)),
        accept("sequence-empty", "sequence", "an empty log", input(&[])),
    ]
    .into_iter()
    .chain(refused)
    .collect()
}

fn member(licence: &str, usage: &str, due: Option<&str>) -> Value {
    json!({ "licence": licence, "usage": usage, "due": due })
}

fn groups() -> Vec<Draft> {
    let a = member("CC-BY-4.0", "train-ai=y", Some("2027-01-02"));
    let b = member("MIT OR Apache-2.0", "train-ai=n, search=y", Some("2027-01-01"));
    let c = member("CC-BY-4.0", "", None);
    let of = |members: &[&Value]| json!({ "members": members });
    vec![
        accept("terms-one", "terms", "one stays as it is", of(&[&a])),
        accept("terms", "terms", "any n wins", of(&[&a, &b, &c])),
        accept("terms-order", "terms", "order is nothing", of(&[&c, &b, &a])),
        reject("terms-none", "terms", "no member", of(&[])),
        reject(
            "terms-usage",
            "terms",
            "a preference that cannot be read",
            of(&[&member("MIT", "train-ai=", None)]),
        ),
        reject(
            "terms-due",
            "terms",
            "a day that does not exist",
            of(&[&member("MIT", "", Some("2027-02-29"))]),
        ),
    ]
}

/// The chat that recipes are tried on, with some conditions.
fn recipe(conditions: Value) -> Value {
    let mut recipe = json!({ "communities": [] });
    recipe.as_object_mut().unwrap().extend(conditions.as_object().unwrap().clone());
    json!({
        "recipe": recipe,
        "terms": member("CC-BY-4.0", "train-ai=y", Some("2027-01-02")),
        "labels": { "languages": ["en-GB"], "tags": ["code"], "messages": 4, "verdict": "good" },
        "as_of": 1_795_348_800_000_u64,
    })
}

fn selected() -> Vec<Draft> {
    let all = json!({
        "licences": ["CC-BY-4.0"], "usage": { "train-ai": "granted" }, "languages": ["de", "en"],
        "verdicts": ["bad", "good"], "tags": ["code"], "messages-min": 4, "messages-max": 4,
    });
    let select = |name, why, conditions| accept(name, "select", why, recipe(conditions));
    vec![
        select("select-all", "no conditions", json!({})),
        select("select-every", "every condition is met", all),
        select("select-language", "a narrower tag", json!({ "languages": ["EN"] })),
        select(
            "select-usage-not-forbidden",
            "says nothing",
            json!({ "usage": { "search": "not-forbidden" } }),
        ),
    ]
}

fn not_selected() -> Vec<Draft> {
    let id = key(1).public();
    let refused = [
        ("other-language", "a wider tag", json!({ "languages": ["en-GB-oed"] })),
        ("language-prefix", "whole subtags only", json!({ "languages": ["e"] })),
        ("licence", "not listed", json!({ "licences": ["CC0-1.0"] })),
        ("licence-case", "letter by letter", json!({ "licences": ["cc-by-4.0"] })),
        ("usage", "says nothing", json!({ "usage": { "search": "granted" } })),
        ("verdict", "another judgement", json!({ "verdicts": ["bad", "interesting"] })),
        ("tag", "one of two tags is missing", json!({ "tags": ["code", "math"] })),
        ("tag-case", "letter by letter", json!({ "tags": ["Code"] })),
        ("too-short", "a message too few", json!({ "messages-min": 5 })),
        ("too-long", "a message too many", json!({ "messages-max": 3 })),
        (
            "order",
            "the first condition that is not met",
            json!({ "tags": ["x"], "languages": ["de"] }),
        ),
        ("unknown", "a condition that does not exist", json!({ "licenses": [] })),
        ("usage-unknown", "a need that does not exist", json!({ "usage": { "search": "maybe" } })),
        ("verdict-unknown", "a verdict that does not exist", json!({ "verdicts": ["great"] })),
        ("messages-negative", "messages are counted from 0", json!({ "messages-min": -1 })),
        (
            "source-unknown",
            "a field that no source has",
            json!({ "communities": [{ "id": id, "name": "x" }] }),
        ),
    ];
    let mut over = recipe(json!({}));
    // 2027-01-03T00:00:00Z
    over["as_of"] = 1_798_934_400_000_u64.into();
    let over = reject("select-due", "select", "the due day has ended", over);
    let mut forbidden = recipe(json!({ "usage": { "train-ai": "not-forbidden" } }));
    forbidden["terms"]["usage"] = "train-ai=n".into();
    let forbidden = reject("select-usage-forbidden", "select", "says no", forbidden);
    let refused = refused.map(|(name, why, conditions)| {
        reject(format!("select-{name}"), "select", why, recipe(conditions))
    });
    refused.into_iter().chain([over, forbidden]).collect()
}
