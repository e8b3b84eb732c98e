//! Messages that are refused: good ones with one thing changed.

use super::drafts::{Message, accepted};
use crate::raw::{self, NULL};

type Edit = (&'static str, &'static str, Vec<u8>);

/// Name, protocol, why, and the message.
pub(super) fn refused() -> Vec<Message> {
    let of = |what: &'static str, edits: Vec<Edit>| {
        edits.into_iter().map(move |(name, why, message)| (name, what, why, message))
    };
    of("pull-request", pull_requests())
        .chain(of("pull-reply", pull_replies()))
        .chain(of("item", items()))
        .chain(of("large-request", large()))
        .chain(of("member-request", member_requests()))
        .chain(of("member-reply", member_replies()))
        .chain(of("steward-request", steward_requests()))
        .chain(of("steward-reply", steward_replies()))
        .chain(of("announcement", announcements()))
        .collect()
}

/// The good message of this name.
fn good(name: &str) -> Vec<u8> {
    accepted().into_iter().find(|message| message.0 == name).unwrap().3
}

fn with(name: &str, path: &[usize], item: &[u8]) -> Vec<u8> {
    raw::replace(&good(name), path, item)
}

fn key(bytes: usize) -> Vec<u8> {
    raw::bytes(&vec![6; bytes])
}

fn pull_requests() -> Vec<Edit> {
    let hosted = good("hosted");
    let long_list = {
        let whole = with("items", &[2], NULL);
        let at = whole.len() - 2;
        [&whole[..at], &[0x9a, 0x7f, 0xff, 0xff, 0xff, 2], &whole[at + 1..]].concat()
    };
    vec![
        ("unknown-request", "code 99 is not defined", with("hosted", &[0], &[0x18, 99])),
        ("steward-as-pull", "a steward's request under the wrong protocol", good("status")),
        ("no-code", "an empty array names no request", vec![0x80]),
        ("not-an-array", "a bare code", vec![1]),
        ("code-text", "a code is a number", with("hosted", &[0], &raw::text("hosted"))),
        ("map", "a message is an array", vec![0xa0]),
        ("empty", "an empty frame", Vec::new()),
        ("trailing", "one frame holds one message", [&hosted[..], &[1]].concat()),
        ("field-too-many", "hosted has no fields", raw::insert(&hosted, &[1], NULL)),
        ("field-missing", "items names its parts", raw::remove(&good("items"), &[3])),
        ("indefinite", "arrays have a definite length", vec![0x9f, 1, 0xff]),
        ("tagged", "no tag before a message", [&[0xd9, 0xd9, 0xf7][..], &hosted].concat()),
        ("parts-unknown", "there are two kinds of parts", with("items", &[3], &[3])),
        ("parts-0", "parts count from 1", with("items", &[3], &[0])),
        ("index-not-shortest", "2 is written in one byte", with("items", &[2, 0], &[0x18, 2])),
        ("index-negative", "indices count from 0", with("items", &[2, 0], &[0x20])),
        ("index-float", "an index is an integer", with("items", &[2, 0], &[0xf9, 0x40, 0])),
        ("indices-null", "indices are a list", with("items", &[2], NULL)),
        ("list-too-long", "the list announces more than the message has", long_list),
        ("community-short", "a key has 32 bytes", with("items", &[1], &key(31))),
        ("community-long", "a key has 32 bytes", with("items", &[1], &key(33))),
        ("community-null", "items are of a community", with("items", &[1], NULL)),
        ("entries-size-null", "the proof leads to a size", with("entries", &[4], NULL)),
        ("entries-from-negative", "indices count from 0", with("entries", &[2], &[0x20])),
    ]
}

fn pull_replies() -> Vec<Edit> {
    vec![
        ("reply-unknown", "there are eight answers", with("items-reply", &[0], &[9])),
        ("items-count-negative", "items are counted from 0", with("items-reply", &[1], &[0x20])),
        ("hosted-home-number", "1 is not true", with("hosted-reply", &[1, 0, 2], &[1])),
        (
            "hosted-size-text",
            "a size is a number",
            with("hosted-reply", &[1, 0, 3], &raw::text("5")),
        ),
        (
            "hosted-field-missing",
            "a record has all its fields",
            raw::remove(&good("hosted-reply"), &[1, 0, 3]),
        ),
    ]
}

