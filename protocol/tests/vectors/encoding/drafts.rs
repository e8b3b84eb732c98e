//! Writes the vectors of this page.

use super::Note;
use crate::vector::{self, Draft, accept, reject, to_hex};
use data_encoding::HEXLOWER;
use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use sheaf_protocol::cbor::{self, Writer};
use sheaf_protocol::sign::{Domain, SecretKey, Signed};

#[test]
#[ignore = "rewrites docs/spec/vectors/*/encoding-*.json"]
fn write_encoding_vectors() {
    vector::rewrite("encoding", &[item_drafts(), refused_items(), signed_drafts()].concat());
}

fn hex(bytes: &str) -> Value {
    json!({ "bytes": bytes })
}

fn note() -> Note {
    Note { count: 1000, text: "héllo".into(), hash: [0xca, 0xfe, 0xba, 0xbe], reply: None }
}

fn item_drafts() -> Vec<Draft> {
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
        accept(
            "record",
            "record",
            "the worked example",
            json!({ "bytes": to_hex(cbor::to_vec(&note())) }),
        ),
    ]
}

fn refused_items() -> Vec<Draft> {
    let long = |name, bytes| reject(name, "uint", "not the shortest form", hex(bytes));
    vec![
        long("uint-23-in-two-bytes", "1817"),
        long("uint-255-in-three-bytes", "1900ff"),
        long("uint-65535-in-five-bytes", "1a0000ffff"),
        long("uint-2-32-less-1-in-nine-bytes", "1b00000000ffffffff"),
        reject("uint-float", "uint", "a float, even of a whole number", hex("f93c00")),
        reject("uint-bignum", "uint", "a bignum (tag 2)", hex("c24101")),
        reject("uint-reserved", "uint", "additional information 28 is reserved", hex("1c")),
        reject("uint-trailing", "uint", "a byte follows", hex("0000")),
        reject("uint-empty", "uint", "no bytes at all", hex("")),
        reject("int-out-of-range", "int", "below 64 bits", hex("3b8000000000000000")),
        reject("bytes-indefinite", "bytes", "chunks", hex("5f4100ff")),
        reject(
            "bytes-length-lies",
            "bytes",
            "an announced length without its bytes",
            hex("5bffffffffffffffff"),
        ),
        reject("bytes-length-not-shortest", "bytes", "a length in another form", hex("580100")),
        reject("text-not-utf8", "text", "a lone continuation byte", hex("6180")),
        reject("text-surrogate", "text", "a surrogate is not UTF-8", hex("63eda080")),
        reject("text-as-bytes", "text", "a byte string is no text", hex("4161")),
        reject("list-indefinite", "list", "indefinite length", hex("9f01ff")),
        reject(
            "list-length-lies",
            "list",
            "more items announced than there are bytes",
            hex("9b0000000100000000"),
        ),
        reject("option-undefined", "option", "undefined is not null", hex("f7")),
        reject("bool-as-number", "bool", "0 is not false", hex("00")),
        reject(
            "record-field-missing",
            "record",
            "three fields of four",
            hex("831903e8606440004000"),
        ),
        reject("record-field-added", "record", "a fifth field", hex("851903e86044cafebabef600")),
        reject("record-as-map", "record", "records are arrays", hex("a4")),
    ]
}

/// The parts of a signed note, each of which a vector may replace.
struct Parts {
    tag: Option<u64>,
    protected: Vec<u8>,
    unprotected: &'static [u8],
    payload: Vec<u8>,
    /// What the signature covers in place of protected header and payload.
    signed: Option<Vec<u8>>,
}

impl Parts {
    fn new() -> Self {
        let protected = header(&[&alg(-8), &kid(), &typ(Note::LABEL)]);
        let payload = cbor::to_vec(&note());
        Self { tag: Some(18), protected, unprotected: &[0xa0], payload, signed: None }
    }

    fn bytes(&self) -> Vec<u8> {
        let covered = self.signed.clone().unwrap_or_else(|| {
            let mut w = Writer::default();
            w.array(4);
            w.text("Signature1");
            w.bytes(&self.protected);
            w.bytes(&[]);
            w.bytes(&self.payload);
            w.into_bytes()
        });
        let signature = ed25519_dalek::SigningKey::from_bytes(&[5; 32]).sign(&covered).to_bytes();
        let mut w = Writer::default();
        if let Some(tag) = self.tag {
            w.tag(tag);
        }
        w.array(4);
        w.bytes(&self.protected);
        let mut bytes = [w.into_bytes(), self.unprotected.to_vec()].concat();
        for part in [&self.payload[..], &signature] {
            let mut w = Writer::default();
            w.bytes(part);
            bytes.extend(w.into_bytes());
        }
        bytes
    }
}

