//! Choosing among many chats, on a terminal.
//!
//! [`State`] is what a person sees and may do: `step` takes a key, `draw` gives the lines of the
//! screen, and both are pure. [`screen`] alone owns the terminal: it draws, waits for keys, and
//! gives the terminal back however it ends. A terminal that can show lines only is asked in
//! [`plain`]. Nothing is chosen at first: what nobody chose is not given.

mod draw;
mod found;
mod help;
mod keys;
mod line;
mod mark;
mod plain;
mod query;
mod row;
#[cfg(unix)]
mod screen;
mod state;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use mark::Mark;
pub(crate) use query::Query;

use crate::chosen::Chosen;
use crate::error::{CliError, Kind};
use crate::output::Output;
use query::Subject;
use sheaf_node::import::Imported;
use state::State;

/// A chat that may be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The chat.
    pub(crate) chat: Imported,
    /// Whether it can be given.
    pub(crate) standing: Standing,
}

/// Whether a chat can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can.
    Free,
    /// It was given before: as this, and perhaps taken back since.
    Given(String),
    /// It cannot: for this reason.
    Barred(String),
}

impl Candidate {
    fn with<'a>(&'a self, mark: &'a Mark) -> Subject<'a> {
        Subject { chat: &self.chat.chat, standing: &self.standing, mark }
    }
}

/// Lets a person choose. `heading` says for what.
///
/// # Errors
/// [`Kind::Declined`] if they leave; [`Kind::NeedsAnswer`] where nobody can answer.
pub(crate) async fn choose(
    out: &Output,
    heading: &str,
    candidates: Vec<Candidate>,
) -> Result<Vec<Chosen>, CliError> {
    let state = State::new(heading, candidates);
    #[cfg(unix)]
    if screen::is_possible() {
        return screen::run(state).await?.ok_or_else(left);
    }
    plain::run(out, state).await?.ok_or_else(left)
}

fn left() -> CliError {
    CliError::new(Kind::Declined, "nothing was given: you left without choosing")
}
