//! Records nested more deeply than the JSON parser follows.
//!
//! LibreChat writes each answer into the `children` of the message it follows, OpenAssistant into its
//! `replies`, so that a record is twice as deep as the conversation is long, while the parser stops at
//! [`IMPORT_JSON_DEPTH_MAX`] levels. So the messages are lifted out of each other into the outermost of
//! those lists, each with its number and that of the message it was in; [`walk`] reads both forms alike.

use super::fields;
use super::json::{Value, WEIGHT_RATIO_MAX, end_of_text, read, weight};
use super::records::RecordError;
use super::report::SkipReason;
use crate::limits::IMPORT_RECORD_TREE_BYTES_MAX;
use memchr::memmem;
use std::collections::HashMap;

/// Under which tools write messages into the message they follow.
const KEYS: [&[u8]; 2] = [b"\"children\"", b"\"replies\""];
/// Where a message that was lifted has its number, from 1 in the order of reading, and that of the
/// message it was in: 0 is the one that holds the list.
pub(super) const FIELD: &str = "sheaf: lifted out of";
/// A shorter record takes less memory than [`IMPORT_RECORD_TREE_BYTES_MAX`], whatever is in it.
const WEIGHED_BYTES_MIN: usize = IMPORT_RECORD_TREE_BYTES_MAX / WEIGHT_RATIO_MAX;

/// Reads one record; `lifted` is for those that are nested too deeply.
pub(super) fn parse<'a>(bytes: &'a [u8], lifted: &'a mut Vec<u8>) -> Result<Value<'a>, SkipReason> {
    not_too_heavy(bytes)?;
    read(bytes).map_err(SkipReason::from_json).or_else(|error| {
        let lift = || KEYS.iter().find_map(|key| Lifting::of(key).lift(bytes));
        match is_too_deep(&error).then(lift).flatten() {
            Some(lifting) => *lifted = lifting,
            None => return Err(error),
        }
        not_too_heavy(lifted)?;
        read(lifted).map_err(|_| error)
    })
}

fn not_too_heavy(bytes: &[u8]) -> Result<(), RecordError> {
    match bytes.len() > WEIGHED_BYTES_MIN && weight(bytes) > IMPORT_RECORD_TREE_BYTES_MAX {
        true => Err(RecordError::TooManyValues),
        false => Ok(()),
    }
}

/// Messages of a list and those within them under `key`, each with the place of the one it was in, which
/// stands before it: branch after branch, each to its end.
pub(super) fn walk<'a>(top: &'a [Value<'a>], key: &str) -> Vec<(&'a Value<'a>, Option<usize>)> {
    let mut found = Vec::new();
    let mut open: Vec<_> = top.iter().rev().map(|message| (message, None)).collect();
    while let Some((message, above)) = open.pop() {
        let (place, within) = (found.len(), fields::list(message, key));
        found.push((message, above));
        match within.first().and_then(number) {
            Some(_) => walk_lifted(within, &mut found),
            None => open.extend(within.iter().rev().map(|one| (one, Some(place)))),
        }
    }
    found
}

/// Messages that were lifted out of each other into the list of the last one that was found.
fn walk_lifted<'a>(list: &'a [Value<'a>], found: &mut Vec<(&'a Value<'a>, Option<usize>)>) {
    let holder = found.len().saturating_sub(1);
    let mut lifted: Vec<_> = list.iter().filter_map(|one| Some((number(one)?, one))).collect();
    lifted.sort_by_key(|((number, _), _)| *number);
    let mut places = HashMap::from([(0, holder)]);
    for ((number, above), message) in lifted {
        places.insert(number, found.len());
        found.push((message, Some(places.get(&above).copied().unwrap_or(holder))));
    }
}

/// The number of a lifted message, and that of the one it was in.
fn number(message: &Value) -> Option<(u64, u64)> {
    let [number, above] = message.get(FIELD)?.as_array()? else { return None };
    Some((number.as_u64()?, above.as_u64()?))
}

fn is_too_deep(error: &SkipReason) -> bool {
    // serde_json has no code for this; a test holds its words.
    error.to_string().contains("recursion limit exceeded")
}

