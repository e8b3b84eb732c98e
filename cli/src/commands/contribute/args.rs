//! What can be said with the command.

use crate::choose::Query;
use crate::scrubber::ScrubberArgs;
use clap::ValueEnum;
use sheaf_node::book::Keep;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::statement::Verdict;
use sheaf_protocol::time::Day;
use std::path::PathBuf;

/// Arguments of `sheaf contribute`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of other tools: files as they are, packed (.zip, .gz), folders, or - for standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Give every chat, without choosing among them
    #[arg(long)]
    pub(super) all: bool,
    /// Give the chats that a query takes, such as "model:gpt-4 after:2025-01 given:no"
    #[arg(long, value_name = "QUERY", conflicts_with = "all")]
    pub(super) select: Option<Query>,
    /// To which community [default: the only one you are a member of]
    #[arg(long, value_name = "KEY")]
    pub(super) community: Option<CommunityId>,
    /// The licence, an SPDX expression [default: as last time, or the first that the policy names]
    #[arg(long, value_name = "SPDX")]
    pub(super) licence: Option<String>,
    /// The preference for use by machines, such as "train-ai=y, search=n" [default: as last time,
    /// or none]
    #[arg(long, value_name = "PREFERENCE")]
    pub(super) usage: Option<String>,
    /// Under which name; "none" leaves no link between your chats [default: as last time, or none]
    #[arg(long, value_name = "none|NAME")]
    pub(super) attribution: Option<String>,
    /// The last day on which the chats may be held; "none" is as long as the policy allows
    /// [default: as last time, or none]
    #[arg(long, value_name = "none|YYYY-MM-DD", conflicts_with = "keep_days")]
    pub(super) due: Option<LastDay>,
    /// The same, as a number of days from today
    #[arg(long, value_name = "N")]
    pub(super) keep_days: Option<u32>,
    /// What you think of the chats
    #[arg(long, value_enum)]
    pub(super) verdict: Option<VerdictName>,
    /// A word to find them by (may be given several times)
    #[arg(long, value_name = "WORD")]
    pub(super) tag: Vec<String>,
    /// A language they are in, such as en or pt-BR (may be given several times) [default: told from
    /// each chat's words, on this machine]
    #[arg(long, value_name = "TAG")]
    pub(super) language: Vec<String>,
    /// Give chats again that you gave before with something else masked, or took back; the very same
    /// text is never given twice
    #[arg(long)]
    pub(super) again: bool,
    /// Show every message to its end
    #[arg(long)]
    pub(super) full: bool,
    /// Agree beforehand to what is shown
    #[arg(long)]
    pub(super) yes: bool,
    /// Show what would be shared, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    // What is flattened has headings of its own in the help, and all that follows stands under them.
    #[command(flatten)]
    pub(super) private: super::scrubbing::Private,
    #[command(flatten)]
    pub(super) scrubber: ScrubberArgs,
}

impl Args {
    /// Whether a person has to answer before anything is signed.
    pub(super) fn asks(&self) -> bool {
        !self.yes && !self.dry_run
    }
}

/// The last day, if there is to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastDay(pub(super) Option<Keep>);

impl std::str::FromStr for LastDay {
    type Err = <Day as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self(None)),
            day => Ok(Self(Some(Keep::Until(day.parse()?)))),
        }
    }
}

/// A judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerdictName {
    /// Worth learning from
    Good,
    /// Worth avoiding
    Bad,
    /// Worth studying
    Interesting,
}

impl From<VerdictName> for Verdict {
    fn from(name: VerdictName) -> Self {
        match name {
            VerdictName::Good => Self::Good,
            VerdictName::Bad => Self::Bad,
            VerdictName::Interesting => Self::Interesting,
        }
    }
}
