//! Everything that is signed for a log, and the values in it.

use super::{Decoder, canonical, community, key, one_text, part, sure, with_text};
use sheaf_protocol::cbor::{self, Bytes, Writer};
use sheaf_protocol::community::{Community, Evidence, Explanation, Item, Known};
use sheaf_protocol::id::{BlobHash, PublicKey, Salt};
use sheaf_protocol::licence;
use sheaf_protocol::log::{Entry, Frontier};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::sign::{Domain, Seed, Signature, Signed};
use sheaf_protocol::statement::{
    Invitation, InvitationUse, Invite, Manifest, SignedStatement, Statement,
};
use sheaf_protocol::time::{Day, Time};
use sheaf_protocol::usage::Usage;

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "statement/signed", check: signed::<Statement> },
    Decoder { name: "statement/content", check: content::<Statement> },
    Decoder { name: "statement/body", check: body },
    Decoder { name: "statement/invitation", check: invitation },
    Decoder { name: "statement/invitation-content", check: content::<Invitation> },
    Decoder { name: "statement/invitation-use", check: content::<InvitationUse> },
    Decoder { name: "statement/manifest", check: canonical::<Manifest> },
    Decoder { name: "community/explanation", check: canonical::<Explanation> },
    Decoder { name: "community/snapshot", check: snapshot },
    Decoder { name: "community/log", check: fold },
    Decoder { name: "policy/document", check: policy },
    Decoder { name: "policy/licence", check: spdx },
    Decoder { name: "policy/usage", check: usage },
    Decoder { name: "keys/words", check: words },
    Decoder { name: "keys/verify", check: signature },
    Decoder { name: "conventions/key", check: one_text::<PublicKey> },
    Decoder { name: "conventions/hash", check: one_text::<BlobHash> },
    Decoder { name: "conventions/day", check: one_text::<Day> },
    Decoder { name: "conventions/time", check: canonical::<Time> },
    Decoder { name: "encoding/uint", check: canonical::<u64> },
    Decoder { name: "encoding/int", check: canonical::<i64> },
    Decoder { name: "encoding/bool", check: canonical::<bool> },
    Decoder { name: "encoding/bytes", check: canonical::<Bytes> },
    Decoder { name: "encoding/text", check: canonical::<String> },
    Decoder { name: "encoding/list", check: canonical::<Vec<Option<u64>>> },
    Decoder { name: "encoding/option", check: canonical::<Option<u64>> },
];

/// Bytes that verify are those that were signed, and hold a content with one form.
fn signed<T: Domain>(input: &[u8]) {
    if let Ok(signed) = Signed::<T>::verify(input) {
        assert_eq!(signed.bytes(), input, "other bytes are kept than were verified");
        content::<T>(&cbor::to_vec(signed.content()));
    }
}

/// What a signature would hide from the fuzzer: content as anyone may sign it.
fn content<T: Domain>(input: &[u8]) {
    canonical::<T>(input);
    let Ok(content) = cbor::from_slice::<T>(input) else { return };
    let signed = Signed::sign(content, &key(5));
    // Beyond its bound a statement is refused, and nothing else is.
    let fits = signed.bytes().len() <= sheaf_protocol::limits::STATEMENT_BYTES_MAX;
    assert_eq!(Signed::<T>::verify(signed.bytes()).is_ok(), fits, "signed here, refused here");
}

/// A body by its kind, in an envelope that is in order.
fn body(input: &[u8]) {
    let Some((kind, input)) = input.split_first() else { return };
    for named in [false, true] {
        let mut w = Writer::default();
        w.array(7);
        w.uint(1);
        w.uint(u64::from(*kind));
        w.value(&community());
        w.uint(0);
        if named {
            w.array(2);
            w.uint(1);
            w.bytes(&[0xaa; 32]);
        } else {
            w.null();
        }
        w.uint(0);
        w.bytes(input);
        content::<Statement>(&w.into_bytes());
    }
}

