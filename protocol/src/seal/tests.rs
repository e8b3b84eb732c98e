use super::*;
use crate::limits::SEAL_CHUNK_BYTES;
use proptest::prelude::*;

const COMMUNITY: CommunityId = CommunityId(PublicKey([1; 32]));
const SIGNER: PublicKey = PublicKey([2; 32]);

fn key() -> ChatKey {
    ChatKey::from_bytes([3; 32])
}

/// Bytes that do not compress: BLAKE3's extendable output.
fn noise(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut bytes);
    bytes
}

fn expected(sealed: &Sealed) -> Expected {
    Expected {
        hash: Some(sealed.hash),
        plain_bytes: sealed.plain_bytes,
        commitment: sealed.commitment,
        check: sealed.check,
    }
}

fn sealed(plain: &[u8]) -> (Sealed, Expected) {
    let sealed = seal(&key(), &COMMUNITY, &SIGNER, plain).unwrap();
    let expected = expected(&sealed);
    (sealed, expected)
}

fn reopen(blob: &[u8], expected: &Expected) -> Result<Vec<u8>, OpenError> {
    open(&key(), &COMMUNITY, &SIGNER, blob, expected)
}

/// Without the blob's hash, so that what lies behind it is reached.
fn unhashed(expected: Expected) -> Expected {
    Expected { hash: None, ..expected }
}

