//! `sheaf dataset`.

mod build;
mod count;
mod progress;
mod sources;
mod verify;
mod write;

use crate::context::Context;
use crate::error::CliError;

/// What to do about a dataset.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Assemble one from communities
    Build(build::Args),
    /// Check one from its files alone; needs no network
    Verify(verify::Args),
}

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Build(args) => build::run(args, cx).await,
        Command::Verify(args) => verify::run(args, cx).await,
    }
}
