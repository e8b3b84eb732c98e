//! Small statements of one community, from fixed keys, for vectors.

use sha2::{Digest, Sha256};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::id::{
    BlobHash, ChatCommitment, CommunityId, EntryCommitment, KeyCheck, TreeHash,
};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Admission, Attribution, BlobRef, Body, Charter, Consent, Invitation, InvitationUse, Labels,
    Manifest, Membership, PolicyRef, Scrubbed, Statement, Verdict,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;

/// The chat of the worked examples, two messages, as bytes.
pub(crate) const HELLO: &str = "8801684772656574696e67676578616d706c65f6f68289f602f6f6f6f6f48182006548656c6c6f\
    f6890003f6f6f6f6f481820063486921f601f6";

/// The key of the secret `n n n …`: 1 root, 3 log, 4 and 8 stewards, 5 Bob, 6 Eve, 7 another node, 60 of
/// an invitation, 100 + n control keys.
pub(crate) fn key(n: u8) -> SecretKey {
    SecretKey::from_bytes([n; 32])
}

pub(crate) fn community() -> CommunityId {
    CommunityId(key(1).public())
}

/// 2026-11-22T00:00:00Z and `ms`.
pub(crate) fn at(ms: u64) -> Time {
    Time::from_ms(1_795_305_600_000 + ms).unwrap()
}

pub(crate) fn policy_ref() -> PolicyRef {
    PolicyRef { index: 1, commitment: EntryCommitment([0xaa; 32]) }
}

/// A statement of epoch 0 under [`policy_ref`], where its kind names a policy.
pub(crate) fn statement(body: Body) -> Statement {
    let policy = match body {
        Body::Charter(_) | Body::Policy(_) => None,
        _ => Some(policy_ref()),
    };
    Statement { community: community(), epoch: 0, policy, at: at(0), body }
}

pub(crate) fn charter() -> Charter {
    let mut stewards = vec![key(4).public(), key(8).public()];
    stewards.sort();
    Charter {
        name: "Herons".into(),
        log_key: key(3).public(),
        stewards,
        next_root: Some(TreeHash(Sha256::digest(key(2).public().0).into())),
        ends: None,
        previous: None,
    }
}

pub(crate) fn policy() -> Policy {
    Policy::preset(Preset::Open)
}

pub(crate) fn leave() -> Invitation {
    Invitation { community: community(), key: key(60).public(), expires: at(30 * 86_400_000) }
}

pub(crate) fn join() -> Membership {
    let member = key(5).public();
    let used = InvitationUse { community: community(), member };
    Membership {
        admission: Admission::Join,
        member,
        name: Some("Bob".into()),
        control: Some(key(100).public()),
        invitation: Some(Bytes(Signed::sign(leave(), &key(4)).bytes().to_vec())),
        invitation_use: Some(Bytes(Signed::sign(used, &key(60)).bytes().to_vec())),
    }
}

/// Bob's chat number `n`, under the control key `100 + n`.
pub(crate) fn manifest(n: u8) -> Manifest {
    Manifest {
        control: key(100 + n).public(),
        blob: BlobRef { hash: BlobHash([n; 32]), sealed_bytes: 2048, plain_bytes: 900 },
        commitment: ChatCommitment([n; 32]),
        check: KeyCheck([n; 32]),
        consent: Consent {
            licence: "CC-BY-4.0".into(),
            usage: "train-ai=y".into(),
            vocabulary: VOCABULARY.into(),
            attribution: Attribution::Name("Bob".into()),
            due: None,
        },
        labels: Labels {
            verdict: Some(Verdict::Good),
            tags: vec!["birds".into(), "rivers".into()],
            languages: vec!["en".into()],
            models: vec!["a-model".into()],
            messages: 2,
            created: None,
            scrubbed: vec![Scrubbed { kind: "email".into(), masked: 2, kept: 0 }],
        },
    }
}
