//! Statements of every kind, log entries, and what lies beside them.

use super::values::*;
use super::{assert_one_form, config};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::dataset::Record;
use sheaf_protocol::licence;
use sheaf_protocol::log::Entry;
use sheaf_protocol::policy::{JoinRule, Policy, ReaderRule, ReplicaRule};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Attribution, BlobRef, Body, Cause, Charter, Consent, Erased, Erasure,
    Kind, Labels, LogEnd, Manifest, Membership, Receipt, Role, Scrubbed, SignedStatement,
    Statement, Takedown, TakedownReason, Verdict, Withdrawal,
};
use sheaf_protocol::usage::Usage;

fn end() -> impl Strategy<Value = LogEnd> {
    (any::<u64>(), tree_hash()).prop_map(|(size, root)| LogEnd { size, root })
}

fn charter() -> impl Strategy<Value = Body> {
    let ends = (option::of(end()), option::of(end()));
    (line(), key(), keys(1), option::of(tree_hash()), ends).prop_map(
        |(name, log_key, stewards, next_root, (ends, previous))| {
            Body::Charter(Charter { name, log_key, stewards, next_root, ends, previous })
        },
    )
}

fn licences() -> impl Strategy<Value = String> {
    let ids = || select(vec!["MIT", "CC0-1.0", "CC-BY-4.0", "Apache-2.0 WITH LLVM-exception"]);
    let words = || select(vec![" AND ", " OR "]);
    (ids(), vec((words(), ids()), 0..3)).prop_map(|(first, rest)| {
        rest.into_iter().fold(first.to_owned(), |all, (word, id)| format!("({all}{word}{id})"))
    })
}

fn usages() -> impl Strategy<Value = String> {
    vec((select(vec!["train-ai", "search", "x"]), select(vec!["=y", "=n", "", "=7;a=cc-cr"])), 0..3)
        .prop_map(|items| {
            let mut items: Vec<_> = items.iter().map(|(k, v)| format!("{k}{v}")).collect();
            items.sort();
            items.dedup_by_key(|item| item.split(['=', ';']).next().unwrap().to_owned());
            items.join(", ")
        })
}

fn policy() -> impl Strategy<Value = Body> {
    let rules = (
        select(vec![JoinRule::Invitation, JoinRule::Open, JoinRule::Closed]),
        select(vec![ReplicaRule::Anyone, ReplicaRule::Listed]),
        select(vec![ReaderRule::Public, ReaderRule::Peers, ReaderRule::Sealed]),
    );
    let bounds = (option::of(1..=36_500_u32), 1..=67_108_864_u64, 1..=31_622_400_u64);
    let lists = (keys(0), kinds(), kinds());
    (line(), "[ -~\n]{0,40}", usages(), lists, rules, bounds).prop_map(
        |(title, purpose, usage, (replica_keys, mask, flag), (join, replicas, readers), bounds)| {
            let flag = flag.into_iter().filter(|kind| !mask.contains(kind)).collect();
            Body::Policy(Policy {
                title,
                purpose,
                licences: vec!["CC0-1.0".into(), "MIT".into()],
                usage,
                must_allow: vec!["another".into()],
                age_days_max: bounds.0,
                chat_bytes_max: bounds.1,
                join,
                replicas,
                replica_keys,
                readers,
                head_age_max_secs: bounds.2,
                erase_within_secs: bounds.2,
                mask,
                flag,
            })
        },
    )
}

fn kinds() -> impl Strategy<Value = Vec<String>> {
    btree_set("[a-z0-9-]{1,24}", 0..4).prop_map(|kinds| kinds.into_iter().collect())
}

fn membership() -> impl Strategy<Value = Body> {
    let invited = option::of((bytes(), bytes()));
    (0..3_u8, key(), option::of(line()), option::of(key()), invited).prop_map(
        |(which, member, name, control, invited)| {
            let (invitation, invitation_use) = invited.unzip();
            let body = Membership {
                admission: Admission::Join,
                member,
                name,
                control,
                invitation,
                invitation_use,
            };
            let bare = Membership { invitation: None, invitation_use: None, ..body.clone() };
            Body::Membership(match which {
                0 => body,
                1 => Membership { admission: Admission::Admit, ..bare },
                _ => Membership { admission: Admission::Remove, name: None, control: None, ..bare },
            })
        },
    )
}

