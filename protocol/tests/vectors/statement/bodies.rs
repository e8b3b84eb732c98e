//! Well signed statements whose body breaks one rule of its kind.

use super::drafts::{acceptance, erasure, receipt, takedown, withdrawal};
use super::refused::{BODY, Refused, line, payload, signed, with};
use crate::raw::{self, NULL};
use crate::sample::{self, key};
use sheaf_protocol::statement::Body;

/// All of this file.
pub(super) fn refused() -> Vec<Refused> {
    let all =
        [charters(), memberships(), acceptances(), manifests(), consents(), labels(), scrubbed()];
    [all.concat(), withdrawals(), erasures()].concat()
}

fn keys(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut keys: Vec<_> = numbers.into_iter().map(|n| raw::bytes(&[n; 32])).collect();
    keys.sort();
    raw::array(&keys)
}

fn charters() -> Vec<Refused> {
    let with = with(Body::Charter(sample::charter()), 1);
    let (one, two) = (raw::bytes(&[1; 32]), raw::bytes(&[2; 32]));
    let end = raw::array(&[vec![5], raw::bytes(&[9; 32])]);
    vec![
        ("charter-no-steward", "nobody could act", with(&[2], &[0x80])),
        (
            "charter-stewards-unsorted",
            "one list, one form",
            with(&[2], &raw::array(&[two, one.clone()])),
        ),
        (
            "charter-steward-twice",
            "one list, one form",
            with(&[2], &raw::array(&[one.clone(), one])),
        ),
        ("charter-65-stewards", "beyond STEWARDS_MAX", with(&[2], &keys(0..65))),
        ("charter-steward-short", "a key has 32 bytes", with(&[2, 0], &raw::bytes(&[1; 31]))),
        ("charter-name-empty", "a name is for people", with(&[0], &[0x60])),
        ("charter-name-null", "a community has a name", with(&[0], NULL)),
        (
            "charter-name-long",
            "257 bytes, beyond NAME_BYTES_MAX",
            with(&[0], &line(&"x".repeat(257))),
        ),
        (
            "charter-name-bidi",
            "a name that reads otherwise than it is",
            with(&[0], &line("a\u{202e}b")),
        ),
        (
            "charter-name-isolate",
            "a name that reads otherwise than it is",
            with(&[0], &line("a\u{2066}b")),
        ),
        ("charter-name-newline", "a name is one line", with(&[0], &line("a\nb"))),
        ("charter-name-line-separator", "a name is one line", with(&[0], &line("a\u{2028}b"))),
        ("charter-name-control", "a control character above U+007F", with(&[0], &line("a\u{85}b"))),
        (
            "charter-name-leading-space",
            "two names that look the same",
            with(&[0], &line(" Herons")),
        ),
        (
            "charter-name-wide-space",
            "white space of any script",
            with(&[0], &line("Herons\u{3000}")),
        ),
        ("charter-log-key-null", "a charter names a log key", with(&[1], NULL)),
        ("charter-next-root-short", "a hash has 32 bytes", with(&[3], &raw::bytes(&[9; 31]))),
        ("charter-ends-short", "an end has size and root", with(&[4], &raw::remove(&end, &[1]))),
        ("charter-previous-text", "an end is a record", with(&[5], &line("0"))),
    ]
}

fn memberships() -> Vec<Refused> {
    let join = with(Body::Membership(sample::join()), 5);
    let mut bare = sample::join();
    (bare.invitation, bare.invitation_use) = (None, None);
    let bare = payload(Body::Membership(bare));
    let edited = |edits: &[(usize, &[u8])]| {
        let edited =
            edits.iter().fold(bare.clone(), |p, (at, item)| raw::replace(&p, &[BODY, *at], item));
        signed(edited, 4)
    };
    vec![
        ("join-half-invited", "an invitation without its use", join(&[5], NULL)),
        ("join-use-alone", "a use without its invitation", join(&[4], NULL)),
        ("join-member-short", "a key has 32 bytes", join(&[1], &raw::bytes(&[5; 31]))),
        ("join-name-empty", "an absent name is null, not empty", join(&[2], &[0x60])),
        ("join-control-short", "a key has 32 bytes", join(&[3], &raw::bytes(&[5; 31]))),
        ("join-invitation-bare", "an invitation is a byte string", join(&[4], &[0x80])),
        ("admission-4", "there are three admissions", join(&[0], &[4])),
        ("admission-0", "admissions count from 1", join(&[0], &[0])),
        ("admit-with-invitation", "a steward needs no invitation", join(&[0], &[2])),
        ("remove-with-control", "the removed could undo it", edited(&[(0, &[3]), (2, NULL)])),
        ("remove-with-name", "a removal names nobody anew", edited(&[(0, &[3]), (3, NULL)])),
    ]
}

