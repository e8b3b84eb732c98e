//! `sheaf dataset build`: connect, show and accept policies, pull the logs, fetch, write.

use super::count::dry_run;
use super::sources;
use super::write::{How, write};
use crate::context::Context;
use crate::error::{CliError, Kind, OrFail as _};
use crate::output::{Page, Report};
use crate::progress::Progress;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::flow::assemble::{Builder, Locked, Summary};
use sheaf_node::flow::gather::{head, pull_log};
use sheaf_protocol::dataset::{LeftOutReason, Lock, Recipe};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::log::UnverifiedCheckpoint;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Arguments of `sheaf dataset build`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where nodes listen: multiaddresses that end in /p2p/…
    #[arg(value_name = "ADDRESS", required_unless_present_any = ["recipe", "locked"])]
    addresses: Vec<String>,
    /// What to take, as TOML
    #[arg(long, value_name = "FILE", conflicts_with_all = ["addresses", "locked"])]
    recipe: Option<PathBuf>,
    /// Build again exactly what this lock names (a lock file, or the folder it lies in)
    #[arg(long, value_name = "LOCK", conflicts_with = "addresses")]
    locked: Option<PathBuf>,
    /// With --locked: leave out the rows that were taken back since
    #[arg(long, requires = "locked")]
    less: bool,
    /// The folder to write; it must not exist yet
    #[arg(long, short, value_name = "DIR", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Count what there is, per licence and language; accept and fetch nothing
    #[arg(long)]
    dry_run: bool,
    /// Accept the communities' policies beforehand
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let locked = args.locked.as_deref().map(Locked::open).transpose()?;
    let recipe = match (&locked, &args.recipe) {
        (Some(locked), _) => locked.lock().recipe.clone(),
        (None, Some(file)) => read_recipe(file)?,
        (None, None) => sources::recipe_of(cx, &args.addresses).await?,
    };
    let seed = cx.home()?.seed()?;
    let sources = sources::connect(cx, &seed, &recipe).await?;
    if args.dry_run {
        let counts = dry_run(&sources).await?;
        sources::close(sources).await;
        return cx.out.report(&counts);
    }
    let target = args.output.ok_or_else(|| CliError::usage("--output DIR is missing"))?;
    for left in left_over(&target) {
        cx.out.note(format_args!(
            "{} was left by a build that was killed: remove it, unless one is running.",
            left.display()
        ));
    }
    let builder = match &locked {
        Some(locked) => Builder::again(&target, locked)?,
        None => Builder::new(&target, recipe)?,
    };
    sources::accept_all(cx, &sources, args.yes).await?;
    for (id, source) in &sources {
        let pinned = locked.as_ref().map(Locked::lock);
        pull(cx, &builder, id, source, pinned).await?;
    }
    let how = match locked {
        None => How::New,
        Some(locked) if args.less => How::Less(locked),
        Some(locked) => How::Again(locked),
    };
    let summary = write(cx, builder, &sources, how).await?;
    sources::close(sources).await;
    let empty = emptiness(&summary);
    cx.out.report(&Built { summary })?;
    empty.map_or(Ok(()), Err)
}

/// What earlier builds of this folder wrote and could not clean up.
fn left_over(target: &Path) -> Vec<PathBuf> {
    let Some(name) = target.file_name() else { return Vec::new() };
    let begin = format!("{}.partial-", name.to_string_lossy());
    let beside = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = std::fs::read_dir(beside.unwrap_or(Path::new("."))).into_iter().flatten();
    let named = entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(&begin));
    named.map(|entry| entry.path()).collect()
}

/// Why there are no rows, if there are none: it is a dataset all the same, but hardly what somebody
/// wanted.
fn emptiness(summary: &Summary) -> Option<CliError> {
    let (selected, live) = (summary.plan.count(), summary.plan.chats.live);
    let left_out = |reason| summary.left_out.get(&reason).is_some_and(|n| *n == selected);
    let (why, hint) = match (selected, live) {
        _ if summary.rows > 0 => return None,
        _ if !summary.removed.is_empty() => ("every row was taken back since".to_owned(), ""),
        (0, 0) => ("the logs hold no chat that may be used".to_owned(), ""),
        (0, _) => {
            let live = count(live, "chat");
            (format!("the recipe selects none of {live}"), "ask for less in the recipe")
        }
        _ if left_out(LeftOutReason::Refused) => (
            format!("the nodes refused the keys of {}", count(selected, "selected chat")),
            "a node that has not heard from its community for long hands out no keys, and its \
             `sheaf status` says so: try again later, or another of the community's nodes",
        ),
        _ => (
            format!("none of {} could be had and opened", count(selected, "selected chat")),
            "try again later, or another of the community's nodes",
        ),
    };
    let message = format!("{} holds no rows: {why}", summary.folder.display());
    let error = CliError::new(Kind::Empty, message);
    Some(if hint.is_empty() { error } else { error.hint(hint) })
}

fn read_recipe(file: &Path) -> Result<Recipe, CliError> {
    let text = std::fs::read_to_string(file).or_fail(file.display())?;
    let recipe: Recipe = toml::from_str(&text)
        .map_err(|error| CliError::usage(format!("{} is not a recipe: {error}", file.display())))?;
    if recipe.communities.is_empty() {
        return Err(CliError::usage(format!("{} names no community", file.display())));
    }
    Ok(recipe)
}

