//! `sheaf dataset`.

use std::path::PathBuf;

/// What to do about a dataset.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Assemble one from communities
    Build(BuildArgs),
    /// Check one from its files alone; needs no network
    Verify {
        /// Its folder
        dir: PathBuf,
    },
}

/// Arguments of `sheaf dataset build`.
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// Where nodes listen: multiaddresses that end in /p2p/…
    #[arg(value_name = "ADDRESS", required_unless_present_any = ["recipe", "locked"])]
    addresses: Vec<String>,
    /// What to take, as TOML
    #[arg(long, value_name = "FILE", conflicts_with_all = ["addresses", "locked"])]
    recipe: Option<PathBuf>,
    /// Build again exactly what this lock names
    #[arg(long, value_name = "LOCK")]
    locked: Option<PathBuf>,
    /// With --locked: leave out the rows that were withdrawn since
    #[arg(long, requires = "locked")]
    less: bool,
    /// The folder to write; it must not exist yet
    #[arg(long, short, value_name = "DIR", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Count what there is, per licence and language; accept and fetch nothing
    #[arg(long)]
    dry_run: bool,
    /// Accept the communities' policies beforehand
    #[arg(long)]
    yes: bool,
}
