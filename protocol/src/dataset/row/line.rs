//! The short way between a row and its line: written and read without a [`serde_json::Value`].

use super::{Duplicate, Fields, LabelFields, Row, VERSION, date};
use crate::chat::{Chat, Feedback, Message, Version};
use crate::id::{CommunityId, EntryCommitment, Opening};
use crate::json::{self, WriteError};
use crate::statement::{Labels, PolicyRef, Scrubbed, Verdict};
use crate::time::{Day, Time};
use serde::{Deserialize, Serialize};

/// The line of a row; it has about `bytes` bytes.
pub(super) fn write(row: &Row, bytes: usize) -> Result<String, WriteError> {
    json::to_canonical_about(&Line::of(row), bytes)
}

/// The row whose line this is, and its chat's canonical bytes. `None` if writing it gives another
/// line, or if it breaks a rule.
pub(super) fn read(line: &str) -> Option<(Row, Vec<u8>)> {
    let row = serde_json::from_str::<Whole>(line).ok()?.into_row()?;
    let plain = row.chat.valid_cbor().ok()?;
    (write(&row, line.len()).ok()? == line).then_some((row, plain))
}

/// A line, for writing it: the fields of [`Fields`] and of [`Chat`], in the order of their names,
/// so that nothing need be sorted.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<&'a str>,
    community: CommunityId,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", with = "date")]
    due: Option<Day>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    duplicates: &'a [Duplicate],
    entry: EntryCommitment,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<&'a Feedback>,
    index: u64,
    labels: LabelLine<'a>,
    licence: &'a str,
    messages: &'a [Message],
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    opening: Opening,
    policy: PolicyRef,
    sheaf: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    usage: String,
    version: Version,
}

/// [`LabelFields`], for writing them.
#[derive(Serialize)]
struct LabelLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Time>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    languages: &'a [String],
    message_count: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    models: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scrubbed: &'a [Scrubbed],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
}

impl<'a> Line<'a> {
    fn of(row: &'a Row) -> Self {
        let chat = &row.chat;
        Self {
            attribution: row.attribution.as_deref(),
            community: row.position.community,
            created: chat.created,
            current: chat.current,
            due: row.terms.due,
            duplicates: &row.duplicates,
            entry: row.entry,
            feedback: chat.feedback.as_ref(),
            index: row.position.index,
            labels: LabelLine::of(&row.labels),
            licence: &row.terms.licence,
            messages: &chat.messages,
            model: chat.model.as_deref(),
            opening: row.opening,
            policy: row.policy,
            sheaf: VERSION,
            source: chat.source.as_deref(),
            title: chat.title.as_deref(),
            usage: row.terms.usage.to_string(),
            version: chat.version,
        }
    }
}

impl<'a> LabelLine<'a> {
    fn of(labels: &'a Labels) -> Self {
        Self {
            created: labels.created,
            languages: &labels.languages,
            message_count: labels.messages,
            models: &labels.models,
            scrubbed: &labels.scrubbed,
            tags: &labels.tags,
            verdict: labels.verdict,
        }
    }
}

/// A line, for reading it: the fields of [`Fields`] and of [`Chat`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    sheaf: u64,
    community: CommunityId,
    index: u64,
    entry: EntryCommitment,
    opening: Opening,
    licence: String,
    usage: String,
    #[serde(default, with = "date")]
    due: Option<Day>,
    attribution: Option<String>,
    labels: LabelFields,
    policy: PolicyRef,
    #[serde(default)]
    duplicates: Vec<Duplicate>,
    version: Version,
    title: Option<String>,
    source: Option<String>,
    model: Option<String>,
    created: Option<Time>,
    messages: Vec<Message>,
    current: Option<u32>,
    feedback: Option<Feedback>,
}

impl Whole {
    fn into_row(self) -> Option<Row> {
        let Self { version, title, source, model, created, messages, current, feedback, .. } = self;
        let chat = Chat { version, title, source, model, created, messages, current, feedback };
        let fields = Fields {
            sheaf: self.sheaf,
            community: self.community,
            index: self.index,
            entry: self.entry,
            opening: self.opening,
            licence: self.licence,
            usage: self.usage,
            due: self.due,
            attribution: self.attribution,
            labels: self.labels,
            policy: self.policy,
            duplicates: self.duplicates,
        };
        if fields.sheaf != VERSION { None } else { fields.into_row(chat).ok() }
    }
}
