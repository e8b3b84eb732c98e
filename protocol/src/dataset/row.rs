//! A row: one chat with its own terms and everything that ties it to its manifest.

mod line;

use super::{Position, RowTerms};
use crate::chat::{Chat, ChatError};
use crate::id::{CommunityId, EntryCommitment, Opening};
use crate::json::{self, JsonError};
use crate::statement::{Labels, PolicyRef, Scrubbed, Verdict};
use crate::time::{Day, Time};
use crate::usage::{Usage, UsageError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A row of a dataset. Its line is the chat's JSON form with the other fields beside the chat's
/// own, as canonical JSON. A row never holds a chat key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which chat.
    pub position: Position,
    /// The commitment of its log entry.
    pub entry: EntryCommitment,
    /// Opens the commitment of its manifest.
    pub opening: Opening,
    /// The terms: the strictest of every chat that this row stands for.
    pub terms: RowTerms,
    /// The name under which it was given.
    pub attribution: Option<String>,
    /// What its member said about it.
    pub labels: Labels,
    /// The policy under which it was given.
    pub policy: PolicyRef,
    /// Other chats that say the same and are no rows of their own, in the order of rows.
    pub duplicates: Vec<Duplicate>,
    /// The chat.
    pub chat: Chat,
}

/// A chat that says the same as the row's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    /// Its community.
    pub community: CommunityId,
    /// Its index.
    pub index: u64,
    /// The name under which it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

impl Duplicate {
    /// Which chat.
    pub fn position(&self) -> Position {
        Position { community: self.community, index: self.index }
    }
}

/// Why a line is not a row.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// Not canonical JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Not an object.
    #[error("a row is a JSON object")]
    NotObject,
    /// A version that this release does not know.
    #[error("version {0} of the row format is not known here; a newer release may read it")]
    Version(u64),
    /// The fields beside the chat's own are not those of a row.
    #[error("not a row: {0}")]
    Fields(serde_json::Error),
    /// The usage preference cannot be read.
    #[error("usage: {0}")]
    Usage(UsageError),
    /// The chat's own fields are not a chat in normal form.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The same row is written in another way (a field that should be left out).
    #[error("{0} is not written in the one form of its value")]
    Form(String),
}

/// The version that this release writes.
const VERSION: u64 = 1;

/// The fields beside the chat's own. A chat has none of these names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    sheaf: u64,
    community: CommunityId,
    index: u64,
    entry: EntryCommitment,
    opening: Opening,
    licence: String,
    usage: String,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date")]
    due: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribution: Option<String>,
    labels: LabelFields,
    policy: PolicyRef,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    duplicates: Vec<Duplicate>,
}

const FIELDS: [&str; 12] = [
    "sheaf",
    "community",
    "index",
    "entry",
    "opening",
    "licence",
    "usage",
    "due",
    "attribution",
    "labels",
    "policy",
    "duplicates",
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    models: Vec<String>,
    message_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Time>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scrubbed: Vec<Scrubbed>,
}

impl Row {
    /// The row's line, without its newline.
    pub fn to_line(&self) -> String {
        // Refused are only numbers that no chat in normal form and no log has.
        line::write(self, 0).unwrap_or_else(|_| json::canonical(&self.to_json()))
    }

    /// Reads a line without its newline, in its one form.
    ///
    /// # Errors
    /// [`RowError`] names what is wrong and where.
    pub fn from_line(line: &str) -> Result<Self, RowError> {
        Self::with_plain(line).map(|(row, _)| row)
    }

    /// The same, with [`Chat::to_cbor`] of its chat, which reading makes anyway.
    ///
    /// # Errors
    /// [`RowError`], as [`Row::from_line`].
    pub fn with_plain(line: &str) -> Result<(Self, Vec<u8>), RowError> {
        if let Some(short) = line::read(line) {
            return Ok(short);
        }
        // Says what is wrong.
        let row = Self::from_any(line)?;
        let plain = row.chat.to_cbor();
        Ok((row, plain))
    }

    /// The long way: names what is wrong.
    fn from_any(line: &str) -> Result<Self, RowError> {
        let Value::Object(mut object) = json::parse_canonical(line)? else {
            return Err(RowError::NotObject);
        };
        if let Some(version) = object.get("sheaf").and_then(Value::as_u64).filter(|v| *v != VERSION)
        {
            return Err(RowError::Version(version));
        }
        let own: Map<_, _> = FIELDS.iter().filter_map(|name| object.remove_entry(*name)).collect();
        let chat = Chat::from_json(&Value::Object(object))?;
        let row = Fields::deserialize(&own).map_err(RowError::Fields)?.into_row(chat)?;
        let form = row.json_fields();
        match own.iter().find(|(name, value)| form.get(*name) != Some(value)) {
            Some((name, _)) => Err(RowError::Form(name.clone())),
            None => Ok(row),
        }
    }

    fn to_json(&self) -> Value {
        let mut object = self.json_fields();
        if let Value::Object(chat) = self.chat.to_json() {
            object.extend(chat);
        }
        Value::Object(object)
    }

    fn json_fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self.fields()) {
            Ok(Value::Object(object)) => object,
            // Fails only for maps with keys that are not text; there are none.
            _ => Map::new(),
        }
    }

    fn fields(&self) -> Fields {
        let labels = &self.labels;
        Fields {
            sheaf: VERSION,
            community: self.position.community,
            index: self.position.index,
            entry: self.entry,
            opening: self.opening,
            licence: self.terms.licence.clone(),
            usage: self.terms.usage.to_string(),
            due: self.terms.due,
            attribution: self.attribution.clone(),
            labels: LabelFields {
                verdict: labels.verdict,
                tags: labels.tags.clone(),
                languages: labels.languages.clone(),
                models: labels.models.clone(),
                message_count: labels.messages,
                created: labels.created,
                scrubbed: labels.scrubbed.clone(),
            },
            policy: self.policy,
            duplicates: self.duplicates.clone(),
        }
    }
}

impl Fields {
    fn into_row(self, chat: Chat) -> Result<Row, RowError> {
        let usage = Usage::parse_combined(&self.usage).map_err(RowError::Usage)?;
        Ok(Row {
            position: Position { community: self.community, index: self.index },
            entry: self.entry,
            opening: self.opening,
            terms: RowTerms { licence: self.licence, usage, due: self.due },
            attribution: self.attribution,
            labels: Labels {
                verdict: self.labels.verdict,
                tags: self.labels.tags,
                languages: self.labels.languages,
                models: self.labels.models,
                messages: self.labels.message_count,
                created: self.labels.created,
                scrubbed: self.labels.scrubbed,
            },
            policy: self.policy,
            duplicates: self.duplicates,
            chat,
        })
    }
}

/// A day as `YYYY-MM-DD`, which tools read as a date.
mod date {
    use crate::time::Day;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(day: &Option<Day>, s: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => s.collect_str(day),
            None => s.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Day>, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map(Some).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
