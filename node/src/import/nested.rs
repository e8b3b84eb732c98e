//! Records nested more deeply than the JSON parser follows.
//!
//! LibreChat writes each answer into the `children` of the message it follows, so that a record is
//! twice as deep as the conversation is long, while the parser stops at 128 levels. The messages
//! name their parents as well: lifted out of each other into one list they say the same.

use super::records::RecordError;
use super::report::SkipReason;
use crate::limits::IMPORT_RECORD_TREE_BYTES_MAX;
use memchr::memchr2;
use serde_json::Value;

const KEY: &[u8] = b"\"children\"";
/// A shorter record takes less memory than [`IMPORT_RECORD_TREE_BYTES_MAX`], whatever is in it.
const WEIGHED_BYTES_MIN: usize = IMPORT_RECORD_TREE_BYTES_MAX / 128;
/// What an object takes, even if it has only one field: a node of its map.
pub(super) const OBJECT_BYTES: usize = 700;
/// What a list takes, even if it has only one element.
const LIST_BYTES: usize = 160;
/// What one more element or field takes.
const VALUE_BYTES: usize = 64;
/// What a text or a key takes beside its characters.
const TEXT_BYTES: usize = 32;

/// Reads one record.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, SkipReason> {
    if bytes.len() > WEIGHED_BYTES_MIN && weight(bytes) > IMPORT_RECORD_TREE_BYTES_MAX {
        return Err(RecordError::TooManyValues.into());
    }
    serde_json::from_slice(bytes).map_err(SkipReason::from_json).or_else(|error| {
        let has_children = || bytes.windows(KEY.len()).any(|window| window == KEY);
        let is_nested = is_too_deep(&error) && has_children();
        let lifted = is_nested.then(|| Lifting::default().lift(bytes)).flatten();
        let value = lifted.and_then(|lifted| serde_json::from_slice(&lifted).ok());
        value.ok_or(error)
    })
}

/// Bytes of memory that the values of a record take beside their texts: objects come dear.
fn weight(bytes: &[u8]) -> usize {
    let (mut weight, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at).copied() {
        weight += match byte {
            b'{' => OBJECT_BYTES,
            b'[' => LIST_BYTES,
            b',' => VALUE_BYTES,
            b'"' => TEXT_BYTES,
            _ => 0,
        };
        at = if byte == b'"' { end_of_text(bytes, at).unwrap_or(bytes.len()) } else { at + 1 };
    }
    weight
}

fn is_too_deep(error: &SkipReason) -> bool {
    // serde_json has no code for this; a test holds its words.
    error.to_string().contains("recursion limit exceeded")
}

/// What stands open while the bytes are read.
enum Open {
    Object,
    List,
    /// A list of children; it becomes empty.
    Children,
    /// An object in a list of children; it goes into a buffer of its own.
    Child,
}

/// Copies JSON and takes the objects out of lists of children on the way.
#[derive(Default)]
struct Lifting {
    open: Vec<Open>,
    /// What is being written: the record, then the children within each other.
    buffers: Vec<Vec<u8>>,
    /// Children that are complete, each after a comma.
    lifted: Vec<u8>,
    any: bool,
}

impl Lifting {
    /// The record with every child behind the messages of the list that they hung under, or `None`
    /// if there are none, or something else than objects is in a list of children.
    fn lift(mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.buffers.push(Vec::with_capacity(bytes.len()));
        let (mut at, mut is_key) = (0, false);
        while let Some(byte) = bytes.get(at).copied() {
            let end = if byte == b'"' { end_of_text(bytes, at)? } else { at + 1 };
            let token = &bytes[at..end];
            match byte {
                b'{' | b'[' => self.enter(byte, is_key)?,
                b'}' | b']' => self.leave(byte)?,
                _ => self.copy(token)?,
            }
            // White space and a colon may stand between the key and its list.
            is_key = token == KEY || is_key && (byte == b':' || byte.is_ascii_whitespace());
            at = end;
        }
        let whole = self.buffers.pop().filter(|_| self.buffers.is_empty() && self.any)?;
        (self.open.is_empty() && self.lifted.is_empty()).then_some(whole)
    }

