//! What a member thought of ChatGPT's answers. The archive keeps it in a file of its own beside the
//! conversations (`message_feedback.json`): a list of `{message_id, conversation_id, rating,
//! content}`, newer ones with `id` for `message_id`. `rating` is `thumbsUp` or `thumbs_down`, and
//! `content` an object, most often as JSON text, with `tags` and what was written (`text`).
//!
//! The file may stand before the conversations or after them, so it is read first, and each thumb
//! is put into the message it is for, under [`FIELD`], before a format reads the record.

use super::feedback::Opinion;
use super::fields::{self, Dropped, text};
use super::json::{self, Object, Value};
use super::records::Records;
use super::report::ImportError;
use super::{is_chat, nested};
use crate::limits::IMPORT_THUMBS_BYTES_MAX;
use sheaf_protocol::chat::Feedback;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

/// Where a message carries its thumb.
pub(super) const FIELD: &str = "message_feedback";
/// What a thumb takes beside its texts.
const THUMB_BYTES: usize = 256;

/// Thumbs that were found, by conversation and by message.
#[derive(Default)]
pub(super) struct Thumbs {
    given: HashMap<String, HashMap<String, Thumb>>,
    bytes: usize,
    lost: BTreeMap<&'static str, u64>,
}

struct Thumb {
    said: Value<'static>,
    is_placed: bool,
}

impl Thumbs {
    /// Whether a file that begins with `head` may hold thumbs; [`Self::read`] tells for sure.
    pub(super) fn may_begin(head: &[u8]) -> bool {
        let has = |key: &[u8]| head.windows(key.len()).any(|window| window == key);
        let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
        first == Some(&b'[') && has(b"\"conversation_id\"") && has(b"\"rating\"")
    }

    /// Reads a file of thumbs; `false` if its first record is none.
    ///
    /// # Errors
    /// [`ImportError`] if it cannot be read to its end; the thumbs before that are kept.
    pub(super) fn read(&mut self, input: impl Read) -> Result<bool, ImportError> {
        let mut records = Records::open(input)?;
        let Ok(Some(first)) = records.next_record() else { return Ok(false) };
        let first = first.content.unwrap_or_default();
        if is_chat(&first) || !self.take(&first) {
            return Ok(false);
        }
        while let Some(record) = records.next_record()? {
            if !self.take(&record.content.unwrap_or_default()) {
                self.lose("record among thumbs that is none");
            }
        }
        Ok(true)
    }

    /// Keeps a thumb; `false` if the record is none.
    fn take(&mut self, record: &[u8]) -> bool {
        let mut lifted = Vec::new();
        let thumb = nested::parse(record, &mut lifted).ok().filter(is_thumb);
        thumb.iter().for_each(|thumb| self.keep(thumb));
        thumb.is_some()
    }

    fn keep(&mut self, thumb: &Value<'_>) {
        let (Some(conversation), Some(message)) = (text(thumb, "conversation_id"), message(thumb))
        else {
            return self.lose("thumb that names no message");
        };
        let said = ["rating", "content"].map(|name| {
            (Cow::Borrowed(name), thumb.get(name).cloned().unwrap_or(Value::Null).into_owned())
        });
        let said = Value::Object(Object::new(said.into()));
        self.bytes += THUMB_BYTES + said.to_string().len() + conversation.len() + message.len();
        if self.bytes > IMPORT_THUMBS_BYTES_MAX {
            return self.lose("thumb beyond those that are kept");
        }
        let thumb = Thumb { said, is_placed: false };
        let of_chat = self.given.entry(conversation.to_owned()).or_default();
        if of_chat.insert(message.to_owned(), thumb).is_some() {
            self.lose("earlier thumb for the same message");
        }
    }

    fn lose(&mut self, what: &'static str) {
        *self.lost.entry(what).or_default() += 1;
    }

    /// The conversation with the thumbs that its messages were given.
    pub(super) fn placed_in<'a>(&mut self, mut record: Value<'a>) -> Value<'a> {
        let id = ["conversation_id", "id"].iter().find_map(|key| text(&record, key));
        let Some(given) = id.and_then(|id| self.given.get_mut(id)) else { return record };
        if let Value::Object(fields) = &mut record
            && let Some(Value::Object(mapping)) = fields.get_mut("mapping")
        {
            for (id, node) in mapping.iter_mut() {
                place(id, node, given);
            }
        }
        record
    }

    /// What became of no message, in words, and how often.
    pub(super) fn into_lost(mut self) -> BTreeMap<&'static str, u64> {
        let thumbs = self.given.values().flat_map(HashMap::values);
        let unplaced = thumbs.filter(|thumb| !thumb.is_placed).count() as u64;
        if unplaced > 0 {
            self.lost.insert("thumb for a message that is not there", unplaced);
        }
        self.lost
    }
}

/// Puts a thumb into the message of the node `id`, if one was given to it.
fn place(id: &str, node: &mut Value<'_>, given: &mut HashMap<String, Thumb>) {
    let Value::Object(node) = node else { return };
    let Some(Value::Object(said)) = node.get_mut("message") else { return };
    let own = said.get("id").and_then(Value::as_str).filter(|own| given.contains_key(*own));
    if let Some(thumb) = given.get_mut(own.unwrap_or(id)) {
        thumb.is_placed = true;
        *said = std::mem::take(said).with(FIELD, thumb.said.clone());
    }
}

fn is_thumb(value: &Value<'_>) -> bool {
    text(value, "conversation_id").is_some() && text(value, "rating").is_some()
}

fn message<'a>(thumb: &'a Value<'a>) -> Option<&'a str> {
    text(thumb, "message_id").or_else(|| text(thumb, "id"))
}

/// What was thought of `message`, if it carries a thumb.
pub(super) fn feedback(message: &Value, dropped: &mut Dropped) -> Option<Feedback> {
    let thumb = message.get(FIELD)?;
    let mut opinion = Opinion::default();
    opinion.verdict(thumb.get("rating"), dropped);
    let content = thumb.get("content");
    let written = content.and_then(Value::as_str);
    let inner = written.and_then(|json| json::read(json.as_bytes()).ok());
    match inner.as_ref().or(content).filter(|inner| inner.is_object()) {
        Some(inner) => {
            for tag in fields::list(inner, "tags") {
                opinion.tag(Some(tag), dropped);
            }
            opinion.comment(text(inner, "text"));
            dropped.unknown_fields("thumb", inner, &["tags", "text"]);
        }
        None => opinion.comment(written),
    }
    opinion.finish()
}
