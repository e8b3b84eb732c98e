//! Blobs that do not open, or are not what was promised: each differs from a good one in one thing.

use super::drafts::{hello, unhex};
use super::sealed::{COMMUNITY, KEY, SIGNER, Sealed, frame, noise, wrap};
use crate::vector::to_hex;
use serde_json::{Value, json};
use sheaf_protocol::seal::{ChatKey, commit};

/// Name, why, and the input.
pub(super) type Refused = (&'static str, &'static str, Value);

/// All of this file.
pub(super) fn refused() -> Vec<Refused> {
    [frames(), inner(), chunks(), whole(), promises()].concat()
}

/// What is encrypted holds another frame than it should.
fn frames() -> Vec<Refused> {
    let plain = hello();
    let good = frame(&plain);
    let holding = |frame: &[u8]| Sealed::new(&plain, frame).input();
    // Magic, descriptor (single segment, size in four bytes), size, block head, block.
    let (head, block) = good.split_at(9);
    let stating = |size: u32, rest: &[u8]| [&head[..5], &size.to_le_bytes(), rest].concat();
    let repeated = |count: u32| [&(1 | 1 << 1 | count << 3).to_le_bytes()[..3], b"x"].concat();
    let raw = |bytes: &[u8], last: u32| {
        [&(last | (bytes.len() as u32) << 3).to_le_bytes()[..3], bytes].concat()
    };
    let skippable = [&unhex("502a4d183a000000")[..], &plain].concat();
    let halves = [frame(&plain[..29]), frame(&plain[29..])].concat();
    let described = |descriptor: &[u8]| [&head[..4], descriptor, block].concat();
    let size = 58_u32.to_le_bytes();
    vec![
        ("not-zstd", "the chat without compression", holding(&plain)),
        ("old-zstd", "a frame of zstd 0.7", holding(&[&[0x27][..], &good[1..]].concat())),
        ("gzip", "another compression", holding(&[&[0x1f, 0x8b, 8][..], &good[3..]].concat())),
        ("skippable", "a skippable frame holds anything", holding(&skippable)),
        (
            "skippable-before",
            "a skippable frame before the one",
            holding(&[&unhex("502a4d1800000000")[..], &good].concat()),
        ),
        ("two-frames", "two frames decompress to the right bytes together", holding(&halves)),
        (
            "frame-trailing",
            "a byte within the frame length, behind the frame",
            holding(&[&good[..], &[0]].concat()),
        ),
        ("frame-cut", "the last byte of the frame is missing", holding(&good[..good.len() - 1])),
        ("frame-empty", "no frame at all", holding(&[])),
        (
            "no-content-size",
            "a frame that does not state its size",
            holding(&described(&[0x00, 0x00])),
        ),
        (
            "dictionary",
            "a frame that wants a dictionary",
            holding(&described(&[&[0xa1, 7][..], &size].concat())),
        ),
        (
            "window",
            "a window of 9 MiB, which a decoder need not have, for 58 bytes",
            holding(&described(&[&[0x80, 0x69][..], &size].concat())),
        ),
        (
            "window-2-gib",
            "a window of 2 GiB for 58 bytes",
            holding(&described(&[&[0x80, 0xa8][..], &size].concat())),
        ),
        (
            "reserved-bit",
            "a bit of the descriptor that must be zero",
            holding(&described(&[&[0xa8][..], &size].concat())),
        ),
        (
            "reserved-block",
            "a block of a type that does not exist",
            holding(&[head, &[block[0] | 6], &block[1..]].concat()),
        ),
        (
            "no-last-block",
            "no block says that it is the last",
            holding(&[head, &raw(&plain, 0)].concat()),
        ),
        (
            "checksum-wrong",
            "a checksum of other bytes",
            holding(&[&described(&[&[0xa4][..], &size].concat())[..], &[0; 4]].concat()),
        ),
        (
            "bomb",
            "a small frame states and holds more than the manifest promises",
            holding(&stating(100_000, &repeated(100_000))),
        ),
        (
            "bomb-hidden",
            "a small frame states what was promised, and holds 100000 bytes",
            holding(&stating(58, &repeated(100_000))),
        ),
        ("frame-states-more", "a frame states 59 bytes and holds 58", holding(&stating(59, block))),
        ("frame-states-less", "a frame states 57 bytes and holds 58", holding(&stating(57, block))),
        (
            "frame-holds-more",
            "a frame states 58 bytes and holds 59",
            holding(&stating(58, &raw(&[&plain[..], &[0]].concat(), 1))),
        ),
        (
            "frame-holds-less",
            "a frame states 58 bytes and holds 57",
            holding(&stating(58, &raw(&plain[..57], 1))),
        ),
    ]
}

