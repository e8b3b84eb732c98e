//! `sheaf policy`.

use super::init::PresetName;
use sheaf_protocol::id::CommunityId;
use std::path::PathBuf;

/// What to do about a policy.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The policy in force, in plain words
    Show {
        /// Of which community [default: the one at home here]
        #[arg(long, value_name = "KEY")]
        community: Option<CommunityId>,
    },
    /// Put a new policy in force
    Publish {
        /// The policy as TOML; `sheaf policy template` writes one to begin with
        file: PathBuf,
        /// Agree beforehand
        #[arg(long)]
        yes: bool,
    },
    /// The policies that `sheaf init` offers
    Presets,
    /// Write a policy as TOML to standard output, to edit and publish
    Template {
        /// Which to begin with
        #[arg(long, value_enum, default_value = "open")]
        preset: PresetName,
    },
}
