//! Lines of `chats.jsonl` and of `rows`.

use crate::sample::key;
use crate::vector::{Draft, accept, reject};
use serde_json::{Value, json};
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::dataset::{Position, Row, RowRef, RowTerms, row_leaf};
use sheaf_protocol::id::{CommunityId, EntryCommitment, Opening};
use sheaf_protocol::json::canonical;
use sheaf_protocol::statement::{Labels, PolicyRef};
use sheaf_protocol::usage::Usage;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    [accepted(), refused(), row_refs()].concat()
}

pub(super) fn community() -> CommunityId {
    CommunityId(key(1).public())
}

/// The worked example.
fn example() -> Row {
    Row {
        position: Position { community: community(), index: 2 },
        entry: EntryCommitment([0xe2; 32]),
        opening: Opening([0x0f; 32]),
        terms: RowTerms {
            licence: "CC-BY-4.0".into(),
            usage: Usage::parse("train-ai=y").unwrap(),
            due: Some("2027-11-22".parse().unwrap()),
        },
        attribution: Some("Ann".into()),
        labels: Labels { languages: vec!["en".into()], messages: 2, ..Labels::default() },
        policy: PolicyRef { index: 1, commitment: EntryCommitment([0xaa; 32]) },
        duplicates: Vec::new(),
        chat: Chat {
            title: Some("Greeting".into()),
            messages: vec![
                Message::new(Role::User, None, vec![Part::text("Hello")]),
                Message::new(Role::Assistant, Some(0), vec![Part::text("Hi!")]),
            ],
            ..Chat::default()
        },
    }
}

fn line(line: &str) -> Value {
    json!({ "line": line })
}

/// The example with one member changed, in canonical form.
fn with(pointer: &str, name: &str, value: Value) -> String {
    let mut row: Value = serde_json::from_str(&example().to_line()).unwrap();
    row.pointer_mut(pointer).unwrap()[name] = value;
    canonical(&row)
}

fn without(name: &str) -> String {
    let mut row: Value = serde_json::from_str(&example().to_line()).unwrap();
    row.as_object_mut().unwrap().remove(name);
    canonical(&row)
}

fn accepted() -> Vec<Draft> {
    let mut nameless = example();
    (nameless.attribution, nameless.terms.due) = (None, None);
    let other = json!([{ "community": community(), "index": 7, "attribution": "Bob" }]);
    let good = |name, why, text: String| accept(name, "row", why, line(&text));
    vec![
        good("row", "the worked example", example().to_line()),
        good("row-nameless", "neither a name nor a due day", nameless.to_line()),
        good(
            "row-scrubbed",
            "what was masked and what was kept, counted",
            with(
                "/labels",
                "scrubbed",
                json!([
                    { "kind": "email", "masked": 2, "kept": 0 },
                    { "kind": "person", "masked": 0, "kept": 1 },
                ]),
            ),
        ),
        good("row-group", "stands for two chats", with("", "duplicates", other)),
    ]
}

