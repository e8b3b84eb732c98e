//! Arguments of the bench.

use std::path::PathBuf;

/// Measures a node: real processes over loopback, each figure beside floors of the same run.
#[derive(Debug, clap::Parser)]
#[command(name = "bench")]
pub(crate) struct Args {
    /// What to measure [default: all]
    #[arg(value_enum)]
    pub(crate) jobs: Vec<Job>,
    /// Chats of this export (any format that `sheaf contribute` reads), given again and again under
    /// other titles until there are enough [default: synthetic chats]
    #[arg(long, value_name = "FILE")]
    pub(crate) chats: Option<PathBuf>,
    /// How many chats the jobs work with
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) synthetic: usize,
    /// How often a job is measured; median and worst are told
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) runs: usize,
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) in_flight: usize,
    /// Figures as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Figures as the table of docs/performance.md
    #[arg(long)]
    pub(crate) markdown: bool,
    /// What the nodes write to the log, as SHEAF_LOG
    #[arg(long, default_value = "warn")]
    pub(crate) log: String,
    /// Wait for Enter before each measured part, and tell the nodes' process ids: for a profiler
    #[arg(long)]
    pub(crate) pause: bool,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Job {
    /// Chats acknowledged in a second
    Ingest,
    /// Chats replicated to an empty node in a second
    Replicate,
    /// Rows of a dataset built in a second
    Build,
    /// Rows of a dataset verified in a second
    Verify,
    /// From contributing to being served by two other nodes
    Visible,
    /// Memory at N chats over that at a tenth of them
    Memory,
    /// Bytes on disk over the chats' text
    Disk,
    /// Megabytes of an export read in a second, and the memory it takes
    Import,
    /// Megabytes of text looked through for what is private in a second
    Scrub,
    /// What looking through each chat that arrives costs ingest
    Arrival,
    /// All of them
    All,
}

impl Args {
    /// Whether `job` was asked for.
    pub(crate) fn wants(&self, job: Job) -> bool {
        self.jobs.is_empty() || self.jobs.contains(&Job::All) || self.jobs.contains(&job)
    }
}
