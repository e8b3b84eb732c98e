//! The largest of each kind fits; the vectors of `docs/spec/statement.md` have the rules of form.

use super::*;
use crate::id::{BlobHash, ChatCommitment, KeyCheck, TreeHash};
use crate::limits::*;
use crate::policy::Preset;
use crate::sign::{SecretKey, SignedError};

fn line(n: usize) -> String {
    format!("{n:0>width$}", width = NAME_BYTES_MAX)
}

fn keys(count: usize) -> Vec<PublicKey> {
    (0..count as u64).map(|n| numbered(n).map(PublicKey).unwrap()).collect()
}

fn numbered(n: u64) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    bytes.first_chunk_mut::<8>().map(|head| *head = n.to_be_bytes())?;
    Some(bytes)
}

fn largest() -> Vec<Body> {
    let words = || (0..LABELS_MAX).map(line).collect::<Vec<_>>();
    let end = Some(LogEnd { size: u64::MAX, root: TreeHash([9; 32]) });
    let erased = |index| Erased { index, control: PublicKey([1; 32]), cause: Cause::Due };
    let items: Vec<_> = (u64::MAX - ERASED_ITEMS_MAX as u64 + 1..=u64::MAX).map(erased).collect();
    vec![
        Body::Charter(Charter {
            name: line(0),
            log_key: PublicKey([1; 32]),
            stewards: keys(STEWARDS_MAX),
            next_root: Some(TreeHash([9; 32])),
            ends: end,
            previous: end,
        }),
        Body::Policy(Policy {
            title: line(0),
            purpose: "x".repeat(PURPOSE_BYTES_MAX),
            licences: (0..POLICY_LICENCES_MAX).map(line).collect(),
            must_allow: (0..MUST_ALLOW_MAX).map(|n| line(n).replacen('0', "a", 1)).collect(),
            replica_keys: keys(REPLICA_KEYS_MAX),
            ..Policy::preset(Preset::Open)
        }),
        Body::Manifest(Manifest {
            control: PublicKey([1; 32]),
            blob: BlobRef {
                hash: BlobHash([1; 32]),
                sealed_bytes: BLOB_BYTES_MAX as u64,
                plain_bytes: CHAT_BYTES_MAX as u64,
            },
            commitment: ChatCommitment([1; 32]),
            check: KeyCheck([1; 32]),
            consent: Consent {
                licence: line(0),
                usage: format!("a{}", &line(0)[1..]),
                vocabulary: line(0),
                attribution: Attribution::Name(line(0)),
                due: Some(Day(u32::MAX)),
            },
            labels: Labels {
                scrubbed: vec![Scrubbed { kind: "email".into(), masked: 2, kept: 1 }],
                verdict: Some(Verdict::Good),
                tags: words(),
                languages: words(),
                models: words(),
                messages: CHAT_MESSAGES_MAX as u32,
                created: Time::from_ms(TIME_MS_MAX),
            },
        }),
        Body::Erasure(Erasure { items: items.clone() }),
        Body::Receipt(Receipt { items, listed: keys(LISTED_KEYS_MAX) }),
    ]
}

fn signed(body: Body) -> SignedStatement {
    let policy = PolicyRef { index: u64::MAX, commitment: EntryCommitment([1; 32]) };
    let named = !matches!(body, Body::Charter(_) | Body::Policy(_));
    let statement = Statement {
        community: CommunityId(PublicKey([1; 32])),
        epoch: u64::MAX,
        policy: named.then_some(policy),
        at: Time::from_ms(TIME_MS_MAX).unwrap(),
        body,
    };
    Signed::sign(statement, &SecretKey::from_bytes([1; 32]))
}

#[test]
fn the_largest_statement_of_each_kind_is_read_back() {
    for body in largest() {
        let signed = signed(body);
        let (kind, bytes) = (signed.content().kind(), signed.bytes().len());
        assert!(bytes <= STATEMENT_BYTES_MAX, "a {kind} may have {bytes} bytes");
        let read = SignedStatement::verify(signed.bytes()).map(|read| read.id());
        assert_eq!(read, Ok(signed.id()), "{kind}");
    }
}

#[test]
fn labels_are_sorted_for_the_manifest() {
    let tags = ["b", "a", "b"].map(String::from).to_vec();
    let labels = Labels { tags, ..Labels::default() }.sorted();
    assert_eq!(labels.tags, ["a", "b"]);
}

#[test]
fn what_decoding_refuses_validate_refuses() {
    let items = Vec::new();
    let empty = signed(Body::Erasure(Erasure { items }));
    assert_eq!(empty.content().validate().unwrap_err().field, "items");
    let error = SignedStatement::verify(empty.bytes()).unwrap_err();
    assert!(matches!(error, SignedError::Payload(e) if e.path == ["items"]));
}
