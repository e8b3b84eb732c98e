//! `sheaf demo`: a whole federation on this machine.
//!
//! Three communities run as processes of this same binary, on loopback, in a folder of their own
//! under the system's temporary folder. Every step is a `sheaf` command that anyone could type, and
//! its result is checked. The nodes end when their standard input does, so that they end with this
//! process, however it ends.

mod counts;
mod fold_away;
mod process;
mod samples;
mod script;
mod stage;
mod tamper;
mod tell;

use crate::context::Context;
use crate::error::CliError;
use crate::signals::until_interrupted;
use stage::Stage;
use std::path::{Path, PathBuf};
use tell::Tell;

/// Arguments of `sheaf demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of your own to give to the first community, instead of chats that come with Sheaf
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Leave the three nodes running, to play with
    #[arg(long)]
    keep: bool,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let files = args.files.iter().map(readable).collect::<Result<Vec<_>, _>>()?;
    let mut stage = Stage::set(args.keep)?;
    let mut tell = Tell::new(&cx.out);
    let played = until_interrupted(script::play(&mut stage, &files, &mut tell)).await;
    match played {
        Ok(found) => fold_away::finish(stage, found, tell, cx).await,
        Err(error) => Err(fold_away::abandon(stage, error).await),
    }
}

/// The nodes and commands run in folders of their own: paths must hold there, too.
fn readable(file: impl AsRef<Path>) -> Result<PathBuf, CliError> {
    std::fs::canonicalize(file.as_ref()).map_err(|error| {
        let message = format!("{}: {error}", file.as_ref().display());
        CliError::new(crate::error::Kind::NotFound, message)
    })
}
