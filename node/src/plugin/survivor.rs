//! Who ends a program when we are killed: then nothing of ours runs any more that could.
//!
//! A shell waits at a pipe of which we hold the other end. The system closes it however we end, and the
//! shell ends the group of processes that it was told. Where there is no shell, a program that hangs
//! goes on without us.

use tokio::process::Child;

/// The shell. Dropped, it ends and does nothing.
#[derive(Debug)]
pub(super) struct Survivor(#[cfg(unix)] Option<std::process::Child>);

/// Reads the number of a group; ends the group unless a second line comes before the end of input.
#[cfg(unix)]
const SCRIPT: &str = r#"read -r group && ! read -r _ && kill -s KILL -- "-$group""#;

#[cfg(unix)]
impl Survivor {
    /// Starts it, before what it is to end: so there is no moment at which both run and it does not know.
    pub(super) fn start() -> Self {
        use std::os::unix::process::CommandExt as _;
        use std::process::{Command, Stdio};
        let mut shell = Command::new("sh");
        let path = std::env::var_os("PATH").map(|path| ("PATH", path));
        shell.args(["-c", SCRIPT]).env_clear().envs(path).current_dir("/");
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Of a group of its own: what is sent to ours, as by Ctrl-C, is not for it.
        Self(shell.process_group(0).spawn().ok())
    }

    /// Tells it the group that a child leads.
    pub(super) fn watch(&mut self, child: &Child) {
        use std::io::Write as _;
        let pipe = self.0.as_mut().and_then(|shell| shell.stdin.as_mut());
        if let (Some(pipe), Some(group)) = (pipe, child.id()) {
            // A line fits into an empty pipe. If the shell is gone, the program runs without it.
            let _ = pipe.write_all(format!("{group}\n").as_bytes());
        }
    }
}

#[cfg(unix)]
impl Drop for Survivor {
    fn drop(&mut self) {
        if let Some(shell) = &mut self.0 {
            // Before the pipe is closed. It is gone at once, and taken off the system's list.
            let _ = shell.kill();
            let _ = shell.wait();
        }
    }
}

#[cfg(not(unix))]
impl Survivor {
    /// There is none here.
    pub(super) fn start() -> Self {
        Self()
    }

    /// Nothing watches.
    pub(super) fn watch(&mut self, _: &Child) {}
}