fn refused() -> Vec<Draft> {
    let good = example().to_line();
    let duplicates = |duplicates: Value| with("", "duplicates", duplicates);
    let deep = "[".repeat(33) + &"]".repeat(33);
    let forms = [
        ("space", "a space too many", good.replacen(':', ": ", 1)),
        ("newline", "the newline is not part of the line", format!("{good}\n")),
        ("bom", "a byte order mark", format!("\u{feff}{good}")),
        ("key-order", "keys out of order", reordered(&good)),
        (
            "key-twice",
            "a key stands twice",
            good.replacen("\"index\":2", "\"index\":2,\"index\":2", 1),
        ),
        ("escape", "an escape that is not needed", good.replace("Hello", "\\u0048ello")),
        ("slash", "a solidus is not escaped", good.replace("Hello", "\\/")),
        ("float", "a fraction", good.replace("\"index\":2", "\"index\":2.0")),
        ("exponent", "an exponent", good.replace("\"index\":2", "\"index\":2e0")),
        ("minus-zero", "zero has no sign", good.replace("\"index\":2", "\"index\":-0")),
        (
            "large-integer",
            "2^53: not every reader takes it exactly",
            good.replace("\"index\":2", "\"index\":9007199254740992"),
        ),
        (
            "deep",
            "nested deeper than JSON_DEPTH_MAX",
            good.replace("\"index\":2", &format!("\"index\":{deep}")),
        ),
        ("cut", "the last brace is missing", good[..good.len() - 1].to_owned()),
        ("two", "two rows on one line", format!("{good}{good}")),
        ("list", "not an object", "[]".into()),
        ("empty", "nothing", String::new()),
    ];
    let fields = [
        ("version", "another version", with("", "sheaf", json!(2))),
        ("no-version", "no version", without("sheaf")),
        ("null", "null for an absent name", with("", "attribution", Value::Null)),
        ("due-null", "null for an absent day", with("", "due", Value::Null)),
        ("field", "a field that no row has", with("", "indeX", json!(2))),
        ("chat-key", "a row never holds a chat key", with("", "key", json!("00".repeat(32)))),
        ("no-licence", "no licence", without("licence")),
        ("no-usage", "a preference may be empty, not absent", without("usage")),
        ("no-opening", "nothing ties the chat to its manifest", without("opening")),
        ("no-policy", "no policy", without("policy")),
        ("usage", "a preference that cannot be read", with("", "usage", json!("train-ai=y,"))),
        ("usage-order", "labels in order", with("", "usage", json!("train-ai=y, search=n"))),
        ("due", "a day that does not exist", with("", "due", json!("2027-02-30"))),
        ("due-time", "a day, not a moment", with("", "due", json!("2027-11-22T00:00:00Z"))),
        ("index-negative", "indices count from 0", with("", "index", json!(-1))),
        ("index-text", "a number is not a text", with("", "index", json!("2"))),
        ("entry-capitals", "a hash in capitals", with("", "entry", json!("E2".repeat(32)))),
        ("opening-short", "an opening has 32 bytes", with("", "opening", json!("0f".repeat(31)))),
        ("community-hex", "a key is a did:key", with("", "community", json!("07".repeat(32)))),
        (
            "labels-count",
            "the number of messages is always there",
            with("", "labels", json!({ "languages": ["en"] })),
        ),
        ("labels-empty-list", "an empty list has no key", with("/labels", "tags", json!([]))),
        (
            "labels-scrubbed-value",
            "kinds and counts, never what was found",
            with(
                "/labels",
                "scrubbed",
                json!([{ "kind": "email", "masked": 1, "kept": 0, "value": "ann@example.org" }]),
            ),
        ),
        (
            "labels-scrubbed-empty",
            "an empty list has no key",
            with("/labels", "scrubbed", json!([])),
        ),
        ("labels-field", "a label that does not exist", with("/labels", "mood", json!("good"))),
        ("labels-verdict", "three verdicts are known", with("/labels", "verdict", json!("great"))),
        (
            "policy-field",
            "a policy is index and commitment",
            with("/policy", "title", json!("Open")),
        ),
        ("duplicates-empty", "an empty list has no key", duplicates(json!([]))),
        (
            "duplicate-null",
            "null for an absent name",
            duplicates(json!([{ "community": community(), "index": 7, "attribution": null }])),
        ),
        (
            "duplicate-field",
            "a field that no duplicate has",
            duplicates(json!([{ "community": community(), "index": 7, "leaf": "" }])),
        ),
        ("chat", "a chat whose message is its own parent", with("/messages/1", "parent", json!(1))),
        ("chat-version", "a later version of the chat", with("", "version", json!(2))),
        ("chat-empty-title", "an absent title has no key", with("", "title", json!(""))),
        ("no-messages", "a row has a chat", without("messages")),
    ];
    let refused = forms.into_iter().chain(fields);
    refused
        .map(|(name, why, text)| reject(format!("row-{name}"), "row", why, line(&text)))
        .collect()
}

fn reordered(line: &str) -> String {
    let rest = line.strip_prefix("{\"attribution\":\"Ann\",").unwrap();
    format!("{},\"attribution\":\"Ann\"}}", format!("{{{rest}").strip_suffix('}').unwrap())
}

fn row_refs() -> Vec<Draft> {
    let row = example();
    let good = RowRef { leaf: row_leaf(&row.to_line()), position: row.position }.to_string();
    let (leaf, rest) = good.split_once(' ').unwrap();
    let (did, index) = rest.split_once(' ').unwrap();
    let refused = [
        ("two-spaces", "two spaces", good.replacen(' ', "  ", 1)),
        ("tab", "a tab in place of a space", good.replacen(' ', "\t", 1)),
        ("leading-space", "a space before it", format!(" {good}")),
        ("trailing-space", "a space after it", format!("{good} ")),
        ("newline", "the newline is not part of the line", format!("{good}\n")),
        ("leading-zero", "an index in another form", good.replace(" 2", " 02")),
        ("plus", "an index with a sign", good.replace(" 2", " +2")),
        ("large-index", "an index has 64 bits", good.replace(" 2", " 18446744073709551616")),
        ("capitals", "a hash in capitals", format!("{} {rest}", leaf.to_uppercase())),
        ("short-leaf", "a leaf has 32 bytes", good[2..].to_owned()),
        ("no-index", "no index", format!("{leaf} {did}")),
        ("no-leaf", "no leaf", rest.to_owned()),
        ("four-words", "a fourth word", format!("{good} {index}")),
        ("turned", "leaf, then community, then index", format!("{did} {leaf} {index}")),
        ("bare-key", "a key is a did:key", good.replace("did:key:", "")),
    ];
    let good = accept("row-ref", "row-ref", "the worked example", line(&good));
    let refused = refused
        .map(|(name, why, text)| reject(format!("row-ref-{name}"), "row-ref", why, line(&text)));
    [good].into_iter().chain(refused).collect()
}
