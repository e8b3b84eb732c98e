//! `sheaf follow` and `sheaf unfollow`.

use sheaf_protocol::id::CommunityId;

/// Arguments of `sheaf follow`.
#[derive(Debug, clap::Args)]
pub(crate) struct FollowArgs {
    /// Where a node of the community listens: a multiaddress that ends in /p2p/…
    address: String,
    /// Which of the communities there [default: the one at home there]
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// Accept its policy beforehand
    #[arg(long)]
    yes: bool,
}

/// Arguments of `sheaf unfollow`.
#[derive(Debug, clap::Args)]
pub(crate) struct UnfollowArgs {
    /// The community
    community: CommunityId,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}