fn acceptances() -> Vec<Refused> {
    let with = with(acceptance(), 7);
    vec![
        ("acceptance-role-3", "there are two roles", with(&[0], &[3])),
        ("acceptance-role-0", "roles count from 1", with(&[0], &[0])),
        ("acceptance-role-text", "a role is a number", with(&[0], &line("replica"))),
        ("acceptance-name-empty", "an absent name is null, not empty", with(&[1], &[0x60])),
        (
            "acceptance-name-bidi",
            "a name that reads otherwise than it is",
            with(&[1], &line("a\u{202b}b")),
        ),
    ]
}

fn manifests() -> Vec<Refused> {
    let with = with(Body::Manifest(sample::manifest(1)), 5);
    vec![
        ("manifest-control-null", "a chat has a control key", with(&[0], NULL)),
        ("manifest-control-short", "a key has 32 bytes", with(&[0], &raw::bytes(&[1; 31]))),
        ("manifest-hash-short", "a hash has 32 bytes", with(&[1, 0], &raw::bytes(&[1; 31]))),
        ("manifest-sealed-0", "a blob has a byte", with(&[1, 1], &[0])),
        ("manifest-sealed-bytes", "beyond BLOB_BYTES_MAX", with(&[1, 1], &raw::uint(76_546_049))),
        ("manifest-plain-0", "a chat has a byte", with(&[1, 2], &[0])),
        ("manifest-plain-bytes", "beyond CHAT_BYTES_MAX", with(&[1, 2], &raw::uint(67_108_865))),
        ("manifest-commitment-null", "a manifest commits to its chat", with(&[2], NULL)),
        ("manifest-check-short", "a key check has 32 bytes", with(&[3], &raw::bytes(&[1; 31]))),
        ("manifest-consent-null", "without consent there is nothing", with(&[4], NULL)),
    ]
}

fn consents() -> Vec<Refused> {
    let with = with(Body::Manifest(sample::manifest(1)), 5);
    let consent = |at: usize, item: &[u8]| with(&[4, at], item);
    vec![
        ("manifest-licence", "not an SPDX expression", consent(0, &line("CC-BY-4.0 OR"))),
        ("manifest-licence-empty", "a licence is named", consent(0, &[0x60])),
        (
            "manifest-licence-long",
            "257 bytes, beyond NAME_BYTES_MAX",
            consent(0, &line(&"x".repeat(257))),
        ),
        ("manifest-usage", "a mistyped \"no\" is not silence", consent(1, &line("train-ai=n,"))),
        ("manifest-usage-null", "a preference may be empty, not absent", consent(1, NULL)),
        (
            "manifest-usage-long",
            "257 bytes, beyond NAME_BYTES_MAX",
            consent(1, &line(&"x".repeat(257))),
        ),
        ("manifest-vocabulary-empty", "a vocabulary is named", consent(2, &[0x60])),
        ("manifest-name-empty", "attribution none is null, not empty", consent(3, &[0x60])),
        ("manifest-name-space", "two names that look the same", consent(3, &line("Bob "))),
        ("manifest-due-too-large", "a day has 32 bits", consent(4, &raw::uint(1 << 32))),
        ("manifest-due-date", "a day is a number", consent(4, &line("2027-11-22"))),
    ]
}

fn labels() -> Vec<Refused> {
    let with = with(Body::Manifest(sample::manifest(1)), 5);
    let label = |at: usize, item: &[u8]| with(&[5, at], item);
    let words =
        |words: &[&str]| raw::array(&words.iter().map(|word| line(word)).collect::<Vec<_>>());
    let many: Vec<_> = (0..33).map(|n| line(&format!("{n:02}"))).collect();
    vec![
        ("manifest-verdict-4", "there are three verdicts", label(0, &[4])),
        ("manifest-tags-repeated", "sorted, without repetition", label(1, &words(&["a", "a"]))),
        ("manifest-tags-unsorted", "sorted by their bytes", label(1, &words(&["a", "Z"]))),
        ("manifest-tag-empty", "a tag is a word", label(1, &words(&[""]))),
        ("manifest-tags-33", "beyond LABELS_MAX", label(1, &raw::array(&many))),
        ("manifest-tags-null", "no tags are an empty list", label(1, NULL)),
        (
            "manifest-languages-repeated",
            "sorted, without repetition",
            label(2, &words(&["en", "en"])),
        ),
        ("manifest-models-unsorted", "sorted by their bytes", label(3, &words(&["b", "a"]))),
        ("manifest-model-newline", "a model is one line", label(3, &words(&["a\nb"]))),
        ("manifest-no-messages", "an empty chat", label(4, &[0])),
        ("manifest-messages", "beyond CHAT_MESSAGES_MAX", label(4, &raw::uint(200_001))),
        (
            "manifest-created-late",
            "a time lies before the year 10000",
            label(5, &raw::uint(253_402_300_800_000)),
        ),
    ]
}

