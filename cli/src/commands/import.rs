//! `sheaf import`.

use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::exports::{FileReport, read_file};
use crate::output::{Page, Report};
use serde::Serialize;
use sheaf_node::import::Imported;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

/// Arguments of `sheaf import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An export: of ChatGPT, or OpenAI messages as JSON or JSONL
    file: PathBuf,
}

/// With `--json` the chats in normal form, one a line; else what the file holds.
pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let json = cx.out.json;
    let read = move || if json { write_chats(&args.file) } else { list_chats(&args.file) };
    let found = tokio::task::spawn_blocking(read).await.or_fail("reading the file")??;
    if json {
        cx.out.json_note(&found.report);
        return Ok(());
    }
    cx.out.report(&found)
}

fn write_chats(file: &std::path::Path) -> Result<Found, CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let report = read_file(file, &mut |imported| {
        if written.is_ok() {
            written = writeln!(out, "{}", imported.chat.to_json());
        }
    })?;
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.or_fail("writing to standard output")?,
    }
    Ok(Found { report, chats: Vec::new() })
}

fn list_chats(file: &std::path::Path) -> Result<Found, CliError> {
    let mut chats = Vec::new();
    let report = read_file(file, &mut |imported| chats.push(Line::new(&imported)))?;
    Ok(Found { report, chats })
}

#[derive(Debug, Serialize)]
struct Found {
    report: FileReport,
    chats: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    position: usize,
    title: Option<String>,
    messages: usize,
    branches: usize,
    bytes: usize,
}

impl Line {
    fn new(imported: &Imported) -> Self {
        let chat = &imported.chat;
        Self {
            position: imported.position,
            title: chat.title.clone(),
            messages: chat.message_count(),
            branches: chat.leaves().len(),
            bytes: chat.text_len(),
        }
    }

    fn cells(&self) -> [String; 5] {
        let title = self.title.as_deref().map(crate::text::printable).unwrap_or_default();
        [
            self.position.to_string(),
            self.messages.to_string(),
            self.branches.to_string(),
            crate::text::bytes(self.bytes as u64),
            crate::text::shorten(&title, 60),
        ]
    }
}

impl Report for Found {
    fn page(&self, page: &mut Page) {
        let rows: Vec<_> = self.chats.iter().map(Line::cells).collect();
        page.table(["#", "messages", "branches", "text", "title"], &rows);
        self.report.page(page);
        page.aside(
            "Nothing was shared. `sheaf import FILE --json` writes the chats in normal form.",
        );
    }
}
