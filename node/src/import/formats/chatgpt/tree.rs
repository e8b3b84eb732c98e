//! The nodes of a `mapping` as a [`forest`]: siblings stand in the order of their parent's
//! `children`, which some exports lack, then in the order in which they were written.
//!
//! [`forest`]: crate::import::forest

use crate::import::fields;
use crate::import::forest::Node;
use crate::import::json::{Object, Value};
use std::collections::HashMap;

/// All nodes, in no order.
pub(super) fn nodes<'a>(mapping: &'a Object<'a>) -> Vec<Node<'a, &'a Value<'a>>> {
    let ranks = ranks(mapping);
    let mut nodes = Vec::with_capacity(mapping.len());
    for (id, value) in mapping {
        let parent = fields::text(value, "parent");
        let listed = parent.and_then(|parent| ranks.get(&(parent, id)).copied());
        let order = (listed.unwrap_or(usize::MAX), written(value));
        nodes.push(Node { id, parent, order, value });
    }
    nodes
}

/// The place of each child in its parent's `children`.
fn ranks<'a>(mapping: &'a Object<'a>) -> HashMap<(&'a str, &'a str), usize> {
    let mut ranks = HashMap::new();
    for (parent, node) in mapping {
        for (rank, child) in fields::list(node, "children").iter().enumerate() {
            if let Some(child) = child.as_str() {
                ranks.insert((parent, child), rank);
            }
        }
    }
    ranks
}

/// When a node was written, in milliseconds; those without a time come first.
fn written(node: &Value) -> u64 {
    let time = node.at("/message/create_time").and_then(Value::as_f64);
    time.map_or(0, |seconds| (seconds * 1000.0) as u64)
}
