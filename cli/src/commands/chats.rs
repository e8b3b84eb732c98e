//! `sheaf chats`.

use sheaf_protocol::id::CommunityId;

/// Arguments of `sheaf chats`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those given to this community
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// Do not ask any node; show what is kept here
    #[arg(long)]
    offline: bool,
}
