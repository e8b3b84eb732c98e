//! Processes of this same binary: nodes that keep running, and commands that end.

use crate::error::{CliError, Kind, OrFail as _};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A node must listen within this time.
const START: Duration = Duration::from_secs(30);
/// A command must end within this time; a large export of one's own may take a while.
const COMMAND: Duration = Duration::from_secs(600);
/// A node that is asked to stop must end within this time.
const STOP: Duration = Duration::from_secs(10);

/// A node of the federation.
#[derive(Debug)]
pub(super) struct Node {
    process: Process,
    /// Where it listens.
    pub(super) address: String,
    /// Its process.
    pub(super) pid: u32,
}

/// A process that is gone when its handle is: killed, and waited for. What writes into the demo's
/// folder must have ended before the folder goes.
#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.start_kill().is_err() {
            // It has ended.
            return;
        }
        let until = Instant::now() + STOP;
        while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code.
    pub(super) code: i32,
    /// The JSON on its standard output.
    pub(super) result: Value,
    /// The JSON on its standard error.
    pub(super) error: Value,
}

impl Node {
    /// Starts a node and waits until it listens. It ends with us, unless it is to be kept.
    pub(super) async fn start(home: &Path, keep: bool) -> Result<Self, CliError> {
        let log = home.with_extension("log");
        let log_file = std::fs::File::create(&log).or_fail(log.display())?;
        let mut command = sheaf(home)?;
        command.args(["--json", "serve"]).stdout(Stdio::piped()).stderr(log_file);
        match keep {
            true => command.stdin(Stdio::null()),
            false => command.arg("--until-stdin-ends").stdin(Stdio::piped()),
        };
        // Ctrl-C on the terminal is ours to answer.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = Process(command.spawn().or_fail("starting a node")?);
        match timeout(START, listening(&mut process.0)).await {
            Ok(Some(address)) => {
                let pid = process.0.id().unwrap_or_default();
                Ok(Self { process, address, pid })
            }
            _ => Err(not_started(&log)),
        }
    }

    /// Asks it to end, and waits for it; whether it ended in order.
    pub(super) async fn stop(mut self) -> bool {
        drop(self.process.0.stdin.take());
        // One that does not end is killed with its handle.
        matches!(timeout(STOP, self.process.0.wait()).await, Ok(Ok(status)) if status.success())
    }

    /// Lets it run on without us.
    pub(super) fn release(self) {
        std::mem::forget(self.process);
    }
}

/// The address in the one line of JSON that a node writes when it is up.
async fn listening(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let line = lines.next_line().await.ok()??;
    let up: Value = serde_json::from_str(&line).ok()?;
    Some(up["addresses"][0].as_str()?.to_owned())
}

fn not_started(log: &Path) -> CliError {
    let said = std::fs::read_to_string(log).unwrap_or_default();
    let last: Vec<_> = said.lines().rev().take(5).collect();
    let last: Vec<_> = last.into_iter().rev().collect();
    CliError::failed(format!("a node did not start; it said:\n{}", last.join("\n")))
}

/// Runs a command to its end.
pub(super) async fn run(home: &Path, args: &[&str]) -> Result<Ended, CliError> {
    let mut command = sheaf(home)?;
    command.args(["--json", "--quiet"]).args(args).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = Process(command.spawn().or_fail("starting a command")?);
    let output = match timeout(COMMAND, output(process)).await {
        Ok(output) => output.or_fail("running a command")?,
        Err(_) => {
            let what = args.iter().take(2).copied().collect::<Vec<_>>().join(" ");
            return Err(CliError::failed(format!("`sheaf {what}` did not end in time")));
        }
    };
    let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
    Ok(Ended {
        code: output.status.code().unwrap_or(-1),
        result: json(&output.stdout),
        error: last_json(&output.stderr),
    })
}

/// What a process says until it ends.
async fn output(mut process: Process) -> std::io::Result<Output> {
    let (out, err) = (process.0.stdout.take(), process.0.stderr.take());
    let (stdout, stderr, status) =
        tokio::try_join!(read_all(out), read_all(err), process.0.wait())?;
    Ok(Output { status, stdout, stderr })
}

async fn read_all(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        from.read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The last line that is JSON: warnings may stand before it.
fn last_json(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    text.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or(Value::Null)
}

impl Ended {
    /// The result of a command that must succeed.
    pub(super) fn good(self, args: &[&str]) -> Result<Value, CliError> {
        if self.code == 0 {
            return Ok(self.result);
        }
        let what = args.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let said = self.error["error"]["message"].as_str().unwrap_or("it said nothing");
        Err(CliError::new(Kind::Failed, format!("`sheaf {what}` failed: {said}")))
    }
}

fn sheaf(home: &Path) -> Result<Command, CliError> {
    let binary: PathBuf = std::env::current_exe().or_fail("finding this program")?;
    let mut command = Command::new(binary);
    command.arg("--home").arg(home);
    Ok(command)
}