/// What is encrypted is not length, frame and zeros.
fn inner() -> Vec<Refused> {
    let good = wrap(&frame(&hello()));
    let sealed =
        |inner: Vec<u8>| Sealed { inner, ..Sealed::new(&hello(), &frame(&hello())) }.input();
    let changed = |at: usize, byte: u8| {
        let mut inner = good.clone();
        inner[at] = byte;
        sealed(inner)
    };
    let padded = |len: usize| {
        let mut inner = good.clone();
        inner.resize(len, 0);
        sealed(inner)
    };
    let frame_ends = 4 + good[3] as usize;
    vec![
        ("frame-too-long", "the frame length reaches beyond the padding", changed(2, 1)),
        ("frame-huge", "the frame length is that of 4 GiB", changed(0, 255)),
        ("padding-not-zero", "padding carries a message", changed(255, b'!')),
        ("padding-begins", "the first byte of the padding is not zero", changed(frame_ends, 1)),
        ("padded-too-far", "one step of padding too much", padded(264)),
        ("padded-by-one", "a byte of padding too much", padded(257)),
        ("padded-too-little", "a byte of padding too few", padded(255)),
        ("not-padded", "no padding: the length is told", padded(frame_ends)),
        ("header-cut", "three bytes hold no length", padded(3)),
    ]
}

/// Chunks that are not numbered from 0 to the last one, which says so.
fn chunks() -> Vec<Refused> {
    let plain = noise(70_000);
    let good = Sealed::new(&plain, &frame(&plain));
    let pieces: Vec<_> = good.inner.chunks(65_536).collect();
    let small = Sealed::new(&hello(), &frame(&hello()));
    let of = |sealed: &Sealed, pieces: &[(u64, bool, &[u8])]| {
        let chunks = pieces.iter().map(|(index, last, piece)| sealed.chunk(*index, *last, piece));
        sealed.promise(&[vec![1], chunks.flatten().collect()].concat())
    };
    let only = &small.inner[..];
    vec![
        ("cut", "the last chunk is missing", of(&good, &[(0, false, pieces[0])])),
        ("first-missing", "the first chunk is missing", of(&good, &[(1, true, pieces[1])])),
        (
            "swapped",
            "chunks out of order",
            of(&good, &[(1, true, pieces[1]), (0, false, pieces[0])]),
        ),
        (
            "early-last",
            "the first chunk says that it is the last",
            of(&good, &[(0, true, pieces[0]), (1, true, pieces[1])]),
        ),
        (
            "empty-last",
            "an empty chunk is appended",
            of(&good, &[(0, false, pieces[0]), (1, true, pieces[1]), (2, true, b"")]),
        ),
        (
            "no-last",
            "the only chunk does not say that it is the last",
            of(&small, &[(0, false, only)]),
        ),
        ("counted-from-1", "chunks are counted from 0", of(&small, &[(1, true, only)])),
        (
            "counter-gap",
            "a number is left out",
            of(&good, &[(0, false, pieces[0]), (2, true, pieces[1])]),
        ),
        (
            "small-chunks",
            "a chunk of 128 bytes that is not the last",
            of(&small, &[(0, false, &only[..128]), (1, true, &only[128..])]),
        ),
        ("empty-only", "the only chunk is empty", of(&small, &[(0, true, b"")])),
    ]
}

