//! Running one command to its end, with a deadline.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::sheaf;

/// No command of a story takes longer, on a machine that does other things too.
const DEADLINE: Duration = Duration::from_secs(120);

/// The exit code of a dataset without rows.
const EMPTY: i32 = 6;

/// What a command did.
#[derive(Debug, Clone)]
pub struct Ran {
    /// As it would be typed.
    pub command: String,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// An error as a command reports it under `--json`.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The exit code.
    pub code: i32,
    /// The kind's name, e.g. `refused`.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What to do next; empty if nothing was said.
    pub hint: String,
}

impl Ran {
    /// The one JSON value of standard output; fails the test if the command failed.
    pub fn ok(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self}");
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// What `dataset build` says of a dataset that may hold no rows: those are written, too, and
    /// exit code 6 tells them apart.
    pub fn built(&self) -> Value {
        assert!(matches!(self.code, Some(0 | EMPTY)), "{self}");
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// The error; fails the test if the command succeeded or ended without naming one.
    pub fn failure(&self) -> Failure {
        let code = self.code.filter(|code| *code != 0);
        let code = code.unwrap_or_else(|| panic!("it should have failed, by itself\n{self}"));
        let named = self.stderr.lines().rev().find_map(|line| {
            let value: Value = serde_json::from_str(line).ok()?;
            value.get("error").cloned()
        });
        let named = named.unwrap_or_else(|| panic!("no error was named\n{self}"));
        let field = |name: &str| named[name].as_str().unwrap_or_default().to_owned();
        Failure { code, kind: field("kind"), message: field("message"), hint: field("hint") }
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "$ {command}\n[exit {code:?}]\n{stdout}\n[stderr]\n{stderr}")
    }
}

/// Runs `sheaf` outside of any home, with these variables; its output passes through `folder`.
pub fn run_with(folder: &Path, args: &[&str], variables: &[(&str, &Path)]) -> Ran {
    let mut command = Command::new(sheaf());
    command.args(args).envs(variables.iter().copied());
    to_the_end(command, folder)
}

/// Runs any command to its end.
pub(crate) fn to_the_end(command: Command, folder: &Path) -> Ran {
    to_the_end_within(command, folder, DEADLINE)
}

/// The same, for a command that may take longer.
pub(crate) fn to_the_end_within(command: Command, folder: &Path, deadline: Duration) -> Ran {
    Running::start(command, folder).end_within(deadline)
}

/// A command that runs. Its output goes through files, so that nothing blocks.
#[derive(Debug)]
pub struct Running {
    shown: String,
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub(crate) fn start(mut command: Command, folder: &Path) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = |ending| folder.join(format!("{number}.{ending}"));
        let (out, err) = (file("out"), file("err"));
        let shown = format!("{command:?}");
        let child = command
            .env_remove("SHEAF_HOME")
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        Self { shown, child, out, err }
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ctrl-C (SIGINT).
    pub fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Kills it (SIGKILL) and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub fn end(self) -> Ran {
        self.end_within(DEADLINE)
    }

    fn end_within(mut self, deadline: Duration) -> Ran {
        let status = wait(&mut self.child, deadline);
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let ran = Ran {
            command: self.shown,
            code: status.and_then(|status| status.code()),
            stdout: read(&self.out),
            stderr: read(&self.err),
        };
        assert!(status.is_some(), "still running after {deadline:?}\n{ran}");
        fs::remove_file(&self.out).unwrap();
        fs::remove_file(&self.err).unwrap();
        ran
    }
}

/// Starts a command, kills it after a while, and says whether it had ended by itself.
pub(crate) fn killed_after(mut command: Command, moment: Duration) -> bool {
    // A node ends when its standard input does.
    let nowhere = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = nowhere.env_remove("SHEAF_HOME").spawn().unwrap();
    std::thread::sleep(moment);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    ended
}

/// Waits for a process to end; kills it after `patience` and gives `None`.
pub(crate) fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if started.elapsed() > patience {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs a line of the shell on a terminal (by `script`, which every Debian has): `talk` is given what
/// the terminal was sent so far and says what is typed next, byte by byte, until the command ends.
pub(crate) fn on_a_terminal(
    line: &str,
    folder: &Path,
    mut talk: impl FnMut(&str) -> Option<String>,
) -> Ran {
    let seen = folder.join("terminal");
    let mut child = Command::new("script")
        .args(["--quiet", "--flush", "--return", "--echo", "never", "--command", line])
        .arg("/dev/null")
        .env_remove("SHEAF_HOME")
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(File::create(&seen).unwrap())
        .spawn()
        .unwrap();
    let mut terminal = child.stdin.take().unwrap();
    let started = Instant::now();
    let read = || String::from_utf8_lossy(&fs::read(&seen).unwrap()).into_owned();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if let Some(typed) = talk(&read()) {
            // A command that ended meanwhile reads nothing.
            let _ = terminal.write_all(typed.as_bytes());
        }
        if started.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("still running after {DEADLINE:?}: {line}\n{}", read());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Ran { command: line.to_owned(), code, stdout: read(), stderr: String::new() }
}