fn items() -> Vec<Edit> {
    vec![
        ("state-unknown", "there are four states", with("item-missing", &[1, 0], &[5])),
        ("item-index-text", "an index is a number", with("item-missing", &[0], &raw::text("2"))),
        (
            "item-field-added",
            "an item is index and state",
            raw::insert(&good("item-missing"), &[2], NULL),
        ),
        (
            "item-missing-chat",
            "what is missing has no chat",
            raw::insert(&good("item-missing"), &[1, 1], NULL),
        ),
        ("blob-unknown", "a blob is small or large", with("item-small", &[1, 2, 1, 0], &[3])),
        (
            "blob-text",
            "sealed bytes are a byte string",
            with("item-small", &[1, 2, 1, 1], &raw::text("x")),
        ),
        (
            "blob-large-no-size",
            "a large blob says its size",
            raw::remove(&good("item-large"), &[1, 2, 1, 2]),
        ),
        ("blob-large-hash", "a hash has 32 bytes", with("item-large", &[1, 2, 1, 1], &key(31))),
        ("item-key-short", "a chat key has 32 bytes", with("item-small", &[1, 2, 0], &key(31))),
        ("item-salt-short", "a salt has 32 bytes", with("item-small", &[1, 1, 0], &key(31))),
        (
            "item-gone-bare",
            "an explanation is a byte string",
            with("item-gone", &[1, 1], &[0x81, 3]),
        ),
        (
            "item-denied-bare",
            "a refusal has a code and a sentence",
            with("item-denied", &[1, 1], &[7]),
        ),
    ]
}

fn large() -> Vec<Edit> {
    vec![
        ("large-commitment-short", "a commitment has 32 bytes", with("large", &[2], &key(31))),
        ("large-index-null", "the entry is named", with("large", &[1], NULL)),
        ("large-choice", "a record has no code", raw::insert(&good("large"), &[0], &[1])),
    ]
}

fn member_requests() -> Vec<Edit> {
    vec![
        ("member-unknown", "code 7 is not defined", with("withdraw", &[0], &[7])),
        ("key-short", "a chat key has 32 bytes", with("submit", &[1, 1], &key(31))),
        ("key-missing", "a submission has a chat key", with("submit", &[1, 1], NULL)),
        ("statement-bare", "a statement is a byte string", with("withdraw", &[1], &[0xd2, 0x80])),
        ("community-false", "absent is null, not false", with("community", &[1], &[0xf4])),
        (
            "community-missing",
            "absent is null, not left out",
            raw::remove(&good("community"), &[1]),
        ),
    ]
}

fn member_replies() -> Vec<Edit> {
    let logged = good("logged");
    vec![
        ("refusal-unknown", "codes of refusal end at 15", with("refused", &[1, 0], &[16])),
        ("refusal-0", "codes of refusal begin at 1", with("refused", &[1, 0], &[0])),
        ("sentence-not-utf8", "a sentence is text", with("refused", &[1, 1], &[0x61, 0xff])),
        ("sentence-null", "there is a sentence for whoever asked", with("refused", &[1, 1], NULL)),
        ("truncated", "an acknowledgement cut short", logged[..logged.len() - 1].to_vec()),
        ("logged-already-number", "0 is not false", with("logged", &[1, 5], &[0])),
        (
            "logged-hash-short",
            "hashes of a proof have 32 bytes",
            with("logged", &[1, 4, 0], &key(31)),
        ),
        ("logged-checkpoint-bytes", "a checkpoint is a text", with("logged", &[1, 3], &key(3))),
        ("where-reason-5", "there are four reasons", with("where-not-accepted", &[1, 0, 4], &[5])),
        ("where-reason-missing", "a reason or null", raw::remove(&good("where"), &[1, 0, 4])),
        ("where-state-9", "there are eight states of a chat", with("where", &[1, 0, 1], &[9])),
        (
            "where-holder-state-5",
            "there are four states of a holder",
            with("where", &[1, 0, 3, 0, 3], &[5]),
        ),
        ("where-role-3", "there are two roles", with("where", &[1, 0, 3, 0, 1], &[3])),
        (
            "where-since-late",
            "a time lies before the year 10000",
            with("where", &[1, 0, 3, 0, 4], &raw::uint(253_402_300_800_000)),
        ),
        ("pending-short", "an id has 32 bytes", with("pending", &[1], &key(31))),
    ]
}

