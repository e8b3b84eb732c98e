//! `docs/spec/conventions.md`: text forms of identifiers and times.

use crate::vector::{Draft, Input, Outcome, accept, reject, to_hex};
use serde_json::json;
use sheaf_protocol::id::{BlobHash, PublicKey};
use sheaf_protocol::time::{Day, Time};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "key" => Some(key(input)),
        "hash" => Some(hash(input)),
        "day" => Some(day(input)),
        "time" => Some(time(input)),
        _ => None,
    }
}

/// `text` → the bytes of the key.
fn key(input: &Input<'_>) -> Outcome {
    let key: PublicKey = input.text("text").parse().map_err(text)?;
    assert_eq!(key.to_string(), input.text("text"), "a key has one text form");
    Ok(json!({ "bytes": to_hex(key.0) }))
}

/// `text` → the bytes of the hash.
fn hash(input: &Input<'_>) -> Outcome {
    let hash: BlobHash = input.text("text").parse().map_err(text)?;
    assert_eq!(hash.to_string(), input.text("text"), "a hash has one text form");
    Ok(json!({ "bytes": to_hex(hash.0) }))
}

/// `text` → days since the epoch, and the first millisecond after that day.
fn day(input: &Input<'_>) -> Outcome {
    let day: Day = input.text("text").parse().map_err(text)?;
    assert_eq!(day.to_string(), input.text("text"), "a day has one text form");
    Ok(json!({ "day": day.0, "ends_ms": day.end().ms() }))
}

/// `ms` → the moment as a person reads it, and its day.
fn time(input: &Input<'_>) -> Outcome {
    let time = Time::from_ms(input.uint("ms")).ok_or("beyond the year 9999")?;
    Ok(json!({ "text": time.to_string(), "day": time.day().to_string() }))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let input = |text: &str| json!({ "text": text });
    let ms = |ms: u64| json!({ "ms": ms });
    let refused = [keys(), hashes(), days()].concat().into_iter();
    let refused = refused.map(|(name, what, why, text)| reject(name, what, why, input(&text)));
    let accepted = vec![
        accept("key", "key", "did:key in base58btc", input(&good_key())),
        accept("hash", "hash", "64 lowercase hexadecimal digits", input(&good_hash())),
        accept("day", "day", "a leap day", input("2028-02-29")),
        accept("day-zero", "day", "the first day", input("1970-01-01")),
        accept("day-year-10000", "day", "years beyond 9999 have more digits", input("10000-01-01")),
        accept("time", "time", "to the second, rounded down", ms(1_800_000_000_999)),
        accept("time-last", "time", "the last moment", ms(253_402_300_799_999)),
    ];
    let late = reject("time-10000", "time", "the year 10000", ms(253_402_300_800_000));
    accepted.into_iter().chain(refused).chain([late]).collect()
}

type Refused = (&'static str, &'static str, &'static str, String);

fn good_key() -> String {
    PublicKey([7; 32]).to_string()
}

fn good_hash() -> String {
    "0123456789abcdef".repeat(4)
}

/// A `did:key` with another multicodec, or another number of bytes.
fn did(codec: [u8; 2], bytes: usize) -> String {
    let encoded = bs58::encode([&codec[..], &vec![7; bytes]].concat()).into_string();
    format!("did:key:z{encoded}")
}

fn keys() -> Vec<Refused> {
    let good = good_key();
    let key = |name, why, text: String| (name, "key", why, text);
    vec![
        key("key-bare", "without did:key:", good["did:key:".len()..].to_owned()),
        key("key-short", "a character is missing", good[..good.len() - 1].to_owned()),
        key("key-padded", "a character too many", format!("{good}1")),
        key("key-leading-1", "a leading 1 is a byte of zero", good.replacen("z6Mk", "z16Mk", 1)),
        // As long as an Ed25519 key.
        key("key-x25519", "another kind of key", did([0xec, 1], 32)),
        key("key-31-bytes", "a byte too few", did([0xed, 1], 31)),
        key("key-33-bytes", "a byte too many", did([0xed, 1], 33)),
        key(
            "key-no-codec",
            "the bytes of the key alone",
            format!("did:key:z{}", bs58::encode([7; 32]).into_string()),
        ),
        key("key-fragment", "a DID URL is no key", format!("{good}#{good}")),
        key("key-query", "a DID URL is no key", format!("{good}?versionId=1")),
        key("key-did-web", "another method", good.replacen("key", "web", 1)),
        key(
            "key-hex",
            "multibase has f for base16; a key does not",
            format!("did:key:fed01{}", "07".repeat(32)),
        ),
        key("key-not-base58", "0 is not in the alphabet", good.replacen("z6Mk", "z6M0", 1)),
        key("key-uppercase", "one form only", good.to_uppercase()),
        key("key-leading-space", "no spaces", format!(" {good}")),
        key("key-empty", "nothing", String::new()),
    ]
}

fn hashes() -> Vec<Refused> {
    let good = good_hash();
    let hash = |name, why, text: String| (name, "hash", why, text);
    vec![
        hash("hash-uppercase", "one form only", good.to_uppercase()),
        hash("hash-short", "62 digits", good[2..].to_owned()),
        hash("hash-odd", "63 digits", good[1..].to_owned()),
        hash("hash-long", "66 digits", format!("{good}00")),
        hash("hash-not-hex", "g is no digit", good.replacen('f', "g", 1)),
        hash("hash-prefixed", "no prefix", format!("0x{good}")),
        hash("hash-newline", "nothing follows", format!("{good}\n")),
    ]
}

fn days() -> Vec<Refused> {
    let day = |name, why, text: &str| (name, "day", why, text.to_owned());
    vec![
        day("day-no-such", "2026 has no leap day", "2026-02-29"),
        day("day-century", "2100 has no leap day", "2100-02-29"),
        day("day-31", "April has 30 days", "2026-04-31"),
        day("day-0", "days count from 1", "2026-04-00"),
        day("day-month-13", "there are twelve months", "2026-13-01"),
        day("day-unpadded", "one form only", "2026-1-1"),
        day("day-plus", "no sign", "+2026-01-01"),
        day("day-year-zeros", "a year of more digits than it needs", "02026-01-01"),
        day("day-time", "a day, not a moment", "2026-01-01T00:00:00Z"),
        day("day-before-1970", "days count from 1970", "1969-12-31"),
        day("day-too-late", "more than 32 bits", "11761191-01-21"),
        day("day-huge", "a year at the end of 64 bits", "9223372036854775807-01-01"),
        day("day-huge-month", "a month at the end of 64 bits", "2026-9223372036854775807-01"),
    ]
}
