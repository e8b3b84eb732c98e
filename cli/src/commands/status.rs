//! `sheaf status`.

/// Arguments of `sheaf status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
