//! What every command begins with: the home folder, the way to speak, the clock.

use crate::commands::Global;
use crate::error::{CliError, Kind, OrFail as _};
use crate::output::Output;
use crate::style::Style;
use sheaf_node::home::Home;
use sheaf_protocol::time::Time;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing_subscriber::EnvFilter;

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Context {
    /// The home folder; it need not exist yet.
    pub(crate) home: PathBuf,
    /// How to speak.
    pub(crate) out: Output,
}

impl Context {
    /// From the options that every command has.
    ///
    /// # Errors
    /// If there is no home folder to take.
    pub(crate) fn new(global: &Global) -> Result<Self, CliError> {
        let home = match &global.home {
            Some(home) => home.clone(),
            None => default_home()?,
        };
        Ok(Self { home, out: Output { json: global.json, quiet: global.quiet } })
    }

    /// The home folder, made with a seed of its own if it is not there.
    ///
    /// # Errors
    /// If it cannot be read or made.
    pub(crate) fn home(&self) -> Result<Home, CliError> {
        Ok(Home::create(&self.home)?)
    }

    /// The home folder, which must be there.
    ///
    /// # Errors
    /// [`Kind::NoCommunity`] if it is not.
    pub(crate) fn existing_home(&self) -> Result<Home, CliError> {
        Ok(Home::open(&self.home)?)
    }
}

/// The clock of this machine.
///
/// # Errors
/// [`Kind::Clock`] if it stands before 1970 or after 9999.
pub(crate) fn now() -> Result<Time, CliError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).ok().filter(|ms| *ms > 0).and_then(Time::from_ms).ok_or_else(
        || CliError::new(Kind::Clock, "this machine's clock is wrong").hint("set the clock"),
    )
}

/// `SHEAF_HOME`, or `sheaf` in the platform's folder for an application's data.
fn default_home() -> Result<PathBuf, CliError> {
    let var = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = var("SHEAF_HOME") {
        return Ok(home);
    }
    let data = if cfg!(windows) {
        var("APPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("sheaf")).ok_or_else(|| {
        CliError::usage("there is no home folder for this person").hint("give one with --home DIR")
    })
}

/// The runtime that a command runs on.
///
/// # Errors
/// If threads cannot be started.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().or_fail("starting threads")
}

/// What the program tells about itself, on stderr: warnings; `-v`, `-vv`, `-vvv` tell more, and
/// `SHEAF_LOG` exactly what it names.
pub(crate) fn start_tracing(verbose: u8) {
    let own = match verbose {
        // iroh-blobs reports as errors that its collector ends with the node; gossipsub, each time, what
        // strangers send.
        0 => "error,sheaf_node=warn,iroh_blobs=off,libp2p_gossipsub=off",
        1 => "warn,sheaf_node=info,sheaf=info,iroh_blobs=off",
        2 => "warn,sheaf_node=debug,sheaf=debug",
        _ => "debug,sheaf_node=trace,sheaf=trace",
    };
    let filter = EnvFilter::try_from_env("SHEAF_LOG").unwrap_or_else(|_| EnvFilter::new(own));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(Style::stderr().is_coloured())
        .with_target(verbose > 1)
        .init();
}
