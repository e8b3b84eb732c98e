//! What went wrong, in words that say what to do next, and the exit code for a script.

use crate::style::Style;
use crate::text::printable_lines;
use crate::wrap::{stderr_columns, wrap};
use std::fmt::Display;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct CliError {
    /// For programs: its name and exit code are documented in `docs/cli.md`.
    pub(crate) kind: Kind,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

/// Declares the kinds with their name in JSON and their exit code.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $code:literal;)+) => {
        /// What kind of failure: a name for programs, and an exit code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$doc])* $kind,)+ }

        impl Kind {
            /// All of them.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its name in JSON.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// Its exit code.
            pub(crate) fn exit_code(self) -> u8 {
                match self { $(Self::$kind => $code,)+ }
            }
        }
    };
}

kinds! {
    /// Nothing more special.
    Failed = "failed", 1;
    /// Another process has the home folder.
    HomeInUse = "home-in-use", 1;
    /// Somebody else listens on that port.
    PortTaken = "port-taken", 1;
    /// This machine's clock and the node's differ too much.
    Clock = "clock", 1;
    /// The arguments do not make sense.
    Usage = "usage", 2;
    /// The node, or the community's policy, says no.
    Refused = "refused", 3;
    /// The person said no.
    Declined = "declined", 3;
    /// Nobody is there to answer a question.
    NeedsAnswer = "needs-answer", 3;
    /// Only members, or stewards, may do this.
    NotMember = "not-member", 3;
    /// Rows of a locked dataset were taken back.
    Gone = "gone", 3;
    /// There is no such thing.
    NotFound = "not-found", 4;
    /// This home has no community yet.
    NoCommunity = "no-community", 4;
    /// Nobody answers at that address.
    Unreachable = "unreachable", 4;
    /// The node of this home does not run.
    NodeNotRunning = "node-not-running", 4;
    /// A check of signatures, logs or data failed.
    NotVerified = "not-verified", 5;
    /// A dataset was built, and holds no rows.
    Empty = "empty", 6;
    /// Files of the home folder are lost or damaged.
    Damaged = "damaged", 7;
    /// Ctrl-C.
    Interrupted = "interrupted", 130;
}

impl CliError {
    /// An error of a kind.
    pub(crate) fn new(kind: Kind, message: impl Display) -> Self {
        Self { kind, message: message.to_string(), hint: None }
    }

    /// An error of no special kind.
    pub(crate) fn failed(message: impl Display) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// A mistake in the arguments.
    pub(crate) fn usage(message: impl Display) -> Self {
        let text = message.to_string();
        Self::new(Kind::Usage, text.strip_prefix("error: ").unwrap_or(&text).trim_end())
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says in which chat of a file, counted from 1.
    pub(crate) fn in_chat(mut self, position: usize) -> Self {
        self.message = format!("chat {position}: {}", self.message);
        self
    }

    /// Writes it to stderr, for a person or as one line of JSON.
    pub(crate) fn print(&self, json: bool) {
        if json {
            let body = serde_json::json!({ "error": {
                "kind": self.kind.name(), "message": self.message, "hint": self.hint,
            }});
            eprintln!("{body}");
            return;
        }
        let style = Style::stderr();
        let say = |label: String, text: &str| {
            let line = format!("{label} {}", printable_lines(text));
            eprintln!("{}", wrap(&line, stderr_columns(), None));
        };
        say(style.red("error:"), &self.message);
        if let Some(hint) = &self.hint {
            say(style.bold("next:"), hint);
        }
    }
}

impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> Self {
        Self::usage(error)
    }
}

/// Puts an error of a library under what was being done.
pub(crate) trait OrFail<T> {
    /// An error of no special kind: `doing` and the reason.
    fn or_fail(self, doing: impl Display) -> Result<T, CliError>;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, doing: impl Display) -> Result<T, CliError> {
        self.map_err(|error| CliError::failed(format!("{doing}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_documented_beside_its_exit_code() {
        let page = include_str!("../../docs/cli.md");
        for kind in Kind::ALL {
            let row = format!("| {} |", kind.exit_code());
            let row = page.lines().find(|line| line.starts_with(&row)).unwrap_or_default();
            let name = format!("`{}`", kind.name());
            assert!(row.contains(&name), "docs/cli.md has no {name} in the row of its exit code");
        }
    }
}
