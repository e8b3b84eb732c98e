//! `sheaf contribute`.

use clap::ValueEnum;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::time::Day;
use std::path::PathBuf;

/// Arguments of `sheaf contribute`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports: of ChatGPT, or OpenAI messages as JSON or JSONL
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// To which community [default: the only one you are a member of]
    #[arg(long, value_name = "KEY")]
    community: Option<CommunityId>,
    /// The licence, an SPDX expression [default: the first that the policy allows]
    #[arg(long, value_name = "SPDX")]
    licence: Option<String>,
    /// The preference for use by machines, such as "train-ai=y, search=n"
    #[arg(long, value_name = "PREFERENCE")]
    usage: Option<String>,
    /// Under which name; "none" leaves no link between your chats
    #[arg(long, value_name = "none|NAME", default_value = "none")]
    attribution: String,
    /// The last day on which the chats may be held (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", conflicts_with = "keep_days")]
    due: Option<Day>,
    /// The same, as a number of days from today
    #[arg(long, value_name = "N")]
    keep_days: Option<u32>,
    /// What you think of the chats
    #[arg(long, value_enum)]
    verdict: Option<VerdictName>,
    /// A word to find them by (may be given several times)
    #[arg(long, value_name = "WORD")]
    tag: Vec<String>,
    /// A language they are in, such as en or pt-BR (may be given several times)
    #[arg(long, value_name = "TAG")]
    language: Vec<String>,
    /// Show every message to its end
    #[arg(long)]
    full: bool,
    /// Agree beforehand to what is shown
    #[arg(long)]
    yes: bool,
    /// Show what would be shared, and send nothing
    #[arg(long)]
    dry_run: bool,
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
