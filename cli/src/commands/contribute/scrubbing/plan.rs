//! What becomes of each value: as the policy says of its kind, unless the member says otherwise of
//! the kind, of the value, or of a text that nobody found.

use super::args::{Named, Private};
use super::list::List;
use super::typed::{Change, What};
use crate::preview::Handled;
use sheaf_node::scrub::{Class, Kind, Scanner, Text, Value};
use sheaf_protocol::policy::Policy;
use std::collections::BTreeMap;

/// The kind of what only its member knows to be private.
const PRIVATE: &str = "private";

/// What a member wants. It outlives policies, and lists of chats to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Kinds that are masked, or not.
    kinds: BTreeMap<Kind, bool>,
    values: BTreeMap<Value, Choice>,
    /// Values that give way to something: they are looked for wherever they stand.
    texts: BTreeMap<Value, Text>,
    shares_secrets: bool,
    /// Values in the order of the numbers by which they were named.
    numbers: Vec<Value>,
}

/// What becomes of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Mask,
    /// Of a secret: the very words were typed.
    Keep,
    Words(Words),
}

/// A member's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    /// What is private in them: it goes out.
    pub(super) holds: Vec<Kind>,
}

/// Why something stays as it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// These are secrets: to keep them takes the very words.
    Secrets(Vec<Value>),
    /// This is a kind of secrets.
    SecretKind,
    /// There is nothing of it that could be kept.
    NotFound,
    /// This is wrong.
    Said(String),
}

impl From<&Private> for Wants {
    fn from(args: &Private) -> Self {
        let shares_secrets = args.keep_secrets.is_some();
        let mut wants = Self { shares_secrets, ..Self::default() };
        args.mask.iter().for_each(|named| wants.mask_kind(*named));
        wants.kinds.extend(args.keep.iter().map(|kind| (*kind, false)));
        wants
    }
}

impl Wants {
    /// Texts that are looked for.
    pub(super) fn texts(&self) -> Vec<Text> {
        self.texts.values().cloned().collect()
    }

    /// The words that take the place of a value.
    pub(super) fn words(&self, value: &Value) -> Option<&Words> {
        match self.values.get(value) {
            Some(Choice::Words(words)) => Some(words),
            _ => None,
        }
    }

    pub(super) fn numbers(&self) -> &[Value] {
        &self.numbers
    }

    pub(super) fn number(&mut self, values: &[Value]) {
        self.numbers = values.to_vec();
    }

    pub(super) fn share_secrets(&mut self) {
        self.shares_secrets = true;
    }

    /// Keeps secrets for which the very words were typed.
    pub(super) fn share(&mut self, secrets: Vec<Value>) {
        secrets.into_iter().for_each(|value| self.set(value, Choice::Keep));
    }

    /// Takes over what was said beforehand, unless something else was said since of the same.
    ///
    /// # Errors
    /// [`Problem`]: then nothing of it.
    pub(super) fn begin(
        &mut self,
        change: &Change,
        (policy, list, scanner): (&Policy, &List, &Scanner),
    ) -> Result<(), Problem> {
        let shares_secrets = self.shares_secrets;
        let mut said = Self { shares_secrets, ..Self::default() };
        said.take(change, (policy, list, scanner))?;
        for (kind, masked) in said.kinds {
            self.kinds.entry(kind).or_insert(masked);
        }
        for (value, choice) in said.values {
            if !self.values.contains_key(&value) {
                let text = said.texts.remove(&value);
                self.put(value, choice, text);
            }
        }
        Ok(())
    }

    /// Changes what becomes of something in a list.
    ///
    /// # Errors
    /// [`Problem`]: then nothing is changed.
    pub(super) fn take(
        &mut self,
        change: &Change,
        (policy, list, scanner): (&Policy, &List, &Scanner),
    ) -> Result<(), Problem> {
        match change {
            Change::Turn(What::Kind(Named::Kind(kind))) => {
                match (Plan { policy, wants: self }).masks(*kind) {
                    true => drop(self.kinds.insert(*kind, false)),
                    false => self.mask_kind(Named::Kind(*kind)),
                }
            }
            Change::Turn(What::Kind(named)) | Change::Mask(What::Kind(named), _) => {
                self.mask_kind(*named);
            }
            Change::Keep(What::Kind(named)) => return self.keep_kind(*named),
            Change::Turn(what) => {
                let is_masked = |value: &Value| {
                    Plan { policy, wants: self }.handles_value(value) == Handled::Masked
                };
                let (masked, open): (Vec<_>, Vec<_>) =
                    values(what, None, list)?.into_iter().partition(|(value, _)| is_masked(value));
                self.keep(masked)?;
                self.put_all(open, &Choice::Mask);
            }
            Change::Mask(what, kind) => {
                self.put_all(values(what, *kind, list)?, &Choice::Mask);
            }
            Change::Keep(what) => return self.keep(known(what, list)?),
            Change::Words(what, text) => {
                let words = words(text, scanner)?;
                self.put_all(values(what, None, list)?, &Choice::Words(words));
            }
        }
        Ok(())
    }

    fn mask_kind(&mut self, named: Named) {
        let secret = |kind: &Kind| kind.class() == Class::Secret;
        let secrets = || Kind::LOOKED_FOR.into_iter().filter(secret);
        let masked: Vec<Kind> = match named {
            Named::Secrets => secrets().collect(),
            Named::Kind(kind) => vec![kind],
        };
        // All of them: also what was kept before. What was masked by itself outlives a kind that is kept.
        self.values.retain(|value, choice| {
            *choice != Choice::Keep || !masked.iter().any(|kind| kind.family() == value.kind())
        });
        self.kinds.extend(masked.into_iter().map(|kind| (kind, true)));
    }

