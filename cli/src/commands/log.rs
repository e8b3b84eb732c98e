//! `sheaf log`.

use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::node::{OwnNode, unexpected};
use crate::output::{Page, Report};
use crate::progress::Progress;
use crate::text::{printable, short_key};
use serde::Serialize;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::exchange::{LogLine, StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, EntryCommitment, PublicKey, TreeHash};
use sheaf_protocol::log::{Entry, Frontier};
use sheaf_protocol::statement::Kind as StatementKind;
use sheaf_protocol::time::{Day, Time};

/// Entries asked for at once.
const PAGE_ENTRIES: u64 = 256;

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

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Show { community, from, max } => show(community, from, max, cx).await,
        Command::Verify { community } => verify(community, cx).await,
    }
}

async fn show(
    community: Option<CommunityId>,
    from: Option<u64>,
    max: u64,
    cx: &Context,
) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let info = node.community(community).await?;
    let size = size(&info);
    let from = from.unwrap_or(size.saturating_sub(max));
    let mut entries = Vec::new();
    let to = from.saturating_add(max).min(size);
    each_line(&node, &info, from, to, |line, entry| {
        entries.push(Row::new(line, entry));
        Ok(())
    })
    .await?;
    node.close().await;
    cx.out.report(&Shown {
        community: info.id(),
        name: info.name().to_owned(),
        size,
        checkpoint: info.said().checkpoint.clone(),
        entries,
    })
}

async fn verify(community: Option<CommunityId>, cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let info = node.community(community).await?;
    let Some(head) = info.head().cloned() else {
        return Err(CliError::new(Kind::NotFound, "the node has no checkpoint of this log yet"));
    };
    let (size, root) = (head.checkpoint().size, head.checkpoint().root);
    let bar = Progress::bar(&cx.out, "hashing entries", size);
    let mut frontier = Frontier::new();
    each_line(&node, &info, 0, size, |_, entry| {
        frontier.append(entry.leaf_hash());
        bar.at(frontier.len());
        Ok(())
    })
    .await?;
    drop(bar);
    node.close().await;
    let computed = frontier.root();
    if computed != root {
        let message = format!(
            "the log does not hold: its {size} entries hash to {computed}, the signed checkpoint \
             says {root}"
        );
        return Err(CliError::new(Kind::NotVerified, message)
            .hint("keep the checkpoint: with it anyone can show that this node altered its log"));
    }
    cx.out.report(&Verified {
        community: info.id(),
        name: info.name().to_owned(),
        size,
        root,
        log_key: info.log_key(),
        cosigned_at: head.cosigned_at(),
    })
}

fn size(info: &CommunityInfo) -> u64 {
    info.head().map_or(0, |head| head.checkpoint().size)
}

/// Gives every line of `from..to`, each with its entry.
async fn each_line(
    node: &OwnNode,
    info: &CommunityInfo,
    from: u64,
    to: u64,
    mut each: impl FnMut(LogLine, Entry) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut next = from;
    while next < to {
        let max = PAGE_ENTRIES.min(to - next);
        let request = StewardRequest::Log { community: Some(info.id()), from: next, max };
        let StewardReply::Log { lines, .. } = node.ask(&request).await? else {
            return Err(unexpected());
        };
        let got = lines.len() as u64;
        if got == 0 || got > max || lines.iter().zip(next..).any(|(line, at)| line.index != at) {
            return Err(unexpected());
        }
        for line in lines {
            let entry = Entry::from_bytes(&line.entry.0).map_err(|error| {
                let message = format!("entry {} cannot be read: {error}", line.index);
                CliError::new(Kind::NotVerified, message)
            })?;
            each(line, entry)?;
        }
        next += got;
    }
    Ok(())
}

#[derive(Debug, Serialize)]
struct Shown {
    community: CommunityId,
    name: String,
    size: u64,
    checkpoint: Option<String>,
    entries: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    index: u64,
    kind: String,
    commitment: EntryCommitment,
    control: Option<PublicKey>,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    due: Option<Day>,
    state: String,
}

impl Row {
    fn new(line: LogLine, entry: Entry) -> Self {
        Self {
            index: line.index,
            kind: StatementKind(entry.kind).to_string(),
            commitment: entry.commitment,
            control: entry.control,
            due: entry.due,
            state: line.state,
        }
    }

    fn cells(&self) -> [String; 5] {
        [
            self.index.to_string(),
            self.kind.clone(),
            self.control.as_ref().map(short_key).unwrap_or_default(),
            self.due.map(|due| due.to_string()).unwrap_or_default(),
            printable(&self.state),
        ]
    }
}

impl Report for Shown {
    fn page(&self, page: &mut Page) {
        let name = printable(&self.name);
        page.heading(format_args!("{name}  {} ({} entries)", self.community, self.size));
        let rows: Vec<_> = self.entries.iter().map(Row::cells).collect();
        page.table(["entry", "kind", "control key", "due", "state"], &rows);
    }
}

#[derive(Debug, Serialize)]
struct Verified {
    community: CommunityId,
    name: String,
    size: u64,
    root: TreeHash,
    log_key: PublicKey,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    cosigned_at: Time,
}

impl Report for Verified {
    fn page(&self, page: &mut Page) {
        let done = format!("The log of \"{}\" holds.", printable(&self.name));
        page.line(page.style.green(&done));
        page.field("community", self.community);
        page.field("entries", self.size);
        page.field("root", self.root);
        page.field("signed by", self.log_key);
        page.field("signed at", self.cosigned_at);
    }
}
