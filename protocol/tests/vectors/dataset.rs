//! `docs/spec/dataset.md`: rows, their list, the lock, the evidence, terms of groups, selection.

mod drafts;
mod locks;
mod rows;

pub(crate) use drafts::drafts;

use crate::vector::{self, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::dataset::{
    DedupeKey, Lock, Position, Recipe, Record, Row, RowRef, RowTerms, first_item, row_leaf,
};
use sheaf_protocol::limits::RECORD_BYTES_MAX;
use sheaf_protocol::seal;
use sheaf_protocol::statement::{Labels, Verdict};
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
    let verdict = input.value("labels").get("verdict").cloned();
    let labels = Labels {
        verdict: verdict.map(|verdict| serde_json::from_value::<Verdict>(verdict).unwrap()),
        tags: strings("tags"),
        languages: strings("languages"),
        messages: messages as u32,
        ..Labels::default()
    };
    let as_of = Time::from_ms(input.uint("as_of")).ok_or("a time beyond the year 9999")?;
    match recipe.select(&terms, &labels, as_of) {
        Ok(()) => Ok(json!({})),
        Err(exclusion) => Err(format!("not selected: {exclusion}")),
    }
}
