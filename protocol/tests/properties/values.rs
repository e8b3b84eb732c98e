//! Arbitrary small values.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::id::{
    BlobHash, ChatCommitment, CommunityId, EntryCommitment, KeyCheck, PublicKey, Salt, StatementId,
    TreeHash,
};
use sheaf_protocol::limits::TIME_MS_MAX;
use sheaf_protocol::statement::PolicyRef;
use sheaf_protocol::time::{Day, Time};

macro_rules! of_32_bytes {
    ($($name:ident -> $type:ident),+ $(,)?) => {$(
        pub(crate) fn $name() -> impl Strategy<Value = $type> {
            any::<[u8; 32]>().prop_map($type)
        }
    )+};
}
of_32_bytes! {
    key -> PublicKey,
    tree_hash -> TreeHash,
    blob_hash -> BlobHash,
    chat_commitment -> ChatCommitment,
    key_check -> KeyCheck,
    salt -> Salt,
    statement_id -> StatementId,
    entry_commitment -> EntryCommitment,
}

pub(crate) fn community() -> impl Strategy<Value = CommunityId> {
    key().prop_map(CommunityId)
}

pub(crate) fn time() -> impl Strategy<Value = Time> {
    (0..=TIME_MS_MAX).prop_filter_map("in range", Time::from_ms)
}

pub(crate) fn day() -> impl Strategy<Value = Day> {
    any::<u32>().prop_map(Day)
}

/// One line for people.
pub(crate) fn line() -> impl Strategy<Value = String> {
    "[a-zé中0-9]([ -~é中]{0,12}[a-zé中0-9])?"
}

pub(crate) fn lines() -> impl Strategy<Value = Vec<String>> {
    btree_set(line(), 0..4).prop_map(|set| set.into_iter().collect())
}

pub(crate) fn keys(least: usize) -> impl Strategy<Value = Vec<PublicKey>> {
    btree_set(key(), least..5).prop_map(|set| set.into_iter().collect())
}

pub(crate) fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes)
}

pub(crate) fn policy_ref() -> impl Strategy<Value = PolicyRef> {
    (any::<u64>(), entry_commitment())
        .prop_map(|(index, commitment)| PolicyRef { index, commitment })
}

/// Lengths of every form, not only long ones.
pub(crate) fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..30_u64, 0..70_000_u64, any::<u64>()]
}
