//! Rules of form for each kind: what decoding refuses, whoever signed it.

use super::{
    Acceptance, Admission, Attribution, Body, Charter, Consent, Erased, Erasure, Labels, Manifest,
    Membership, Receipt, Scrubbed, Statement,
};
use crate::limits::{
    BLOB_BYTES_MAX, CHAT_BYTES_MAX, CHAT_MESSAGES_MAX, ERASED_ITEMS_MAX, LABELS_MAX,
    LISTED_KEYS_MAX, NAME_BYTES_MAX, PRIVATE_KIND_BYTES_MAX, PRIVATE_KINDS_MAX, STEWARDS_MAX,
};
use crate::{licence, usage};

/// A rule of form that a statement breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct Invalid {
    /// The field.
    pub field: &'static str,
    /// The rule.
    pub rule: &'static str,
}

/// Nothing, or the rule that is broken.
pub(crate) type Validity = Result<(), Invalid>;

pub(crate) fn ensure(holds: bool, field: &'static str, rule: &'static str) -> Validity {
    if holds { Ok(()) } else { Err(Invalid { field, rule }) }
}

/// A text of one line for people: not empty, bounded, nothing that hides or reorders.
pub(crate) fn ensure_line(text: &str, field: &'static str) -> Validity {
    ensure(!text.is_empty(), field, "must not be empty")?;
    ensure(text.len() <= NAME_BYTES_MAX, field, "has at most 256 bytes")?;
    ensure(text.trim() == text, field, "must not begin or end with a space")?;
    ensure(!text.chars().any(is_hidden), field, "must not hold control characters")
}

/// Whether a text is one line for people, as names and labels must be.
pub fn is_line(text: &str) -> bool {
    ensure_line(text, "").is_ok()
}

/// Control characters, and those that reorder or hide what a person reads.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ensure_sorted<T: Ord>(items: &[T], max: usize, field: &'static str) -> Validity {
    ensure(items.len() <= max, field, "has too many items")?;
    ensure(items.is_sorted_by(|a, b| a < b), field, "must be sorted, without repetition")
}

impl Statement {
    /// Checks the rules of form of `docs/spec/statement.md`. A decoded statement has passed them.
    ///
    /// # Errors
    /// [`Invalid`] names the field and the rule.
    pub fn validate(&self) -> Result<(), Invalid> {
        ensure_policy(self)?;
        match &self.body {
            Body::Charter(body) => charter(body),
            Body::Policy(body) => body.validate(),
            Body::Membership(body) => membership(body),
            Body::Acceptance(Acceptance { name, .. }) => optional_line(name.as_deref(), "name"),
            Body::Manifest(body) => manifest(body),
            Body::Erasure(Erasure { items }) => erased(items),
            Body::Receipt(Receipt { items, listed }) => {
                erased(items)?;
                ensure_sorted(listed, LISTED_KEYS_MAX, "listed")
            }
            Body::Withdrawal(_) | Body::Takedown(_) | Body::Unknown(..) => Ok(()),
        }
    }
}

fn ensure_policy(statement: &Statement) -> Validity {
    let named = statement.policy.is_some();
    match &statement.body {
        Body::Charter(_) | Body::Policy(_) => ensure(!named, "policy", "must be null here"),
        Body::Acceptance(_) | Body::Manifest(_) => ensure(named, "policy", "must be named"),
        Body::Membership(body) if body.admission == Admission::Join => {
            ensure(named, "policy", "must be named")
        }
        _ => Ok(()),
    }
}

fn optional_line(text: Option<&str>, field: &'static str) -> Validity {
    text.map_or(Ok(()), |text| ensure_line(text, field))
}

fn charter(body: &Charter) -> Validity {
    ensure_line(&body.name, "name")?;
    ensure(!body.stewards.is_empty(), "stewards", "must name a steward")?;
    ensure_sorted(&body.stewards, STEWARDS_MAX, "stewards")
}

fn membership(body: &Membership) -> Validity {
    optional_line(body.name.as_deref(), "name")?;
    let (invitation, used) = (body.invitation.is_some(), body.invitation_use.is_some());
    ensure(invitation == used, "invitation_use", "goes with an invitation")?;
    let join = body.admission == Admission::Join;
    ensure(join || !invitation, "invitation", "belongs to a join only")?;
    let bare = body.name.is_none() && body.control.is_none();
    let remove = body.admission == Admission::Remove;
    ensure(!remove || bare, "admission", "a removal has no name and no control key")
}

fn manifest(body: &Manifest) -> Validity {
    let sealed = (1..=BLOB_BYTES_MAX as u64).contains(&body.blob.sealed_bytes);
    ensure(sealed, "sealed_bytes", "out of bounds")?;
    let plain = (1..=CHAT_BYTES_MAX as u64).contains(&body.blob.plain_bytes);
    ensure(plain, "plain_bytes", "out of bounds")?;
    consent(&body.consent)?;
    labels(&body.labels)
}

fn consent(consent: &Consent) -> Validity {
    ensure(licence::parse(&consent.licence).is_ok(), "licence", "is not an SPDX expression")?;
    let read = usage::Usage::parse(&consent.usage);
    ensure(read.is_ok(), "usage", "is not a Content-Usage value")?;
    ensure_line(&consent.vocabulary, "vocabulary")?;
    match &consent.attribution {
        Attribution::None => Ok(()),
        Attribution::Name(name) => ensure_line(name, "attribution"),
    }
}

fn labels(labels: &Labels) -> Validity {
    words(&labels.tags, "tags")?;
    words(&labels.languages, "languages")?;
    words(&labels.models, "models")?;
    scrubbed(&labels.scrubbed)?;
    let messages = (1..=CHAT_MESSAGES_MAX).contains(&(labels.messages as usize));
    ensure(messages, "messages", "out of bounds")
}

fn scrubbed(scrubbed: &[Scrubbed]) -> Validity {
    ensure(scrubbed.len() <= PRIVATE_KINDS_MAX, "scrubbed", "has too many items")?;
    let sorted = scrubbed.is_sorted_by(|a, b| a.kind < b.kind);
    ensure(sorted, "scrubbed", "must be sorted by kind, without repetition")?;
    ensure(scrubbed.iter().all(|s| is_private_kind(&s.kind)), "scrubbed", NOT_A_KIND)?;
    let counted = scrubbed.iter().all(|s| s.masked > 0 || s.kept > 0);
    ensure(counted, "scrubbed", "a kind of which nothing was found is left out")
}

/// The rule that [`is_private_kind`] tells.
pub(crate) const NOT_A_KIND: &str = "is 1 to 24 lower-case letters, digits and hyphens";

/// Whether this can be the name of a kind of what is private.
pub(crate) fn is_private_kind(kind: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=PRIVATE_KIND_BYTES_MAX).contains(&kind.len()) && kind.bytes().all(plain)
}

fn words(words: &[String], field: &'static str) -> Validity {
    ensure_sorted(words, LABELS_MAX, field)?;
    words.iter().try_for_each(|word| ensure_line(word, field))
}

fn erased(items: &[Erased]) -> Validity {
    ensure(!items.is_empty(), "items", "must not be empty")?;
    ensure(items.len() <= ERASED_ITEMS_MAX, "items", "has too many items")?;
    let sorted = items.is_sorted_by_key(|item| item.index);
    let distinct = items.windows(2).all(|two| two[0].index != two[1].index);
    ensure(sorted && distinct, "items", "must be sorted by index, without repetition")
}
