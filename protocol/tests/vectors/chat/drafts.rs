//! The vectors of chats: three good ones, and each of the others with one thing changed.

use crate::raw::{self, NULL};
use crate::sample::HELLO;
use crate::vector::{Draft, accept, reject, to_hex};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sheaf_protocol::chat::Chat;

/// Every kind of part: media in message 1, code in 2, results in 3, a call and another in 4.
const PARTS: &str = "8801f6f6f6f68689f601f6f6f6f6f48182006a55736520746f6f6c732ef689000263657661f6f6f6\
    f48386050069696d6167652f706e67676361742e706e671a00011170656120636174860503f6f6f6f682007057686174\
    2069732069743f20e78cab3ff6890103f666707974686f6ef6f6f482830266707974686f6e697072696e742831290a83\
    02f66178f689020466707974686f6ef6f6f6f4828504f666707974686f6e62310af48504626332f66c6e6f2073756368\
    2066696c65f5f6890303f6f6f6f6f4828403626331646c6f6f6b6b7b2261223a20312e35307d8306667769646765746b\
    7b2278223a5b312e305d7df689f602f6f6f6f6f480f6f6f6";

/// Two answers to one question, with feedback on both and on the chat.
const BRANCHES: &str = "88016e5a77656920416e74776f7274656e6763686174677074666770742d346f1b0000018bcf\
    e568008489f600f6f6f6f6f58182006942652062726965662ef6890002f6f6f61b0000018bcfe56be8f481820064322b\
    323ff6890103f6f6f61b0000018bcfe56fd0f481820061358520f680816577726f6e67f6890103f6f6626f311b000001\
    8bcfe573b8f48282016c54776f20616e642074776f2e8200653420e29c9385010081826b68656c7066756c6e65737364\
    302e3735806564616e6b65038500f68080f6";

const GOOD: [(&str, &str, &str); 3] = [
    ("hello", "two messages: the worked example of the page", HELLO),
    (
        "all-parts",
        "every kind of part; two roots; a message without parts; tool arguments stay text",
        PARTS,
    ),
    ("branches", "a regenerated answer is a second child; feedback on messages and chat", BRANCHES),
];

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let cbor = |bytes: &[u8]| json!({ "cbor": to_hex(bytes) });
    let accepted = GOOD.iter().flat_map(|(name, why, hex)| {
        let bytes = unhex(hex);
        let json = Chat::from_cbor(&bytes).unwrap().to_json();
        let from_json = json!({ "json": json });
        [
            accept(format!("cbor-{name}"), "cbor", *why, cbor(&bytes)),
            accept(format!("json-{name}"), "json", *why, from_json),
        ]
    });
    let refused = [chats(), messages(), parts(), feedback(), forms()].concat().into_iter();
    let refused =
        refused.map(|(name, why, bytes)| reject(format!("cbor-{name}"), "cbor", why, cbor(&bytes)));
    let json = in_json().into_iter().map(|(name, why, json)| {
        reject(format!("json-{name}"), "json", why, json!({ "json": json }))
    });
    accepted.chain(refused).chain(json).collect()
}

type Refused = (&'static str, &'static str, Vec<u8>);

