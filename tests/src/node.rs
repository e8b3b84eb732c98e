//! A running node.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::DEADLINE;
use crate::run::wait;

/// How long a node may take for an ordered end.
const END: Duration = Duration::from_secs(20);

/// A `sheaf serve` that is up. Dropping kills it, as a power cut would.
#[derive(Debug)]
pub struct Node {
    /// The addresses it told when it was ready.
    pub addresses: Vec<String>,
    name: String,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Node {
    pub(crate) fn start(name: &str, mut command: Command, log_level: &str) -> Self {
        let log = Arc::new(Mutex::new(String::new()));
        let child = command
            .env_remove("SHEAF_HOME")
            .env("SHEAF_LOG", log_level)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut node = Self { addresses: Vec::new(), name: name.to_owned(), child, log };
        let (ready, told) = mpsc::channel();
        let stdout = node.child.stdout.take().unwrap();
        let stderr = node.child.stderr.take().unwrap();
        node.follow(stdout, move |line| drop(ready.send(line.to_owned())));
        node.follow(stderr, |_| ());
        let line = match told.recv_timeout(DEADLINE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{name}'s node is not ready after {DEADLINE:?}")
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("{name}'s node ended before it was ready")
            }
        };
        let ready: Value = serde_json::from_str(&line).unwrap();
        let addresses = ready["addresses"].as_array().unwrap();
        node.addresses = addresses.iter().map(|a| a.as_str().unwrap().to_owned()).collect();
        node
    }

    /// Its TCP address.
    pub fn tcp(&self) -> &str {
        self.addresses.iter().find(|address| address.contains("/tcp/")).unwrap()
    }

    /// Its QUIC address.
    pub fn quic(&self) -> &str {
        self.addresses.iter().find(|address| address.contains("/quic-v1")).unwrap()
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// From now on none of its files grows beyond `bytes` (`None`: they grow again), as under
    /// `ulimit -f`.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let mut command = Command::new("prlimit");
        // The soft limit alone: a test that is not root could not raise the other again.
        command.args(["--pid", &self.pid().to_string(), &format!("--fsize={limit}:")]);
        assert!(command.status().unwrap().success(), "{command:?}");
    }

    /// Asks it to end (SIGTERM) and waits; the exit must be orderly.
    pub fn stop(self) {
        self.end("TERM");
    }

    /// The same, as Ctrl-C does it (SIGINT).
    pub fn interrupt(self) {
        self.end("INT");
    }

    /// Kills it (SIGKILL) and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn end(mut self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let status = wait(&mut self.child, END);
        let orderly = status.as_ref().is_some_and(ExitStatus::success);
        assert!(orderly, "{}'s node should end in order at SIG{signal}: {status:?}", self.name);
    }

    /// Keeps what comes through a pipe, and hands each line to `each`.
    fn follow(&self, pipe: impl Read + Send + 'static, each: impl Fn(&str) + Send + 'static) {
        let log = self.log.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                each(&line);
                log.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Either it has ended already, or it ends now.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("--- log of {}'s node ---\n{}---", self.name, self.log());
        }
    }
}
