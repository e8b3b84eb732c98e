//! Results on standard output: a page for a person, or one JSON object for a program. Everything
//! that is not the result (progress, notes, questions) goes to standard error.

use crate::error::{CliError, OrFail as _};
use crate::style::Style;
use crate::wrap::{stderr_columns, stdout_columns, wrap};
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, Write as _};

/// The result of a command.
pub(crate) trait Report: Serialize {
    /// Writes it for a person.
    fn page(&self, page: &mut Page);
}

/// How this run speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// A program reads: JSON on stdout, nothing else.
    pub(crate) json: bool,
    /// Only the result and errors.
    pub(crate) quiet: bool,
}

impl Output {
    /// Writes a result.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub(crate) fn report(&self, report: &impl Report) -> Result<(), CliError> {
        if self.json {
            return self.json_line(report);
        }
        let mut page = Page { columns: stdout_columns(), ..Page::new(Style::stdout()) };
        report.page(&mut page);
        write_out(&page.text)
    }

    /// Writes one JSON value and a newline.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), CliError> {
        let line = serde_json::to_string(value).or_fail("writing JSON")?;
        write_out(&format!("{line}\n"))
    }

    /// Writes one JSON value to stderr: what went wrong beside a result that is a stream.
    pub(crate) fn json_note(&self, value: &impl Serialize) {
        if let (true, Ok(line)) = (self.json, serde_json::to_string(value)) {
            eprintln!("{line}");
        }
    }

    /// Says something on the way, to a person only.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.json && !self.quiet {
            eprintln!("{}", wrap(&text.to_string(), stderr_columns(), None));
        }
    }

    /// Shows a page that a question is about: on stderr, for it is not the result.
    pub(crate) fn show(&self, write: impl FnOnce(&mut Page)) {
        if !self.json {
            // When nobody reads it, the question that follows fails.
            let _ = io::stderr().lock().write_all(self.draw(write).as_bytes());
        }
    }

    /// The text of a page for stderr.
    pub(crate) fn draw(&self, write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page { columns: stderr_columns(), ..Page::new(Style::stderr()) };
        write(&mut page);
        page.text
    }
}

/// Writes to standard output. Whoever closed the pipe has read enough.
fn write_out(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.or_fail("writing to standard output"),
    }
}

/// A page of text, built line by line. Text from outside passes through
/// [`printable`](crate::text::printable) before it comes here.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    /// The width of the terminal, if it is for one.
    columns: Option<usize>,
    /// How to colour it.
    pub(crate) style: Style,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(style: Style) -> Self {
        Self { text: String::new(), columns: None, style }
    }

    /// An empty page of so many columns.
    pub(crate) fn within(style: Style, columns: usize) -> Self {
        Self { columns: Some(columns), ..Self::new(style) }
    }

    /// The width of the terminal, if it is for one.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// The text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What `write` writes, as `rewrite` changes it once it is laid out.
    pub(crate) fn rewritten(
        &mut self,
        write: impl FnOnce(&mut Self),
        rewrite: impl FnOnce(&str) -> String,
    ) {
        let before = std::mem::take(&mut self.text);
        write(self);
        self.text = before + &rewrite(&self.text);
    }

    /// A line.
    pub(crate) fn line(&mut self, line: impl Display) {
        self.wrapped(&line.to_string(), None);
    }

    /// A line that goes on under a column of its own.
    pub(crate) fn hanging(&mut self, line: impl Display, column: usize) {
        self.wrapped(&line.to_string(), Some(column));
    }

    /// A line that is copied as a whole.
    pub(crate) fn verbatim(&mut self, line: impl Display) {
        self.text.push_str(&format!("{line}\n"));
    }

    fn wrapped(&mut self, line: &str, hang: Option<usize>) {
        self.verbatim(wrap(line, self.columns, hang));
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line in bold.
    pub(crate) fn heading(&mut self, line: impl Display) {
        let line = self.style.bold(&line.to_string());
        self.line(line);
    }

    /// A line that stands back.
    pub(crate) fn aside(&mut self, line: impl Display) {
        let line = self.style.dim(&line.to_string());
        self.line(line);
    }

    /// `name  value`, the values one under another.
    pub(crate) fn field(&mut self, name: &str, value: impl Display) {
        let name = self.style.dim(&format!("{name:<14}"));
        self.wrapped(&format!("  {name} {value}"), Some(17));
    }

    /// `name  value` of a term, where values are sentences.
    pub(crate) fn term(&mut self, name: &str, value: impl Display) {
        let name = self.style.dim(&format!("{name:<16}"));
        self.wrapped(&format!("  {name}  {value}"), Some(20));
    }

    /// `- text`.
    pub(crate) fn item(&mut self, text: impl Display) {
        self.wrapped(&format!("  - {text}"), Some(4));
    }

    /// Rows of cells under a head, in columns. The last column is not padded.
    pub(crate) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        let wide = |text: &str| text.chars().count();
        let mut widths = head.map(wide);
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(wide(cell));
            }
        }
        let style = self.style;
        self.verbatim(style.dim(&columns(&head.map(str::to_owned), &widths)));
        for row in rows {
            self.verbatim(columns(row, &widths));
        }
    }
}

fn columns(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
    format!("  {}", padded.collect::<Vec<_>>().join("  ").trim_end())
}
