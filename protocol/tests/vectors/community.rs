//! `docs/spec/community.md`: what a whole log comes to.

mod bodies;
mod checkpoints;
mod drafts;
mod entries;
mod holes;
mod log;
mod voids;

pub(crate) use drafts::drafts;

use crate::vector::{self, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::community::{Community, Evidence, Explanation, Item, Known, Status};
use sheaf_protocol::id::Salt;
use sheaf_protocol::log::{Entry, Frontier, UnverifiedCheckpoint, leaf_hash};
use sheaf_protocol::time::Time;

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "fold" => Some(fold(input)),
        "live" => Some(live(input)),
        "explains" => Some(explains(input)),
        "checkpoint" => Some(checkpoint(input)),
        _ => None,
    }
}

/// The state and the statuses of the items, after those of the epochs before.
fn folded(input: &Input<'_>) -> Result<(Community, Vec<Status>), String> {
    let id = input.text("community").parse().map_err(|e| format!("{e}"))?;
    let mut community = Community::start(id);
    for epoch in input.value("before").as_array().into_iter().flatten() {
        apply(&mut community, epoch)?;
        community = community.next_epoch();
    }
    let statuses = apply(&mut community, input.value("items"))?;
    Ok((community, statuses))
}

fn apply(community: &mut Community, items: &Value) -> Result<Vec<Status>, String> {
    let items: Vec<_> =
        items.as_array().unwrap().iter().map(item).collect::<Result<_, String>>()?;
    let applied = community.apply(&items, &Known::default()).map_err(|e| e.to_string())?;
    Ok(applied.statuses)
}

/// The numbers of a status, as the page's table has them.
fn codes(status: &Status) -> Vec<u8> {
    // An array of small integers: its head, and a byte for each.
    cbor::to_vec(status)[1..].to_vec()
}

/// `community`, `items` → what each comes to, and the state.
fn fold(input: &Input<'_>) -> Outcome {
    let (community, statuses) = folded(input)?;
    let statuses = statuses.iter().map(codes);
    Ok(json!({
        "statuses": statuses.collect::<Vec<_>>(),
        "root": vector::to_hex(community.frontier().root().0),
        "members": community.members().map(|m| m.key.to_string()).collect::<Vec<_>>(),
    }))
}

/// As `fold`: accepted if the last item is in effect, else refused with its status.
fn live(input: &Input<'_>) -> Outcome {
    let (_, statuses) = folded(input)?;
    let last = statuses.last().unwrap();
    if last.is_live() { Ok(json!({})) } else { Err(last.to_string()) }
}

/// As `fold`, and `index`, `explanation`, `as_of` → the cause of the hole.
fn explains(input: &Input<'_>) -> Outcome {
    let (community, _) = folded(input)?;
    let index = input.uint("index");
    let entry = Input::of(&input.value("items")[index as usize]).hex("entry");
    let entry = Entry::from_bytes(&entry).map_err(|e| e.to_string())?;
    let explanation = cbor::from_slice::<Explanation>(&input.hex("explanation"));
    let explanation = explanation.map_err(|e| e.to_string())?;
    let as_of = Time::from_ms(input.uint("as_of")).unwrap();
    let cause = community.explain(index, &entry, &explanation, as_of).map_err(|e| e.to_string())?;
    Ok(json!({ "cause": codes(&Status::Hole(cause))[1] }))
}

/// As `fold`, and `text`: whether it is a checkpoint of these entries, by the key that signs at
/// its size.
fn checkpoint(input: &Input<'_>) -> Outcome {
    let (community, _) = folded(input)?;
    let text = input.text("text");
    let claimed = UnverifiedCheckpoint::parse(text).map_err(|e| e.to_string())?;
    let size = claimed.claimed().size;
    let key = community.log_key_at(size).ok_or("no log key is in force")?;
    let signed = claimed.verify(&community.id(), community.epoch(), &key);
    let signed = signed.map_err(|e| e.to_string())?;
    let entries = input.value("items").as_array().unwrap().iter();
    let mut tree = Frontier::new();
    entries
        .take(size as usize)
        .for_each(|item| tree.append(leaf_hash(&Input::of(item).hex("entry"))));
    if (tree.len(), tree.root()) == (size, signed.checkpoint().root) {
        return Ok(json!({ "log_key": key }));
    }
    Err("the checkpoint is not of these entries".into())
}

fn item(value: &Value) -> Result<Item, String> {
    let input = Input::of(value);
    let entry = Entry::from_bytes(&input.hex("entry")).map_err(|e| e.to_string())?;
    let evidence = if value.get("statement").is_some() {
        let salt = Salt(input.fixed("salt"));
        Evidence::read(&entry, salt, &input.hex("statement")).map_err(|e| e.to_string())?
    } else if value.get("explanation").is_some() {
        let explanation = cbor::from_slice::<Explanation>(&input.hex("explanation"));
        Evidence::Gone(explanation.map_err(|e| e.to_string())?)
    } else {
        Evidence::Missing
    };
    Ok(Item { entry, evidence })
}