    fn keep_kind(&mut self, named: Named) -> Result<(), Problem> {
        match named {
            Named::Kind(kind) if kind.class() == Class::Personal || self.shares_secrets => {
                self.kinds.insert(kind, false);
                Ok(())
            }
            _ => Err(Problem::SecretKind),
        }
    }

    fn keep(&mut self, values: Vec<(Value, String)>) -> Result<(), Problem> {
        let is_secret = |value: &Value| value.kind().class() == Class::Secret;
        let secrets: Vec<_> =
            values.iter().map(|(value, _)| value).filter(|value| is_secret(value)).collect();
        if !secrets.is_empty() && !self.shares_secrets {
            return Err(Problem::Secrets(secrets.into_iter().cloned().collect()));
        }
        self.put_all(values, &Choice::Keep);
        Ok(())
    }

    fn put_all(&mut self, values: Vec<(Value, String)>, choice: &Choice) {
        for (value, written) in values {
            let text = Text::new(&written, value.clone());
            self.put(value, choice.clone(), text);
        }
    }

    fn put(&mut self, value: Value, choice: Choice, text: Option<Text>) {
        match text.filter(|_| choice != Choice::Keep) {
            Some(text) => self.texts.insert(value.clone(), text),
            None => self.texts.remove(&value),
        };
        self.values.insert(value, choice);
    }

    fn set(&mut self, value: Value, choice: Choice) {
        self.put(value, choice, None);
    }
}

/// What lines or a text stand for, and how it is written. A text that was found is of the kind that it
/// was found to be, unless the member names one.
fn values(what: &What, kind: Option<Kind>, list: &List) -> Result<Vec<(Value, String)>, Problem> {
    let text = match what {
        What::Lines(numbers) => return Ok(list.numbered(numbers)),
        What::Kind(_) => {
            return Err(Problem::Said("words take the place of single values only".into()));
        }
        What::Text(text) => text,
    };
    let found = list.written(text);
    let private = || Kind::from_name(PRIVATE).ok_or(Problem::Said("there is no such kind".into()));
    let values = match kind {
        None if !found.is_empty() => found,
        None => vec![Value::of(private()?, text)],
        Some(kind) => vec![Value::of(kind, text)],
    };
    if Text::new(text, values[0].clone()).is_none() {
        return Err(Problem::Said("there is nothing to be seen in this text".into()));
    }
    Ok(values.into_iter().map(|value| (value, text.clone())).collect())
}

/// The same for what is to stay: it must have been found.
fn known(what: &What, list: &List) -> Result<Vec<(Value, String)>, Problem> {
    let values = values(what, None, list)?;
    match what {
        What::Text(text) if list.written(text).is_empty() => Err(Problem::NotFound),
        _ => Ok(values),
    }
}

/// Words, looked through as the chats are.
fn words(text: &str, scanner: &Scanner) -> Result<Words, Problem> {
    let holds: Vec<Kind> = scanner.scan(text).into_iter().map(|span| span.kind.family()).collect();
    match holds.iter().find(|kind| kind.class() == Class::Secret) {
        Some(kind) => Err(Problem::Said(format!("these words hold a secret ({kind}): use others"))),
        None => Ok(Words { text: text.to_owned(), holds }),
    }
}

/// What becomes of everything under a policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) policy: &'a Policy,
    pub(super) wants: &'a Wants,
}

impl Plan<'_> {
    fn masks(&self, kind: Kind) -> bool {
        let said = self.wants.kinds.get(&kind.family()).copied();
        said.unwrap_or_else(|| names(&self.policy.mask, kind))
    }

    /// Whether a chat with this value waits for a steward: it stays, or is in the words that take its place.
    pub(super) fn lets_wait(&self, value: &Value) -> bool {
        let is_minded = |kind: Kind| {
            let listed = [&self.policy.mask, &self.policy.flag].map(|list| names(list, kind));
            kind.class() == Class::Secret || listed.contains(&true)
        };
        match self.wants.words(value) {
            Some(words) => words.holds.iter().any(|kind| is_minded(*kind)),
            None => self.handles_value(value) == Handled::Kept && is_minded(value.kind()),
        }
    }

    /// What becomes of a kind.
    fn handles(&self, kind: Kind) -> Handled {
        match (self.masks(kind), kind.class()) {
            (true, _) => Handled::Masked,
            (false, Class::Secret) if !self.wants.shares_secrets => Handled::LeftOut,
            (false, _) => Handled::Kept,
        }
    }

    /// What becomes of a value.
    pub(super) fn handles_value(&self, value: &Value) -> Handled {
        match self.wants.values.get(value) {
            Some(Choice::Mask | Choice::Words(_)) => Handled::Masked,
            Some(Choice::Keep) => Handled::Kept,
            None => self.handles(value.kind()),
        }
    }
}

/// Whether a list of a policy names a kind.
fn names(list: &[String], kind: Kind) -> bool {
    let is_it = |name: &String| Kind::from_name(name).map(Kind::family) == Some(kind.family());
    list.iter().any(is_it)
}

#[cfg(test)]
mod tests;
