//! Whole logs: what is accepted, and what stops the fold.

use super::log::{Log, withdrawal};
use super::{checkpoints, holes, voids};
use crate::sample::{self, key};
use crate::vector::{Draft, accept, reject, to_hex};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::statement::Body;

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let good = folds().into_iter().map(|(name, why, log)| accept(name, "fold", why, log.input()));
    let stopped =
        stopped().into_iter().map(|(name, why, log)| reject(name, "fold", why, log.input()));
    good.chain(stopped)
        .chain(voids::drafts())
        .chain(holes::drafts())
        .chain(checkpoints::drafts())
        .collect()
}

type Folded = (&'static str, &'static str, Log);

fn manifest(n: u8) -> Body {
    Body::Manifest(sample::manifest(n))
}

fn folds() -> Vec<Folded> {
    let herons = Log::herons();
    let explanation = |by| Explanation::Withdrawal(herons.unlogged(withdrawal(1), by));
    let member = herons
        .with(Body::Membership(sample::join()), 5)
        .with(withdrawal(1), 101)
        .with(withdrawal(1), 5);
    let mut reused = sample::manifest(1);
    reused.labels.messages = 3;
    let mut strange = sample::manifest(3);
    strange.consent.licence = "MIT".into();
    let voids = herons
        .with(Body::Manifest(reused), 5)
        .with(manifest(2), 102)
        .with(Body::Manifest(strange), 5)
        .with(Body::Policy(sample::policy()), 6);
    let mut twice = sample::manifest(2);
    let first = sample::manifest(1);
    (twice.blob, twice.commitment) = (first.blob, first.commitment);
    vec![
        ("fold-first-chat", "charter, policy, chat", herons.clone()),
        ("fold-member", "a join, a withdrawal, and one by the wrong key", member),
        (
            "fold-voids",
            "a control key used twice, a wrong signer, a licence not listed, a policy by nobody",
            voids.clone(),
        ),
        (
            "fold-hole",
            "the same, with a hole: no other verdict changes",
            voids.hole(2, Some(&explanation(101))),
        ),
        (
            "fold-hole-unexplained",
            "a withdrawal by another key explains nothing",
            voids.hole(2, Some(&explanation(5))),
        ),
        (
            "fold-blob-reused",
            "a blob and a chat commitment used before: a home node refuses that at admission, the fold never, for the first may become a hole",
            herons.with(Body::Manifest(twice), 5),
        ),
    ]
}

/// A statement that may not be missing is missing, or entry 0 is not the charter.
fn stopped() -> Vec<Folded> {
    let herons = Log::herons();
    let with_end = herons.with(withdrawal(1), 101);
    let explanation = Explanation::Withdrawal(herons.unlogged(withdrawal(1), 101));
    let charter = |charter, by| Log::default().with(Body::Charter(charter), by);
    let mut elsewhere = sample::statement(Body::Charter(sample::charter()));
    elsewhere.community.0 = key(9).public();
    let mut later = sample::statement(Body::Charter(sample::charter()));
    later.epoch = 1;
    let (ends, previous) = (Some(herons.end()), Some(herons.end()));
    let changed = |index: usize, field: &str, bytes: &[u8]| {
        let mut log = herons.clone();
        log.items[index][field] = to_hex(bytes);
        log
    };
    let other = Log::default().with(Body::Charter(sample::charter()), 1);
    let other = data_encoding::HEXLOWER
        .decode(other.items[0]["statement"].as_str().unwrap().as_bytes())
        .unwrap();
    vec![
        ("fold-no-charter", "a charter may not be missing", herons.hole(0, None)),
        ("fold-no-policy", "a policy may not be missing", herons.hole(1, None)),
        ("fold-no-withdrawal", "a withdrawal may not be missing", with_end.hole(3, None)),
        (
            "fold-policy-withdrawn",
            "a policy may not become a hole",
            herons.hole(1, Some(&explanation)),
        ),
        (
            "fold-charter-withdrawn",
            "a charter may not become a hole",
            herons.hole(0, Some(&explanation)),
        ),
        (
            "fold-policy-first",
            "a log begins with its charter",
            Log::default().with(Body::Policy(sample::policy()), 4),
        ),
        (
            "fold-manifest-first",
            "a log begins with its charter",
            Log::default().with_manifest_bytes(b"no statement"),
        ),
        (
            "fold-wrong-root",
            "a charter by a steward is not the community's",
            charter(sample::charter(), 4),
        ),
        ("fold-next-root-first", "the next root may not begin", charter(sample::charter(), 2)),
        (
            "fold-charter-elsewhere",
            "the charter of another community",
            Log::default().with_statement(elsewhere, 1),
        ),
        (
            "fold-charter-later",
            "the charter of another epoch",
            Log::default().with_statement(later, 1),
        ),
        (
            "fold-first-charter-ends",
            "no log key came before",
            charter(sheaf_protocol::statement::Charter { ends, ..sample::charter() }, 1),
        ),
        (
            "fold-first-charter-previous",
            "no epoch came before",
            charter(sheaf_protocol::statement::Charter { previous, ..sample::charter() }, 1),
        ),
        (
            "fold-wrong-salt",
            "not the statement that the entry commits to",
            changed(2, "salt", &[0xff; 32]),
        ),
        (
            "fold-wrong-statement",
            "not the statement that the entry commits to",
            changed(2, "statement", &other),
        ),
        ("fold-entry-version", "an entry that cannot be read", changed(2, "entry", &[0x85, 2])),
        ("fold-explanation-unknown", "an explanation that cannot be read", {
            let mut log = herons.hole(2, Some(&Explanation::Due));
            log.items[2]["explanation"] = to_hex([0x81, 4]);
            log
        }),
    ]
}