fn manifest() -> impl Strategy<Value = Body> {
    let blob = (blob_hash(), 1..=76_546_048_u64, 1..=67_108_864_u64)
        .prop_map(|(hash, sealed_bytes, plain_bytes)| BlobRef { hash, sealed_bytes, plain_bytes });
    (key(), blob, chat_commitment(), key_check(), consent(), labels()).prop_map(
        |(control, blob, commitment, check, consent, labels)| {
            Body::Manifest(Manifest { control, blob, commitment, check, consent, labels })
        },
    )
}

fn consent() -> impl Strategy<Value = Consent> {
    (licences(), usages(), line(), option::of(line()), option::of(day())).prop_map(
        |(licence, usage, vocabulary, name, due)| Consent {
            licence,
            usage,
            vocabulary,
            attribution: name.map_or(Attribution::None, Attribution::Name),
            due,
        },
    )
}

fn labels() -> impl Strategy<Value = Labels> {
    let verdict = option::of(select(vec![Verdict::Good, Verdict::Bad, Verdict::Interesting]));
    let lists = (lines(), lines(), lines(), scrubbed());
    (verdict, lists, 1..=200_000_u32, option::of(time())).prop_map(
        |(verdict, (tags, languages, models, scrubbed), messages, created)| Labels {
            verdict,
            tags,
            languages,
            models,
            messages,
            created,
            scrubbed,
        },
    )
}

fn scrubbed() -> impl Strategy<Value = Vec<Scrubbed>> {
    let counts = (any::<u32>(), any::<u32>()).prop_filter("none", |counts| *counts != (0, 0));
    btree_map("[a-z0-9-]{1,24}", counts, 0..4).prop_map(|found| {
        let counted = |(kind, (masked, kept))| Scrubbed { kind, masked, kept };
        found.into_iter().map(counted).collect()
    })
}

fn erased() -> impl Strategy<Value = Vec<Erased>> {
    let causes = select(vec![Cause::Withdrawn, Cause::Due, Cause::TakenDown]);
    proptest::collection::btree_map(number(), (key(), causes), 1..4).prop_map(|items| {
        let item = |(index, (control, cause))| Erased { index, control, cause };
        items.into_iter().map(item).collect()
    })
}

fn bodies() -> impl Strategy<Value = Body> {
    let roles = select(vec![Role::Replica, Role::Reader]);
    let reasons = select(vec![
        TakedownReason::MemberRequest,
        TakedownReason::Legal,
        TakedownReason::Privacy,
        TakedownReason::Policy,
    ]);
    prop_oneof![
        charter(),
        policy(),
        membership(),
        (roles, option::of(line()))
            .prop_map(|(role, name)| Body::Acceptance(Acceptance { role, name })),
        manifest(),
        key().prop_map(|control| Body::Withdrawal(Withdrawal { control })),
        erased().prop_map(|items| Body::Erasure(Erasure { items })),
        (erased(), keys(0)).prop_map(|(items, listed)| Body::Receipt(Receipt { items, listed })),
        (key(), reasons).prop_map(|(control, reason)| Body::Takedown(Takedown { control, reason })),
        (13..=u16::MAX, bytes()).prop_map(|(kind, body)| Body::Unknown(Kind(kind), body)),
    ]
}

/// A statement of any kind that keeps every rule of form.
fn statements() -> impl Strategy<Value = Statement> {
    (bodies(), community(), number(), policy_ref(), time()).prop_map(
        |(body, community, epoch, policy, at)| {
            let policy = match body {
                Body::Charter(_) | Body::Policy(_) => None,
                _ => Some(policy),
            };
            Statement { community, epoch, policy, at, body }
        },
    )
}

fn entries() -> impl Strategy<Value = Entry> {
    (any::<u16>(), entry_commitment(), option::of(key()), option::of(day()))
        .prop_map(|(kind, commitment, control, due)| Entry { kind, commitment, control, due })
}

/// What preferences are made of, and what they are not.
const PREFERENCE: [&str; 14] =
    ["train-ai", "search", "=y", "=n", "=?1", "=7", "=\"x\"", "=", ",", ", ", ";", " ", "\t", "*a"];

