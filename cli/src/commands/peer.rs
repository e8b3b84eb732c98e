//! `sheaf peer`.

use sheaf_protocol::id::PublicKey;

/// What to do about peers.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Who is known, and who is connected
    List,
    /// Have nothing to do with a peer
    Block {
        /// Its key
        key: PublicKey,
    },
    /// Take a peer back
    Unblock {
        /// Its key
        key: PublicKey,
    },
}
