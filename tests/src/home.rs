//! A home folder, and the commands that run in it.

use std::ffi::OsStr;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::binary::sheaf;
use crate::run::{self, Failure, Ran, Running, to_the_end};
use crate::{Node, SmallDisk, eventually};

/// Somebody's home folder, and the port that its node listens on.
#[derive(Debug)]
pub struct Home {
    /// Who, for logs.
    pub name: String,
    /// The folder.
    pub path: PathBuf,
    world: PathBuf,
    port: u16,
    /// What stands before each command: it decides what the process sees, or may.
    before: Vec<String>,
}

impl Home {
    pub(crate) fn at(world: &Path, name: &str) -> Self {
        let path = world.join(name);
        let (name, world, port) = (name.to_owned(), world.to_owned(), free_port());
        Self { name, path, world, port, before: Vec::new() }
    }

    /// The same home on a small disk, which only its own commands see.
    pub(crate) fn on(mut self, disk: &SmallDisk, folder: &Path) -> Self {
        self.path = folder.join(&self.name);
        self.before = disk.enter();
        self
    }

    /// From here on, permissions bind the processes of this home also when a test runs as root.
    pub fn obey_permissions(&mut self) {
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        if root {
            let without = "--bounding-set=-dac_override,-dac_read_search";
            self.before = ["setpriv", without].map(str::to_owned).to_vec();
        }
    }

    /// From here on, the processes of this home find programs of a folder before those of the system.
    pub fn finds_first_in(&mut self, folder: &Path) {
        let folders = std::env::var("PATH").unwrap();
        self.before = vec!["env".into(), format!("PATH={}:{folders}", folder.display())];
    }

    /// Starts a command, which goes on by itself.
    pub fn begin(&self, args: &[&str]) -> Running {
        Running::start(self.command(args), &self.world)
    }

    /// Runs a command in this home, with `--json`.
    pub fn run(&self, args: &[&str]) -> Ran {
        to_the_end(self.command(args), &self.world)
    }

    /// Runs a command that must succeed, and gives its result.
    pub fn ok(&self, args: &[&str]) -> Value {
        self.run(args).ok()
    }

    /// The same for a command that may take longer than others.
    pub fn ok_within(&self, args: &[&str], deadline: Duration) -> Value {
        run::to_the_end_within(self.command(args), &self.world, deadline).ok()
    }

    /// Starts a command and kills it (SIGKILL) after a while. Answers whether it had ended before.
    pub fn run_killed_after(&self, args: &[&str], moment: Duration) -> bool {
        run::killed_after(self.command(args), moment)
    }

    /// Runs a command that must fail, and gives its error.
    pub fn fails(&self, args: &[&str]) -> Failure {
        self.run(args).failure()
    }

    /// Runs a command on a terminal of its own, without `--json`: `talk` is given what the person
    /// sees so far and says which line they type next, until the command ends.
    pub fn on_a_terminal(
        &self,
        args: &[&str],
        mut talk: impl FnMut(&str) -> Option<String>,
    ) -> Ran {
        let lines = |seen: &str| talk(seen).map(|line| line + "\n");
        run::on_a_terminal(&self.typed(args), &self.world, lines)
    }

    /// The same on a screen of 24 rows and 80 columns, after `before` in the same shell. What is
    /// typed are keys; nothing ends a line by itself.
    pub fn on_a_screen(
        &self,
        before: &str,
        args: &[&str],
        talk: impl FnMut(&str) -> Option<String>,
    ) -> Ran {
        let line = format!("stty rows 24 cols 80; {before} exec {}", self.typed(args));
        run::on_a_terminal(&line, &self.world, talk)
    }

    fn typed(&self, args: &[&str]) -> String {
        let mut words = self.before.clone();
        words.extend([sheaf().display().to_string(), "--home".to_owned()]);
        words.push(self.path.display().to_string());
        words.extend(args.iter().map(|&arg| arg.to_owned()));
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
    }

    /// Founds a community under the open policy. Gives its id.
    pub fn found(&self, community: &str) -> String {
        let [tcp, quic] = self.listen();
        let args =
            ["init", "--name", community, "--preset", "open", "--listen", &tcp, "--listen", &quic];
        let made = self.ok(&[&args[..], &["--yes"]].concat());
        made["community"].as_str().unwrap().to_owned()
    }

    /// Starts this home's node and waits until it is ready.
    pub fn serve(&self) -> Node {
        self.serve_with(&[])
    }

    /// The same, with further arguments.
    pub fn serve_with(&self, args: &[&str]) -> Node {
        self.start(args, "warn,sheaf_node=debug")
    }

    /// The same, with another `SHEAF_LOG` than that of the stories.
    pub fn serve_logging(&self, log_level: &str) -> Node {
        self.start(&[], log_level)
    }

