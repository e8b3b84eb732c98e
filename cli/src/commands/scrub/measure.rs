//! How much is found of what people labelled.

use crate::error::CliError;
use crate::output::{Output, Page, Report};
use crate::scrubber::Scrubbers;
use crate::text::{count, printable, shorten};
use crate::text_file;
use serde::Serialize;
use sheaf_node::limits::SCRUB_LABELS_BYTES_MAX;
use sheaf_node::scrub::Span;
use sheaf_node::scrub::measure::{Fault, Labelled, Measured, Row, read_labelled};
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Faults that are listed; all are counted.
const FAULTS_MAX: usize = 1000;
/// Characters of a text in which a fault is shown.
const TEXT_CHARS: usize = 160;

pub(super) fn run(
    files: &[PathBuf],
    faults: bool,
    scrubbers: &Scrubbers,
    out: &Output,
) -> Result<(), CliError> {
    let mut table = Table::default();
    let mut measured = Measured { every_kind: scrubbers.other().is_some(), ..Measured::default() };
    for path in files {
        for (position, labelled) in (1..).zip(read(path)?) {
            let spans = spans(&labelled.text, scrubbers).map_err(|e| e.in_chat(position))?;
            let found = measured.count(&spans, &labelled);
            if faults {
                table.list(&labelled, &found);
            }
        }
    }
    table.fill(&measured);
    out.report(&table)
}

/// What is found in a text, as the one thing said in a chat.
fn spans(text: &str, scrubbers: &Scrubbers) -> Result<Vec<Span>, CliError> {
    let said = Message::new(Role::User, None, vec![Part::text(text)]);
    let finds = scrubbers.finds(&Chat { messages: vec![said], ..Chat::default() })?;
    Ok(finds.into_iter().map(|find| find.span).collect())
}

fn read(path: &Path) -> Result<Vec<Labelled>, CliError> {
    let text = text_file::read(path, SCRUB_LABELS_BYTES_MAX);
    let labelled = text.and_then(|text| {
        let wrong = |error| CliError::usage(format!("{}: {error}", text_file::name(path)));
        read_labelled(&text).map_err(wrong)
    });
    labelled.map_err(|error| error.hint(SHAPE))
}

const SHAPE: &str = "each text is {\"text\": …, \"spans\": [{\"start\": …, \"end\": …, \"label\": …}]}, \
                     a line each or in one list; ends count code points";

/// What the files showed.
#[derive(Debug, Default, Serialize)]
struct Table {
    texts: u64,
    bytes: u64,
    kinds: BTreeMap<String, Line>,
    not_looked_for: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<FaultLine>,
    #[serde(skip_serializing_if = "is_zero")]
    faults_unlisted: u64,
}

#[derive(Debug, Serialize)]
struct Line {
    labels: u64,
    found: u64,
    exact: u64,
    finds: u64,
    right: u64,
    recall: Option<f64>,
    precision: Option<f64>,
}

#[derive(Debug, Serialize)]
struct FaultLine {
    what: &'static str,
    kind: String,
    value: String,
    text: String,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Table {
    fn fill(&mut self, measured: &Measured) {
        (self.texts, self.bytes) = (measured.texts, measured.bytes);
        self.kinds =
            measured.rows.iter().map(|(kind, row)| (kind.to_string(), line(row))).collect();
        self.not_looked_for.clone_from(&measured.not_looked_for);
    }

    fn list(&mut self, labelled: &Labelled, faults: &[Fault]) {
        for fault in faults {
            if self.faults.len() >= FAULTS_MAX {
                self.faults_unlisted += 1;
                continue;
            }
            self.faults.push(FaultLine {
                what: if fault.is_missed { "missed" } else { "wrong" },
                kind: fault.counted.to_string(),
                value: labelled.text[fault.range.clone()].to_owned(),
                text: labelled.text.clone(),
            });
        }
    }
}

fn line(row: &Row) -> Line {
    let Row { labels, found, exact, finds, right } = *row;
    Line { labels, found, exact, finds, right, recall: row.recall(), precision: row.precision() }
}

impl Line {
    fn cells(&self, kind: &str) -> [String; 8] {
        let share =
            |share: Option<f64>| share.map_or_else(|| "–".into(), |share| format!("{share:.3}"));
        [
            kind.to_owned(),
            self.labels.to_string(),
            self.found.to_string(),
            share(self.recall),
            self.finds.to_string(),
            self.right.to_string(),
            share(self.precision),
            self.exact.to_string(),
        ]
    }
}

impl Report for Table {
    fn page(&self, page: &mut Page) {
        for fault in &self.faults {
            let (kind, value) = (&fault.kind, printable(&fault.value));
            let text = shorten(&printable(&fault.text), TEXT_CHARS);
            page.hanging(format_args!("{} {kind}: {value}  in: {text}", fault.what), 4);
        }
        if self.faults_unlisted > 0 {
            page.line(format_args!("… and {}", count(self.faults_unlisted, "more fault")));
        }
        let rows: Vec<_> = self.kinds.iter().map(|(kind, line)| line.cells(kind)).collect();
        let head = ["kind", "labels", "found", "recall", "finds", "right", "precision", "exact"];
        page.table(head, &rows);
        for (label, times) in &self.not_looked_for {
            page.aside(format_args!("not looked for: {} ({times}×)", printable(label)));
        }
        page.aside(
            "A label is found if a find of its kind overlaps it, a find is right if it overlaps a \
             label of its kind; exact: with the very same ends. All secrets count as one kind.",
        );
    }
}
