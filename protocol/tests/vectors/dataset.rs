//! `docs/spec/dataset.md`: rows, their list, the lock, the evidence, terms of groups, selection.

use crate::sample::key;
use crate::vector::{self, Draft, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::dataset::{
    DedupeKey, FileDigest, Lock, PinnedLog, Position, Recipe, Record, Row, RowRef, RowTerms,
    RowsDigest, Source, first_item, push_item, row_leaf,
};
use sheaf_protocol::id::{CommunityId, EntryCommitment, Opening, Salt};
use sheaf_protocol::limits::RECORD_BYTES_MAX;
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint, empty_root};
use sheaf_protocol::seal;
use sheaf_protocol::statement::{Labels, PolicyRef};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::Usage;

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "row" => Some(row(input)),
        "row-ref" => Some(row_ref(input)),
        "lock" => Some(lock(input)),
        "sequence" => Some(sequence(input)),
        "record" => Some(record(input)),
        "terms" => Some(terms(input)),
        "select" => Some(select(input)),
        _ => None,
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn row(input: &Input<'_>) -> Outcome {
    let line = input.text("line");
    let row = Row::from_line(line).map_err(text)?;
    Ok(json!({
        "community": row.position.community,
        "index": row.position.index,
        "leaf": row_leaf(line),
        "commitment": seal::commit(&row.opening, &row.chat.to_cbor()),
        "dedupe_key": vector::to_hex(DedupeKey::of(&row.chat).0),
    }))
}

fn row_ref(input: &Input<'_>) -> Outcome {
    let row: RowRef = input.text("line").parse().map_err(text)?;
    let Position { community, index } = row.position;
    Ok(json!({ "leaf": row.leaf, "community": community, "index": index }))
}

fn lock(input: &Input<'_>) -> Outcome {
    let lock = Lock::parse(input.text("text").as_bytes()).map_err(text)?;
    Ok(json!({ "rows": lock.rows.count, "root": lock.rows.root }))
}

fn sequence(input: &Input<'_>) -> Outcome {
    let file = input.hex("file");
    let mut rest = &file[..];
    let mut items = Vec::new();
    while !rest.is_empty() {
        let found = first_item(rest, RECORD_BYTES_MAX).map_err(text)?;
        let (item, used) = found.ok_or("the file ends in the middle of an item")?;
        items.push(vector::to_hex(item));
        rest = &rest[used..];
    }
    Ok(json!({ "items": items }))
}

fn record(input: &Input<'_>) -> Outcome {
    Ok(match cbor::from_slice(&input.hex("record")).map_err(text)? {
        Record::Held { salt, statement } => {
            json!({ "salt": salt, "statement": vector::to_hex(statement) })
        }
        Record::Gone(explanation) => {
            json!({ "explanation": vector::to_hex(cbor::to_vec(&*explanation)) })
        }
    })
}

fn row_terms(value: &Value) -> Result<RowTerms, String> {
    let field = |name: &str| value[name].as_str().unwrap_or_default();
    let due = value["due"].as_str().map(str::parse).transpose().map_err(text)?;
    let usage = Usage::parse(field("usage")).map_err(text)?;
    Ok(RowTerms { licence: field("licence").to_owned(), usage, due })
}

fn terms(input: &Input<'_>) -> Outcome {
    let all = input.value("members").as_array().unwrap();
    let all: Vec<_> = all.iter().map(row_terms).collect::<Result<_, String>>()?;
    let strictest = RowTerms::strictest(&all).ok_or("a group has at least one member")?;
    Ok(json!({
        "licence": strictest.licence,
        "usage": strictest.usage.to_string(),
        "due": strictest.due.map(|day| day.to_string()),
    }))
}

