//! The end of a demo: what is left, and what is cleaned away.

use super::script::{DATASET, Found};
use super::stage::Stage;
use super::tell::Tell;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Page, Report};
use serde::Serialize;
use std::path::PathBuf;

/// After a good end: nodes stop, keys go, the dataset stays. With `--keep` all stays.
pub(super) async fn finish(
    mut stage: Stage,
    found: Found,
    mut tell: Tell,
    cx: &Context,
) -> Result<(), CliError> {
    let homes = found.homes.iter().zip(&stage.nodes);
    let nodes: Vec<_> = homes
        .map(|((name, home), node)| Kept {
            name: name.clone(),
            home: home.clone(),
            address: node.address.clone(),
            pid: node.pid,
        })
        .collect();
    let (folder, keep) = (stage.dir.clone(), stage.keep);
    if keep {
        stage.release();
    } else {
        if !stage.stop().await {
            return Err(CliError::failed("a node did not stop in order"));
        }
        tell.check("the three nodes have stopped in order");
        stage.leave_only(&[DATASET])?;
    }
    cx.out.report(&Epilogue {
        seconds: tell.seconds(),
        checked: tell.checked,
        dataset: found.dataset,
        rows: found.rows,
        root: found.root,
        folder,
        nodes: if keep { nodes } else { Vec::new() },
    })
}

/// After a bad end, or Ctrl-C: nothing stays.
pub(super) async fn abandon(mut stage: Stage, error: CliError) -> CliError {
    stage.keep = false;
    stage.stop().await;
    error
}

#[derive(Debug, Serialize)]
struct Epilogue {
    seconds: u64,
    checked: Vec<String>,
    dataset: PathBuf,
    rows: u64,
    root: String,
    folder: PathBuf,
    /// The nodes that still run.
    nodes: Vec<Kept>,
}

#[derive(Debug, Serialize)]
struct Kept {
    name: String,
    home: PathBuf,
    address: String,
    pid: u32,
}

impl Report for Epilogue {
    fn page(&self, page: &mut Page) {
        page.blank();
        page.heading("What happened");
        page.line(
            "  Three communities, each in a process of its own, exchanged chats that their members",
        );
        page.line("  had sealed and signed. One member took a chat back, and all three nodes erased it, on");
        page.line("  the record. A researcher made one dataset of the rest and checked it without a network;");
        page.line("  one flipped byte in a copy was found.");
        page.blank();
        let checks = format!("{} checks held, in {} seconds.", self.checked.len(), self.seconds);
        page.line(format_args!("  {}", page.style.green(&checks)));
        page.blank();
        page.heading("Where the files are");
        page.field("dataset", self.dataset.display());
        page.aside("                 its README.md says what is in it; remove the folder when you are done");
        if self.nodes.is_empty() {
            page.aside("                 keys and nodes of the demo are gone");
            return;
        }
        page.blank();
        page.heading("The nodes still run");
        for node in &self.nodes {
            page.line(format_args!("  {}  (process {})", node.name, node.pid));
            page.field("look", format_args!("sheaf --home {} status", node.home.display()));
            page.field("address", &node.address);
        }
        let pids: Vec<_> = self.nodes.iter().map(|node| node.pid.to_string()).collect();
        page.blank();
        page.field("stop them", format_args!("kill {}", pids.join(" ")));
        page.field("clean up", format_args!("rm -r {}", self.folder.display()));
    }
}
