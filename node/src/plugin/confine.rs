//! What a program gets of its surroundings, and what is kept from it.

use crate::limits::PLUGIN_PROBE_TIMEOUT;
use std::env;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;
use tokio::time::timeout;

/// What a program may know of the environment: how to find other programs and to write text.
const VARIABLES: [&str; 9] =
    ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SystemRoot", "USERPROFILE"];

/// How a program is kept from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Confinement {
    /// By `unshare` of util-linux, with these options: it gets a network of its own, in which there
    /// is nobody.
    Unshare(&'static [&'static str]),
    /// By nothing: this system has no such means, or forbids it.
    None,
}

/// Options of `unshare`, the best first. With processes of its own, whatever the program starts ends
/// with it, even what left its group.
const WAYS: [&[&str]; 2] = [&["-rnpf", "--kill-child"], &["-rn"]];

impl Confinement {
    /// The best way that works here: each is tried by running something in it.
    pub(super) async fn tried() -> Self {
        for options in WAYS {
            if works(options).await {
                return Self::Unshare(options);
            }
        }
        Self::None
    }

    /// A command that runs `program` so confined, in `/` and with an environment of its own.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Unshare(options) => {
                let mut command = Command::new("unshare");
                command.args(options).arg("--").arg(program);
                command
            }
            Self::None => Command::new(program),
        };
        let kept = VARIABLES.iter().filter_map(|name| env::var_os(name).map(|value| (name, value)));
        command.env_clear().envs(kept).current_dir("/").kill_on_drop(true);
        command
    }
}

async fn works(options: &'static [&'static str]) -> bool {
    let mut command = Confinement::Unshare(options).command(Path::new("true"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let ran = timeout(PLUGIN_PROBE_TIMEOUT, command.status()).await;
    ran.is_ok_and(|ran| ran.is_ok_and(|status| status.success()))
}