#[test]
fn sizes_around_the_chunk_boundaries_come_back() {
    for chunks in 1..4 {
        for len in (chunks * SEAL_CHUNK_BYTES - 40..chunks * SEAL_CHUNK_BYTES + 3).step_by(6) {
            let plain = noise(len);
            let (sealed, expected) = sealed(&plain);
            assert_eq!(reopen(&sealed.blob, &expected).as_ref(), Ok(&plain), "{len} bytes");
        }
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let (sealed, expected) = sealed(b"a small chat");
    for bit in 0..sealed.blob.len() * 8 {
        let mut blob = sealed.blob.clone();
        blob[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(reopen(&blob, &expected), Err(OpenError::BlobHash), "bit {bit}");
        let behind = reopen(&blob, &unhashed(expected));
        assert!(matches!(behind, Err(OpenError::Blob(_))), "bit {bit}: {behind:?}");
    }
}

proptest! {
    #[test]
    fn small_chats_come_back(plain in proptest::collection::vec(any::<u8>(), 1..2000)) {
        let (sealed, expected) = sealed(&plain);
        prop_assert_eq!(reopen(&sealed.blob, &expected), Ok(plain));
    }
}

#[test]
fn a_flipped_bit_in_a_large_blob_names_its_chunk() {
    let (sealed, expected) = sealed(&noise(3 * SEAL_CHUNK_BYTES));
    for at in (1..sealed.blob.len()).step_by(9973) {
        let mut blob = sealed.blob.clone();
        blob[at] ^= 0x10;
        let chunk = ((at - 1) / (SEAL_CHUNK_BYTES + 16)) as u64;
        let error = BlobError::Chunk(chunk).into();
        assert_eq!(reopen(&blob, &unhashed(expected)), Err(error), "byte {at}");
    }
}

#[test]
fn chunks_cannot_be_cut_added_or_moved() {
    let (sealed, expected) = sealed(&noise(3 * SEAL_CHUNK_BYTES));
    let expected = unhashed(expected);
    let (version, body) = sealed.blob.split_at(1);
    let chunks: Vec<&[u8]> = body.chunks(SEAL_CHUNK_BYTES + 16).collect();
    assert_eq!(chunks.len(), 4);
    let joined = |order: &[usize]| {
        let chunks = order.iter().map(|index| chunks[*index]);
        let blob = [version].into_iter().chain(chunks).collect::<Vec<_>>().concat();
        reopen(&blob, &expected)
    };
    assert!(joined(&[0, 1, 2, 3]).is_ok());
    assert_eq!(joined(&[0, 1, 2]), Err(BlobError::NotLast(2).into()));
    assert_eq!(joined(&[0, 2, 1, 3]), Err(BlobError::Chunk(1).into()));
    assert_eq!(joined(&[1, 2, 3]), Err(BlobError::Chunk(0).into()));
    assert_eq!(joined(&[]), Err(BlobError::Short.into()));
    let (small, small_expected) = self::sealed(b"one chunk");
    let longer = [&small.blob[..], &[0; 17]].concat();
    let error = reopen(&longer, &unhashed(small_expected));
    assert!(matches!(error, Err(OpenError::Blob(_))), "{error:?}");
}

/// Eve holds the key and seals chunks as she likes: a last chunk in the middle is named too.
#[test]
fn a_last_chunk_in_the_middle_is_named() {
    let full = blob::encrypt(&key().seal_key(), &COMMUNITY, &SIGNER, &noise(SEAL_CHUNK_BYTES));
    let longer = [&full[..], &[0; 20]].concat();
    let opened = blob::decrypt(&key().seal_key(), &COMMUNITY, &SIGNER, &longer);
    assert_eq!(opened, Err(BlobError::AfterLast(0)));
}

#[test]
fn blame_falls_on_whom_it_belongs() {
    let (sealed, good) = sealed(b"what alice said");
    let wrong_key = ChatKey::from_bytes([9; 32]);
    let opened = open(&wrong_key, &COMMUNITY, &SIGNER, &sealed.blob, &good);
    assert_eq!(opened, Err(OpenError::KeyCheck), "the sender of the key lied");
    let opened = reopen(b"another blob", &good);
    assert_eq!(opened, Err(OpenError::BlobHash), "the sender of the blob lied");
    let lie = Expected { commitment: ChatCommitment([0; 32]), ..good };
    assert_eq!(reopen(&sealed.blob, &lie), Err(OpenError::Commitment), "the manifest lies");
    let elsewhere = CommunityId(PublicKey([7; 32]));
    let opened = open(&key(), &elsewhere, &SIGNER, &sealed.blob, &good);
    assert_eq!(opened, Err(BlobError::Chunk(0).into()), "a blob belongs to one community");
    let opened = open(&key(), &COMMUNITY, &PublicKey([7; 32]), &sealed.blob, &good);
    assert_eq!(opened, Err(BlobError::Chunk(0).into()), "a blob belongs to one signer");
    let huge = Expected { plain_bytes: u64::MAX, ..good };
    assert!(matches!(reopen(&sealed.blob, &huge), Err(OpenError::TooLong { .. })));
    let larger = Expected { plain_bytes: good.plain_bytes + 1, ..good };
    let error = BlobError::from(InnerError::StatedLength);
    assert_eq!(
        reopen(&sealed.blob, &larger),
        Err(error.into()),
        "the manifest states another size"
    );
}

#[test]
fn nothing_and_too_much_are_not_sealed() {
    assert_eq!(
        seal(&key(), &COMMUNITY, &SIGNER, b"").map(|_| ()),
        Err(SealError::Length { bytes: 0 })
    );
    let much = vec![0; CHAT_BYTES_MAX + 1];
    assert!(seal(&key(), &COMMUNITY, &SIGNER, &much).is_err());
}

/// The longest that a compressor makes of the longest chat, padded and in chunks.
#[test]
fn a_chat_that_does_not_compress_stays_in_bounds() {
    let longest = padded_len(4 + zstd::zstd_safe::compress_bound(CHAT_BYTES_MAX));
    let tags = 16 * longest.div_ceil(SEAL_CHUNK_BYTES);
    assert!(1 + longest + tags <= BLOB_BYTES_MAX);
    let (sealed, expected) = sealed(&noise(1024 * 1024));
    assert!(sealed.blob.len() > 1024 * 1024, "noise does not compress");
    assert!(reopen(&sealed.blob, &expected).is_ok());
}

#[test]
fn a_commitment_binds_opening_and_bytes() {
    let opening = key().opening();
    let commitment = commit(&opening, b"chat");
    assert!(verify_commitment(&opening, b"chat", &commitment));
    assert!(!verify_commitment(&opening, b"chaT", &commitment));
    assert!(!verify_commitment(&ChatKey::from_bytes([4; 32]).opening(), b"chat", &commitment));
    assert!(!format!("{:?}", key()).contains('3'), "a key is never printed");
}