    fn copy(&mut self, token: &[u8]) -> Option<()> {
        if matches!(self.open.last(), Some(Open::Children)) {
            let is_between = token.iter().all(|byte| *byte == b',' || byte.is_ascii_whitespace());
            return is_between.then_some(());
        }
        self.buffers.last_mut()?.extend_from_slice(token);
        Some(())
    }

    fn enter(&mut self, byte: u8, after_key: bool) -> Option<()> {
        let open = match (self.open.last(), byte) {
            (Some(Open::Children), b'{') => Open::Child,
            (Some(Open::Children), _) => return None,
            (_, b'{') => Open::Object,
            _ if after_key => Open::Children,
            _ => Open::List,
        };
        if matches!(open, Open::Child) {
            self.buffers.push(Vec::new());
        }
        self.open.push(open);
        self.buffers.last_mut()?.push(byte);
        Some(())
    }

    fn leave(&mut self, byte: u8) -> Option<()> {
        let open = self.open.pop()?;
        let closes = if matches!(open, Open::Object | Open::Child) { b'}' } else { b']' };
        // The list of messages is a field of the record itself.
        if matches!(open, Open::List) && self.open.len() == 1 {
            let lifted = std::mem::take(&mut self.lifted);
            self.buffers.last_mut()?.extend(lifted);
        }
        self.buffers.last_mut()?.push(byte);
        if matches!(open, Open::Child) {
            let child = self.buffers.pop()?;
            self.lifted.push(b',');
            self.lifted.extend(child);
            self.any = true;
        }
        (byte == closes).then_some(())
    }
}

/// Where the text that begins at `start` ends, behind its quote.
fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lift(text: &str) -> Option<Value> {
        let lifted = Lifting::default().lift(text.as_bytes())?;
        Some(serde_json::from_slice(&lifted).unwrap_or_else(|e| panic!("{text}: {e}")))
    }

    #[test]
    fn children_stand_behind_the_messages_they_hung_under() {
        let text = r#"{"t":["x",{"y":[]}],"messages":[{"id":1,"files":[1],"children" : [{"id":2,"children":[
            {"id":4,"children":[]}],"text":"\"children\":["}, {"id":3}]},{"id":5,"children":[],"files":[]}],"tags":[]}"#;
        let expected = json!({"t": ["x", {"y": []}], "messages": [
            {"id": 1, "files": [1], "children": []}, {"id": 5, "children": [], "files": []}, {"id": 4, "children": []},
            {"id": 2, "children": [], "text": "\"children\":["}, {"id": 3}], "tags": []});
        assert_eq!(lift(text), Some(expected));
    }

    #[test]
    fn what_has_another_shape_stays_as_it_is() {
        for text in [
            "{}",
            r#"{"messages":[{"children":[]}]}"#,
            r#"{"messages":[{"children":[1,{"id":2}]}]}"#,
            r#"{"messages":[{"children":[[{"id":2}]]}]}"#,
            r#"{"children":[{"id":2}]}"#,
            r#"[{"children":[{"id":2}]}"#,
            r#"{"a":[{"children":[{"id":2}}]]}"#,
            r#"{"children":[{"id":"2"#,
        ] {
            assert_eq!(lift(text), None, "{text}");
        }
    }

    /// Small files that would be gigabytes in memory.
    #[test]
    fn a_record_of_very_many_values_is_refused_before_it_is_read() {
        for (one, count) in [(r#"{"":0}"#, 2_000_000), ("[0]", 4_000_000), ("0", 12_000_000)] {
            let text = format!("[{one}{}]", format!(",{one}").repeat(count));
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("more fields and messages than one may"), "{one}: {error}");
        }
        let text = format!(r#"["{}"]"#, r#"{\"[,"#.repeat(2_000_000));
        assert!(parse(text.as_bytes()).is_ok(), "what stands in a text weighs nothing");
    }

    #[test]
    fn a_hundred_thousand_levels_take_no_stack() {
        let depth = 100_000;
        let open = r#"{"id":"x","children":["#.repeat(depth);
        let text = format!(r#"{{"messages":[{open}{}]}}"#, "]}".repeat(depth));
        let value = parse(text.as_bytes()).unwrap();
        assert_eq!(value["messages"].as_array().unwrap().len(), depth);
        let brackets = "[".repeat(1_000_000);
        assert!(parse(brackets.as_bytes()).unwrap_err().to_string().contains("recursion limit"));
    }
}
