//! `sheaf import`.

use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::exports::{Files, read_exports};
use crate::output::{Output, Page, Report};
use crate::text::count;
use serde::Serialize;
use sheaf_node::import::Imported;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

/// Chats that a page lists; a large export has tens of thousands.
const LISTED_MAX: usize = 500;
/// Bytes that are written at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Arguments of `sheaf import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exports of other tools: files as they are, packed (.zip, .gz), folders, or - for standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// With `--json` the chats in normal form, one a line; else what the files hold.
pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let out = cx.out;
    let read =
        move || if out.json { write_chats(&args.files, &out) } else { list(&args.files, &out) };
    let found = tokio::task::spawn_blocking(read).await.or_fail("reading the files")??;
    if out.json {
        out.json_note(&found.read);
        return Ok(());
    }
    out.report(&found)
}

fn write_chats(files: &[PathBuf], out: &Output) -> Result<Found, CliError> {
    let mut lines = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    let mut written = Ok(());
    let read = read_exports(files, out, &mut |imported| {
        if written.is_ok() {
            let line = serde_json::to_writer(&mut lines, &imported.chat);
            written = line.map_err(io::Error::from).and_then(|()| lines.write_all(b"\n"));
        }
    })?;
    match written.and_then(|()| lines.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.or_fail("writing to standard output")?,
    }
    Ok(Found { read, chats: Vec::new(), unlisted: 0 })
}

fn list(files: &[PathBuf], out: &Output) -> Result<Found, CliError> {
    let (mut chats, mut unlisted) = (Vec::new(), 0);
    let read = read_exports(files, out, &mut |imported| {
        if chats.len() < LISTED_MAX {
            chats.push(Line::new(&imported));
        } else {
            unlisted += 1;
        }
    })?;
    Ok(Found { read, chats, unlisted })
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(flatten)]
    read: Files,
    chats: Vec<Line>,
    unlisted: u64,
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
        if self.unlisted > 0 {
            page.line(format_args!("  … and {} more", count(self.unlisted, "chat")));
        }
        self.read.page(page);
        page.aside(
            "Nothing was shared. `sheaf import FILE --json` writes the chats in normal form.",
        );
    }
}
