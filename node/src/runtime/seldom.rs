//! What happens often and is said seldom: the first time, and then once in a while with how often it
//! happened between.

use crate::limits::WARNINGS_EVERY;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// One such thing.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    said: Option<Instant>,
    /// How often it was not said since.
    left_out: u64,
}

impl Seldom {
    /// Whether it is to be said now, and how often it was not since it was said last.
    pub(super) fn happened(&self, now: Instant) -> Option<LeftOut> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_soon = |said| now.saturating_duration_since(said) < WARNINGS_EVERY;
        if state.said.is_some_and(is_soon) {
            state.left_out += 1;
            return None;
        }
        let left_out = std::mem::take(&mut state.left_out);
        state.said = Some(now);
        Some(LeftOut(left_out))
    }
}

/// Says how often something was not said: nothing, or words to put behind the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOut(u64);

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            times => write!(f, " ({times} times more since this was said last)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_first_is_said_and_then_one_in_a_while_with_the_number_of_the_others() {
        let (seldom, start) = (Seldom::default(), Instant::now());
        let at = |after: Duration| seldom.happened(start + after).map(|left| left.to_string());
        assert_eq!(at(Duration::ZERO).as_deref(), Some(""), "the first is said at once");
        for tenth in 1..600 {
            assert_eq!(at(WARNINGS_EVERY * tenth / 600), None, "then none for a while");
        }
        let words = " (599 times more since this was said last)";
        assert_eq!(at(WARNINGS_EVERY).as_deref(), Some(words), "then one for all");
        assert_eq!(at(WARNINGS_EVERY + Duration::from_secs(1)), None);
        assert_eq!(at(WARNINGS_EVERY * 9).as_deref(), Some(&*words.replace("599", "1")));
    }
}
