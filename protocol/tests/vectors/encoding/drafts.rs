//! The vectors of items and records.

use super::{Note, signed};
use crate::vector::{Draft, accept, reject, to_hex};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::sign::{SecretKey, Signed};

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let refused = [integers(), strings(), arrays(), simple_values(), records()].concat();
    let refused =
        refused.into_iter().map(|(name, what, why, bytes)| reject(name, what, why, hex(bytes)));
    [accepted(), refused.collect(), deep(), signed::drafts()].concat()
}

type Bytes = (&'static str, &'static str, &'static str, &'static str);

fn hex(bytes: &str) -> Value {
    json!({ "bytes": bytes })
}

pub(super) fn note() -> Note {
    Note { count: 1000, text: "héllo".into(), hash: [0xca, 0xfe, 0xba, 0xbe], reply: None }
}

fn accepted() -> Vec<Draft> {
    vec![
        accept("uint-0", "uint", "in the initial byte", hex("00")),
        accept("uint-23", "uint", "the last in the initial byte", hex("17")),
        accept("uint-24", "uint", "one byte follows", hex("1818")),
        accept("uint-256", "uint", "two bytes follow", hex("190100")),
        accept("uint-max", "uint", "eight bytes follow", hex("1bffffffffffffffff")),
        accept("int-min", "int", "the least of 64 bits", hex("3b7fffffffffffffff")),
        accept("bytes-empty", "bytes", "no bytes", hex("40")),
        accept("text", "text", "UTF-8; the length counts bytes", hex("6668c3a96c6c6f")),
        accept("list", "list", "definite length", hex("83010203")),
        accept("option-none", "option", "absent is null", hex("f6")),
        accept("bool", "bool", "true", hex("f5")),
        accept(
            "record",
            "record",
            "the worked example",
            json!({ "bytes": to_hex(cbor::to_vec(&note())) }),
        ),
    ]
}

fn integers() -> Vec<Bytes> {
    let long = |name, bytes| (name, "uint", "not the shortest form", bytes);
    vec![
        long("uint-23-in-two-bytes", "1817"),
        long("uint-255-in-three-bytes", "1900ff"),
        long("uint-65535-in-five-bytes", "1a0000ffff"),
        long("uint-2-32-less-1-in-nine-bytes", "1b00000000ffffffff"),
        ("int-minus-1-in-two-bytes", "int", "not the shortest form", "3800"),
        ("int-minus-256-in-three-bytes", "int", "not the shortest form", "3900ff"),
        ("uint-bignum", "uint", "a bignum (tag 2)", "c24101"),
        ("int-bignum", "int", "a negative bignum (tag 3)", "c34101"),
        ("uint-tagged", "uint", "no tag but those that a page names", "c100"),
        ("uint-reserved", "uint", "additional information 28 is reserved", "1c"),
        ("uint-reserved-30", "uint", "additional information 30 is reserved", "1e"),
        ("uint-indefinite", "uint", "an integer has no indefinite length", "1f"),
        ("uint-trailing", "uint", "a byte follows", "0000"),
        ("uint-empty", "uint", "no bytes at all", ""),
        ("uint-truncated", "uint", "the argument's bytes are missing", "1903"),
        ("uint-negative", "uint", "below zero", "20"),
        ("uint-as-text", "uint", "a digit is no number", "6131"),
        ("int-out-of-range", "int", "below 64 bits", "3b8000000000000000"),
        ("int-above-range", "int", "above 64 bits, signed", "1b8000000000000000"),
        ("uint-float", "uint", "a float, even of a whole number", "f93c00"),
        ("uint-float32", "uint", "a float of four bytes", "fa3f800000"),
        ("uint-float64", "uint", "a float of eight bytes", "fb3ff0000000000000"),
        ("uint-nan", "uint", "no number at all", "f97e00"),
        ("int-minus-zero", "int", "a float that is zero", "f98000"),
    ]
}

