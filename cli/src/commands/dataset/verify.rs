//! `sheaf dataset verify`: files in, one verdict out. Opens no socket.

use super::progress::Shown;
use crate::context::Context;
use crate::error::{CliError, Kind, OrFail as _};
use crate::output::{Page, Report};
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::flow::assemble::check_folder;
use sheaf_protocol::verify::Verdict;
use std::path::PathBuf;

/// Arguments of `sheaf dataset verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its folder
    dir: PathBuf,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    if !args.dir.is_dir() {
        let message = format!("there is no folder {}", args.dir.display());
        return Err(CliError::new(Kind::NotFound, message));
    }
    let out = cx.out;
    let dir = args.dir.clone();
    let check = move || {
        let mut shown = Shown::new(&out);
        check_folder(&dir, &mut |progress| shown.at(progress))
    };
    let verdict = tokio::task::spawn_blocking(check).await.or_fail("checking")?;
    let verdict = verdict.or_fail("checking")?;
    let good = verdict.good;
    let failed = not_verified(&verdict);
    cx.out.report(&Verified { folder: args.dir, verdict })?;
    if good { Ok(()) } else { Err(failed) }
}

fn not_verified(verdict: &Verdict) -> CliError {
    let problems = count(verdict.problem_count, "problem");
    CliError::new(Kind::NotVerified, format!("this dataset does not verify: {problems}"))
        .hint("do not use it: get it again from its source, or build it again from its lock")
}

#[derive(Debug, Serialize)]
struct Verified {
    folder: PathBuf,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Report for Verified {
    fn page(&self, page: &mut Page) {
        for sentence in self.verdict.sentences() {
            let sentence = printable(&sentence);
            match self.verdict.good {
                true => page.line(sentence),
                false => page.line(page.style.red(&sentence)),
            }
        }
        if self.verdict.good {
            page.line(page.style.green("Everything holds."));
        }
    }
}
