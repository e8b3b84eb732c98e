use super::Policy;
use crate::cbor;
use crate::limits::{
    AGE_DAYS_MAX, CHAT_BYTES_MAX, MUST_ALLOW_MAX, POLICY_BYTES_MAX, POLICY_LICENCES_MAX,
    POLICY_SECS_MAX, PRIVATE_KINDS_MAX, PURPOSE_BYTES_MAX, REPLICA_KEYS_MAX,
};
use crate::statement::{
    Invalid, NOT_A_KIND, Validity, ensure, ensure_line, is_hidden, is_private_kind,
};
use crate::usage::Usage;
use crate::{licence, limits::NAME_BYTES_MAX};

impl Policy {
    /// Checks the rules of form of `docs/spec/policy.md`; the answer never depends on a release's
    /// licence list. A decoded policy statement has passed them.
    ///
    /// # Errors
    /// [`Invalid`] names the field and the rule.
    pub fn validate(&self) -> Result<(), Invalid> {
        ensure_line(&self.title, "title")?;
        self.validate_purpose()?;
        self.validate_licences()?;
        self.validate_usage()?;
        self.validate_kinds()?;
        ensure(self.replica_keys.len() <= REPLICA_KEYS_MAX, "replica_keys", "has too many keys")?;
        ensure(is_distinct(&self.replica_keys), "replica_keys", "a key stands twice")?;
        let age = self.age_days_max.is_none_or(|days| (1..=AGE_DAYS_MAX).contains(&days));
        ensure(age, "age_days_max", "is between 1 and 36500 days")?;
        let chat = (1..=CHAT_BYTES_MAX as u64).contains(&self.chat_bytes_max);
        ensure(chat, "chat_bytes_max", "is between 1 byte and 64 MiB")?;
        let secs = |secs| (1..=POLICY_SECS_MAX).contains(&secs);
        ensure(secs(self.head_age_max_secs), "head_age_max_secs", "is between 1 s and 366 days")?;
        ensure(secs(self.erase_within_secs), "erase_within_secs", "is between 1 s and 366 days")?;
        let bytes = cbor::to_vec(self).len();
        ensure(bytes <= POLICY_BYTES_MAX, "policy", "has at most 16 KiB")
    }

    /// The licences listed that the SPDX list of this release does not have: a warning for whoever
    /// writes a policy.
    pub fn unknown_licences(&self) -> Vec<&str> {
        let ids = self.licences.iter().map(String::as_str);
        ids.filter(|id| licence::check_known(id).is_err()).collect()
    }

    fn validate_purpose(&self) -> Validity {
        ensure(self.purpose.len() <= PURPOSE_BYTES_MAX, "purpose", "has at most 4096 bytes")?;
        let hidden = self.purpose.chars().any(|c| c != '\n' && is_hidden(c));
        ensure(!hidden, "purpose", "must not hold control characters")
    }

    fn validate_licences(&self) -> Validity {
        ensure(!self.licences.is_empty(), "licences", "must list a licence")?;
        ensure(self.licences.len() <= POLICY_LICENCES_MAX, "licences", "has too many items")?;
        ensure(is_distinct(&self.licences), "licences", "a licence stands twice")?;
        let single = |text: &String| matches!(licence::parse(text), Ok(licence::Expression::Id(id)) if id == *text);
        ensure(self.licences.iter().all(single), "licences", "each item is one SPDX licence")
    }

    fn validate_kinds(&self) -> Validity {
        let listed = self.mask.len() + self.flag.len();
        ensure(listed <= PRIVATE_KINDS_MAX, "mask", "has too many items, with those of flag")?;
        for (kinds, field) in [(&self.mask, "mask"), (&self.flag, "flag")] {
            ensure(is_distinct(kinds), field, "a kind stands twice")?;
            ensure(kinds.iter().all(|kind| is_private_kind(kind)), field, NOT_A_KIND)?;
        }
        let both = self.flag.iter().any(|kind| self.mask.contains(kind));
        ensure(!both, "flag", "a kind is masked already")
    }

    fn validate_usage(&self) -> Validity {
        let usage = Usage::parse(&self.usage);
        let usage =
            usage.map_err(|_| Invalid { field: "usage", rule: "is not a Content-Usage value" })?;
        ensure(self.must_allow.len() <= MUST_ALLOW_MAX, "must_allow", "has too many items")?;
        ensure(is_distinct(&self.must_allow), "must_allow", "a label stands twice")?;
        ensure(
            self.must_allow.iter().all(|label| is_label(label)),
            "must_allow",
            "is not a label",
        )?;
        let forbidden = self.must_allow.iter().any(|label| usage.get(label) == Some(false));
        ensure(!forbidden, "must_allow", "asks for what the policy's own usage forbids")
    }
}

fn is_label(text: &str) -> bool {
    let first = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    let part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b);
    first && text.len() <= NAME_BYTES_MAX && text.bytes().all(part)
}

fn is_distinct<T: Ord>(items: &[T]) -> bool {
    let set: std::collections::BTreeSet<_> = items.iter().collect();
    set.len() == items.len()
}
