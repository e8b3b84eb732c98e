//! `sheaf completions`.

use super::Sheaf;
use crate::error::CliError;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Arguments of `sheaf completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<(), CliError> {
    clap_complete::generate(args.shell, &mut Sheaf::command(), "sheaf", &mut std::io::stdout());
    Ok(())
}
