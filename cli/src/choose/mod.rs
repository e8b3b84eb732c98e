//! Choosing among many chats, on a terminal.
//!
//! [`State`] is what a person sees and may do: `step` takes a key, `draw` gives the lines of the
//! screen, and both are pure. [`screen`] alone owns the terminal: it draws, waits for keys, and
//! gives the terminal back however it ends. A terminal that can show lines only is asked in
//! [`plain`]. Nothing is chosen at first: what nobody chose is not given. A [`Chooser`] outlives its
//! screen: who signs nothing on the next one comes back to the list as it was.

mod choice;
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
use crate::error::CliError;
use crate::output::Output;
use query::Subject;
use sheaf_node::import::Imported;
use state::State;
use std::sync::Arc;

/// A chat that may be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The chat.
    pub(crate) chat: Arc<Imported>,
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

/// Chats to choose among, and what was chosen of them.
#[derive(Debug)]
pub(crate) struct Chooser(State);

impl Chooser {
    /// The list as it begins. `heading` says for what is chosen.
    pub(crate) fn new(heading: &str, candidates: Vec<Candidate>) -> Self {
        Self(State::new(heading, candidates))
    }

    /// Lets a person choose. `None` if they leave.
    ///
    /// # Errors
    /// [`Kind::NeedsAnswer`](crate::error::Kind::NeedsAnswer) where nobody can answer.
    pub(crate) async fn ask(self, out: &Output) -> Result<Option<Self>, CliError> {
        #[cfg(unix)]
        if screen::is_possible() {
            return Ok(screen::run(self.0).await?.map(Self));
        }
        Ok(plain::run(out, self.0).await?.map(Self))
    }

    /// All chats, whether chosen or not.
    pub(crate) fn chats(&self) -> impl Iterator<Item = &Imported> {
        self.0.candidates.iter().map(|candidate| &*candidate.chat)
    }

    /// What was chosen, in the order of the files.
    pub(crate) fn chosen(&self) -> Vec<Chosen> {
        self.0.chosen()
    }

    /// Nothing was signed, and the list is to be seen again: with the same marks, search and place,
    /// and with what can be given now, in the order of [`Self::chats`].
    pub(crate) fn again(&mut self, standings: Vec<Standing>) {
        self.0.again(standings);
    }
}
