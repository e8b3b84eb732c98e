//! `sheaf import`.

use crate::context::Context;
use crate::error::CliError;
use std::path::PathBuf;

/// Arguments of `sheaf import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An export: of ChatGPT, or OpenAI messages as JSON or JSONL
    file: PathBuf,
}

pub(super) async fn run(args: Args, _cx: &Context) -> Result<(), CliError> {
    Err(CliError::failed(format!("not landed yet: {args:?}")))
}