fn strings() -> Vec<Bytes> {
    vec![
        ("bytes-indefinite", "bytes", "chunks", "5f4100ff"),
        (
            "bytes-length-lies",
            "bytes",
            "an announced length without its bytes",
            "5bffffffffffffffff",
        ),
        ("bytes-length-not-shortest", "bytes", "a length in another form", "580100"),
        ("bytes-as-text", "bytes", "a text string is no byte string", "6161"),
        ("bytes-as-list", "bytes", "a list of numbers is no byte string", "820102"),
        ("bytes-tagged", "bytes", "no tag that says how to show it (tag 23)", "d74101"),
        ("text-not-utf8", "text", "a lone continuation byte", "6180"),
        ("text-surrogate", "text", "a surrogate is not UTF-8", "63eda080"),
        ("text-overlong", "text", "NUL in two bytes is not UTF-8", "62c080"),
        ("text-beyond-unicode", "text", "U+110000 does not exist", "64f4908080"),
        ("text-cut-character", "text", "the length ends inside of a character", "61c3"),
        ("text-as-bytes", "text", "a byte string is no text", "4161"),
        ("text-indefinite", "text", "chunks", "7f6161ff"),
        ("text-length-not-shortest", "text", "a length in another form", "780161"),
        ("text-truncated", "text", "one byte of two", "6261"),
    ]
}

fn arrays() -> Vec<Bytes> {
    let lies = "more items announced than there are bytes";
    vec![
        ("list-indefinite", "list", "indefinite length", "9f01ff"),
        ("list-length-lies", "list", lies, "9b0000000100000000"),
        ("list-length-not-shortest", "list", "a length in another form", "980101"),
        ("list-truncated", "list", "the second item is missing", "8201"),
        ("list-trailing", "list", "a second list follows", "8080"),
        ("list-item-not-shortest", "list", "an item in another form", "811801"),
        ("list-item-type", "list", "one item is a text", "82016161"),
        ("list-as-map", "list", "a map is no list", "a10102"),
        ("list-break", "list", "a break without a beginning", "81ff"),
    ]
}

fn simple_values() -> Vec<Bytes> {
    vec![
        ("option-undefined", "option", "undefined is not null", "f7"),
        ("option-false", "option", "false is not absent", "f4"),
        ("option-two-bytes", "option", "null in a longer form", "f816"),
        ("option-null-trailing", "option", "a second null", "f6f6"),
        ("bool-as-number", "bool", "0 is not false", "00"),
        ("bool-two-bytes", "bool", "true in a longer form", "f815"),
        ("bool-null", "bool", "absent is neither", "f6"),
        ("bool-simple-16", "bool", "a simple value that nobody defined", "f0"),
    ]
}

/// The good record is `84 1903e8 6668c3a96c6c6f 44cafebabe f6`.
fn records() -> Vec<Bytes> {
    let field = |name, why, bytes| (name, "record", why, bytes);
    vec![
        field("record-field-missing", "three fields of four", "831903e86668c3a96c6c6f44cafebabe"),
        field("record-field-added", "a fifth field", "851903e86668c3a96c6c6f44cafebabef600"),
        field("record-as-map", "records are arrays", "a4"),
        field(
            "record-fields-swapped",
            "fields have an order",
            "846668c3a96c6c6f1903e844cafebabef6",
        ),
        field("record-hash-short", "three bytes of four", "841903e86668c3a96c6c6f43cafebaf6"),
        field("record-hash-long", "five bytes of four", "841903e86668c3a96c6c6f45cafebabe00f6"),
        field(
            "record-null",
            "a field that must be there is absent",
            "84f66668c3a96c6c6f44cafebabef6",
        ),
        field("record-indefinite", "indefinite length", "9f1903e86668c3a96c6c6f44cafebabef6ff"),
        field("record-tagged", "a tag around it", "d9d9f7841903e86668c3a96c6c6f44cafebabef6"),
        field("record-trailing", "a byte follows", "841903e86668c3a96c6c6f44cafebabef600"),
    ]
}

/// Lists of one list each.
fn deep() -> Vec<Draft> {
    let nested = |depth: usize| hex(&("81".repeat(depth - 1) + "80"));
    vec![
        accept("nested-16", "nested", "as deep as a reader follows", nested(16)),
        reject("nested-17", "nested", "one level deeper than CBOR_DEPTH_MAX", nested(17)),
        reject("nested-10000", "nested", "deep enough to exhaust a stack", nested(10_000)),
    ]
}

/// The page shows the worked example as the code makes it.
#[test]
fn the_page_shows_what_the_code_does() {
    let page = include_str!("../../../../docs/spec/encoding.md");
    let signed = Signed::sign(note(), &SecretKey::from_bytes([5; 32]));
    let plain: String = page.split_whitespace().collect();
    let shown = [
        HEXLOWER.encode(&cbor::to_vec(&note())),
        HEXLOWER.encode(signed.bytes()),
        signed.id().to_string(),
        signed.signer().to_string(),
    ];
    for text in shown {
        assert!(plain.contains(&text), "docs/spec/encoding.md should show:\n{text}");
    }
}
