//! `sheaf status`.

use crate::context::Context;
use crate::error::CliError;
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::text::{ago, count, printable};
use serde::Serialize;
use sheaf_node::plugin::PluginSettings;
use sheaf_protocol::exchange::{NodeStatus, StatusLine, StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::time::Time;

/// Arguments of `sheaf status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(super) async fn run(_: Args, cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let StewardReply::Status { status } = node.ask(&StewardRequest::Status).await? else {
        return Err(unexpected());
    };
    node.close().await;
    let scrubber = cx.existing_home()?.settings()?.scrubber;
    cx.out.report(&Status { scrubber, ..Status::from(status) })
}

#[derive(Debug, Serialize)]
struct Status {
    node: PublicKey,
    addresses: Vec<String>,
    version: String,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    since: Time,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    now: Time,
    peers: u64,
    communities: Vec<Line>,
    /// The program that looks through every chat that arrives, beside Sheaf.
    scrubber: Option<PluginSettings>,
}

#[derive(Debug, Serialize)]
struct Line {
    community: CommunityId,
    name: String,
    home: bool,
    epoch: u64,
    entries: u64,
    live: u64,
    withdrawn: u64,
    due: u64,
    taken_down: u64,
    void: u64,
    wanted: u64,
    pending: u64,
    members: u64,
    replicas: u64,
    readers: u64,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    head_at: Option<Time>,
    attention: Vec<String>,
}

impl From<NodeStatus> for Status {
    fn from(status: NodeStatus) -> Self {
        Self {
            node: status.node,
            addresses: status.addresses,
            version: status.version,
            since: status.since,
            now: status.now,
            peers: status.peers,
            communities: status.communities.into_iter().map(Line::from).collect(),
            scrubber: None,
        }
    }
}

impl From<StatusLine> for Line {
    fn from(line: StatusLine) -> Self {
        Self {
            community: line.community,
            name: line.name,
            home: line.home,
            epoch: line.epoch,
            entries: line.size,
            live: line.live,
            withdrawn: line.withdrawn,
            due: line.due,
            taken_down: line.taken_down,
            void: line.void,
            wanted: line.wanted,
            pending: line.pending,
            members: line.members,
            replicas: line.replicas,
            readers: line.readers,
            head_at: line.head_at,
            attention: line.attention,
        }
    }
}

impl Report for Status {
    fn page(&self, page: &mut Page) {
        page.heading(format_args!("Node {}", self.node));
        let up = format!("{}, release {}", ago(self.since, self.now), self.version);
        page.field("up since", format_args!("{} ({up})", self.since));
        self.addresses.iter().for_each(|address| page.field("listens at", printable(address)));
        page.field("peers", format_args!("{} connected", self.peers));
        if let Some(PluginSettings { program, seconds, .. }) = &self.scrubber {
            let words = format!("{}, beside Sheaf's; {seconds} s for a chat", printable(program));
            page.field("scrubber", words);
        }
        for line in &self.communities {
            page.blank();
            line.page(page, self.now);
        }
        if self.communities.is_empty() {
            page.line("  holds no community: sheaf follow ADDRESS");
        }
    }
}

impl Line {
    fn page(&self, page: &mut Page, now: Time) {
        let what = if self.home { "home" } else { "followed" };
        page.heading(format_args!("{} ({what})", printable(&self.name)));
        page.field("community", self.community);
        page.field("chats", self.chats());
        if self.pending > 0 {
            let waits = if self.pending == 1 { "waits" } else { "wait" };
            let line = format!("{} {waits}: sheaf review list", count(self.pending, "chat"));
            page.field("review", page.style.yellow(&line));
        }
        page.field("log", self.log(now));
        if self.home {
            page.field("members", self.members);
        }
        let replicas = count(self.replicas, "partner node");
        page.field("register", format_args!("{replicas}, {}", count(self.readers, "reader")));
        match self.attention.is_empty() {
            true => page.field("attention", page.style.green("none needed")),
            false => self.attention.iter().for_each(|sentence| {
                page.field("attention", page.style.yellow(&printable(sentence)));
            }),
        }
    }

    fn chats(&self) -> String {
        let mut parts = vec![format!("{} live", self.live)];
        let others = [
            (self.withdrawn, "withdrawn"),
            (self.due, "due"),
            (self.taken_down, "taken down"),
            (self.void, "without effect"),
            (self.wanted, "still to fetch"),
            (self.pending, "waiting for review"),
        ];
        let named = others.into_iter().filter(|(number, _)| *number > 0);
        parts.extend(named.map(|(number, what)| format!("{number} {what}")));
        parts.join(", ")
    }

    fn log(&self, now: Time) -> String {
        let entries =
            if self.entries == 1 { "1 entry".into() } else { format!("{} entries", self.entries) };
        let head = self.head_at.map(|at| format!(", signed {}", ago(at, now)));
        let epoch = (self.epoch > 0).then(|| format!(", epoch {}", self.epoch));
        format!("{entries}{}{}", head.unwrap_or_default(), epoch.unwrap_or_default())
    }
}
