//! Every bound of the formats and of the wire, named. A value beyond its bound is refused with an
//! error that names the bound; relations between bounds are checked when this file compiles.

/// Deepest nesting of CBOR arrays and maps that the reader follows.
pub const CBOR_DEPTH_MAX: usize = 16;
/// Last moment that a time can name: 9999-12-31T23:59:59.999Z. Fits in the integers of JSON.
pub const TIME_MS_MAX: u64 = 253_402_300_799_999;

/// Bytes of a signed statement (COSE_Sign1), whole.
pub const STATEMENT_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a policy document in a policy statement.
pub const POLICY_BYTES_MAX: usize = 16 * 1024;
/// Stewards that a charter names.
pub const STEWARDS_MAX: usize = 64;
/// Bytes of a community's or a member's name, of a tag, of a licence expression.
pub const NAME_BYTES_MAX: usize = 256;
/// Labels (tags, languages, models) of one manifest, each.
pub const LABELS_MAX: usize = 32;
/// Kinds of what is private that a policy lists, masked and flagged together, and that a manifest
/// counts.
pub const PRIVATE_KINDS_MAX: usize = 32;
/// Bytes of the name of such a kind.
pub const PRIVATE_KIND_BYTES_MAX: usize = 24;
/// Bytes of the purpose in a policy.
pub const PURPOSE_BYTES_MAX: usize = 4096;
/// Licences that a policy lists.
pub const POLICY_LICENCES_MAX: usize = 24;
/// Usage labels that a policy's chats must not forbid.
pub const MUST_ALLOW_MAX: usize = 8;
/// Replica keys that a policy lists.
pub const REPLICA_KEYS_MAX: usize = 64;
/// Days of the longest age that a policy may set.
pub const AGE_DAYS_MAX: u32 = 36_500;
/// Seconds of the longest head age and erasure time that a policy may set.
pub const POLICY_SECS_MAX: u64 = 366 * 86_400;
/// Entries that one erasure or receipt names.
pub const ERASED_ITEMS_MAX: usize = 256;
/// Keys that one receipt lists.
pub const LISTED_KEYS_MAX: usize = 256;

/// Bytes of a chat's canonical CBOR.
pub const CHAT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Messages in one chat, over all its branches.
pub const CHAT_MESSAGES_MAX: usize = 200_000;
/// Parts of one message.
pub const MESSAGE_PARTS_MAX: usize = 10_000;
/// Parts of one chat, over all its messages: with it, what a decoded chat takes in memory.
pub const CHAT_PARTS_MAX: usize = 400_000;
/// Bytes of a short field of a chat: title, model, a name, an identifier, a media type.
pub const CHAT_FIELD_BYTES_MAX: usize = 1024;
/// Bytes of a score in decimal text.
pub const SCORE_BYTES_MAX: usize = 32;
/// Nesting of a JSON text that the strict reader follows.
pub const JSON_DEPTH_MAX: usize = 32;
/// Largest magnitude of an integer in JSON that every reader takes exactly: 2^53 - 1.
pub const JSON_INTEGER_MAX: u64 = (1 << 53) - 1;
/// Least bytes of a chat before sealing, padding included: shorter chats look alike.
pub const SEAL_INNER_BYTES_MIN: usize = 256;
/// Bytes of the window that a zstd frame may ask for beyond its own content: what RFC 8878 (§3.1.1.1.2)
/// recommends every decoder to support.
pub const SEAL_WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Plaintext bytes of one chunk of a sealed blob.
pub const SEAL_CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a sealed blob: a chat that does not compress, padded, with a tag per chunk.
pub const BLOB_BYTES_MAX: usize = CHAT_BYTES_MAX + CHAT_BYTES_MAX / 8 + 1024 * 1024;
/// Sealed bytes up to which a blob is small: kept in the node's own table, sent inline.
pub const BLOB_SMALL_BYTES_MAX: usize = 64 * 1024;

/// Bytes of an encoded log entry.
pub const ENTRY_BYTES_MAX: usize = 128;
/// Entries of one log.
pub const LOG_ENTRIES_MAX: u64 = 1 << 40;
/// Hashes in an inclusion or consistency proof of the largest log.
pub const PROOF_HASHES_MAX: usize = 2 * 41;
/// Bytes of a checkpoint with its signatures.
pub const CHECKPOINT_BYTES_MAX: usize = 8 * 1024;
/// Signature lines of one checkpoint.
pub const CHECKPOINT_SIGNATURES_MAX: usize = 16;

