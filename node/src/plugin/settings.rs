//! What is set of a scrubber.

use super::error::PluginCause;
use super::locate::locate;
use crate::limits::PLUGIN_SECS;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::PathBuf;

/// Names the adapter for Microsoft Presidio that comes with Sheaf.
pub const PRESIDIO: &str = "presidio";

/// The adapter: it is handed to Python as it stands.
const ADAPTER: &str = include_str!("presidio.py");

/// What to type where Presidio is not installed.
pub(super) const PRESIDIO_HINT: &str = "Presidio needs a Python that has it: \
    python3 -m venv ~/presidio && ~/presidio/bin/pip install presidio-analyzer==2.2.366, then name \
    it: --scrubber-python ~/presidio/bin/python";

/// A scrubber as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PluginSettings {
    /// A file, a program on the `PATH`, or [`PRESIDIO`].
    pub program: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Whether it stays, and is asked about one chat after the other.
    #[serde(default)]
    pub stays: bool,
    /// Seconds that it has for a chat.
    #[serde(default = "default_seconds")]
    pub seconds: u64,
    /// The Python that runs [`PRESIDIO`]; `python3` if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
}

fn default_seconds() -> u64 {
    PLUGIN_SECS
}

impl PluginSettings {
    /// A program without arguments that is started for each chat.
    pub fn new(program: impl Into<String>) -> Self {
        let (args, stays, seconds, python) = (Vec::new(), false, PLUGIN_SECS, None);
        Self { program: program.into(), args, stays, seconds, python }
    }

    /// Whether the program stays. Presidio takes seconds to load.
    pub fn does_stay(&self) -> bool {
        self.stays || self.program == PRESIDIO
    }

    /// The file to run, and its arguments.
    pub(super) fn command(&self) -> Result<(PathBuf, Vec<OsString>), PluginCause> {
        let own = self.args.iter().map(OsString::from);
        if self.program != PRESIDIO {
            return Ok((locate(&self.program)?, own.collect()));
        }
        let python = locate(self.python.as_deref().unwrap_or("python3"))?;
        Ok((python, ["-c", ADAPTER].map(OsString::from).into_iter().chain(own).collect()))
    }
}
