//! `sheaf serve`.

use crate::context::Context;
use crate::error::CliError;

/// Arguments of `sheaf serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen (multiaddress; may be given several times)
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Sign although no replica has confirmed the newest head: only if this is surely the one
    /// and newest copy of this home
    #[arg(long)]
    sign_unconfirmed: bool,
    /// End when standard input ends: for programs that start a node
    #[arg(long, hide = true)]
    until_stdin_ends: bool,
}

pub(super) async fn run(args: Args, _cx: &Context) -> Result<(), CliError> {
    Err(CliError::failed(format!("not landed yet: {args:?}")))
}
