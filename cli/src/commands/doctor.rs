//! `sheaf doctor`.

use crate::context::Context;
use crate::error::{CliError, Kind, OrFail as _};
use crate::output::{Page, Report};
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::doctor::{self, Diagnosis, Finding, LogExamined, Severity};
use sheaf_node::home::Home;
use sheaf_protocol::id::CommunityId;

/// Arguments of `sheaf doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Says what is wrong with this home folder, and what to do; changes nothing.
pub(super) async fn run(_: Args, cx: &Context) -> Result<(), CliError> {
    let home = Home::open_damaged(&cx.home)?;
    cx.out.note("Reading everything in the home folder; nothing is changed.");
    let work = tokio::task::spawn_blocking(move || doctor::examine(&home));
    let diagnosis = work.await.or_fail("examining the home folder")??;
    let damaged = diagnosis.is_damaged();
    cx.out.report(&Examined::from(diagnosis))?;
    match damaged {
        true => Err(CliError::new(Kind::Damaged, "this home folder is damaged")
            .hint("what to do stands beside each finding; copy the folder before you begin")),
        false => Ok(()),
    }
}

#[derive(Debug, Serialize)]
struct Examined {
    running: Option<u32>,
    logs: Vec<Log>,
    findings: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Log {
    community: CommunityId,
    name: String,
    home: bool,
    entries: u64,
    chats: u64,
    wanted: u64,
}

#[derive(Debug, Serialize)]
struct Found {
    severity: &'static str,
    file: String,
    what: String,
    advice: String,
}

impl From<Diagnosis> for Examined {
    fn from(diagnosis: Diagnosis) -> Self {
        Self {
            running: diagnosis.running,
            logs: diagnosis.logs.into_iter().map(Log::from).collect(),
            findings: diagnosis.findings.into_iter().map(Found::from).collect(),
        }
    }
}

impl From<LogExamined> for Log {
    fn from(log: LogExamined) -> Self {
        let LogExamined { community, name, home, entries, chats, wanted } = log;
        Self { community, name, home, entries, chats, wanted }
    }
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        let severity = match finding.severity {
            Severity::Damage => "damage",
            Severity::Warning => "warning",
        };
        let file = finding.file.display().to_string();
        Self { severity, file, what: finding.what, advice: finding.advice }
    }
}

impl Report for Examined {
    fn page(&self, page: &mut Page) {
        if self.running.is_some() {
            page.line(
                "A node runs here: keys, settings, permissions and room were looked at, its \
                 databases were not. Stop it and ask again to have everything examined.",
            );
        }
        for log in &self.logs {
            log.page(page);
        }
        if self.findings.is_empty() {
            page.line(page.style.green("Nothing is wrong."));
        }
        for found in &self.findings {
            page.blank();
            found.page(page);
        }
    }
}

impl Log {
    fn page(&self, page: &mut Page) {
        page.heading(format_args!("\"{}\"", printable(&self.name)));
        page.field("log", format_args!("{} folded again", entries(self.entries)));
        let wanted = match self.wanted {
            0 => String::new(),
            wanted => format!(", {wanted} still to fetch"),
        };
        page.field("chats", format_args!("{} whole{wanted}", count(self.chats, "chat")));
    }
}

fn entries(number: u64) -> String {
    if number == 1 { "1 entry".into() } else { format!("{number} entries") }
}

impl Found {
    fn page(&self, page: &mut Page) {
        let severity = match self.severity {
            "damage" => page.style.red("damage"),
            other => page.style.yellow(other),
        };
        page.line(format_args!("{severity}  {}", printable(&self.file)));
        page.field("what", printable(&self.what));
        page.field("what to do", printable(&self.advice));
    }
}
