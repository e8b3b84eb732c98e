//! Exports that a member names (files, archives, folders, standard input), read chat by chat, with
//! what could not be read.

use crate::error::{CliError, Kind, OrFail as _};
use crate::output::{Output, Page};
use crate::progress::Progress;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::import::{
    ImportError, Imported, InputReport, Opened, read_path, read_source, read_stream,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Names standard input.
const STDIN: &str = "-";
/// Inputs that a page shows one by one.
const SHOWN_MAX: usize = 20;
/// Chats after which progress is shown anew.
const PROGRESS_STEP: u64 = 100;

/// What all that was named gave besides its chats.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Files {
    /// Each file, also those in archives and folders, in the order read.
    pub(crate) files: Vec<FileReport>,
    /// What else lay in archives and folders, and how often.
    pub(crate) passed_over: BTreeMap<String, u64>,
}

/// What one file gave besides its chats.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    pub(crate) file: String,
    pub(crate) format: Option<&'static str>,
    pub(crate) chats: u64,
    /// How many records could not be read.
    pub(crate) skipped: u64,
    /// The first of them.
    pub(crate) problems: Vec<Problem>,
    /// What the normal form does not carry, and how often it was met.
    pub(crate) dropped: BTreeMap<String, u64>,
    /// Why it could not be read, or not to its end.
    pub(crate) error: Option<String>,
}

/// A record that could not be read.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    /// Its place in the file, from 1.
    pub(crate) position: usize,
    pub(crate) title: Option<String>,
    pub(crate) reason: String,
}

/// Reads all that was named, handing each chat to `sink`.
///
/// # Errors
/// If something that was named does not exist, or nothing at all could be read.
pub(crate) fn read_exports(
    paths: &[PathBuf],
    out: &Output,
    sink: &mut dyn FnMut(Imported),
) -> Result<Files, CliError> {
    if let Some(missing) = paths.iter().find(|path| !is_stdin(path) && !path.exists()) {
        return Err(CliError::new(Kind::NotFound, format!("{}: not found", missing.display())));
    }
    let progress = Progress::spinner(out, "reading");
    let mut chats = 0_u64;
    let mut counted = |imported| {
        chats += 1;
        if chats.is_multiple_of(PROGRESS_STEP) {
            progress.say(format!("reading: {}", count(chats, "chat")));
        }
        sink(imported);
    };
    let mut files = Files::default();
    let mut first_error = None;
    for path in paths {
        let opened = match is_stdin(path) {
            true => read_stdin(&mut counted),
            false => read_path(path, &mut counted),
        };
        files.add(opened, &mut first_error);
    }
    match first_error {
        Some(error) if chats == 0 && files.files.iter().all(|file| file.format.is_none()) => {
            Err(error)
        }
        _ => Ok(files),
    }
}

/// Reads all that was named in a thread of its own.
///
/// # Errors
/// As [`read_exports`].
pub(crate) async fn read_files(
    paths: Vec<PathBuf>,
    out: Output,
) -> Result<(Vec<Imported>, Files), CliError> {
    let read = move || {
        let mut chats = Vec::new();
        let files = read_exports(&paths, &out, &mut |chat| chats.push(chat))?;
        Ok((chats, files))
    };
    tokio::task::spawn_blocking(read).await.or_fail("reading the files")?
}

/// Standard input: a file that was put in its place is read as a file, so that an archive of any
/// size can be; a pipe as a stream.
fn read_stdin(sink: &mut dyn FnMut(Imported)) -> Opened {
    const NAME: &str = "standard input";
    match whole_file(&io::stdin()) {
        Some(file) => read_source(NAME, file, sink),
        None => read_stream(NAME, io::stdin().lock(), sink),
    }
}

/// The file that stands for standard input, if it is one of which nothing was read yet.
#[cfg(unix)]
fn whole_file(stdin: &io::Stdin) -> Option<File> {
    use std::io::Seek as _;
    use std::os::fd::AsFd as _;
    let mut file = File::from(stdin.as_fd().try_clone_to_owned().ok()?);
    let is_file = file.metadata().ok()?.is_file();
    (is_file && file.stream_position().ok()? == 0).then_some(file)
}

#[cfg(not(unix))]
fn whole_file(_: &io::Stdin) -> Option<File> {
    None
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// The error of a run in which nothing could be read.
fn not_read(input: &InputReport, error: &ImportError) -> CliError {
    let message = format!("{}: {error}", printable(&input.name));
    match error {
        ImportError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            CliError::new(Kind::NotFound, message)
        }
        ImportError::Io(_) => CliError::failed(message),
        _ => CliError::usage(message).hint(
            "give the export as the tool made it: a .zip or .json file, JSONL, Parquet, any of them \
             packed with gzip, or a folder; `-` reads standard input",
        ),
    }
}

impl Files {
    /// Adds what one path gave; keeps the first error of all.
    fn add(&mut self, opened: Opened, first_error: &mut Option<CliError>) {
        for input in opened.inputs {
            if let (Err(error), None) = (&input.result, &first_error) {
                *first_error = Some(not_read(&input, error));
            }
            self.files.push(FileReport::new(input));
        }
        for (what, times) in opened.passed_over {
            *self.passed_over.entry(what).or_default() += times;
        }
    }

    /// For a person: what was found, and what was not.
    pub(crate) fn page(&self, page: &mut Page) {
        let (plain, noted): (Vec<_>, Vec<_>) = self.files.iter().partition(|file| file.is_plain());
        noted.iter().take(SHOWN_MAX).for_each(|file| file.page(page));
        let room = SHOWN_MAX.saturating_sub(noted.len()).max(1);
        plain.iter().take(room).for_each(|file| file.page(page));
        let shown = noted.len().min(SHOWN_MAX) + plain.len().min(room);
        let unnamed = (self.files.len() - shown) as u64;
        if unnamed > 0 {
            let chats: u64 = self.files.iter().map(|file| file.chats).sum();
            let all = count(chats, "chat");
            page.line(format_args!("… and {} more; {all} in all", count(unnamed, "file")));
        }
        for (what, times) in &self.passed_over {
            page.aside(format_args!("not read: {} ({times}×)", printable(what)));
        }
    }
}

impl FileReport {
    fn new(input: InputReport) -> Self {
        let (report, error) = match input.result {
            Ok(report) => (report, None),
            Err(error) => (Default::default(), Some(error.to_string())),
        };
        let problems = report.skipped.into_iter().map(|problem| Problem {
            position: problem.position,
            title: problem.title,
            reason: problem.reason.to_string(),
        });
        Self {
            file: input.name,
            format: error.is_none().then_some(report.format),
            chats: report.chats,
            skipped: report.skipped_count,
            problems: problems.collect(),
            dropped: report.dropped,
            error: error.or(report.broken.map(|error| error.to_string())),
        }
    }

    /// Whether there is nothing to say of it but how many chats it holds.
    fn is_plain(&self) -> bool {
        self.error.is_none() && self.skipped == 0 && self.dropped.is_empty()
    }

    fn page(&self, page: &mut Page) {
        let name = printable(&self.file);
        match self.format {
            Some(format) => {
                page.line(format_args!("{name}: {} ({format})", count(self.chats, "chat")));
            }
            None => page.line(format_args!("{name}: no chats")),
        }
        if let Some(error) = &self.error {
            let line = format!("  not read: {}", printable(error));
            page.line(page.style.yellow(&line));
        }
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
