//! `docs/spec/conventions.md`: text forms of identifiers and times.

use crate::vector::{self, Input, Outcome, accept, reject, to_hex};
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

#[test]
#[ignore = "rewrites docs/spec/vectors/*/conventions-*.json"]
fn write_conventions_vectors() {
    let input = |text: &str| json!({ "text": text });
    let ms = |ms: u64| json!({ "ms": ms });
    let good = PublicKey([7; 32]).to_string();
    let hex = "0123456789abcdef".repeat(4);
    // Multicodec 0xec: an X25519 key. It is as long as an Ed25519 key.
    let x25519 = bs58::encode([&[0xec, 1][..], &[7; 32]].concat()).into_string();
    let long = bs58::encode([&[0xed, 1][..], &[7; 33]].concat()).into_string();
    let drafts = [
        accept("key", "key", "did:key in base58btc", input(&good)),
        accept("hash", "hash", "64 lowercase hexadecimal digits", input(&hex)),
        accept("day", "day", "a leap day", input("2028-02-29")),
        accept("day-zero", "day", "the first day", input("1970-01-01")),
        accept("time", "time", "to the second, rounded down", ms(1_800_000_000_999)),
        accept("time-last", "time", "the last moment", ms(253_402_300_799_999)),
        reject("key-bare", "key", "without did:key:", input(&good["did:key:".len()..])),
        reject("key-short", "key", "a character is missing", input(&good[..good.len() - 1])),
        reject("key-padded", "key", "a character too many", input(&format!("{good}1"))),
        reject("key-x25519", "key", "another kind of key", input(&format!("did:key:z{x25519}"))),
        reject("key-33-bytes", "key", "a byte too many", input(&format!("did:key:z{long}"))),
        reject("key-fragment", "key", "a DID URL is no key", input(&format!("{good}#{good}"))),
        reject("key-leading-space", "key", "no spaces", input(&format!(" {good}"))),
        reject("hash-uppercase", "hash", "one form only", input(&hex.to_uppercase())),
        reject("hash-short", "hash", "62 digits", input(&hex[2..])),
        reject("hash-prefixed", "hash", "no prefix", input(&format!("0x{hex}"))),
        reject("day-no-such", "day", "2026 has no leap day", input("2026-02-29")),
        reject("day-unpadded", "day", "one form only", input("2026-1-1")),
        reject("day-before-1970", "day", "days count from 1970", input("1969-12-31")),
        reject("time-10000", "time", "the year 10000", ms(253_402_300_800_000)),
    ];
    vector::rewrite("conventions", &drafts);
}
