//! `sheaf scrub`.

mod chats;
mod measure;

use crate::context::Context;
use crate::error::{CliError, OrFail as _};
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
}

/// With `--json` a line for each chat with where its finds are; else a page that shows them.
pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let out = cx.out;
    let work = move || match args.measure {
        true => measure::run(&args.files, args.faults, &out),
        false => chats::run(&args.files, &out),
    };
    tokio::task::spawn_blocking(work).await.or_fail("reading the files")?
}
