use super::{Community, Explanation};
use crate::id::PublicKey;
use crate::log::Entry;
use crate::statement::{Body, Cause, Kind, SignedStatement};
use crate::time::Time;

/// Why an explanation does not explain a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Statements of this kind stay.
    #[error("the {0} may not become a hole")]
    Kind(Kind),
    /// The entry shows no control key, or another than the explanation names.
    #[error("the explanation is about another entry")]
    Control,
    /// It was made for another community or epoch.
    #[error("the explanation was made for another community or epoch")]
    Elsewhere,
    /// A withdrawal that the control key did not sign, or a takedown by no steward.
    #[error("the explanation's signer has no authority over this entry")]
    Signer,
    /// The entry has no due day.
    #[error("the entry has no due day")]
    NoDueDay,
    /// The due day has not ended.
    #[error("the entry's due day has not ended")]
    NotYet,
}

impl Community {
    /// Whether `explanation` explains that the statement of `entry` is gone, seen at `as_of`.
    ///
    /// A takedown counts if any charter of this epoch named its signer a steward, so a steward's
    /// leaving does not undo it.
    ///
    /// # Errors
    /// [`ExplainError`].
    pub fn explain(
        &self,
        _index: u64,
        entry: &Entry,
        explanation: &Explanation,
        as_of: Time,
    ) -> Result<Cause, ExplainError> {
        let cause = self.explained_in_form(entry, explanation)?;
        match explanation {
            Explanation::Takedown(by) if !self.was_steward(&by.signer()) => {
                Err(ExplainError::Signer)
            }
            Explanation::Due if entry.due.is_none_or(|day| as_of < day.end()) => {
                Err(ExplainError::NotYet)
            }
            _ => Ok(cause),
        }
    }

    /// What does not depend on the time, or on how far the log was folded.
    pub(super) fn explained_in_form(
        &self,
        entry: &Entry,
        explanation: &Explanation,
    ) -> Result<Cause, ExplainError> {
        let kind = Kind(entry.kind);
        if kind.is_defined() && !kind.may_become_hole() {
            return Err(ExplainError::Kind(kind));
        }
        match explanation {
            Explanation::Due => entry.due.map(|_| Cause::Due).ok_or(ExplainError::NoDueDay),
            Explanation::Withdrawal(by) => {
                let control = self.named_by(by, entry)?;
                (control == by.signer()).then_some(Cause::Withdrawn).ok_or(ExplainError::Signer)
            }
            Explanation::Takedown(by) => self.named_by(by, entry).map(|_| Cause::TakenDown),
        }
    }

    /// The control key that a withdrawal or takedown names, if it is the entry's.
    fn named_by(&self, by: &SignedStatement, entry: &Entry) -> Result<PublicKey, ExplainError> {
        let statement = by.content();
        if statement.community != self.id || statement.epoch != self.epoch {
            return Err(ExplainError::Elsewhere);
        }
        let named = match &statement.body {
            Body::Withdrawal(w) => w.control,
            Body::Takedown(t) => t.control,
            _ => return Err(ExplainError::Control),
        };
        (entry.control == Some(named)).then_some(named).ok_or(ExplainError::Control)
    }
}