    /// Starts this home's node and kills it (SIGKILL) after a while, whether it is up or not.
    pub fn serve_killed_after(&self, moment: Duration) {
        run::killed_after(self.serving(&[]), moment);
    }

    fn start(&self, args: &[&str], log_level: &str) -> Node {
        Node::start(&self.name, self.serving(args), log_level)
    }

    fn serving(&self, args: &[&str]) -> Command {
        let [tcp, quic] = self.listen();
        let serve = ["serve", "--until-stdin-ends", "--listen", &tcp, "--listen", &quic];
        self.command(&[&serve[..], args].concat())
    }

    /// What `sheaf status` says of a community; `null` if the node does not hold it.
    pub fn status(&self, community: &str) -> Value {
        line_of(&self.ok(&["status"]), community)
    }

    /// Waits until the status of a community is as `wanted` says.
    pub fn until(&self, what: &str, community: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{}: {what}", self.name), || {
            let ran = self.run(&["status"]);
            if ran.code != Some(0) {
                return Err(ran.to_string());
            }
            let line = line_of(&ran.ok(), community);
            if wanted(&line) { Ok(line) } else { Err(line.to_string()) }
        })
    }

    /// Waits until so many chats of a community are live here, and none is still to fetch.
    pub fn until_live(&self, community: &str, chats: u64) -> Value {
        let what = format!("{chats} live chats and none to fetch");
        self.until(&what, community, |line| line["live"] == chats && line["wanted"] == 0)
    }

    /// Makes `person` a member of the community whose node runs here; gives their key there.
    pub fn admit(&self, person: &Home) -> String {
        self.admit_through(person, &[])
    }

    /// The same, through other addresses than those on which the node listens.
    pub fn admit_through(&self, person: &Home, addresses: &[&str]) -> String {
        let named = addresses.iter().flat_map(|address| ["--address", address]);
        let args: Vec<&str> = ["member", "invite"].into_iter().chain(named).collect();
        let invited = self.ok(&args);
        let joined = person.ok(&["member", "join", invited["line"].as_str().unwrap(), "--yes"]);
        joined["key"].as_str().unwrap().to_owned()
    }

    /// Contributes the chats of a file; gives the result.
    pub fn contribute(&self, file: &Path) -> Value {
        self.ok(&["contribute", file.to_str().unwrap(), "--yes"])
    }

    /// The rows of a dataset that this person makes of what a node serves, as they are written.
    pub fn dataset(&self, node: &Node) -> String {
        let folder = self.world.join(format!("dataset-of-{}", self.name));
        let _ = std::fs::remove_dir_all(&folder);
        let to = folder.to_str().unwrap();
        self.run(&["dataset", "build", node.tcp(), "-o", to, "--yes"]).built();
        std::fs::read_to_string(folder.join("chats.jsonl")).unwrap()
    }

    /// Changes the policy of the community whose node runs here.
    pub fn change_policy(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut policy = self.ok(&["policy", "show"])["policy"].take();
        change(&mut policy);
        policy.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let file = self.world.join(format!("{}-policy.toml", self.name));
        std::fs::write(&file, toml::to_string(&policy).unwrap()).unwrap();
        self.ok(&["policy", "publish", file.to_str().unwrap(), "--yes"])
    }

    /// Copies this home, as a backup does. No node should run in it.
    pub fn copy_to(&self, folder: &Path) {
        copy(&self.path, folder);
    }

    /// Puts a copy in this home's place, as restoring a backup does.
    pub fn restore(&self, folder: &Path) {
        std::fs::remove_dir_all(&self.path).unwrap();
        copy(folder, &self.path);
    }

    fn listen(&self) -> [String; 2] {
        let port = self.port;
        [format!("/ip4/127.0.0.1/tcp/{port}"), format!("/ip4/127.0.0.1/udp/{port}/quic-v1")]
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut words = self.before.iter().map(OsStr::new).chain([sheaf().as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).arg("--home").arg(&self.path).arg("--json").args(args);
        command
    }
}

/// A community's part of a status.
fn line_of(status: &Value, community: &str) -> Value {
    let lines = status["communities"].as_array().unwrap();
    lines.iter().find(|line| line["community"] == community).cloned().unwrap_or_default()
}

/// Permissions too: keys are refused when others may read them.
fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success(), "copying {} to {}", from.display(), to.display());
}

/// A port that nobody has, outside the range from which systems give ports to those who dial, so
/// that a node that is down for a while finds it free again.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 100) as u16 * 100;
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let free = TcpListener::bind(("127.0.0.1", port)).is_ok()
            && UdpSocket::bind(("127.0.0.1", port)).is_ok();
        if free {
            return port;
        }
    }
}