/// The blob as a whole: version, key, associated data.
fn whole() -> Vec<Refused> {
    let good = Sealed::new(&hello(), &frame(&hello()));
    let blob = good.blob();
    let changed = |at: usize, bits: u8| {
        let mut blob = blob.clone();
        blob[at] ^= bits;
        good.promise(&blob)
    };
    let other = *blake3::hash(b"another key").as_bytes();
    let sealed_as = |change: &dyn Fn(&mut Sealed)| {
        let mut sealed = Sealed::new(&hello(), &frame(&hello()));
        change(&mut sealed);
        good.promise(&sealed.blob())
    };
    let bound = |parts: [&[u8]; 3]| {
        let associated = parts.concat();
        sealed_as(&move |s| s.associated = associated.clone())
    };
    let (community, signer) = (&good.associated[1..33], &good.associated[33..]);
    vec![
        ("empty", "no version byte", good.promise(&[])),
        ("version-alone", "no chunk", good.promise(&[1])),
        ("version-0", "there is no version 0", changed(0, 1)),
        ("version-2", "a later version is named", changed(0, 3)),
        ("changed", "one bit of the ciphertext", changed(22, 0x10)),
        ("tag-changed", "one bit of the tag", changed(blob.len() - 1, 0x80)),
        ("tag-cut", "the last byte of the tag is missing", good.promise(&blob[..blob.len() - 1])),
        ("trailing", "a byte follows the last chunk", good.promise(&[&blob[..], &[0]].concat())),
        (
            "sealed-by-other-key",
            "sealed under another key than the one that passes the check",
            sealed_as(&|s| s.seal_key = other),
        ),
        (
            "sealed-by-chat-key",
            "sealed under the chat key, not under the seal key",
            sealed_as(&|s| s.seal_key = KEY),
        ),
        ("other-community", "bound to the community", bound([&[1], &[9; 32], signer])),
        ("other-signer", "bound to the signer", bound([&[1], community, &[9; 32]])),
        (
            "turned-binding",
            "the community comes before the signer",
            bound([&[1], signer, community]),
        ),
        ("unversioned-binding", "the version is bound in", bound([&[], community, signer])),
        ("unbound", "no associated data", bound([&[], &[], &[]])),
    ]
}

/// What the manifest promises is not what comes.
fn promises() -> Vec<Refused> {
    let good = Sealed::new(&hello(), &frame(&hello())).input();
    let with = |name: &str, value: Value| {
        let mut input = good.clone();
        input[name] = value;
        input
    };
    let mut flipped = KEY;
    flipped[31] ^= 1;
    let other = ChatKey::from_bytes([9; 32]);
    let (zeros, key) = (to_hex([0; 32]), ChatKey::from_bytes(KEY));
    let of_frame = commit(&key.opening(), &frame(&hello()));
    vec![
        ("other-check", "the key does not pass the key check", with("check", json!(other.check()))),
        (
            "other-key",
            "one bit of the key: it does not pass the key check",
            with("key", to_hex(flipped)),
        ),
        (
            "check-as-opening",
            "the key check is not the opening",
            with("check", json!(key.opening().to_string())),
        ),
        ("other-hash", "another blob", with("hash", zeros.clone())),
        (
            "hash-of-plain",
            "the hash is that of the sealed bytes",
            with("hash", to_hex(blake3::hash(&hello()).as_bytes())),
        ),
        ("other-size", "the manifest states another size", with("plain_bytes", json!(59))),
        (
            "huge-size",
            "the manifest states a size beyond CHAT_BYTES_MAX",
            with("plain_bytes", json!(67_108_865)),
        ),
        ("other-commitment", "the manifest commits to other bytes", with("commitment", zeros)),
        (
            "commitment-to-frame",
            "the commitment is to the chat, not to its frame",
            with("commitment", json!(of_frame)),
        ),
        ("community-of-reader", "opened for another community", with("community", json!(SIGNER))),
        ("signer-of-reader", "opened for another signer", with("signer", json!(COMMUNITY))),
    ]
}
