//! `sheaf scrub`.

mod chats;
mod measure;

use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::output::Output;
use crate::scrubber::{Asker, ScrubberArgs, Scrubbers};
use std::path::PathBuf;

/// Arguments of `sheaf scrub`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of other tools: files as they are, packed (.zip, .gz), folders, or - for standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The files are texts that people labelled: say how much is found of what they marked
    #[arg(long)]
    measure: bool,
    /// With --measure, list what was missed and what was found wrongly
    #[arg(long, requires = "measure")]
    faults: bool,
    #[command(flatten)]
    scrubber: ScrubberArgs,
    /// Say only what that scrubber finds, without Sheaf's
    #[arg(long, requires = "scrubber")]
    alone: bool,
}

/// With `--json` a line for each chat with where its finds are; else a page that shows them.
pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let (out, alone) = (cx.out, args.alone);
    let Some(plugin) = args.scrubber.open(&out).await? else {
        return look(args, Scrubbers::new(None, false), out).await;
    };
    let (asker, answering) = Asker::to(&plugin);
    let looking = look(args, Scrubbers::new(Some(asker), alone), out);
    let (looked, ()) = tokio::join!(looking, answering);
    looked
}

/// Reads and looks in a thread of its own.
async fn look(args: Args, scrubbers: Scrubbers, out: Output) -> Result<(), CliError> {
    let work = move || match args.measure {
        true => measure::run(&args.files, args.faults, &scrubbers, &out),
        false => chats::run(&args.files, &scrubbers, &out),
    };
    tokio::task::spawn_blocking(work).await.or_fail("reading the files")?
}
