//! What is private in chats.

use crate::error::{CliError, OrFail as _};
use crate::excerpt::Excerpt;
use crate::exports::{Files, read_exports};
use crate::output::{Output, Page, Report};
use crate::scrubber::{Other, Scrubbers};
use crate::text::{count, printable};
use serde::{Serialize, Serializer};
use sheaf_node::import::Imported;
use sheaf_node::scrub::{ChatFind, Class, Finder, Kind, with_texts};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write as _};
use std::ops::Range;
use std::path::PathBuf;

/// Finds that a page shows; all are counted.
const SHOWN_MAX: usize = 500;

/// Looks through every chat of the files: with `--json` while they are read, a line for each. Ends with
/// the first chat of which it is not known what is private in it.
pub(super) fn run(files: &[PathBuf], scrubbers: &Scrubbers, out: &Output) -> Result<(), CliError> {
    let mut found = Found::default();
    let mut written = Ok(());
    let mut failed = None;
    let read = read_exports(files, out, &mut |imported| {
        if failed.is_some() {
            return;
        }
        let finds = match scrubbers.finds(&imported.chat) {
            Ok(finds) => finds,
            Err(error) => return failed = Some(error.in_chat(imported.position)),
        };
        found.count(&finds);
        match out.json {
            true if written.is_ok() => written = write(&ChatLine::new(&imported, &finds)),
            true => {}
            false => found.show(&imported, &finds),
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.or_fail("writing to standard output")?,
    }
    found.read = read;
    found.scrubber = scrubbers.other();
    found.looked_for = scrubbers.looked_for();
    match out.json {
        true => out.json_note(&found),
        false => out.report(&found)?,
    }
    Ok(())
}

fn write(line: &ChatLine<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A chat with where its finds are.
#[derive(Debug, Serialize)]
struct ChatLine<'a> {
    position: usize,
    title: Option<&'a str>,
    #[serde(serialize_with = "spans")]
    spans: &'a [ChatFind],
}

/// Where something was found, without saying what it is.
#[derive(Debug, Serialize)]
struct SpanLine {
    /// Index of the message; `null` for what is said of the chat.
    message: Option<usize>,
    /// Index of the part; `null` for what is said of the message.
    part: Option<usize>,
    /// The text as a path in the chat's JSON.
    at: String,
    bytes: [usize; 2],
    code_points: [usize; 2],
    kind: String,
    class: &'static str,
    confidence: u8,
    /// Who found it.
    by: &'static str,
    /// Whether it goes on with the value of the span before, which a part's end cut.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    continues: bool,
}

impl<'a> ChatLine<'a> {
    fn new(imported: &'a Imported, spans: &'a [ChatFind]) -> Self {
        Self { position: imported.position, title: imported.chat.title.as_deref(), spans }
    }
}

/// One after the other: a chat may hold millions.
fn spans<S: Serializer>(finds: &[ChatFind], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(finds.iter().map(SpanLine::new))
}

impl SpanLine {
    fn new(find: &ChatFind) -> Self {
        Self {
            message: find.place.message,
            part: find.place.part,
            at: find.place.to_string(),
            bytes: [find.span.start, find.span.end],
            code_points: [find.code_points.start, find.code_points.end],
            kind: find.span.kind.name().into_owned(),
            class: class_name(find.span.kind.class()),
            confidence: find.span.confidence,
            by: find.by.name(),
            continues: find.continues,
        }
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Secret => "secret",
        Class::Personal => "personal",
    }
}

/// What all chats came to.
#[derive(Debug, Default, Serialize)]
struct Found {
    #[serde(flatten)]
    read: Files,
    chats: u64,
    /// Chats in which something was found.
    with_finds: u64,
    /// How often each kind was found.
    counts: BTreeMap<String, u64>,
    /// The kinds that are looked for.
    looked_for: Vec<String>,
    /// The scrubber that was asked beside Sheaf's.
    #[serde(skip_serializing_if = "Option::is_none")]
    scrubber: Option<Other>,
    #[serde(skip)]
    shown: Vec<ShownChat>,
    #[serde(skip)]
    finds_shown: usize,
    #[serde(skip)]
    unshown: u64,
}

#[derive(Debug)]
struct ShownChat {
    position: usize,
    title: Option<String>,
    finds: Vec<ShownFind>,
}

#[derive(Debug)]
struct ShownFind {
    kind: Kind,
    at: String,
    excerpt: Excerpt,
    by: Finder,
}

impl Found {
    fn count(&mut self, finds: &[ChatFind]) {
        self.chats += 1;
        self.with_finds += u64::from(!finds.is_empty());
        for find in finds.iter().filter(|find| !find.continues) {
            *self.counts.entry(find.span.kind.name().into_owned()).or_default() += 1;
        }
    }

    fn show(&mut self, imported: &Imported, finds: &[ChatFind]) {
        let room = SHOWN_MAX - self.finds_shown;
        let shown = &finds[..finds.len().min(room)];
        self.finds_shown += shown.len();
        self.unshown += (finds.len() - shown.len()) as u64;
        if shown.is_empty() {
            return;
        }
        let mut lines = Vec::with_capacity(shown.len());
        with_texts(&imported.chat, shown, &mut |find, text| {
            let free = free_around(shown, lines.len(), text.len());
            let excerpt = Excerpt::new(text, find.span.range(), free, find.span.kind.class());
            let (kind, at, by) = (find.span.kind, find.place.to_string(), find.by);
            lines.push(ShownFind { kind, at, excerpt, by });
        });
        let title = imported.chat.title.as_deref().map(printable);
        self.shown.push(ShownChat { position: imported.position, title, finds: lines });
    }
}

/// From the end of the find before to the start of the one behind, in the same text.
fn free_around(finds: &[ChatFind], at: usize, len: usize) -> Range<usize> {
    let here = |find: &&ChatFind| find.place == finds[at].place;
    let before = at.checked_sub(1).and_then(|before| finds.get(before)).filter(here);
    let behind = finds.get(at + 1).filter(here);
    before.map_or(0, |find| find.span.end)..behind.map_or(len, |find| find.span.start)
}

impl Report for Found {
    fn page(&self, page: &mut Page) {
        self.shown.iter().for_each(|chat| chat.page(page));
        if self.unshown > 0 {
            page.line(format_args!("… and {}", count(self.unshown, "more find")));
        }
        if !self.shown.is_empty() {
            page.blank();
        }
        self.summary(page);
        self.read.page(page);
        if !self.looked_for.is_empty() {
            let kinds = self.looked_for.join(", ").replace('-', " ");
            page.aside(format_args!("Looked for: {kinds}."));
        }
        page.aside(
            "No scan is perfect: names, addresses and whatever is told in other words may be \
             overlooked. Read a chat before you share it. Nothing was shared or changed.",
        );
    }
}

impl Found {
    fn summary(&self, page: &mut Page) {
        let chats = count(self.chats, "chat");
        if self.counts.is_empty() {
            page.line(format_args!("{chats}: nothing private was found"));
            return;
        }
        let kinds: Vec<_> = self.counts.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        let line =
            format!("{chats}, {} with something private: {}", self.with_finds, kinds.join(", "));
        page.line(page.style.bold(&line));
    }
}

impl ShownChat {
    fn page(&self, page: &mut Page) {
        let title = self.title.as_deref().unwrap_or("without a title");
        page.heading(format_args!("chat {}: {title}", self.position));
        self.finds.iter().for_each(|find| find.page(page));
    }
}

impl ShownFind {
    fn page(&self, page: &mut Page) {
        let Excerpt { before, value, after } = &self.excerpt;
        let (kind, value) = match self.kind.class() {
            Class::Secret => (page.style.yellow(&self.kind.name()), page.style.yellow(value)),
            Class::Personal => (self.kind.name().into_owned(), page.style.bold(value)),
        };
        page.hanging(format_args!("  {kind}  {before}{value}{after}"), 4);
        let by = if self.by == Finder::Plugin { ", found by your scrubber" } else { "" };
        page.aside(format_args!("    {}{by}", self.at));
    }
}