/// What licences are made of.
const LICENCE: [&str; 9] = ["MIT", "CC0-1.0", " OR ", " AND ", " WITH ", "(", ")", " ", "\t"];

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn a_statement_has_one_form(statement in statements(), at: usize, flip in 1..=255_u8) {
        prop_assert_eq!(statement.validate(), Ok(()), "what is generated keeps the rules");
        assert_one_form(&statement, at, flip);
    }

    #[test]
    fn an_entry_has_one_form(entry in entries(), at: usize, flip in 1..=255_u8) {
        let bytes = entry.to_bytes();
        prop_assert_eq!(&Entry::from_bytes(&bytes).unwrap(), &entry);
        let mut changed = bytes.clone();
        changed[at % bytes.len()] ^= flip;
        if let Ok(other) = Entry::from_bytes(&changed) {
            prop_assert_ne!(&other, &entry);
            prop_assert_eq!(other.to_bytes(), changed);
        }
    }

    #[test]
    fn a_record_has_one_form(salt in salt(), statement in bytes(), at: usize, flip in 1..=255_u8) {
        assert_one_form(&Record::Held { salt, statement: statement.0 }, at, flip);
    }

    /// A preference is read, or refused; where it is read, a tab stands beside a comma or at the end
    /// only, and what is written of it is read as the same.
    #[test]
    fn a_preference_is_read_or_refused(parts in vec(select(PREFERENCE.to_vec()), 0..9)) {
        let text = parts.concat();
        if let Ok(usage) = Usage::parse(&text) {
            let close = text.replace(' ', "");
            prop_assert!(!close.starts_with('\t') && !close.contains(";\t"), "{text:?}");
            let written = usage.to_string();
            prop_assert_eq!(Usage::parse(&written).unwrap().to_string(), written);
        }
    }

    /// A licence is read, or refused; one that is read can be put in parentheses and joined.
    #[test]
    fn a_licence_is_read_or_refused(parts in vec(select(LICENCE.to_vec()), 0..9)) {
        let text = parts.concat();
        if licence::parse(&text).is_ok() {
            prop_assert!(licence::parse(&format!("({text}) AND MIT")).is_ok(), "{:?}", text);
        }
    }

    /// A day is read or refused, and has one text form.
    #[test]
    fn a_day_has_one_text_form(text in "[0-9]{1,20}-[0-9]{1,20}-[0-9]{1,20}", day in day()) {
        prop_assert_eq!(day.to_string().parse(), Ok(day));
        if let Ok(day) = text.parse::<sheaf_protocol::time::Day>() {
            prop_assert_eq!(day.to_string(), text);
        }
    }
}

proptest! {
    #![proptest_config(config(24))]

    /// Any one bit of a signed statement, of any kind, is noticed.
    #[test]
    fn every_bit_of_a_signature_counts(statement in statements(), bits in vec(any::<usize>(), 24)) {
        let signed = Signed::sign(statement, &SecretKey::from_bytes([5; 32]));
        prop_assert_eq!(&SignedStatement::verify(signed.bytes()).unwrap(), &signed);
        for bit in bits {
            let mut changed = signed.bytes().to_vec();
            let bit = bit % (changed.len() * 8);
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(SignedStatement::verify(&changed).is_err(), "bit {}", bit);
        }
    }

    /// An explanation carries its proof: any one bit of it is noticed.
    #[test]
    fn every_bit_of_an_explanation_counts(control in key(), community in community(), at in time(), bits in vec(any::<usize>(), 24)) {
        let body = Body::Withdrawal(Withdrawal { control });
        let statement = Statement { community, epoch: 0, policy: None, at, body };
        let signed = Signed::sign(statement, &SecretKey::from_bytes([6; 32]));
        let explanation = Explanation::Withdrawal(signed);
        let bytes = cbor::to_vec(&explanation);
        prop_assert_eq!(&cbor::from_slice::<Explanation>(&bytes).unwrap(), &explanation);
        for bit in bits {
            let mut changed = bytes.clone();
            let bit = bit % (changed.len() * 8);
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(cbor::from_slice::<Explanation>(&changed).is_err(), "bit {}", bit);
        }
    }
}

#[test]
fn the_code_of_a_due_day_is_all_there_is() {
    assert_one_form(&Explanation::Due, 1, 0xff);
    assert_one_form(&Bytes(vec![1, 2, 3]), 0, 1);
}
