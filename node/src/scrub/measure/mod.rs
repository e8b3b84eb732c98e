//! How much is found of what people labelled, and how much of what is found they labelled.
//!
//! A label is *found* if a find of the same kind overlaps it; a find is *right* if it overlaps a label
//! of its kind. Recall is found labels among labels, precision is right finds among finds. *Exact*
//! counts labels of which a find has the very same ends. All kinds of secrets count as one: whether a
//! string is a key or a token, it blocks. An id of the state and one of its tax office are right for
//! each other: in many countries they are the same number.

mod labels;
mod read;

pub use labels::Counted;
pub use read::{Labelled, LabelsError, Mark, read_labelled};

use super::{Scanner, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a file of labelled texts showed.
#[derive(Debug, Default)]
pub struct Measured {
    /// How many texts there were.
    pub texts: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was counted, by kind.
    pub rows: BTreeMap<Counted, Row>,
    /// Labels of kinds that are not looked for, and how often they occur.
    pub not_looked_for: BTreeMap<String, u64>,
    /// Whether every label is one of a kind that is looked for: another scrubber has kinds of its own.
    pub every_kind: bool,
}

/// Counts of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Row {
    /// Labels.
    pub labels: u64,
    /// Those that were found.
    pub found: u64,
    /// Those that were found with the very same ends.
    pub exact: u64,
    /// Finds.
    pub finds: u64,
    /// Those that are right.
    pub right: u64,
}

impl Row {
    /// Found labels among labels; `None` without labels.
    pub fn recall(&self) -> Option<f64> {
        share(self.found, self.labels)
    }

    /// Right finds among finds; `None` without finds.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.finds)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A label that was not found, or a find that is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is, or was taken for.
    pub counted: Counted,
    /// Whether a label was missed; else a find is not right.
    pub is_missed: bool,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

impl Measured {
    /// Scans a labelled text and counts; returns what was not as labelled.
    pub fn add(&mut self, scanner: &Scanner, labelled: &Labelled) -> Vec<Fault> {
        self.count(&scanner.scan(&labelled.text), labelled)
    }

    /// Counts what was found in a labelled text; returns what was not as labelled.
    pub fn count(&mut self, spans: &[Span], labelled: &Labelled) -> Vec<Fault> {
        self.texts += 1;
        self.bytes += labelled.text.len() as u64;
        let mut faults = Vec::new();
        for mark in &labelled.marks {
            let Some(counted) = self.counted(&mark.label) else {
                *self.not_looked_for.entry(mark.label.clone()).or_default() += 1;
                continue;
            };
            let row = self.rows.entry(counted).or_default();
            let mut same = spans.iter().filter(|span| is_same(counted, mark, span)).peekable();
            let is_found = same.peek().is_some();
            row.labels += 1;
            row.found += u64::from(is_found);
            row.exact += u64::from(same.any(|span| span.range() == mark.range));
            if !is_found {
                faults.push(Fault { counted, is_missed: true, range: mark.range.clone() });
            }
        }
        self.count_finds(spans, labelled, &mut faults);
        faults
    }

    /// Where a label is counted.
    fn counted(&self, label: &str) -> Option<Counted> {
        let own = || Counted::of_own_label(label).filter(|_| self.every_kind);
        Counted::of_label(label).or_else(own)
    }

    fn count_finds(&mut self, spans: &[Span], labelled: &Labelled, faults: &mut Vec<Fault>) {
        for span in spans {
            let counted = Counted::of_kind(span.kind);
            let is_right = labelled.marks.iter().any(|mark| {
                self.counted(&mark.label).is_some_and(|label| is_same(label, mark, span))
            });
            let row = self.rows.entry(counted).or_default();
            row.finds += 1;
            row.right += u64::from(is_right);
            if !is_right {
                faults.push(Fault { counted, is_missed: false, range: span.range() });
            }
        }
    }
}

/// Whether a find is of the kind of a label and overlaps it.
fn is_same(label: Counted, mark: &Mark, span: &Span) -> bool {
    label.means(Counted::of_kind(span.kind))
        && span.start < mark.range.end
        && mark.range.start < span.end
}
