//! Files of labelled texts: a line of JSON for each text, or one JSON list. Both name the text, and of
//! each label its ends in code points and what it is.

use serde::Deserialize;
use std::ops::Range;

/// A text and what people marked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The text.
    pub text: String,
    /// What is marked, in any order.
    pub marks: Vec<Mark>,
}

/// A marked part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is, as the file names it.
    pub label: String,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Why a file of labelled texts cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// A text does not read.
    #[error("text {position}: {source}")]
    Text {
        /// Its place in the file, from 1.
        position: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// A label ends before it begins, or behind the text.
    #[error("text {position}: a label from {start} to {end} does not lie in it")]
    Outside {
        /// The place of the text in the file, from 1.
        position: usize,
        /// Where the label begins, in code points.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// There is no text in it.
    #[error("there are no labelled texts in it")]
    Empty,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(alias = "full_text")]
    text: String,
    spans: Vec<RecordSpan>,
}

#[derive(Debug, Deserialize)]
struct RecordSpan {
    #[serde(alias = "start_position")]
    start: usize,
    #[serde(alias = "end_position")]
    end: usize,
    #[serde(alias = "entity_type")]
    label: String,
}

/// Reads a file of labelled texts.
///
/// # Errors
/// [`LabelsError`] names the text that cannot be read.
pub fn read_labelled(file: &str) -> Result<Vec<Labelled>, LabelsError> {
    let records = match file.trim_start().starts_with('[') {
        true => read_list(file)?,
        false => read_lines(file)?,
    };
    if records.is_empty() {
        return Err(LabelsError::Empty);
    }
    (1..).zip(records).map(|(position, record)| labelled(position, record)).collect()
}

fn read_list(file: &str) -> Result<Vec<Record>, LabelsError> {
    serde_json::from_str(file).map_err(|source| LabelsError::Text { position: 1, source })
}

fn read_lines(file: &str) -> Result<Vec<Record>, LabelsError> {
    let lines = (1..).zip(file.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(position, line)| {
            serde_json::from_str(line).map_err(|source| LabelsError::Text { position, source })
        })
        .collect()
}

fn labelled(position: usize, record: Record) -> Result<Labelled, LabelsError> {
    let ends = Ends::of(&record.text);
    let marks = record.spans.into_iter().map(|RecordSpan { start, end, label }| {
        let outside = LabelsError::Outside { position, start, end };
        let range = ends.byte(start).zip(ends.byte(end)).map(|(start, end)| start..end);
        match range.filter(|range| !range.is_empty()) {
            Some(range) => Ok(Mark { label, range }),
            None => Err(outside),
        }
    });
    Ok(Labelled { marks: marks.collect::<Result<_, _>>()?, text: record.text })
}

/// Where the code points of a text begin, and where the last one ends.
struct Ends(Vec<usize>);

impl Ends {
    fn of(text: &str) -> Self {
        Self(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    fn byte(&self, code_point: usize) -> Option<usize> {
        self.0.get(code_point).copied()
    }
}
