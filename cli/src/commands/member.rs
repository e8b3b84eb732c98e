//! `sheaf member`.

use sheaf_protocol::id::PublicKey;

/// What to do about members.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make an invitation: one line to hand over, good for one person
    Invite(InviteArgs),
    /// Become a member
    Join(JoinArgs),
    /// Who is a member
    List,
    /// End a membership
    Remove(RemoveArgs),
}

/// Arguments of `sheaf member invite`.
#[derive(Debug, clap::Args)]
pub(crate) struct InviteArgs {
    /// For how many days it is good
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Where the invited will reach the node [default: where it listens]
    #[arg(long, value_name = "ADDRESS")]
    address: Vec<String>,
}

/// Arguments of `sheaf member join`.
#[derive(Debug, clap::Args)]
pub(crate) struct JoinArgs {
    /// The invitation, a line that begins with sheaf-invite:
    line: String,
    /// The name to be known by among the members
    #[arg(long)]
    name: Option<String>,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}

/// Arguments of `sheaf member remove`.
#[derive(Debug, clap::Args)]
pub(crate) struct RemoveArgs {
    /// The member's key
    key: PublicKey,
    /// Agree beforehand
    #[arg(long)]
    yes: bool,
}
