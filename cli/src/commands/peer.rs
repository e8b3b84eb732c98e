//! `sheaf peer`.

use crate::context::Context;
use crate::error::CliError;
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::text::printable;
use serde::Serialize;
use sheaf_protocol::exchange::{PeerLine, PeerRole, StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::statement::Role;
use sheaf_protocol::time::Time;

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

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::List => list(cx).await,
        Command::Block { key } => block(cx, key, true).await,
        Command::Unblock { key } => block(cx, key, false).await,
    }
}

async fn list(cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let StewardReply::Peers { peers } = node.ask(&StewardRequest::Peers).await? else {
        return Err(unexpected());
    };
    node.close().await;
    cx.out.report(&Peers { peers: peers.into_iter().map(Peer::from).collect() })
}

async fn block(cx: &Context, peer: PublicKey, blocked: bool) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    node.ask(&StewardRequest::Block { peer, blocked }).await?;
    node.close().await;
    cx.out.report(&Blocked { peer, blocked })
}

#[derive(Debug, Serialize)]
struct Blocked {
    peer: PublicKey,
    blocked: bool,
}

impl Report for Blocked {
    fn page(&self, page: &mut Page) {
        let done = if self.blocked { "refused from now on" } else { "allowed again" };
        page.line(format_args!("{} is {done}.", self.peer));
    }
}

#[derive(Debug, Serialize)]
struct Peers {
    peers: Vec<Peer>,
}

#[derive(Debug, Serialize)]
struct Peer {
    key: PublicKey,
    connected: bool,
    blocked: bool,
    addresses: Vec<String>,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    seen: Option<Time>,
    roles: Vec<InCommunity>,
}

#[derive(Debug, Serialize)]
struct InCommunity {
    community: CommunityId,
    role: Option<Role>,
    entries: Option<u64>,
}

impl From<PeerLine> for Peer {
    fn from(line: PeerLine) -> Self {
        let role = |role: PeerRole| InCommunity {
            community: role.community,
            role: role.role,
            entries: role.size,
        };
        Self {
            key: line.key,
            connected: line.connected,
            blocked: line.blocked,
            addresses: line.addresses,
            seen: line.seen,
            roles: line.roles.into_iter().map(role).collect(),
        }
    }
}

impl Report for Peers {
    fn page(&self, page: &mut Page) {
        if self.peers.is_empty() {
            page.line("No other node is known yet: sheaf follow ADDRESS");
        }
        for peer in &self.peers {
            let state = match (peer.blocked, peer.connected) {
                (true, _) => page.style.red("refused"),
                (false, true) => page.style.green("connected"),
                (false, false) => page.style.dim("not connected"),
            };
            page.line(format_args!("{}  {state}", peer.key));
            peer.addresses.iter().for_each(|address| page.field("address", printable(address)));
            if let Some(seen) = peer.seen {
                page.field("last seen", seen);
            }
            for role in &peer.roles {
                let word = match role.role {
                    Some(Role::Replica) => "partner node of",
                    Some(Role::Reader) => "reader of",
                    None => "knows",
                };
                page.field(word, role.community);
            }
        }
    }
}