fn select(input: &Input<'_>) -> Outcome {
    let recipe: Recipe = serde_json::from_value(input.value("recipe").clone()).map_err(text)?;
    let terms = row_terms(input.value("terms"))?;
    let strings = |name: &str| -> Vec<String> {
        let list = input.value("labels")[name].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let messages = input.value("labels")["messages"].as_u64().unwrap_or(1);
    let labels = Labels {
        tags: strings("tags"),
        languages: strings("languages"),
        messages: messages as u32,
        ..Labels::default()
    };
    let as_of = Time::from_ms(input.uint("as_of")).ok_or("a time beyond the year 9999")?;
    let verdict = recipe.select(&terms, &labels, as_of);
    Ok(json!({ "excluded": verdict.err() }))
}

fn community() -> CommunityId {
    CommunityId(key(1).public())
}

/// The worked example.
fn example() -> Row {
    let opening = Opening([0x0f; 32]);
    Row {
        position: Position { community: community(), index: 2 },
        entry: EntryCommitment([0xe2; 32]),
        opening,
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

fn example_lock() -> Lock {
    let at = Time::from_ms(1_795_348_800_000).unwrap();
    let log = Checkpoint { community: community(), epoch: 0, size: 0, root: empty_root() };
    let checkpoint = SignedCheckpoint::sign(log.clone(), &key(2), at).text();
    let id = community();
    Lock {
        sheaf_lock: 1,
        recipe: Recipe {
            purpose: "an example".into(),
            communities: vec![Source { id, addresses: Vec::new() }],
            ..Recipe::default()
        },
        as_of: at,
        communities: vec![PinnedLog {
            id,
            name: "Herons".into(),
            epoch: 0,
            size: 0,
            root: log.root,
            checkpoint,
        }],
        rows: RowsDigest { count: 0, root: empty_root() },
        files: [("rows".to_owned(), FileDigest { bytes: 0, sha256: empty_root() })].into(),
        left_out: Vec::new(),
        parent: None,
    }
}

fn draft(
    expect: &'static str,
    what: &'static str,
    name: &'static str,
    why: &'static str,
    input: Value,
) -> Draft {
    Draft { expect, name, what, why, input }
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/dataset-*.json"]
fn write_dataset_vectors() {
    let mut drafts = rows();
    drafts.extend(row_refs());
    drafts.extend(locks());
    drafts.extend(evidence());
    drafts.extend(groups_and_selection());
    vector::rewrite("dataset", &drafts);
}

fn rows() -> Vec<Draft> {
    let line = example().to_line();
    let mut nameless = example();
    (nameless.attribution, nameless.terms.due) = (None, None);
    let other = json!([{ "community": community(), "index": 7, "attribution": "Bob" }]);
    let group = line.replace(",\"due\"", &format!(",\"duplicates\":{other},\"due\""));
    let group = serde_json::from_str::<Value>(&group).unwrap();
    let group = sheaf_protocol::json::canonical(&group);
    let bad = |name, why, line: String| draft("reject", "row", name, why, json!({ "line": line }));
    let good = |name, why, line: String| draft("accept", "row", name, why, json!({ "line": line }));
    vec![
        good("row", "the worked example", line.clone()),
        good("row-nameless", "neither a name nor a due day", nameless.to_line()),
        good("row-group", "stands for two chats", group),
        bad("row-space", "a space too many", line.replacen(':', ": ", 1)),
        bad("row-newline", "the newline is not part of the line", format!("{line}\n")),
        bad("row-key-order", "keys out of order", reordered(&line)),
        bad("row-version", "another version", line.replace("\"sheaf\":1", "\"sheaf\":2")),
        bad("row-null", "null for an absent name", line.replace("\"Ann\"", "null")),
        bad("row-field", "a field that no row has", line.replace("\"index\"", "\"indeX\"")),
        bad("row-chat-key", "a row never holds a chat key", with_key(&line)),
        bad("row-no-licence", "no licence", line.replace("\"licence\":\"CC-BY-4.0\",", "")),
        bad("row-due", "a day that does not exist", line.replace("2027-11-22", "2027-02-30")),
        bad("row-float", "a fraction", line.replace("\"index\":2", "\"index\":2.0")),
        bad(
            "row-chat",
            "a chat whose message is its own parent",
            line.replace("\"parent\":0", "\"parent\":1"),
        ),
        bad("row-list", "not an object", "[]".into()),
    ]
}

fn reordered(line: &str) -> String {
    let rest = line.strip_prefix("{\"attribution\":\"Ann\",").unwrap();
    format!("{},\"attribution\":\"Ann\"}}", format!("{{{rest}").strip_suffix('}').unwrap())
}

fn with_key(line: &str) -> String {
    line.replace(",\"labels\"", &format!(",\"key\":\"{}\",\"labels\"", "00".repeat(32)))
}

fn row_refs() -> Vec<Draft> {
    let row = example();
    let line = RowRef { leaf: row_leaf(&row.to_line()), position: row.position }.to_string();
    let refuse =
        |name, why, line: String| draft("reject", "row-ref", name, why, json!({ "line": line }));
    vec![
        draft("accept", "row-ref", "row-ref", "the worked example", json!({ "line": line })),
        refuse("row-ref-two-spaces", "two spaces", line.replacen(' ', "  ", 1)),
        refuse("row-ref-leading-zero", "an index in another form", line.replace(" 2", " 02")),
        refuse("row-ref-capitals", "a hash in capitals", line.to_uppercase()),
        refuse("row-ref-no-index", "no index", line.trim_end_matches(" 2").to_owned()),
    ]
}

fn locks() -> Vec<Draft> {
    let text = example_lock().to_text();
    let mut twice = example_lock();
    twice.communities.push(twice.communities[0].clone());
    let mut version = example_lock();
    version.sheaf_lock = 2;
    let refuse =
        |name, why, text: String| draft("reject", "lock", name, why, json!({ "text": text }));
    vec![
        draft("accept", "lock", "lock", "no rows", json!({ "text": text })),
        refuse("lock-checksum", "changed", text.replace("an example", "an exampel")),
        refuse("lock-no-newline", "no newline at the end", text.trim_end().to_owned()),
        refuse("lock-pretty", "not canonical JSON", text.replace(',', ", ")),
        refuse("lock-community-twice", "a community twice", twice.to_text()),
        refuse("lock-version", "another version", version.to_text()),
        refuse("lock-empty", "nothing", String::new()),
    ]
}

fn evidence() -> Vec<Draft> {
    let held = cbor::to_vec(&Record::Held { salt: Salt([9; 32]), statement: b"signed".to_vec() });
    let mut file = Vec::new();
    push_item(&mut file, &held);
    push_item(&mut file, &[0x82, 2, 0x81, 3]);
    let hex = |bytes: &[u8]| vector::to_hex(bytes);
    let record = |expect, name, why, bytes: &[u8]| {
        draft(expect, "record", name, why, json!({ "record": hex(bytes) }))
    };
    let files = |expect, name, why, bytes: &[u8]| {
        draft(expect, "sequence", name, why, json!({ "file": hex(bytes) }))
    };
    vec![
        record("accept", "record-held", "salt and statement", &held),
        record("accept", "record-due", "gone on its due day", &[0x82, 2, 0x81, 3]),
        record("reject", "record-code", "an unknown code", &[0x82, 3, 0x81, 3]),
        record("reject", "record-bare", "an explanation alone", &[0x81, 3]),
        record("reject", "record-short", "no statement", &held[..held.len() - 7]),
        files("accept", "sequence", "two items", &file),
        files("accept", "sequence-empty", "an empty log", &[]),
        files("reject", "sequence-cut", "cut short", &file[..file.len() - 1]),
        files("reject", "sequence-long-length", "a length in a longer form", &[0x58, 1, 0]),
        files("reject", "sequence-indefinite", "an indefinite length", &[0x5f, 0xff]),
        files("reject", "sequence-array", "no byte string", &[0x80]),
        files("reject", "sequence-too-long", "beyond the bound", &[0x5a, 0, 2, 0, 0]),
    ]
}

fn groups_and_selection() -> Vec<Draft> {
    let member = |licence: &str, usage: &str, due: Option<&str>| json!({ "licence": licence, "usage": usage, "due": due });
    let a = member("CC-BY-4.0", "train-ai=y", Some("2027-01-02"));
    let b = member("MIT OR Apache-2.0", "train-ai=n, search=y", Some("2027-01-01"));
    let c = member("CC-BY-4.0", "", None);
    let recipe = |more: Value| {
        let mut recipe = json!({ "communities": [] });
        recipe.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({
            "recipe": recipe,
            "terms": a,
            "labels": { "languages": ["en-GB"], "tags": ["code"], "messages": 4 },
            "as_of": 1_795_348_800_000_u64,
        })
    };
    let select = |name, why, more: Value| draft("accept", "select", name, why, recipe(more));
    vec![
        draft("accept", "terms", "terms-one", "one stays as it is", json!({ "members": [a] })),
        draft("accept", "terms", "terms", "any n wins", json!({ "members": [a, b, c] })),
        draft(
            "accept",
            "terms",
            "terms-order",
            "order is nothing",
            json!({ "members": [c, b, a] }),
        ),
        draft("reject", "terms", "terms-none", "no member", json!({ "members": [] })),
        select("select-all", "no conditions", json!({})),
        select("select-language", "a narrower tag", json!({ "languages": ["EN"] })),
        select("select-other-language", "a wider tag", json!({ "languages": ["en-GB-oed"] })),
        select("select-licence", "not listed", json!({ "licences": ["CC0-1.0"] })),
        select("select-usage", "says nothing", json!({ "usage": { "search": "granted" } })),
        select(
            "select-usage-not-forbidden",
            "says nothing",
            json!({ "usage": { "search": "not-forbidden" } }),
        ),
        select(
            "select-order",
            "the first condition that is not met",
            json!({ "tags": ["x"], "languages": ["de"] }),
        ),
        draft(
            "reject",
            "select",
            "select-unknown",
            "a condition that does not exist",
            recipe(json!({ "licenses": [] })),
        ),
    ]
}
