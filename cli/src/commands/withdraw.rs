//! `sheaf withdraw`.

use sheaf_protocol::id::CommunityId;

/// Arguments of `sheaf withdraw`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The chats, by their ids as `sheaf chats` shows them (the beginning is enough)
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ID")]
    ids: Vec<String>,
    /// Every chat given
    #[arg(long)]
    all: bool,
    /// Only those given to this community
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}