/// One pair of the protected header.
fn pair(label: u64, value: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    w.uint(label);
    value(&mut w);
    w.into_bytes()
}

fn alg(number: i64) -> Vec<u8> {
    pair(1, |w| w.int(number))
}

fn kid() -> Vec<u8> {
    pair(4, |w| w.bytes(&SecretKey::from_bytes([5; 32]).public().0))
}

fn typ(label: &str) -> Vec<u8> {
    pair(16, |w| w.text(label))
}

fn header(pairs: &[&[u8]]) -> Vec<u8> {
    let mut w = Writer::default();
    w.map(pairs.len());
    [w.into_bytes(), pairs.concat()].concat()
}

fn signed_drafts() -> Vec<Draft> {
    let whole = Parts::new();
    assert_eq!(whole.bytes(), Signed::sign(note(), &SecretKey::from_bytes([5; 32])).bytes());
    let input = |parts: Parts| json!({ "bytes": to_hex(parts.bytes()) });
    let headed = |pairs: &[&[u8]]| input(Parts { protected: header(pairs), ..Parts::new() });
    let (alg, kid, typ) = (alg(-8), kid(), typ(Note::LABEL));
    let mut other_payload = whole.bytes();
    let at = other_payload.windows(2).position(|pair| pair == b"ll").unwrap();
    other_payload[at] = b'L';
    let trailing = [whole.bytes(), vec![0]].concat();
    let raw_payload = whole.payload.clone();
    let with_aad = {
        let mut w = Writer::default();
        w.array(4);
        w.text("Signature1");
        w.bytes(&whole.protected);
        w.bytes(b"aad");
        w.bytes(&whole.payload);
        w.into_bytes()
    };
    let long = Note { text: "x".repeat(32 * 1024), ..note() };
    let bare = |bytes: &[u8]| json!({ "bytes": to_hex(bytes) });
    vec![
        accept("signed", "signed", "the worked example", input(whole)),
        reject("signed-other-payload", "signed", "a letter was changed", bare(&other_payload)),
        reject(
            "signed-untagged",
            "signed",
            "tag 18 is required",
            input(Parts { tag: None, ..Parts::new() }),
        ),
        reject(
            "signed-tag-98",
            "signed",
            "COSE_Sign is not COSE_Sign1",
            input(Parts { tag: Some(98), ..Parts::new() }),
        ),
        reject(
            "signed-unprotected",
            "signed",
            "the unprotected header is empty",
            input(Parts { unprotected: &[0xa1, 4, 0x40], ..Parts::new() }),
        ),
        reject(
            "signed-other-domain",
            "signed",
            "signed for another purpose",
            headed(&[&alg, &kid, &self::typ("application/vnd.sheaf.test-other.v1+cbor")]),
        ),
        reject(
            "signed-alg-19",
            "signed",
            "−19 is reserved, not read",
            headed(&[&self::alg(-19), &kid, &typ]),
        ),
        reject(
            "signed-alg-es256",
            "signed",
            "another algorithm",
            headed(&[&self::alg(-7), &kid, &typ]),
        ),
        reject("signed-no-kid", "signed", "the signer is missing", headed(&[&alg, &typ])),
        reject(
            "signed-header-order",
            "signed",
            "keys of a map in ascending order",
            headed(&[&kid, &alg, &typ]),
        ),
        reject(
            "signed-header-extra",
            "signed",
            "a fourth header",
            headed(&[&alg, &kid, &typ, &pair(17, |w| w.uint(0))]),
        ),
        reject(
            "signed-aad",
            "signed",
            "external_aad is empty",
            input(Parts { signed: Some(with_aad), ..Parts::new() }),
        ),
        reject(
            "signed-bare-payload",
            "signed",
            "the signature covers the Sig_structure, not the payload",
            input(Parts { signed: Some(raw_payload), ..Parts::new() }),
        ),
        reject(
            "signed-payload-malformed",
            "signed",
            "well signed, but not the record of its domain",
            input(Parts { payload: vec![0x80], ..Parts::new() }),
        ),
        reject("signed-trailing", "signed", "a byte follows", bare(&trailing)),
        reject(
            "signed-too-long",
            "signed",
            "more bytes than a statement may have",
            input(Parts { payload: cbor::to_vec(&long), ..Parts::new() }),
        ),
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
