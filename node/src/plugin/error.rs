//! How another scrubber fails.

use crate::limits::PLUGIN_ANSWER_BYTES_MAX;
use crate::limits::{PLUGIN_STARTS_MAX, PLUGIN_STARTS_WINDOW};
use crate::scrub::AnswerError;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// A scrubber that gave no answer which can be used.
#[derive(Debug, thiserror::Error)]
#[error("the scrubber {program}: {cause}")]
pub struct PluginError {
    /// The program, as it was set.
    pub program: String,
    /// What happened.
    pub cause: PluginCause,
    /// The end of what it wrote to standard error. It may hold whatever the program puts there.
    pub last_words: String,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum PluginCause {
    /// There is no such file, here or on the `PATH`.
    #[error("there is no such program")]
    Missing,
    /// It is there and may not be run.
    #[error("{} may not be run: chmod +x {}", .0.display(), .0.display())]
    NotRunnable(PathBuf),
    /// The system did not start it, or broke off the talk with it.
    #[error("the system does not run it: {0}")]
    System(io::Error),
    /// It took too long.
    #[error("it gave no answer within {0} s, and was ended")]
    Late(u64),
    /// It ended without one, or said that it failed.
    #[error("it ended without an answer ({})", ended(.0))]
    Ended(ExitStatus),
    /// It wrote without an end.
    #[error("its answer is longer than {PLUGIN_ANSWER_BYTES_MAX} bytes")]
    Endless,
    /// It stays, and wrote more than one line for a chat: nobody knows what the next answers.
    #[error("it wrote more than one line for one chat")]
    OutOfStep,
    /// What it wrote is no answer.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It did not stay, time and again.
    #[error(
        "it had to be started {PLUGIN_STARTS_MAX} times within {} s, and is left alone for a while",
        PLUGIN_STARTS_WINDOW.as_secs()
    )]
    Restless,
    /// Other chats are before this one.
    #[error("it is busy with other chats")]
    Busy,
}

/// "exit code 3", "signal 9".
fn ended(status: &ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| status.to_string(), |code| format!("exit code {code}"))
}

impl PluginError {
    pub(super) fn new(program: &str, cause: PluginCause, last_words: String) -> Self {
        Self { program: program.to_owned(), cause, last_words }
    }

    /// That an answer does not fit the chat it is about.
    pub fn of_answer(program: &str, error: AnswerError) -> Self {
        Self::new(program, error.into(), String::new())
    }

    /// What to type when the program is not there, or lacks something that is known.
    pub fn hint(&self) -> Option<&'static str> {
        (self.program == super::PRESIDIO).then_some(super::settings::PRESIDIO_HINT)
    }
}
