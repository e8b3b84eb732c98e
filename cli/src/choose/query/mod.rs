//! What a person looks for: words and conditions, all of which must hold. The same on the command
//! line and in the chooser: `docs/guides/choosing.md` describes it.

mod condition;
mod needle;
mod parse;

pub(super) use condition::Subject;
pub(super) use needle::Needle;
pub(crate) use parse::QueryError;

use super::{Mark, Standing};
use condition::Condition;
use sheaf_protocol::chat::Chat;

/// A query; the empty one takes every chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// Whether the condition must hold, or must not.
    wanted: bool,
    condition: Condition,
}

impl Query {
    /// Whether it takes every chat.
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The words that are wanted somewhere.
    pub(super) fn words(&self) -> impl Iterator<Item = &Needle> {
        self.terms.iter().filter(|term| term.wanted).filter_map(|term| match &term.condition {
            Condition::Words(needle) => Some(needle),
            _ => None,
        })
    }

    /// Whether it asks what the community and the member's book know.
    pub(crate) fn asks_what_was_given(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.condition, Condition::Given(_)))
    }

    /// Whether it takes a chat of which nobody said anything.
    pub(crate) fn takes_unmarked(&self, chat: &Chat, standing: &Standing) -> bool {
        self.takes(&Subject { chat, standing, mark: &Mark::default() })
    }

    /// Whether it takes this chat.
    pub(super) fn takes(&self, subject: &Subject<'_>) -> bool {
        self.terms.iter().all(|term| term.condition.holds(subject) == term.wanted)
    }

    /// Whether every chat that it takes was taken by another, whatever was marked between.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        let lasting = |term: &Term| !term.condition.asks_marks();
        let implied = |other: &Term| self.terms.iter().any(|term| term.implies(other));
        other.terms.iter().all(|other| lasting(other) && implied(other))
    }
}

impl Term {
    fn implies(&self, other: &Self) -> bool {
        match (&self.condition, &other.condition) {
            (Condition::Words(this), Condition::Words(other_words)) => {
                self == other || self.wanted && other.wanted && this.holds(other_words)
            }
            _ => self == other,
        }
    }
}