fn invitation(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(invite) = Invite::from_line(text) {
            let line = invite.to_line();
            let again = sure(Invite::from_line(&line), "an invitation is written as it is read");
            assert_eq!(again.to_line(), line, "an invitation has one line");
        }
    });
}

fn snapshot(input: &[u8]) {
    if let Ok(community) = Community::decode(input, Frontier::new()) {
        assert_eq!(community.encode(), input, "another form of the same state was accepted");
    }
}

/// A log of statements, each signed by one of the first sixteen keys, folded whole and in two parts.
fn fold(mut input: &[u8]) {
    let split = usize::from(part::<u8>(&mut input).unwrap_or_default());
    let mut items = Vec::new();
    while let (Some(signer), Some(Bytes(bytes))) = (part::<u8>(&mut input), part(&mut input)) {
        items.extend(log_item(signer, &bytes));
    }
    let fold = |parts: [&[Item]; 2]| {
        let (mut community, mut known) = (Community::start(community()), Known::default());
        let mut statuses = Vec::new();
        for items in parts {
            let first = community.size();
            match community.apply(items, &known) {
                Ok(applied) => statuses.extend(applied.statuses),
                Err(_) => return None,
            }
            (first..).zip(items).for_each(|(index, item)| known.note(index, &item.entry));
        }
        Some((community.encode(), community.frontier().root(), statuses))
    };
    let (head, tail) = items.split_at(split.min(items.len()));
    assert_eq!(fold([&items, &[]]), fold([head, tail]), "a fold depends on its batches");
}

fn log_item(signer: u8, bytes: &[u8]) -> Option<Item> {
    let statement = cbor::from_slice::<Statement>(bytes).ok()?;
    let signed: SignedStatement = Signed::sign(statement, &key(1 + signer % 16));
    let salt = Salt([9; 32]);
    let entry: Entry = signed.entry(&salt);
    let evidence = Evidence::read(&entry, salt, signed.bytes());
    Some(Item { entry, evidence: sure(evidence, "an entry commits to its own statement") })
}

fn policy(input: &[u8]) {
    canonical::<Policy>(input);
    if let Ok(policy) = cbor::from_slice::<Policy>(input)
        && policy.validate().is_ok()
    {
        assert!(policy.diff(&policy).is_empty(), "a policy differs from itself");
        assert!(!policy.sentences().is_empty(), "a policy says nothing");
        policy.unknown_licences();
    }
}

fn spdx(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(expression) = licence::parse(text) {
            assert!(expression.satisfied_by(&expression.ids()), "under all of its own licences");
            assert!(!expression.satisfied_by::<&str>(&[]), "under no licence at all");
        }
        let _ = licence::check_known(text);
    });
}

fn usage(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(usage) = Usage::parse(text) {
            let again = Usage::parse_combined(&usage.to_string());
            let again = sure(again, "what a row writes is read again");
            assert!(again.stated().eq(usage.stated()), "a preference changes when it is written");
        }
    });
}

fn words(input: &[u8]) {
    with_text(input, |text| {
        if let Ok(seed) = Seed::from_words(text) {
            let again = sure(Seed::from_words(&seed.to_words()), "words are written as read");
            assert_eq!(again.to_bytes(), seed.to_bytes(), "words give one seed");
        }
    });
}

/// `key ‖ signature ‖ message`, all made by a stranger.
fn signature(input: &[u8]) {
    let Some((key, rest)) = input.split_first_chunk::<32>() else { return };
    let Some((signature, message)) = rest.split_first_chunk::<64>() else { return };
    let good = PublicKey(*key).verify(message, &Signature(*signature)).is_ok();
    if good {
        let longer = [message, b"."].concat();
        let again = PublicKey(*key).verify(&longer, &Signature(*signature));
        assert!(again.is_err(), "one signature for two messages");
    }
}
