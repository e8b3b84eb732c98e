//! Media that stand in lists beside the messages of a row (`images`, `videos`, `audios`), and the
//! marks in the text (`<image>`) that say where each belongs.

use super::fields::{self, Dropped};
use super::media::Medium;
use super::message::content::file_name;
use crate::import::json::Value;
use sheaf_protocol::chat::{MediaKind, Message, Part, Role};
use std::collections::VecDeque;

/// The mark of each kind, and the fields that hold them.
const KINDS: [(MediaKind, &str, [&str; 2]); 3] = [
    (MediaKind::Image, "<image>", ["images", "image"]),
    (MediaKind::Video, "<video>", ["videos", "video"]),
    (MediaKind::Audio, "<audio>", ["audios", "audio"]),
];

/// The fields of a row that are read here.
pub(super) const FIELDS: [&str; 6] = ["images", "image", "videos", "video", "audios", "audio"];

/// Puts the media of `row` where their marks are; what has no mark goes to the first thing that
/// the person says. Without media, a mark is only text.
pub(super) fn place(messages: &mut [Message], row: &Value, dropped: &mut Dropped) {
    for (kind, mark, keys) in KINDS {
        let mut media = keys.iter().find_map(|key| listed(row.get(key)?)).unwrap_or_default();
        for message in messages.iter_mut() {
            if media.is_empty() {
                break;
            }
            let parts = std::mem::take(&mut message.parts).into_iter();
            message.parts =
                parts.flat_map(|p| placed(p, kind, mark, &mut media, dropped)).collect();
        }
        let first = messages.iter().position(|message| message.role == Role::User);
        if let Some(first) = messages.get_mut(first.unwrap_or(0)) {
            first.parts.extend(media.into_iter().map(|name| medium(kind, name, dropped)));
        }
    }
}

fn listed<'a>(value: &'a Value<'a>) -> Option<VecDeque<&'a Value<'a>>> {
    match value {
        Value::Array(list) => Some(list.iter().collect()),
        Value::String(_) | Value::Object(_) if fields::says(value) => Some(VecDeque::from([value])),
        _ => None,
    }
}

fn medium(kind: MediaKind, value: &Value, dropped: &mut Dropped) -> Part {
    let name = value.as_str().or_else(|| value.get("path")?.as_str());
    let name = Value::from(name.map(file_name));
    Medium { kind: Some(kind), name: Some(&name), ..Medium::default() }.part(dropped)
}

/// A part with its marks replaced, as far as there are media.
fn placed(
    part: Part,
    kind: MediaKind,
    mark: &str,
    media: &mut VecDeque<&Value>,
    dropped: &mut Dropped,
) -> Vec<Part> {
    let text = match part {
        Part::Text { text } if text.contains(mark) => text,
        Part::Media { kind: of, name: None, .. } if of == kind => {
            // It was counted when the block that stands for it was read.
            let found = media.pop_front();
            return vec![found.map_or(part, |v| medium(kind, v, &mut Dropped::default()))];
        }
        part => return vec![part],
    };
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(mark) {
        let Some(value) = media.pop_front() else { break };
        parts.extend([Part::text(before), medium(kind, value, dropped)]);
        rest = after;
    }
    parts.push(Part::text(rest));
    parts.retain(|part| !part.is_empty());
    parts
}
