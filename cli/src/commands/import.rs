//! `sheaf import`.

use crate::choose::{Query, Standing};
use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use crate::exports::{Files, read_exports};
use crate::output::{Output, Page, Report};
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::import::Imported;
use sheaf_protocol::time::{Time, as_text_if_any};
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
    /// One line for each chat: place, day, messages, branches, bytes, model, tool and title, between
    /// tabs; with --json one object
    #[arg(long)]
    list: bool,
    /// Only the chats that a query takes, such as "model:gpt-4 after:2025-01 has:branches"
    #[arg(long, value_name = "QUERY")]
    select: Option<Query>,
}

/// With `--json` the chats in normal form, one a line; else what the files hold.
pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    if args.select.as_ref().is_some_and(Query::asks_what_was_given) {
        return Err(CliError::usage("given: is known only where chats are given")
            .hint("sheaf contribute FILE --select QUERY --dry-run"));
    }
    let out = cx.out;
    let lists = args.list;
    let read = move || match (args.list, out.json) {
        (true, json) => stream(&args, &out, |chat, lines| write_line(chat, json, lines)),
        (false, true) => stream(&args, &out, write_chat),
        (false, false) => list(&args, &out),
    };
    let found = tokio::task::spawn_blocking(read).await.or_fail("reading the files")??;
    match (out.json, lists) {
        (true, _) => out.json_note(&found.read),
        (false, true) if !out.quiet => out.show(|page| found.read.page(page)),
        (false, true) => {}
        (false, false) => out.report(&found)?,
    }
    Ok(())
}

/// Whether a chat is asked for.
fn is_taken(args: &Args, imported: &Imported) -> bool {
    let takes = |query: &Query| query.takes_unmarked(&imported.chat, &Standing::Free);
    args.select.as_ref().is_none_or(takes)
}

type Lines<'a> = BufWriter<io::StdoutLock<'a>>;

/// Writes something of each chat to standard output while it is read.
fn stream(
    args: &Args,
    out: &Output,
    write: impl Fn(&Imported, &mut Lines<'_>) -> io::Result<()>,
) -> Result<Found, CliError> {
    let mut lines = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    let mut written = Ok(());
    let read = read_exports(&args.files, out, &mut |imported| {
        if written.is_ok() && is_taken(args, &imported) {
            written = write(&imported, &mut lines);
        }
    })?;
    match written.and_then(|()| lines.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.or_fail("writing to standard output")?,
    }
    Ok(Found { read, chats: Vec::new(), unlisted: 0 })
}

fn write_chat(imported: &Imported, lines: &mut Lines<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, &imported.chat)?;
    lines.write_all(b"\n")
}

fn write_line(imported: &Imported, json: bool, lines: &mut Lines<'_>) -> io::Result<()> {
    let line = Line::new(imported);
    if json {
        serde_json::to_writer(&mut *lines, &line)?;
        return lines.write_all(b"\n");
    }
    writeln!(lines, "{}", line.fields().join("\t"))
}

fn list(args: &Args, out: &Output) -> Result<Found, CliError> {
    let (mut chats, mut unlisted) = (Vec::new(), 0);
    let read = read_exports(&args.files, out, &mut |imported| match chats.len() {
        _ if !is_taken(args, &imported) => {}
        0..LISTED_MAX => chats.push(Line::new(&imported)),
        _ => unlisted += 1,
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
    #[serde(serialize_with = "as_text_if_any")]
    created: Option<Time>,
    messages: usize,
    branches: usize,
    bytes: usize,
    model: Option<String>,
    source: Option<String>,
    title: Option<String>,
}

impl Line {
    fn new(imported: &Imported) -> Self {
        let chat = &imported.chat;
        Self {
            position: imported.position,
            created: chat.created,
            messages: chat.message_count(),
            branches: chat.leaves().len(),
            bytes: chat.text_len(),
            model: chat.model.clone(),
            source: chat.source.clone(),
            title: chat.title.clone(),
        }
    }

    /// For scripts: no field has a tab or a line break.
    fn fields(&self) -> [String; 8] {
        let text = |text: &Option<String>| text.as_deref().map(printable).unwrap_or_default();
        [
            self.position.to_string(),
            self.created.map(|created| created.day().to_string()).unwrap_or_default(),
            self.messages.to_string(),
            self.branches.to_string(),
            self.bytes.to_string(),
            text(&self.model),
            text(&self.source),
            text(&self.title),
        ]
    }

    fn cells(&self) -> [String; 5] {
        let title = self.title.as_deref().map(printable).unwrap_or_default();
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