/// Communities of one dataset.
pub const DATASET_COMMUNITIES_MAX: usize = 4096;
/// Bytes of a lock file.
pub const LOCK_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of a line of `chats.jsonl`: JSON may take six bytes for one byte of a chat.
pub const ROW_BYTES_MAX: usize = 6 * CHAT_BYTES_MAX + STATEMENT_BYTES_MAX;
/// Bytes of a line of `rows`: a hash, a `did:key`, an index.
pub const ROW_REF_BYTES_MAX: usize = 64 + 1 + 64 + 1 + 20;
/// Bytes of an item of `statements.cbor`: a statement, its salt and their heads.
pub const RECORD_BYTES_MAX: usize = STATEMENT_BYTES_MAX + 64;
/// Problems that a verification names with their places; the rest are counted.
pub const PROBLEMS_MAX: usize = 200;

/// Bytes of one gossip message (gossipsub's own bound).
pub const GOSSIP_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one request on the pull or member protocol, without the blob that may follow.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the first frame of an answer.
pub const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of one item of a response; large blobs go over their own stream.
pub const ITEM_BYTES_MAX: usize = 128 * 1024;
/// Communities of a node that are asked about one by one.
pub const COMMUNITIES_TOLD_MAX: usize = 16;
/// Items that one pull request may ask for.
pub const PULL_ITEMS_MAX: usize = 1024;
/// Places in a chat that a node names where it found something private; more are counted.
pub const FINDINGS_MAX: usize = 1024;
/// Bytes of such a place as a path.
pub const FINDING_PATH_BYTES_MAX: usize = 64;
/// Kinds of what was found in one chat that are counted apart.
pub const FINDING_KINDS_MAX: usize = 64;
/// Bytes of the sentence that says why a scrubber could not look.
pub const FINDING_FAILED_BYTES_MAX: usize = 512;
/// Chats of a review queue in one answer.
pub const WAITING_CHATS_MAX: usize = 128;
/// Seconds by which a cosignature's time may lie ahead of the reader's clock.
pub const CLOCK_SKEW_SECS: u64 = 300;

const _: () = assert!(TIME_MS_MAX / 86_400_000 < u32::MAX as u64);
const _: () = assert!(TIME_MS_MAX < 1 << 53);
const _: () = assert!(TIME_MS_MAX <= JSON_INTEGER_MAX);
// serde_json itself stops at 128.
const _: () = assert!(JSON_DEPTH_MAX < 128);
const _: () = assert!(CHAT_PARTS_MAX >= CHAT_MESSAGES_MAX);
const _: () = assert!(SEAL_INNER_BYTES_MIN <= SEAL_CHUNK_BYTES);
const _: () = assert!(POLICY_BYTES_MAX + 1024 < STATEMENT_BYTES_MAX);
const _: () = assert!(
    PURPOSE_BYTES_MAX
        + (POLICY_LICENCES_MAX + MUST_ALLOW_MAX + 2) * (NAME_BYTES_MAX + 3)
        + REPLICA_KEYS_MAX * 34
        + PRIVATE_KINDS_MAX * (PRIVATE_KIND_BYTES_MAX + 2)
        + 128
        <= POLICY_BYTES_MAX
);
const _: () = assert!(
    ERASED_ITEMS_MAX * (1 + 9 + 34 + 1) + LISTED_KEYS_MAX * 34 + 1024 < STATEMENT_BYTES_MAX
);
const _: () = assert!(BLOB_SMALL_BYTES_MAX + STATEMENT_BYTES_MAX <= ITEM_BYTES_MAX);
const _: () = assert!(STATEMENT_BYTES_MAX < REQUEST_BYTES_MAX);
const _: () = assert!(PULL_ITEMS_MAX * (ENTRY_BYTES_MAX + 2) < REPLY_BYTES_MAX);
const _: () = assert!(
    FINDINGS_MAX * (FINDING_PATH_BYTES_MAX + PRIVATE_KIND_BYTES_MAX + 48)
        + FINDING_KINDS_MAX * (PRIVATE_KIND_BYTES_MAX + 16)
        + FINDING_FAILED_BYTES_MAX
        + STATEMENT_BYTES_MAX
        + 1024
        < REPLY_BYTES_MAX
);
const _: () = assert!(
    WAITING_CHATS_MAX
        * (FINDING_KINDS_MAX * (PRIVATE_KIND_BYTES_MAX + 16)
            + FINDING_FAILED_BYTES_MAX
            + NAME_BYTES_MAX
            + 128)
        < REPLY_BYTES_MAX
);
const _: () = assert!(BLOB_BYTES_MAX > CHAT_BYTES_MAX);
const _: () = assert!(ENTRY_BYTES_MAX > 1 + 2 + 9 + 34 + 34 + 5);
