//! `sheaf key`.

/// What to do about keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The public keys of this home
    Show,
}
