//! Puts the nodes of a `mapping` in an order in which parents come first. Without recursion: a
//! conversation is as deep as it is long.

use super::super::fields::{self, Dropped};
use super::super::report::SkipReason;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One node, with the parent under which it was reached.
pub(super) struct Visit<'a> {
    pub(super) id: &'a str,
    pub(super) parent: Option<&'a str>,
    pub(super) node: &'a Value,
}

/// All nodes, branch after branch, siblings in the order of their parent's `children`.
///
/// A node whose parent is missing begins anew, which is counted.
///
/// # Errors
/// [`SkipReason::Circle`] if nodes follow each other in a circle.
pub(super) fn in_order<'a>(
    mapping: &'a Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<Vec<Visit<'a>>, SkipReason> {
    let children = children_of(mapping, dropped);
    let mut visits: Vec<Visit<'a>> = Vec::with_capacity(mapping.len());
    let mut open: Vec<(&'a str, Option<&'a str>)> = Vec::new();
    open.extend(children.get(&None).into_iter().flatten().rev().map(|id| (*id, None)));
    while let Some((id, parent)) = open.pop() {
        let Some(node) = mapping.get(id) else { continue };
        visits.push(Visit { id, parent, node });
        let below = children.get(&Some(id)).into_iter().flatten().rev();
        open.extend(below.map(|child| (*child, Some(id))));
    }
    // Every node has one parent, so whatever no root leads to lies on a circle or below one.
    match mapping.len() - visits.len() {
        0 => Ok(visits),
        unreached => Err(SkipReason::Circle(unreached)),
    }
}

type Children<'a> = HashMap<Option<&'a str>, Vec<&'a str>>;

fn children_of<'a>(mapping: &'a Map<String, Value>, dropped: &mut Dropped) -> Children<'a> {
    let ranks = ranks(mapping);
    let mut children = Children::new();
    for (id, node) in mapping {
        let named = fields::text(node, "parent");
        let parent =
            named.and_then(|parent| mapping.get_key_value(parent)).map(|(k, _)| k.as_str());
        if named.is_some() && parent.is_none() {
            dropped.count("link to a missing message (what follows begins anew)");
        }
        children.entry(parent).or_default().push(id);
    }
    for (parent, siblings) in &mut children {
        siblings.sort_by_key(|id| {
            let listed = parent.and_then(|parent| ranks.get(&(parent, *id)).copied());
            (listed.unwrap_or(usize::MAX), written(mapping.get(*id)), *id)
        });
    }
    children
}

/// The place of each child in its parent's `children`.
fn ranks(mapping: &Map<String, Value>) -> HashMap<(&str, &str), usize> {
    let mut ranks = HashMap::new();
    for (parent, node) in mapping {
        for (rank, child) in fields::list(node, "children").iter().enumerate() {
            if let Some(child) = child.as_str() {
                ranks.insert((parent.as_str(), child), rank);
            }
        }
    }
    ranks
}

/// When a node was written, in milliseconds; those without a time come first.
fn written(node: Option<&Value>) -> u64 {
    let time = node.and_then(|node| node.pointer("/message/create_time")).and_then(Value::as_f64);
    time.map_or(0, |seconds| (seconds * 1000.0) as u64)
}
