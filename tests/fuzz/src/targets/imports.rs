//! Exports of other tools as text: whatever it is, and sound records that were edited. The second
//! reaches what no change of single bytes does: the inside of every format.

use super::chat_and_seal::read_back;
use super::{Decoder, sure};
use crate::import;
use serde_json::Value;
use sheaf_protocol::chat::Chat;
use std::io::{self, Read};

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "import/export", check: export },
    Decoder { name: "import/edited", check: edited },
];

/// One record of each format, as it stands in an export.
pub const RECORDS: [&str; 19] = [
    include_str!("../../../../node/src/import/tests/records/chatgpt.json"),
    include_str!("../../../../node/src/import/tests/records/claude.json"),
    include_str!("../../../../node/src/import/tests/records/open-webui.json"),
    include_str!("../../../../node/src/import/tests/records/librechat.json"),
    include_str!("../../../../node/src/import/tests/records/grok.json"),
    include_str!("../../../../node/src/import/tests/records/gemini.json"),
    include_str!("../../../../node/src/import/tests/records/chatbot-ui.json"),
    include_str!("../../../../node/src/import/tests/records/oasst.json"),
    include_str!("../../../../node/src/import/tests/records/arena.json"),
    include_str!("../../../../node/src/import/tests/records/mt-bench.json"),
    include_str!("../../../../node/src/import/tests/records/lmsys.json"),
    include_str!("../../../../node/src/import/tests/records/wildchat.json"),
    include_str!("../../../../node/src/import/tests/records/sharegpt.json"),
    include_str!("../../../../node/src/import/tests/records/openai-messages.json"),
    include_str!("../../../../node/src/import/tests/records/openai-response.json"),
    include_str!("../../../../node/src/import/tests/records/preference-pair.json"),
    include_str!("../../../../node/src/import/tests/records/openai-preference.json"),
    include_str!("../../../../node/src/import/tests/records/alpaca.json"),
    include_str!("../../../../node/src/import/tests/records/normal.json"),
];

/// Values that no format expects everywhere.
const ODD: [&str; 16] = [
    "null",
    "true",
    "false",
    "-1",
    "1e300",
    "1.5",
    "1700000000000",
    "\"\"",
    "\"x\"",
    "[]",
    "[null]",
    "[[]]",
    "{}",
    "{\"a\":{}}",
    "\"2025-01-01T00:00:00Z\"",
    "\"assistant\"",
];
/// Bytes beyond which a record is edited no further.
const EDITED_BYTES_MAX: usize = 64 * 1024;

/// An export gives the same chats however it is read, and each keeps every rule.
fn export(input: &[u8]) {
    let whole = imported(input);
    assert_eq!(whole, imported(Trickle(input)), "chats depend on how the file was read");
    whole.iter().for_each(read_back);
}

/// An edited record between two sound ones costs at most itself. The input chooses the record and
/// the edits.
fn edited(input: &[u8]) {
    let mut choices = Choices(input);
    let record = RECORDS[choices.below(RECORDS.len())];
    let mut value = parsed(record);
    for _ in 0..choices.below(12) {
        edit(&mut value, &mut choices);
        if value.to_string().len() > EDITED_BYTES_MAX {
            break;
        }
    }
    let sound = imported(record.as_bytes());
    let text = format!("[{record},{value},{record}]");
    let chats = imported(text.as_bytes());
    chats.iter().for_each(read_back);
    assert_eq!(chats.first(), sound.first(), "before: {value}");
    assert_eq!(chats.last(), sound.first(), "behind: {value}");
    assert!((2..=3).contains(&chats.len()), "{} chats: {value}", chats.len());
}

/// Reads choices off an input; when it is used up, all are zero.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    fn below(&mut self, bound: usize) -> usize {
        if bound > 256 {
            (self.next() << 8 | self.next()) % bound
        } else {
            self.next() % bound.max(1)
        }
    }

    fn text(&mut self) -> String {
        let (text, rest) = self.0.split_at(self.next().min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

fn parsed(record: &str) -> Value {
    sure(serde_json::from_str(record), "a record is JSON")
}

/// Changes one place of a record.
fn edit(value: &mut Value, choices: &mut Choices<'_>) {
    let places = pointers(value);
    let place = &places[choices.below(places.len())];
    let kind = choices.below(8);
    let new = match kind {
        0 => odd(choices),
        1 => somewhere(value, choices),
        2 => somewhere(&parsed(RECORDS[choices.below(RECORDS.len())]), choices),
        3 => Value::from(choices.text()),
        _ => Value::Null,
    };
    let Some(at) = value.pointer_mut(place) else { return };
    match (kind, at) {
        (0..=3, at) => *at = new,
        (4, at) => *at = Value::Array(vec![at.take(); choices.below(4)]),
        (5, Value::Array(list)) => list.extend_from_within(..choices.below(list.len() + 1)),
        (5, Value::Object(fields)) => {
            let name = fields.keys().nth(choices.below(fields.len().max(1))).cloned();
            let moved = name.and_then(|name| fields.remove(&name)).unwrap_or(Value::Null);
            fields.insert(key(choices), moved);
        }
        (6, Value::Array(list)) => list.truncate(choices.below(list.len() + 1)),
        (6, Value::Object(fields)) => {
            let name = fields.keys().nth(choices.below(fields.len().max(1))).cloned();
            name.and_then(|name| fields.remove(&name));
        }
        (7, Value::Array(list)) => list.reverse(),
        (7, Value::Object(fields)) => {
            fields.insert(key(choices), odd(choices));
        }
        (_, at) => *at = odd(choices),
    }
}

fn odd(choices: &mut Choices<'_>) -> Value {
    parsed(ODD[choices.below(ODD.len())])
}

/// What stands anywhere in `value`.
fn somewhere(value: &Value, choices: &mut Choices<'_>) -> Value {
    let places = pointers(value);
    value.pointer(&places[choices.below(places.len())]).cloned().unwrap_or(Value::Null)
}

/// A name that some format has for a field.
fn key(choices: &mut Choices<'_>) -> String {
    let record = parsed(RECORDS[choices.below(RECORDS.len())]);
    let places = pointers(&record);
    let place = &places[choices.below(places.len())];
    place.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Where every value inside of `value` stands, itself first.
fn pointers(value: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((at, value)) = open.pop() {
        let fields = value.as_object().into_iter().flatten();
        let items = value.as_array().into_iter().flatten().enumerate();
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        open.extend(fields.map(|(key, value)| (format!("{at}/{}", escaped(key)), value)));
        open.extend(items.map(|(n, value)| (format!("{at}/{n}"), value)));
        pointers.push(at);
    }
    pointers
}

fn imported(input: impl Read) -> Vec<Chat> {
    let mut chats = Vec::new();
    let _ = import::read_chats(input, &mut |imported| chats.push(imported.chat));
    chats
}

/// A file that comes seven bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let few = buffer.len().min(7);
        self.0.read(&mut buffer[..few])
    }
}
