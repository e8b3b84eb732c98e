//! `sheaf log`.

use sheaf_protocol::id::CommunityId;

/// What to do about a log.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Its entries
    Show {
        /// Of which community [default: the one at home here]
        #[arg(long, value_name = "KEY")]
        community: Option<CommunityId>,
        /// From which index on [default: the newest]
        #[arg(long, value_name = "INDEX")]
        from: Option<u64>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        max: u64,
    },
    /// Compute the Merkle root over all entries and compare it with the signed checkpoint
    Verify {
        /// Of which community [default: the one at home here]
        #[arg(long, value_name = "KEY")]
        community: Option<CommunityId>,
    },
}
