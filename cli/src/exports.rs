//! Export files on disk, read chat by chat, with what could not be read.

use crate::error::{CliError, Kind, OrFail as _};
use crate::output::Page;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::import::{Imported, Report, read_chats};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// What one file gave besides its chats.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    pub(crate) file: PathBuf,
    pub(crate) format: &'static str,
    pub(crate) chats: u64,
    /// How many records could not be read.
    pub(crate) skipped: u64,
    /// The first of them.
    pub(crate) problems: Vec<Problem>,
    /// What the normal form does not carry, and how often it was met.
    pub(crate) dropped: BTreeMap<String, u64>,
}

/// A record that could not be read.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    /// Its place in the file, from 1.
    pub(crate) position: usize,
    pub(crate) title: Option<String>,
    pub(crate) reason: String,
}

/// Reads a file, handing each chat to `sink`.
///
/// # Errors
/// If it cannot be opened or is of no known format.
pub(crate) fn read_file(
    path: &Path,
    sink: &mut dyn FnMut(Imported),
) -> Result<FileReport, CliError> {
    let file = File::open(path).map_err(|error| not_opened(path, &error))?;
    let report = read_chats(BufReader::new(file), sink).map_err(|error| not_read(path, error))?;
    Ok(FileReport::new(path, report))
}

/// Reads files in a thread of its own.
///
/// # Errors
/// As [`read_file`], of the first that fails.
pub(crate) async fn read_files(
    paths: Vec<PathBuf>,
) -> Result<(Vec<Imported>, Vec<FileReport>), CliError> {
    let read = move || {
        let mut chats = Vec::new();
        let reports =
            paths.iter().map(|path| read_file(path, &mut |chat| chats.push(chat))).collect();
        Result::map(reports, |reports| (chats, reports))
    };
    tokio::task::spawn_blocking(read).await.or_fail("reading the files")?
}

fn not_opened(path: &Path, error: &std::io::Error) -> CliError {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => Kind::NotFound,
        _ => Kind::Failed,
    };
    CliError::new(kind, format!("{}: {error}", path.display()))
}

fn not_read(path: &Path, error: impl Display) -> CliError {
    if path.is_dir() {
        let message = format!("{} is a folder, not a file", path.display());
        return CliError::usage(message).hint("name the files in it, such as conversations.json");
    }
    CliError::usage(format!("{}: {error}", path.display())).hint(
        "files that can be read: conversations.json of a ChatGPT export (unpack the zip first), \
         and OpenAI messages as JSON or JSONL",
    )
}

impl FileReport {
    fn new(path: &Path, report: Report) -> Self {
        let problems = report.skipped.into_iter().map(|problem| Problem {
            position: problem.position,
            title: problem.title,
            reason: problem.reason.to_string(),
        });
        Self {
            file: path.to_owned(),
            format: report.format,
            chats: report.chats,
            skipped: report.skipped_count,
            problems: problems.collect(),
            dropped: report.dropped,
        }
    }

    /// For a person: what was found, and what was not.
    pub(crate) fn page(&self, page: &mut Page) {
        let found = count(self.chats, "chat");
        page.line(format_args!("{}: {found} ({})", self.file.display(), self.format));
        for problem in &self.problems {
            let title = problem.title.as_deref().map(|title| format!(" ({})", printable(title)));
            let (title, reason) = (title.unwrap_or_default(), printable(&problem.reason));
            let line = format!("  not read: record {}{title}: {reason}", problem.position);
            page.line(page.style.yellow(&line));
        }
        let unnamed = self.skipped - self.problems.len() as u64;
        if unnamed > 0 {
            page.line(format_args!("  … and {} more not read", count(unnamed, "record")));
        }
        for (what, times) in &self.dropped {
            page.aside(format_args!("  not carried over: {} ({times}×)", printable(what)));
        }
    }
}
