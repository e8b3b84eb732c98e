//! Chats and sealed blobs.

use super::{Decoder, community, key, part, sure};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::dataset::DedupeKey;
use sheaf_protocol::id::{ChatCommitment, PublicKey};
use sheaf_protocol::limits::{CHAT_BYTES_MAX, SEAL_CHUNK_BYTES};
use sheaf_protocol::seal::{self, ChatKey, Expected, OpenError, verify_commitment};

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "chat/cbor", check: chat },
    Decoder { name: "chat/json", check: chat_json },
    Decoder { name: "seal/blob", check: blob },
    Decoder { name: "seal/inner", check: inner },
    Decoder { name: "seal/chunks", check: chunks },
    Decoder { name: "seal/plain", check: plain },
];

fn chat(input: &[u8]) {
    if let Ok(chat) = Chat::from_cbor(input) {
        assert_eq!(chat.to_cbor(), input, "another form of the same chat was accepted");
        read_back(&chat);
    }
}

fn chat_json(input: &[u8]) {
    let Ok(value) = serde_json::from_slice(input) else { return };
    if let Ok(chat) = Chat::from_json(&value) {
        assert_eq!(chat.to_json(), value, "another form of the same chat was accepted");
        read_back(&chat);
    }
}

/// A chat that keeps the rules comes back from both of its forms.
pub(super) fn read_back(chat: &Chat) {
    assert_eq!(&sure(Chat::from_cbor(&chat.to_cbor()), "the bytes of a chat"), chat);
    assert_eq!(&sure(Chat::from_json(&chat.to_json()), "the JSON of a chat"), chat);
    DedupeKey::of(chat);
}

/// The chat key that everything here is sealed under: the one of the vectors, 0 1 2 ….
fn chat_key() -> ChatKey {
    ChatKey::from_bytes(std::array::from_fn(|n| n as u8))
}

fn signer() -> PublicKey {
    key(5).public()
}

/// Opens what a manifest promises truly in everything but the commitment: what fails at that last
/// question has passed every other.
fn open(blob: &[u8], plain_bytes: u64) -> OpenError {
    let expected = Expected {
        hash: None,
        plain_bytes,
        commitment: ChatCommitment([0; 32]),
        check: chat_key().check(),
    };
    match seal::open(&chat_key(), &community(), &signer(), blob, &expected) {
        Ok(_) => panic!("a blob opened to what nobody committed to"),
        Err(error) => error,
    }
}

/// The plain size that a manifest states, and a blob as it came.
fn blob(mut input: &[u8]) {
    if let Some(plain_bytes) = part(&mut input) {
        open(input, plain_bytes);
    }
}

/// What encryption would hide from the fuzzer: the stated plain size, then header, frame and
/// padding as somebody who has the key can make them.
fn inner(mut input: &[u8]) {
    let Some(plain_bytes) = part(&mut input) else { return };
    let last = input.len().div_ceil(SEAL_CHUNK_BYTES).saturating_sub(1);
    let mut blob = vec![1];
    for (index, chunk) in input.chunks(SEAL_CHUNK_BYTES).enumerate() {
        blob.extend(encrypt(index as u64, index == last, chunk));
    }
    if open(&blob, plain_bytes) == OpenError::Commitment {
        assert!(plain_bytes <= CHAT_BYTES_MAX as u64, "a chat beyond its bound was decompressed");
        assert_eq!(seal::padded_len(input.len()), input.len(), "padded to another length");
    }
}

/// The stated plain size, then chunks with the place and the flag that each claims.
fn chunks(mut input: &[u8]) {
    let Some(plain_bytes) = part(&mut input) else { return };
    let (mut blob, mut places) = (vec![1], Vec::new());
    while let (Some(index), Some(last), Some(Bytes(chunk))) =
        (part::<u64>(&mut input), part::<bool>(&mut input), part(&mut input))
    {
        blob.extend(encrypt(index, last, &chunk));
        places.push((index, last));
    }
    if open(&blob, plain_bytes) == OpenError::Commitment {
        let count = places.len() as u64;
        let right = (0..count).map(|index| (index, index + 1 == count));
        assert!(places.into_iter().eq(right), "chunks out of order, too many or too few");
    }
}

/// One chunk of a blob, as `docs/spec/seal.md` has it: written here a second time, so that it can
/// be written wrongly.
fn encrypt(index: u64, last: bool, chunk: &[u8]) -> Vec<u8> {
    let associated = [&[1][..], &community().0.0, &signer().0].concat();
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(last);
    let cipher = ChaCha20Poly1305::new(&Key::from(*chat_key().seal_key()));
    let payload = Payload { msg: chunk, aad: &associated };
    sure(cipher.encrypt(&Nonce::from(nonce), payload), "a chunk is short")
}

/// What is sealed opens, and with one byte changed it does not.
fn plain(mut input: &[u8]) {
    let at = usize::from(part::<u16>(&mut input).unwrap_or_default());
    let key = chat_key();
    let Ok(mut sealed) = seal::seal(&key, &community(), &signer(), input) else {
        return assert!(input.is_empty(), "only nothing cannot be sealed");
    };
    let expected = Expected {
        hash: None,
        plain_bytes: sealed.plain_bytes,
        commitment: sealed.commitment,
        check: sealed.check,
    };
    assert!(verify_commitment(&sealed.opening, input, &sealed.commitment));
    let opened = |blob: &[u8]| seal::open(&key, &community(), &signer(), blob, &expected);
    assert_eq!(sure(opened(&sealed.blob), "what is sealed opens"), input);
    let at = at % sealed.blob.len();
    sealed.blob[at] ^= 1;
    assert!(opened(&sealed.blob).is_err(), "a changed blob opened");
}
