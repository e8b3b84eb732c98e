//! The vectors of sealing. Frames are written by hand, block by block, so that these files do not
//! depend on a release of zstd; two that a zstd compressed are kept beside them.

use super::blobs;
use super::sealed::{KEY, Sealed, frame, noise};
use crate::sample::HELLO;
use crate::vector::{Draft, accept, reject, to_hex};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sheaf_protocol::seal::{ChatKey, commit};

/// The chat of the worked example, as python-zstandard compressed it at level 6, and with a checksum at level 19.
const COMPRESSED: &str = "28b52ffd203ad101008801684772656574696e67676578616d706c65f6f68289f602f6f6f6f6f4\
    8182006548656c6c6ff6890003f6f6f6f6f481820063486921f601f6";
const CHECKSUMMED: &str = "28b52ffd243ad101008801684772656574696e67676578616d706c65f6f68289f602f6f6f6f6\
    f48182006548656c6c6ff6890003f6f6f6f6f481820063486921f601f6a9a8f727";

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let refused = blobs::refused();
    let refused = refused
        .into_iter()
        .map(|(name, why, input)| reject(format!("blob-{name}"), "blob", why, input));
    accepted().into_iter().chain(commitments()).chain(refused).collect()
}

pub(super) fn unhex(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

pub(super) fn hello() -> Vec<u8> {
    unhex(HELLO)
}

fn accepted() -> Vec<Draft> {
    let lengths: [u64; 14] = [
        1, 255, 256, 257, 300, 1000, 4096, 4097, 65_535, 65_536, 65_537, 100_000, 1_048_577,
        67_109_864,
    ];
    let blob = |name, why, sealed: Sealed| accept(name, "blob", why, sealed.input());
    let two = Sealed::new(&noise(70_000), &frame(&noise(70_000)));
    let hello = hello();
    vec![
        accept(
            "keys-counting",
            "keys",
            "the three values derived from a chat key",
            json!({ "key": to_hex(KEY) }),
        ),
        accept("padding", "padding", "Padmé lengths, at least 256", json!({ "lengths": lengths })),
        blob(
            "blob-hello",
            "the worked example of the page, compressed by another implementation",
            Sealed::new(&hello, &unhex(COMPRESSED)),
        ),
        blob(
            "blob-checksum",
            "a frame with a checksum, compressed at another level",
            Sealed::new(&hello, &unhex(CHECKSUMMED)),
        ),
        blob(
            "blob-stored",
            "a frame whose one block is not compressed",
            Sealed::new(&hello, &frame(&hello)),
        ),
        blob(
            "blob-window",
            "a window of 8 MiB, which every decoder has",
            Sealed::new(
                &hello,
                &[&[0x28, 0xb5, 0x2f, 0xfd, 0x80, 0x68][..], &frame(&hello)[5..]].concat(),
            ),
        ),
        blob("blob-two-chunks", "a full chunk and a shorter one", two),
    ]
}

fn commitments() -> Vec<Draft> {
    let key = ChatKey::from_bytes(KEY);
    let (opening, plain) = (key.opening(), hello());
    let good = json!({ "opening": opening, "plain": to_hex(&plain), "commitment": commit(&opening, &plain) });
    let with = |name: &str, value: Value| {
        let mut input = good.clone();
        input[name] = value;
        input
    };
    let derived = |label: &str, parts: [&[u8]; 2]| {
        let mut hasher = blake3::Hasher::new_derive_key(label);
        parts.iter().for_each(|part| _ = hasher.update(part));
        to_hex(hasher.finalize().as_bytes())
    };
    let label = "sheaf 2026-11 chat commitment v1";
    let (r, p) = (&opening.0[..], &plain[..]);
    let mut flipped = plain.clone();
    flipped[57] ^= 1;
    let refused = [
        ("other-bytes", "one bit of P changed", with("plain", to_hex(flipped))),
        ("longer-bytes", "a byte follows P", with("plain", to_hex([p, &[0]].concat()))),
        ("shorter-bytes", "the last byte of P is missing", with("plain", to_hex(&p[..57]))),
        ("other-opening", "another opening", with("opening", to_hex([0; 32]))),
        ("key-as-opening", "the chat key in place of its opening", with("opening", to_hex(KEY))),
        (
            "plain-hash",
            "the label is part of the commitment",
            with("commitment", to_hex(blake3::hash(&[r, p].concat()).as_bytes())),
        ),
        (
            "other-label",
            "another label",
            with("commitment", derived("sheaf 2026-11 chat opening v1", [r, p])),
        ),
        ("turned", "the opening comes first", with("commitment", derived(label, [p, r]))),
        (
            "unblinded",
            "without the opening anyone could test a guess",
            with("commitment", derived(label, [p, b""])),
        ),
    ];
    let refused = refused
        .into_iter()
        .map(|(name, why, input)| reject(format!("commitment-{name}"), "commitment", why, input));
    let good =
        accept("commitment-hello", "commitment", "BLAKE3 derive_key over r and P", good.clone());
    [good].into_iter().chain(refused).collect()
}