/// Pulls one log up to its newest head, or up to the one that is locked.
async fn pull(
    cx: &Context,
    builder: &Builder,
    id: &CommunityId,
    source: &sources::Source,
    lock: Option<&Lock>,
) -> Result<(), CliError> {
    let newest = head(&source.client, *id).await?;
    let pinned = lock.and_then(|lock| lock.log(id)).map(|(_, log)| log.checkpoint.clone());
    let latest = pinned.as_ref().filter(|pinned| **pinned != newest).map(|_| newest.as_str());
    let checkpoint = pinned.as_ref().unwrap_or(&newest);
    let size = UnverifiedCheckpoint::parse(checkpoint).or_fail("the checkpoint")?.claimed().size;
    let doing = format!("log of {}", printable(source.info.name()));
    let bar = Progress::bar(&cx.out, &doing, size);
    let mut spool = builder.log(id)?;
    pull_log(&source.client, *id, size, &mut spool, &mut |done| bar.at(done)).await?;
    spool.finish(checkpoint, latest).or_fail("writing the log")
}

#[derive(Debug, Serialize)]
struct Built {
    #[serde(flatten)]
    summary: Summary,
}

impl Report for Built {
    fn page(&self, page: &mut Page) {
        let Summary { folder, rows, root, duplicates, left_out, removed, plan } = &self.summary;
        let done = format!("{} in {}", count(*rows, "row"), folder.display());
        page.line(page.style.green(&done));
        page.field("root", root);
        if let Some(as_of) = plan.as_of {
            page.field("as of", as_of);
        }
        labels(page, "licences", &plan.licences);
        labels(page, "languages", &plan.languages);
        let number = |name: &str, number: u64, page: &mut Page| {
            if number > 0 {
                page.field(name, number);
            }
        };
        number("duplicates", *duplicates, page);
        number("left out", left_out.values().sum(), page);
        number("taken away", removed.values().sum(), page);
        number("not selected", plan.excluded.values().sum(), page);
        page.field("card", folder.join("README.md").display());
        page.aside(format_args!(
            "Check it any time, without a network:  sheaf dataset verify {}",
            folder.display()
        ));
        let chats = folder.join("chats.jsonl");
        page.verbatim(format_args!(
            "Load it:  pandas.read_json({:?}, lines=True)",
            chats.display().to_string()
        ));
    }
}

fn labels(page: &mut Page, name: &str, counts: &BTreeMap<String, u64>) {
    let word = |(label, number): (&String, &u64)| format!("{} {number}", printable(label));
    page.field(name, counts.iter().map(word).collect::<Vec<_>>().join(", "));
}

impl From<sheaf_node::flow::assemble::BuildError> for CliError {
    fn from(error: sheaf_node::flow::assemble::BuildError) -> Self {
        use sheaf_node::flow::assemble::BuildError as Build;
        match error {
            Build::Exists(_) => Self::usage(error),
            Build::Gone(_) => {
                Self::new(Kind::Gone, error).hint("build it without exactly those rows: add --less")
            }
            Build::Evidence(_) | Build::OtherLog(_) | Build::Rows(_) | Build::Differs { .. } => {
                Self::new(Kind::NotVerified, error)
            }
            other => Self::failed(other),
        }
    }
}

impl From<sheaf_node::flow::gather::GatherError> for CliError {
    fn from(error: sheaf_node::flow::gather::GatherError) -> Self {
        use sheaf_node::flow::gather::GatherError as Gather;
        match error {
            Gather::Call(error) => error.into(),
            Gather::NoHead(_) | Gather::Short { .. } | Gather::Withheld { .. } => {
                Self::new(Kind::NotFound, error)
                    .hint("try again in a minute, or another node of that community")
            }
            other => Self::failed(other),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use sheaf_node::flow::assemble::Plan;
    use sheaf_protocol::community::Tally;
    use sheaf_protocol::log::empty_root;

    /// A dataset of `rows` rows, of `selected` chats of two that are live.
    fn summary(rows: u64, selected: u64) -> Summary {
        let community = sheaf_protocol::sign::SecretKey::from_bytes([1; 32]).public();
        let plan = Plan {
            selected: [(CommunityId(community), (0..selected).collect())].into(),
            chats: Tally { live: 2, ..Tally::default() },
            ..Plan::default()
        };
        Summary {
            folder: "commons".into(),
            rows,
            root: empty_root(),
            duplicates: 0,
            left_out: BTreeMap::new(),
            removed: BTreeMap::new(),
            plan,
        }
    }

    #[test]
    fn what_a_killed_build_left_is_found() {
        let beside = std::env::temp_dir().join(format!("sheaf-left-{}", std::process::id()));
        let left = beside.join("commons.partial-7");
        std::fs::create_dir_all(&left).unwrap();
        std::fs::create_dir(beside.join("other.partial-7")).unwrap();
        assert_eq!(left_over(&beside.join("commons")), [left]);
        std::fs::remove_dir_all(beside).unwrap();
    }

    #[test]
    fn a_dataset_without_rows_says_why() {
        assert!(emptiness(&summary(1, 2)).is_none(), "one row is a dataset");
        let none = emptiness(&summary(0, 0)).unwrap();
        assert_eq!((none.kind, none.kind.exit_code()), (Kind::Empty, 6));
        assert!(none.message.contains("the recipe selects none of 2 chats"), "{}", none.message);
        let mut stale = summary(0, 2);
        stale.left_out.insert(LeftOutReason::Refused, 2);
        let stale = emptiness(&stale).unwrap();
        assert!(
            stale.message.contains("refused the keys of 2 selected chats"),
            "{}",
            stale.message
        );
        assert!(stale.hint.unwrap().contains("has not heard from its community for long"));
    }
}
