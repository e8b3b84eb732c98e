//! `sheaf member`.

use crate::context::{Context, now};
use crate::error::{CliError, OrFail as _};
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::person::Person;
use crate::preview::show_policy;
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::steward::{Steward, membership};
use crate::text::{printable, short_key};
use serde::Serialize;
use sheaf_node::flow::join::{Joined, join, look};
use sheaf_protocol::exchange::{StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Admission, Invitation, Invite};
use sheaf_protocol::time::Time;

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

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Invite(args) => invite(args, cx).await,
        Command::Join(args) => join_community(args, cx).await,
        Command::List => list(cx).await,
        Command::Remove(args) => remove(args, cx).await,
    }
}

async fn invite(args: InviteArgs, cx: &Context) -> Result<(), CliError> {
    let steward = Steward::of(cx).await?;
    let community = steward.info.id();
    let addresses = match args.address.is_empty() {
        true => steward.addresses.clone(),
        false => args.address,
    };
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).or_fail("the system gives no random bytes")?;
    let key = SecretKey::from_bytes(secret);
    let expires = now()?.plus_secs(u64::from(args.days) * 86_400);
    let invitation = Invitation { community, key: key.public(), expires };
    let invite = Invite {
        invitation: Signed::sign(invitation, &steward.key),
        key,
        addresses: addresses.clone(),
        name: steward.info.name().to_owned(),
    };
    steward.close().await;
    cx.out.report(&Invited { community, expires, addresses, line: invite.to_line() })
}

async fn join_community(args: JoinArgs, cx: &Context) -> Result<(), CliError> {
    let person = Person::of_new(cx)?;
    let joining = {
        let _waiting = Progress::spinner(&cx.out, "reaching the community's node");
        look(&args.line, &person.seed, now()?).await?
    };
    let info = &joining.info;
    let name = printable(info.name());
    if !args.yes {
        cx.out.show(|page| show_policy(page, info));
        confirm(&cx.out, &format!("Join \"{name}\"?")).await?;
    }
    let book = person.book.of(&info.id());
    let choices = book.known()?.and_then(|known| known.choices);
    let joined = join(&joining, &person.seed, &book, args.name, choices, now()?).await?;
    let report = Joins {
        community: info.id(),
        name: info.name().to_owned(),
        key: person.seed.member_key(&info.id()).public(),
        index: match joined {
            Joined::Now { index } => Some(index),
            Joined::Already => None,
        },
    };
    joining.client.close().await;
    cx.out.report(&report)
}

async fn list(cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let StewardReply::Members { members } = node.ask(&StewardRequest::Members).await? else {
        return Err(unexpected());
    };
    node.close().await;
    let member = |line: sheaf_protocol::exchange::MemberLine| Member {
        key: line.key,
        name: line.name,
        steward: line.steward,
        index: line.index,
    };
    cx.out.report(&Members { members: members.into_iter().map(member).collect() })
}

async fn remove(args: RemoveArgs, cx: &Context) -> Result<(), CliError> {
    let steward = Steward::of(cx).await?;
    if !args.yes {
        cx.out.note(
            "They can give no more chats. What they gave stays, and they can still take it back.",
        );
        confirm(&cx.out, &format!("End the membership of {}?", args.key)).await?;
    }
    let index = steward.log(membership(Admission::Remove, args.key)).await?;
    steward.close().await;
    cx.out.report(&Removed { key: args.key, index })
}

#[derive(Debug, Serialize)]
struct Invited {
    community: CommunityId,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    expires: Time,
    addresses: Vec<String>,
    line: String,
}

impl Report for Invited {
    fn page(&self, page: &mut Page) {
        page.line(&self.line);
        page.blank();
        page.aside(format_args!("Good for one person until {}. Send it privately:", self.expires));
        page.aside("whoever has the line can join with:  sheaf member join 'LINE'");
        let local = |address: &String| address.contains("/127.") || address.contains("/ip6/::1/");
        if self.addresses.iter().all(local) {
            let only = "The node listens on this machine only, so the line works on this machine \
                        only; --address names another address.";
            page.line(page.style.yellow(only));
        }
    }
}

#[derive(Debug, Serialize)]
struct Joins {
    community: CommunityId,
    name: String,
    /// The member's key.
    key: PublicKey,
    /// The log entry; absent if the membership was there before.
    index: Option<u64>,
}

impl Report for Joins {
    fn page(&self, page: &mut Page) {
        let name = printable(&self.name);
        let done = match self.index {
            Some(index) => format!("You are a member of \"{name}\": log entry {index}."),
            None => format!("You were a member of \"{name}\" already."),
        };
        page.line(page.style.green(&done));
        page.field("community", self.community);
        page.field("your key", self.key);
        page.aside("Give chats with:  sheaf contribute FILE");
    }
}

#[derive(Debug, Serialize)]
struct Members {
    members: Vec<Member>,
}

#[derive(Debug, Serialize)]
struct Member {
    key: PublicKey,
    name: Option<String>,
    steward: bool,
    /// The log entry of the membership.
    index: u64,
}

impl Report for Members {
    fn page(&self, page: &mut Page) {
        let cells = |member: &Member| {
            let name = member.name.as_deref().map(printable).unwrap_or_default();
            let steward = if member.steward { "steward" } else { "" };
            [member.key.to_string(), member.index.to_string(), steward.into(), name]
        };
        match self.members.is_empty() {
            true => page.line("No members yet: sheaf member invite"),
            false => {
                let rows: Vec<_> = self.members.iter().map(cells).collect();
                page.table(["key", "entry", "", "name"], &rows);
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct Removed {
    key: PublicKey,
    /// The log entry.
    index: u64,
}

impl Report for Removed {
    fn page(&self, page: &mut Page) {
        let key = short_key(&self.key);
        page.line(format_args!("{key} is no longer a member: log entry {}.", self.index));
    }
}
