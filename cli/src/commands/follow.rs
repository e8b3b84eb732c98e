//! `sheaf follow` and `sheaf unfollow`.

use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::preview::show_policy;
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::text::printable;
use serde::Serialize;
use sheaf_node::client::{AskError, CommunityInfo};
use sheaf_node::net::PeerAddr;
use sheaf_protocol::exchange::{Community, StewardReply, StewardRequest};
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

pub(super) async fn follow(args: FollowArgs, cx: &Context) -> Result<(), CliError> {
    args.address.parse::<PeerAddr>().map_err(|error| {
        CliError::usage(error)
            .hint("copy the whole address that `sheaf serve` shows on the other side")
    })?;
    let node = OwnNode::of(cx).await?;
    let info = look(&args, cx, &node).await?;
    let name = printable(info.name());
    if !args.yes {
        cx.out.show(|page| {
            show_policy(page, &info);
            page.aside("  Following it, this node promises to keep this policy, on the record.");
        });
        confirm(&cx.out, &format!("Accept this policy and hold the chats of \"{name}\"?")).await?;
    }
    let request = StewardRequest::Follow {
        address: args.address,
        community: info.id(),
        policy: info.policy_ref(),
    };
    let waiting = Progress::spinner(&cx.out, "following");
    let StewardReply::Following { report } = node.ask(&request).await? else {
        return Err(unexpected());
    };
    drop(waiting);
    node.close().await;
    let policy = info.policy_ref().index;
    let name = info.name().to_owned();
    cx.out.report(&Following { community: report.community, name, policy, entries: report.size })
}

/// Which community is meant, checked.
async fn look(args: &FollowArgs, cx: &Context, node: &OwnNode) -> Result<CommunityInfo, CliError> {
    let _waiting = Progress::spinner(&cx.out, "looking");
    let request = StewardRequest::Look { address: args.address.clone() };
    let found = match node.ask(&request).await {
        Ok(StewardReply::Found { communities }) => communities,
        Ok(_) => return Err(unexpected()),
        // What the node could not find, it could not reach.
        Err(error) if error.kind == Kind::NotFound => {
            return Err(CliError::new(Kind::Unreachable, error.message)
                .hint("check the address, and that the node there runs"));
        }
        Err(error) => return Err(error),
    };
    let chosen = choose(found, args.community)?;
    let id = chosen.community;
    Ok(CommunityInfo::check(chosen, Some(&id)).map_err(AskError::Check)?)
}

fn choose(found: Vec<Community>, named: Option<CommunityId>) -> Result<Community, CliError> {
    let fits = |community: &Community| match named {
        Some(id) => community.community == id,
        None => community.home,
    };
    let names: Vec<_> = found
        .iter()
        .map(|community| {
            format!("--community {}  ({})", community.community, printable(&community.name))
        })
        .collect();
    found.into_iter().find(fits).ok_or_else(|| {
        let error = CliError::new(Kind::NotFound, "the node there does not hold that community");
        match names.is_empty() {
            true => error.hint("it holds no community at all"),
            false => error.hint(format!("it holds:\n  {}", names.join("\n  "))),
        }
    })
}

pub(super) async fn unfollow(args: UnfollowArgs, cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    if !args.yes {
        let question = format!(
            "Stop following {}? Nothing of it is served or fetched any more; what is held of it \
             stays on this disk until you remove it.",
            args.community
        );
        confirm(&cx.out, &question).await?;
    }
    node.ask(&StewardRequest::Unfollow { community: args.community }).await?;
    node.close().await;
    cx.out.report(&Unfollowed { community: args.community })
}

#[derive(Debug, Serialize)]
struct Following {
    community: CommunityId,
    name: String,
    /// The log entry of the policy that was accepted.
    policy: u64,
    /// Log entries known so far; more are on their way.
    entries: u64,
}

impl Report for Following {
    fn page(&self, page: &mut Page) {
        let done = format!("This node now follows \"{}\".", printable(&self.name));
        page.line(page.style.green(&done));
        page.field("community", self.community);
        page.aside("Its chats are being fetched; `sheaf status` shows how far it is.");
    }
}

#[derive(Debug, Serialize)]
struct Unfollowed {
    community: CommunityId,
}

impl Report for Unfollowed {
    fn page(&self, page: &mut Page) {
        page.line(format_args!("This node no longer follows {}.", self.community));
    }
}