fn unhex(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn long(bytes: usize) -> Vec<u8> {
    raw::text(&"x".repeat(bytes))
}

/// The worked example with one field of the chat changed.
fn chats() -> Vec<Refused> {
    let with = |at: usize, item: &[u8]| raw::replace(&unhex(HELLO), &[at], item);
    let announced = |count: &[u8]| {
        let whole = unhex(HELLO);
        let head = whole.windows(2).position(|two| two == [0x82, 0x89]).unwrap();
        [&whole[..head], count].concat()
    };
    vec![
        ("version-2", "a later version is named, not guessed at", with(0, &[2])),
        ("version-0", "there is no version 0", with(0, &[0])),
        ("empty-title", "an absent title is null, not empty", with(1, &[0x60])),
        ("empty-source", "an absent source is null, not empty", with(2, &[0x60])),
        ("empty-model", "an absent model is null, not empty", with(3, &[0x60])),
        ("long-title", "one byte beyond CHAT_FIELD_BYTES_MAX", with(1, &long(1025))),
        ("long-source", "one byte beyond CHAT_FIELD_BYTES_MAX", with(2, &long(1025))),
        ("title-bytes", "a title is a text", with(1, &[0x41, 0x61])),
        ("float-time", "a time is an integer", with(4, &[0xf9, 0x3c, 0])),
        (
            "late-time",
            "a time lies before the year 10000",
            with(4, &raw::uint(253_402_300_800_000)),
        ),
        ("negative-time", "a time lies after 1970", with(4, &[0x20])),
        ("no-messages", "a chat says something", with(5, &[0x80])),
        ("messages-null", "messages are a list", with(5, NULL)),
        (
            "too-many-messages",
            "200001 are announced, beyond CHAT_MESSAGES_MAX",
            announced(&[0x9a, 0, 3, 0x0d, 0x41]),
        ),
        ("current-beyond", "current is the index of a message", with(6, &[2])),
        ("current-negative", "an index counts from 0", with(6, &[0x20])),
        ("current-too-large", "an index has 32 bits", with(6, &raw::uint(1 << 32))),
        ("feedback-text", "feedback is a record", with(7, &raw::text("good"))),
    ]
}

/// The worked example with one field of a message changed.
fn messages() -> Vec<Refused> {
    let with =
        |path: &[usize], item: &[u8]| raw::replace(&unhex(HELLO), &[&[5], path].concat(), item);
    let silent = raw::replace(&with(&[0, 7, 0, 1], &[0x60]), &[5, 1, 7, 0, 1], &[0x60]);
    vec![
        ("self-parent", "a parent is an earlier message", with(&[1, 0], &[1])),
        ("later-parent", "a parent is an earlier message", with(&[0, 0], &[1])),
        ("parent-beyond", "a parent is a message", with(&[1, 0], &[9])),
        ("parent-negative", "a root has no parent, not −1", with(&[0, 0], &[0x20])),
        ("unknown-role", "roles are 0 to 4", with(&[0, 1], &[5])),
        ("role-text", "a role is a number", with(&[0, 1], &raw::text("user"))),
        ("empty-name", "an absent name is null, not empty", with(&[0, 2], &[0x60])),
        ("empty-recipient", "an absent recipient is null, not empty", with(&[0, 3], &[0x60])),
        ("empty-message-model", "an absent model is null, not empty", with(&[1, 4], &[0x60])),
        ("long-name", "one byte beyond CHAT_FIELD_BYTES_MAX", with(&[0, 2], &long(1025))),
        (
            "message-late-time",
            "a time lies before the year 10000",
            with(&[0, 5], &raw::uint(253_402_300_800_000)),
        ),
        ("hidden-number", "1 is not true", with(&[0, 6], &[1])),
        ("hidden-null", "hidden is never absent", with(&[0, 6], NULL)),
        ("parts-null", "parts are a list, which may be empty", with(&[0, 7], NULL)),
        ("too-many-parts", "10001 parts of one message, beyond MESSAGE_PARTS_MAX", {
            let parts = vec![unhex("820060"); 10_001];
            with(&[0, 7], &raw::array(&parts))
        }),
        ("nothing-said", "a chat says something", silent),
        (
            "message-field-missing",
            "a record has all its fields",
            raw::remove(&unhex(HELLO), &[5, 0, 8]),
        ),
        (
            "message-extra-field",
            "a record has no other fields",
            raw::insert(&unhex(HELLO), &[5, 0, 9], NULL),
        ),
    ]
}

/// The chat of every part with one field of a part changed.
fn parts() -> Vec<Refused> {
    let with = |path: &[usize], item: &[u8]| {
        let [message, rest @ ..] = path else { panic!("a path begins with its message") };
        raw::replace(&unhex(PARTS), &[&[5, *message, 7], rest].concat(), item)
    };
    let hello = |item: &[u8]| raw::replace(&unhex(HELLO), &[5, 0, 7, 0], item);
    vec![
        ("unknown-part", "an unknown part would be lost", hello(&[0x82, 7, 0x61, 0x78])),
        ("part-empty", "a part begins with its code", hello(&[0x80])),
        ("part-text-alone", "a part is an array", hello(&raw::text("Hello"))),
        (
            "part-extra-field",
            "a text part has one field",
            hello(&raw::array(&[vec![0], raw::text("Hello"), raw::text("en")])),
        ),
        ("part-text-null", "the text of a text part is never absent", hello(&[0x82, 0, 0xf6])),
        ("media-kind", "kinds of media are 0 to 3", with(&[1, 0, 1], &[4])),
        ("media-empty-mime", "an absent type is null, not empty", with(&[1, 0, 2], &[0x60])),
        ("media-empty-name", "an absent name is null, not empty", with(&[1, 0, 3], &[0x60])),
        (
            "media-size",
            "a size stays below 2^53, as JSON readers have it",
            with(&[1, 0, 4], &raw::uint(1 << 53)),
        ),
        ("media-empty-text", "an absent description is null, not empty", with(&[1, 0, 5], &[0x60])),
        ("code-empty-language", "an absent language is null, not empty", with(&[2, 0, 1], &[0x60])),
        ("result-empty-name", "an absent name is null, not empty", with(&[3, 0, 2], &[0x60])),
        ("result-error-number", "0 is not false", with(&[3, 0, 4], &[0])),
        ("call-empty-id", "an absent id is null, not empty", with(&[4, 0, 1], &[0x60])),
        ("call-empty-name", "a call names its tool", with(&[4, 0, 2], &[0x60])),
        ("call-arguments-map", "arguments stay text", with(&[4, 0, 3], &[0xa0])),
        ("other-empty-kind", "another part names its kind", with(&[4, 1, 1], &[0x60])),
        ("other-long-kind", "one byte beyond CHAT_FIELD_BYTES_MAX", with(&[4, 1, 1], &long(1025))),
    ]
}

/// The chat of two answers with one field of the second's feedback changed.
fn feedback() -> Vec<Refused> {
    let with = |path: &[usize], item: &[u8]| {
        raw::replace(&unhex(BRANCHES), &[&[5, 3, 8], path].concat(), item)
    };
    let score = |name: &str, value: &str| raw::array(&[raw::text(name), raw::text(value)]);
    let valued = |value: &str| with(&[2, 0], &score("helpfulness", value));
    let many = |item: Vec<u8>| raw::array(&vec![item; 33]);
    vec![
        (
            "empty-feedback",
            "feedback that says nothing is null",
            raw::replace(&unhex(BRANCHES), &[5, 3, 8], &unhex("85f6f68080f6")),
        ),
        (
            "feedback-field-missing",
            "a record has all its fields",
            raw::remove(&unhex(BRANCHES), &[5, 3, 8, 4]),
        ),
        ("rating-2", "a rating is −1, 0 or 1", with(&[0], &[2])),
        ("rating-float", "a rating is an integer", with(&[0], &[0xf9, 0x38, 0])),
        ("rank-negative", "a rank counts from 0", with(&[1], &[0x20])),
        ("rank-too-large", "a rank has 32 bits", with(&[1], &raw::uint(1 << 32))),
        ("score-not-shortest", "0.50 is 0.5", valued("0.50")),
        ("score-whole", "3.0 is 3", valued("3.0")),
        ("score-leading-zero", "03 is 3", valued("03")),
        ("score-bare-point", ".5 is 0.5", valued(".5")),
        ("score-minus-zero", "-0 is 0", valued("-0")),
        ("score-plus", "+1 is 1", valued("+1")),
        ("score-exponent", "1e3 is 1000", valued("1e3")),
        ("score-words", "a score is a number", valued("high")),
        ("score-empty", "a score has a value", valued("")),
        ("score-long", "33 bytes, beyond SCORE_BYTES_MAX", valued(&"1".repeat(33))),
        ("score-number", "a value is a text", with(&[2, 0, 1], &[3])),
        ("score-empty-name", "a score has a name", with(&[2, 0], &score("", "1"))),
        ("too-many-scores", "33 scores, beyond LABELS_MAX", with(&[2], &many(score("a", "1")))),
        ("empty-tag", "a tag is a word", with(&[3], &raw::array(&[vec![0x60]]))),
        ("too-many-tags", "33 tags, beyond LABELS_MAX", with(&[3], &many(raw::text("a")))),
        ("empty-comment", "an absent comment is null, not empty", with(&[4], &[0x60])),
    ]
}

/// Other byte forms of the worked example.
fn forms() -> Vec<Refused> {
    let good = unhex(HELLO);
    let indefinite = [&[0x9f][..], &good[1..], &[0xff]].concat();
    let items = good[1..].to_vec();
    vec![
        (
            "long-integer",
            "the same value with an integer in a longer form",
            [&[0x88, 0x18, 1][..], &good[2..]].concat(),
        ),
        (
            "long-array",
            "the same value with a length in a longer form",
            [&[0x98, 8][..], &items].concat(),
        ),
        (
            "long-text",
            "the same title with its length in a longer form",
            [&good[..2], &[0x78, 8], &good[3..]].concat(),
        ),
        ("indefinite", "the same value with an indefinite length", indefinite),
        (
            "chunked-text",
            "the same title in two chunks",
            [&good[..2], &unhex("7f64477265656474696e67ff"), &good[11..]].concat(),
        ),
        (
            "not-utf8",
            "text is UTF-8",
            raw::replace(&good, &[5, 0, 7, 0, 1], &unhex("6548656c6cff")),
        ),
        ("missing-field", "a record has all its fields", raw::remove(&good, &[7])),
        ("extra-field", "a record has no other fields", raw::insert(&good, &[8], NULL)),
        ("map", "a chat is an array", vec![0xa0]),
        ("tagged", "no tag before it", [&[0xd9, 0xd9, 0xf7][..], &good].concat()),
        ("trailing-byte", "one chat, nothing behind it", [&good[..], &[0]].concat()),
        ("truncated", "the last byte is missing", good[..good.len() - 1].to_vec()),
        ("empty", "nothing", Vec::new()),
    ]
}

/// The worked example in JSON with one thing changed.
fn in_json() -> Vec<(&'static str, &'static str, Value)> {
    let good = Chat::from_cbor(&unhex(HELLO)).unwrap().to_json();
    let with = |pointer: &str, key: &str, value: Value| {
        let mut chat = good.clone();
        chat.pointer_mut(pointer).unwrap()[key] = value;
        chat
    };
    let without = |key: &str| {
        let mut chat = good.clone();
        chat.as_object_mut().unwrap().remove(key);
        chat
    };
    let (message, part) = ("/messages/0", "/messages/0/parts/0");
    vec![
        ("version-2", "a later version is named", with("", "version", json!(2))),
        ("no-version", "the version is always there", without("version")),
        ("no-messages", "messages are always there", without("messages")),
        ("null", "an absent field has no key", with("", "model", Value::Null)),
        ("unknown-field", "an unknown field would be lost", with("", "mood", json!("good"))),
        ("field-case", "names are written as in the tables", with("", "Model", json!("m"))),
        ("empty-title", "an absent title has no key", with("", "title", json!(""))),
        ("float-index", "numbers are integers", with("", "current", json!(1.0))),
        ("number-text", "a number is not a text", with("", "current", json!("1"))),
        ("negative-time", "a time lies after 1970", with("", "created", json!(-1))),
        ("date-time", "a time is a number", with("", "created", json!("2026-11-22"))),
        ("role-number", "a role is a word", with(message, "role", json!(2))),
        ("role-unknown", "five roles are known", with(message, "role", json!("robot"))),
        ("role-case", "words are written as in the tables", with(message, "role", json!("User"))),
        ("self-parent", "a parent is an earlier message", with(message, "parent", json!(0))),
        ("hidden-false", "what is false has no key", with(message, "hidden", json!(false))),
        ("empty-parts", "an empty list has no key", with("/messages/1", "parts", json!([]))),
        (
            "empty-list",
            "an empty list has no key",
            with(message, "feedback", json!({ "rating": 1, "tags": [] })),
        ),
        (
            "message-unknown-field",
            "an unknown field would be lost",
            with(message, "author", json!("Ann")),
        ),
        (
            "part-unknown-field",
            "an unknown field of a part would be lost",
            with(part, "language", json!("en")),
        ),
        ("part-unknown-type", "an unknown part would be lost", with(part, "type", json!("poem"))),
        (
            "part-no-text",
            "a text part has a text",
            with(message, "parts", json!([{ "type": "text" }])),
        ),
        (
            "part-error-false",
            "what is false has no key",
            with(
                message,
                "parts",
                json!([{ "type": "tool_result", "output": "x", "is_error": false }]),
            ),
        ),
        (
            "media-kind",
            "four kinds of media are known",
            with(message, "parts", json!([{ "type": "media", "kind": "hologram" }])),
        ),
        (
            "list",
            "a chat is an object",
            json!([1, "Greeting", "example", null, null, good["messages"], 1, null]),
        ),
    ]
}