fn steward_requests() -> Vec<Edit> {
    vec![
        ("steward-unknown", "code 44 is not defined", with("status", &[0], &[0x18, 44])),
        ("waiting-after-short", "a key has 32 bytes", with("waiting", &[1], &key(31))),
        ("waiting-max-null", "how many is always said", with("waiting", &[2], NULL)),
        ("review-null", "a chat is named", with("review", &[1], NULL)),
        ("review-parts", "a chat is shown whole", raw::insert(&good("review"), &[2], &[2])),
        ("admit-text", "a key is bytes", with("admit", &[1], &raw::text("did:key:z6Mk"))),
        ("admit-nothing", "which chat is said", raw::remove(&good("admit"), &[1])),
        ("steward-code-long", "32 is written in two bytes", with("status", &[0], &[0x19, 0, 32])),
        ("status-field", "status has no fields", raw::insert(&good("status"), &[1], NULL)),
        ("append-null", "a statement is there", with("append", &[1], NULL)),
    ]
}

fn steward_replies() -> Vec<Edit> {
    vec![
        (
            "steward-reply-38",
            "code 38 has no answer of its own",
            with("log-reply", &[0], &[0x18, 38]),
        ),
        (
            "log-reply-entry-bare",
            "an entry is a byte string",
            with("log-reply", &[1, 0, 1], &[0x80]),
        ),
        (
            "waiting-reply-no-total",
            "how many wait in all is said",
            raw::remove(&good("waiting-reply"), &[2]),
        ),
        (
            "waiting-reply-line-short",
            "a line has eight fields",
            raw::remove(&good("waiting-reply"), &[1, 0, 7]),
        ),
        (
            "waiting-reply-times-text",
            "how often is a number",
            with("waiting-reply", &[1, 0, 6, 0, 1], &raw::text("1")),
        ),
        (
            "waiting-reply-review-number",
            "whether it counts is yes or no",
            with("waiting-reply", &[1, 0, 6, 0, 2], &[1]),
        ),
        ("review-reply-key-short", "a key has 32 bytes", with("review-reply", &[1, 1], &key(31))),
        (
            "review-reply-manifest-bare",
            "a statement is a byte string",
            with("review-reply", &[1, 0], &[0x80]),
        ),
        (
            "review-reply-range-one-end",
            "a range has two ends",
            raw::remove(&good("review-reply"), &[1, 3, 1, 0, 1, 1]),
        ),
        (
            "review-reply-confidence-256",
            "a confidence is one byte",
            with("review-reply", &[1, 3, 1, 0, 4], &raw::uint(256)),
        ),
        (
            "review-reply-no-findings",
            "what was found is always said",
            with("review-reply", &[1, 3], NULL),
        ),
        ("log-reply-no-words", "a line says its state", with("log-reply", &[1, 0, 2], NULL)),
    ]
}

fn announcements() -> Vec<Edit> {
    vec![
        ("code-unknown", "there are three announcements", with("explanation", &[0], &[4])),
        (
            "explanation-text",
            "a statement is a byte string",
            with("explanation", &[1], &raw::text("x")),
        ),
        ("head-first-null", "the first index is named", with("head", &[2], NULL)),
        ("head-entry-bare", "an entry is a byte string", with("head", &[3, 0], &[0x80])),
        (
            "head-statement-index",
            "a statement has its entry's index",
            raw::remove(&good("head"), &[4, 0, 0]),
        ),
        ("head-salt-short", "a salt has 32 bytes", with("head", &[4, 0, 1, 0], &key(31))),
        ("head-statements-null", "no statements are an empty list", with("head", &[4], NULL)),
    ]
}
