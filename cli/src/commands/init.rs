//! `sheaf init`.

use clap::ValueEnum;

/// Arguments of `sheaf init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The community's name
    #[arg(long)]
    name: Option<String>,
    /// The policy to begin with
    #[arg(long, value_enum)]
    preset: Option<PresetName>,
    /// Where the node will listen (multiaddress; may be given several times)
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

/// A preset's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Open licences; anyone may read and replicate
    Open,
    /// Open, and every chat may be used to train models
    Research,
    /// Only members and listed partner nodes read; chats go after a year
    Circle,
}
