//! One row against its manifest.

use super::{Fault, LiveChat};
use crate::dataset::{DedupeKey, Duplicate, Position, Row, RowTerms, row_leaf};
use crate::id::TreeHash;
use crate::seal::verify_commitment;
use crate::statement::Attribution;

/// What [`check_row`] found.
#[derive(Debug)]
pub struct RowReport {
    /// The leaf of the line.
    pub leaf: TreeHash,
    /// What the row says, if it can be read.
    pub facts: Option<RowFacts>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// What the rest of the check needs of a row.
#[derive(Debug)]
pub struct RowFacts {
    /// Rows with the same key say the same.
    pub key: DedupeKey,
    /// The terms.
    pub terms: RowTerms,
    /// Chats that have no row because this one says the same.
    pub duplicates: Vec<Duplicate>,
}

/// Checks a line (without its newline) that `rows` lists as `leaf` for the chat at `position`,
/// against the manifest that is live there, if one is. Independent of every other row: may run in
/// parallel. The terms of a row with duplicates are left for [`super::RowsCheck`].
pub fn check_row(
    position: Position,
    leaf: Option<TreeHash>,
    line: &str,
    chat: Option<&LiveChat>,
) -> RowReport {
    let found = row_leaf(line);
    let mut faults = Vec::new();
    if let Some(expected) = leaf.filter(|leaf| *leaf != found) {
        faults.push(Fault::Leaf { expected, found });
    }
    let facts = match Row::with_plain(line) {
        Ok((row, plain)) => {
            check_position(&row, position, &mut faults);
            if let Some(chat) = chat {
                check_against(&row, &plain, position, chat, &mut faults);
            }
            let key = DedupeKey::of(&row.chat);
            Some(RowFacts { key, terms: row.terms, duplicates: row.duplicates })
        }
        Err(error) => {
            faults.push(Fault::Row(error));
            None
        }
    };
    RowReport { leaf: found, facts, faults }
}

fn check_position(row: &Row, position: Position, faults: &mut Vec<Fault>) {
    let found = row.position;
    compare("community", &position.community, &found.community, faults);
    compare("index", &position.index, &found.index, faults);
}

fn check_against(
    row: &Row,
    plain: &[u8],
    position: Position,
    chat: &LiveChat,
    faults: &mut Vec<Fault>,
) {
    let manifest = &chat.manifest;
    compare("entry", &chat.entry, &row.entry, faults);
    if row.duplicates.is_empty() {
        compare_terms(&chat.terms, &row.terms, faults);
    }
    let name = attribution(&manifest.consent.attribution);
    compare("attribution", &Shown(&name), &Shown(&row.attribution.as_deref()), faults);
    compare("labels", &Shown(&manifest.labels), &Shown(&row.labels), faults);
    compare("policy", &Shown(&chat.policy), &Shown(&row.policy), faults);
    if !verify_commitment(&row.opening, plain, &manifest.commitment) {
        faults.push(Fault::Commitment(position));
    }
}

/// Names each of the terms that differs.
pub(super) fn compare_terms(expected: &RowTerms, found: &RowTerms, faults: &mut Vec<Fault>) {
    compare("licence", &expected.licence, &found.licence, faults);
    compare("usage", &expected.usage.to_string(), &found.usage.to_string(), faults);
    compare("due", &Shown(&expected.due), &Shown(&found.due), faults);
}

/// The name that a row shows: none, for a chat signed by its control key.
pub fn attribution(attribution: &Attribution) -> Option<&str> {
    match attribution {
        Attribution::None => None,
        Attribution::Name(name) => Some(name),
    }
}

/// Values without a text form of their own.
#[derive(PartialEq)]
pub(super) struct Shown<'a, T>(pub(super) &'a T);

impl<T: std::fmt::Debug> std::fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

pub(super) fn compare<T: PartialEq + std::fmt::Display>(
    field: &'static str,
    expected: &T,
    found: &T,
    faults: &mut Vec<Fault>,
) {
    if expected != found {
        let (expected, found) = (expected.to_string(), found.to_string());
        faults.push(Fault::Field { field, expected, found });
    }
}
