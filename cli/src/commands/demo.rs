//! `sheaf demo`.

use crate::context::Context;
use crate::error::CliError;
use std::path::PathBuf;

/// Arguments of `sheaf demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of your own to take instead of the chats that come with Sheaf
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Leave the three nodes running, to play with
    #[arg(long)]
    keep: bool,
}

pub(super) async fn run(args: Args, _cx: &Context) -> Result<(), CliError> {
    Err(CliError::failed(format!("not landed yet: {args:?}")))
}