fn scrubbed() -> Vec<Refused> {
    let with = with(Body::Manifest(sample::manifest(1)), 5);
    let found = |kind: &str, masked: u64, kept: u64| {
        raw::array(&[line(kind), raw::uint(masked), raw::uint(kept)])
    };
    let scrubbed = |items: &[Vec<u8>]| with(&[5, 6], &raw::array(items));
    let many: Vec<_> = (0..33).map(|n| found(&format!("{n:02}"), 1, 0)).collect();
    vec![
        ("manifest-scrubbed-null", "nothing found is an empty list", with(&[5, 6], NULL)),
        (
            "manifest-scrubbed-repeated",
            "a kind is counted once",
            scrubbed(&[found("email", 1, 0), found("email", 0, 1)]),
        ),
        (
            "manifest-scrubbed-unsorted",
            "sorted by kind",
            scrubbed(&[found("phone", 1, 0), found("email", 1, 0)]),
        ),
        (
            "manifest-scrubbed-nothing",
            "a kind of which nothing was found is left out",
            scrubbed(&[found("email", 0, 0)]),
        ),
        (
            "manifest-scrubbed-value",
            "a kind, never what was found",
            scrubbed(&[found("ann@example.org", 1, 0)]),
        ),
        ("manifest-scrubbed-count", "a count has 32 bits", scrubbed(&[found("email", 1 << 32, 0)])),
        ("manifest-scrubbed-33", "beyond PRIVATE_KINDS_MAX", scrubbed(&many)),
    ]
}

fn withdrawals() -> Vec<Refused> {
    let (takes_back, takes_down) = (with(withdrawal(), 101), with(takedown(), 4));
    let body = payload(withdrawal());
    vec![
        ("withdrawal-control-null", "a withdrawal names its chat", takes_back(&[0], NULL)),
        ("withdrawal-control-short", "a key has 32 bytes", takes_back(&[0], &raw::bytes(&[1; 31]))),
        (
            "withdrawal-field-added",
            "a reason is not asked",
            signed(raw::insert(&body, &[BODY, 1], &[1]), 101),
        ),
        ("takedown-reason-5", "there are four reasons", takes_down(&[1], &[5])),
        ("takedown-reason-0", "reasons count from 1", takes_down(&[1], &[0])),
        ("takedown-reason-null", "a takedown has a reason", takes_down(&[1], NULL)),
        ("takedown-reason-words", "a reason is a code", takes_down(&[1], &line("legal"))),
    ]
}

fn erasures() -> Vec<Refused> {
    let (erased, received) = (with(erasure(), 3), with(receipt(), 7));
    let item =
        |index: u64| raw::array(&[raw::uint(index), raw::bytes(&key(101).public().0), vec![2]]);
    let items =
        |indices: &mut dyn Iterator<Item = u64>| raw::array(&indices.map(item).collect::<Vec<_>>());
    let (one, two) = (raw::bytes(&[1; 32]), raw::bytes(&[2; 32]));
    let many: Vec<_> = (0..257_u16).map(|n| raw::bytes(&[n.to_be_bytes(); 16].concat())).collect();
    vec![
        ("erasure-empty", "says nothing", erased(&[0], &[0x80])),
        ("erasure-unsorted", "sorted by index", erased(&[0], &items(&mut [3, 2].into_iter()))),
        (
            "erasure-repeated",
            "an entry is erased once",
            erased(&[0], &items(&mut [2, 2].into_iter())),
        ),
        ("erasure-257-items", "beyond ERASED_ITEMS_MAX", erased(&[0], &items(&mut (0..257)))),
        ("erasure-cause-4", "there are three causes", erased(&[0, 0, 2], &[4])),
        ("erasure-control-null", "what is erased had a control key", erased(&[0, 0, 1], NULL)),
        ("receipt-empty", "says nothing", received(&[0], &[0x80])),
        ("receipt-listed-null", "nobody is an empty list", received(&[1], NULL)),
        (
            "receipt-listed-unsorted",
            "one list, one form",
            received(&[1], &raw::array(&[two, one.clone()])),
        ),
        (
            "receipt-listed-twice",
            "one list, one form",
            received(&[1], &raw::array(&[one.clone(), one])),
        ),
        ("receipt-257-listed", "beyond LISTED_KEYS_MAX", received(&[1], &raw::array(&many))),
    ]
}
