//! A community's own scrubber: any program that reads a chat and answers with spans
//! (docs/spec/scrubber.md).
//!
//! The program is started for each chat (`once`), or stays and is asked about one chat after the other
//! (`stays`). Either way it has so many seconds for a chat, and then it is ended with all that it
//! started (`group`); if we are killed meanwhile, at once (`survivor`). It gets no key and no setting of ours in its environment, and where the system
//! allows it no network (`confine`); it may read what the person who runs it may read. What it answers
//! is checked in [`scrub`](crate::scrub::read_answer). A failure is an error that names the program:
//! no chat passes for one in which nothing was found.

mod confine;
mod error;
mod group;
mod last_words;
mod locate;
mod once;
mod process;
mod settings;
mod stays;
mod survivor;

pub use error::{PluginCause, PluginError};
pub use settings::{PRESIDIO, PluginSettings};

use crate::limits::{PLUGIN_RUNS_MAX, PLUGIN_SECS_MAX};
use crate::scrub::{ChatFind, merge, question, read_answer};
use confine::Confinement;
use process::Line;
use sheaf_protocol::chat::Chat;
use std::path::Path;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

/// A program that looks for what is private. Dropping it ends what runs of it.
#[derive(Debug)]
pub struct Plugin {
    /// As whoever set it named it.
    name: String,
    line: Line,
    time: Duration,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// Started for each chat; so many at once.
    Once(Semaphore),
    Stays(Box<Mutex<stays::Stay>>),
}

impl Plugin {
    /// Looks for the program, and tries how it can be kept from the network. Does not start it.
    ///
    /// # Errors
    /// If there is no such program, or it may not be run.
    pub async fn open(settings: &PluginSettings) -> Result<Self, PluginError> {
        let failed = |cause| PluginError::new(&settings.program, cause, String::new());
        let (program, args) = settings.command().map_err(failed)?;
        let seconds = settings.seconds.clamp(1, PLUGIN_SECS_MAX);
        let way = match settings.does_stay() {
            true => Way::Stays(Box::default()),
            false => Way::Once(Semaphore::new(PLUGIN_RUNS_MAX)),
        };
        Ok(Self {
            name: settings.program.clone(),
            line: Line { program, args, confinement: Confinement::tried().await },
            time: Duration::from_secs(seconds),
            way,
        })
    }

    /// The program, as whoever set it named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file that is run.
    pub fn program(&self) -> &Path {
        &self.line.program
    }

    /// Whether the program is kept from the network.
    pub fn is_confined(&self) -> bool {
        self.line.confinement != Confinement::None
    }

    /// What whoever set the program should know if it is not.
    pub fn not_confined(&self) -> String {
        format!(
            "nothing keeps the scrubber {} from the network: unshare -rn does not work here",
            self.name
        )
    }

    /// What the program finds in a chat.
    ///
    /// # Errors
    /// [`PluginError`]: then nothing is known of what the chat holds.
    pub async fn finds(&self, chat: &Chat) -> Result<Vec<ChatFind>, PluginError> {
        let answer = self.ask(question(chat)).await?;
        let read = read_answer(chat, &answer);
        let answered = read.map_err(|error| PluginError::of_answer(&self.name, error))?;
        Ok(merge(chat, Vec::new(), answered))
    }

    /// Asks the program; `question` is what [`question`] makes of a chat. May be dropped at any
    /// moment: that ends what runs for it.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn ask(&self, question: String) -> Result<Vec<u8>, PluginError> {
        let asked = match &self.way {
            Way::Once(places) => match timeout(self.time, places.acquire()).await {
                Ok(_place) => once::ask(&self.line, question, self.time).await,
                Err(_) => Err((PluginCause::Busy, String::new())),
            },
            Way::Stays(stay) => match timeout(self.time, stay.lock()).await {
                Ok(mut stay) => stay.ask(&self.line, question, self.time).await,
                Err(_) => Err((PluginCause::Busy, String::new())),
            },
        };
        asked.map_err(|(cause, last_words)| PluginError::new(&self.name, cause, last_words))
    }
}

#[cfg(all(test, unix))]
mod tests;