/// What stands open while the bytes are read.
enum Open {
    Object,
    List,
    /// The outermost list of messages within a message: it receives all others.
    Outermost,
    /// A list of messages within one of those; it becomes empty.
    Within,
    /// A message within another, which goes into a buffer of its own, by its number.
    Message(usize),
}

/// Copies JSON and takes messages out of each other on the way.
struct Lifting {
    key: &'static [u8],
    open: Vec<Open>,
    /// What is being written: the record, then the messages within each other.
    buffers: Vec<Vec<u8>>,
    /// Messages that are complete, each before a comma.
    lifted: Vec<u8>,
    /// How many messages the outermost list has so far.
    count: usize,
    in_outermost: bool,
}

impl Lifting {
    fn of(key: &'static [u8]) -> Self {
        let (open, buffers, lifted) = Default::default();
        Self { key, open, buffers, lifted, count: 0, in_outermost: false }
    }

    /// The record with all messages that are within others in the outermost list of such, or `None` if
    /// there are none, or something else than objects is in such a list.
    fn lift(mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        memmem::find(bytes, self.key)?;
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
            is_key = token == self.key || is_key && (byte == b':' || byte.is_ascii_whitespace());
            at = end;
        }
        let whole = self.buffers.pop().filter(|_| self.buffers.is_empty())?;
        (self.open.is_empty() && self.lifted.is_empty()).then_some(whole)
    }

    fn copy(&mut self, token: &[u8]) -> Option<()> {
        if matches!(self.open.last(), Some(Open::Outermost | Open::Within)) {
            let is_between = token.iter().all(|byte| *byte == b',' || byte.is_ascii_whitespace());
            return is_between.then_some(());
        }
        self.buffers.last_mut()?.extend_from_slice(token);
        Some(())
    }

    fn enter(&mut self, byte: u8, after_key: bool) -> Option<()> {
        let open = match (self.open.last(), byte) {
            (Some(Open::Outermost | Open::Within), b'{') => self.message(),
            (Some(Open::Outermost | Open::Within), _) => return None,
            (_, b'{') => Open::Object,
            _ if after_key && self.in_outermost => Open::Within,
            _ if after_key => self.outermost(),
            _ => Open::List,
        };
        self.open.push(open);
        self.buffers.last_mut()?.push(byte);
        Some(())
    }

    fn message(&mut self) -> Open {
        self.count += 1;
        self.buffers.push(Vec::new());
        Open::Message(self.count)
    }

    fn outermost(&mut self) -> Open {
        (self.in_outermost, self.count) = (true, 0);
        Open::Outermost
    }

    fn leave(&mut self, byte: u8) -> Option<()> {
        let open = self.open.pop()?;
        let closes = if matches!(open, Open::Object | Open::Message(_)) { b'}' } else { b']' };
        match open {
            Open::Outermost => {
                self.in_outermost = false;
                let mut lifted = std::mem::take(&mut self.lifted);
                // The last comma.
                lifted.pop();
                self.buffers.last_mut()?.extend(lifted);
            }
            Open::Message(number) => self.mark(number)?,
            Open::Object | Open::List | Open::Within => {}
        }
        self.buffers.last_mut()?.push(byte);
        if matches!(open, Open::Message(_)) {
            self.lifted.append(&mut self.buffers.pop()?);
            self.lifted.push(b',');
        }
        (byte == closes).then_some(())
    }

    /// Adds to a message its number and that of the message it is in.
    fn mark(&mut self, number: usize) -> Option<()> {
        let above = self.open.iter().rev().find_map(|open| match open {
            Open::Message(above) => Some(*above),
            _ => None,
        });
        let message = self.buffers.last_mut()?;
        let comma = if message.trim_ascii_end() == b"{" { "" } else { "," };
        let mark = format!("{comma}\"{FIELD}\":[{number},{}]", above.unwrap_or(0));
        message.extend_from_slice(mark.as_bytes());
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::IMPORT_JSON_DEPTH_MAX;

    /// Lifts, and walks: each message's identifier, and that of the one it was in.
    fn lifted(text: &str) -> Option<Vec<(u64, Option<u64>)>> {
        let lifted = KEYS.iter().find_map(|key| Lifting::of(key).lift(text.as_bytes()))?;
        let value = read(&lifted).unwrap_or_else(|e| panic!("{text}: {e}"));
        let whole = read(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"));
        let (lifted, nested) = (ids(&value), ids(&whole));
        assert_eq!(lifted, nested, "{text}: lifted or not, it says the same");
        Some(lifted)
    }

    fn ids(value: &Value) -> Vec<(u64, Option<u64>)> {
        let key = if value.get("messages").is_some() { "children" } else { "replies" };
        let top = match value.get("prompt") {
            Some(prompt) => std::slice::from_ref(prompt),
            None => fields::list(value, "messages"),
        };
        let id = |message: &Value| message.get("id").and_then(Value::as_u64).unwrap_or(99);
        let found = walk(top, key);
        found.iter().map(|(one, above)| (id(one), above.map(|at| id(found[at].0)))).collect()
    }

    #[test]
    fn messages_are_lifted_out_of_each_other_and_keep_their_places() {
        let text = r#"{"t":["x",{"y":[]}],"messages":[{"id":1,"files":[1],"children" : [{"id":2,"children":[
            {"id":4,"children":[ ]}],"text":"\"children\":["}, {"id":3}]},{"id":5,"children":[{"children":[]},{}],
            "files":[]}],"tags":[]}"#;
        let expected = [
            (1, None),
            (2, Some(1)),
            (4, Some(2)),
            (3, Some(1)),
            (5, None),
            (99, Some(5)),
            (99, Some(5)),
        ];
        assert_eq!(lifted(text).unwrap(), expected);
        let text = r#"{"prompt":{"id":1,"replies":[{"id":2,"replies":null},{"replies":[{"id":3}],"id":4}]}}"#;
        assert_eq!(lifted(text).unwrap(), [(1, None), (2, Some(1)), (4, Some(1)), (3, Some(4))]);
    }

    #[test]
    fn what_has_another_shape_stays_as_it_is() {
        for text in [
            "{}",
            r#"{"messages":[{"children":[1,{"id":2}]}]}"#,
            r#"{"messages":[{"children":[[{"id":2}]]}]}"#,
            r#"[{"children":[{"id":2}]}"#,
            r#"{"a":[{"children":[{"id":2}}]]}"#,
            r#"{"children":[{"id":"2"#,
        ] {
            assert_eq!(Lifting::of(KEYS[0]).lift(text.as_bytes()), None, "{text}");
        }
    }

    /// Small files that would be gigabytes in memory.
    #[test]
    fn a_record_of_very_many_values_is_refused_before_it_is_read() {
        for (one, count) in [(r#"{"":0}"#, 2_000_000), ("[0]", 4_000_000), ("0", 12_000_000)] {
            let text = format!("[{one}{}]", format!(",{one}").repeat(count));
            let error = parse(text.as_bytes(), &mut Vec::new()).unwrap_err().to_string();
            assert!(error.contains("more fields and messages than one may"), "{one}: {error}");
        }
        let text = format!(r#"["{}"]"#, r#"{\"[,"#.repeat(2_000_000));
        assert!(
            parse(text.as_bytes(), &mut Vec::new()).is_ok(),
            "what stands in a text weighs nothing"
        );
    }

    #[test]
    fn a_hundred_thousand_levels_take_no_stack() {
        let depth = 100_000;
        for key in KEYS.map(|key| std::str::from_utf8(key).unwrap()) {
            let open = format!(r#"{{"id":"x",{key}:["#).repeat(depth);
            let text = format!(r#"{{"messages":[{open}{}]}}"#, "]}".repeat(depth));
            let mut lifted = Vec::new();
            let value = parse(text.as_bytes(), &mut lifted).unwrap();
            let found = walk(fields::list(&value, "messages"), key.trim_matches('"'));
            assert_eq!(found.len(), depth, "{key}");
            assert!((1..).zip(&found[1..]).all(|(at, (_, above))| *above == Some(at - 1)), "{key}");
        }
    }

    #[test]
    fn json_has_a_bound_for_its_levels() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(IMPORT_JSON_DEPTH_MAX).as_bytes(), &mut Vec::new()).is_ok());
        for depth in [IMPORT_JSON_DEPTH_MAX + 1, 1_000_000] {
            let error = parse(nested(depth).as_bytes(), &mut Vec::new()).unwrap_err();
            assert!(error.to_string().contains("recursion limit"), "{depth}: {error}");
        }
    }
}
