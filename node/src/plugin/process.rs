//! A program that runs.

use super::confine::Confinement;
use super::error::PluginCause;
use super::group::Group;
use super::last_words::LastWords;
use super::survivor::Survivor;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use tokio::io::BufReader;
use tokio::process::{Child, ChildStdin, ChildStdout};

/// What went wrong, and the last words about it.
pub(super) type Failed = (PluginCause, String);

/// How a program is started.
#[derive(Debug)]
pub(super) struct Line {
    /// The file.
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) confinement: Confinement,
}

/// A program that was started. Dropping it ends it with all that it started.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: BufReader<ChildStdout>,
    // Before the child: its number is its own until it has been waited for.
    group: Group,
    survivor: Survivor,
    child: Child,
    words: LastWords,
}

impl Process {
    pub(super) fn start(line: &Line) -> Result<Self, Failed> {
        let failed = |error| (PluginCause::System(error), String::new());
        let mut command = line.confinement.command(&line.program);
        command.args(&line.args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        command.process_group(0);
        let mut survivor = Survivor::start();
        let mut child = command.spawn().map_err(failed)?;
        survivor.watch(&child);
        let group = Group::of(&child);
        let pipe = || failed(io::Error::other("a pipe is missing"));
        let stdout = BufReader::new(child.stdout.take().ok_or_else(pipe)?);
        let words = LastWords::of(child.stderr.take().ok_or_else(pipe)?);
        Ok(Self { stdin: child.stdin.take(), stdout, group, survivor, child, words })
    }

    /// Waits for its end.
    pub(super) async fn ended(&mut self) -> Result<ExitStatus, PluginCause> {
        self.child.wait().await.map_err(PluginCause::System)
    }

    /// Ends it, and puts its last words to what happened.
    pub(super) async fn fail(self, cause: PluginCause) -> Failed {
        let Self { group, survivor, words, mut child, .. } = self;
        drop((group, survivor));
        // It was killed; this only takes it off the system's list.
        let _ = child.start_kill();
        let _ = child.wait().await;
        (cause, words.told().await)
    }
}
