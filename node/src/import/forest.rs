//! Trees of messages as other tools keep them: each message has an identifier and names the one it
//! follows. Without recursion: a conversation is as deep as it is long.
//!
//! Only the link to the parent counts; lists of children, where an export has them, order siblings.
//! So a child that several messages list is there once, and no path is walked twice.

use super::fields::Dropped;
use super::report::SkipReason;
use sheaf_protocol::chat::Message;
use std::collections::{BTreeMap, HashMap};

/// One message of a tool, before it is read.
pub(super) struct Node<'a, T> {
    /// Its identifier.
    pub(super) id: &'a str,
    /// The message it follows; `None` for the first.
    pub(super) parent: Option<&'a str>,
    /// Its place among those that follow the same message: lower comes first, equals by `id`.
    pub(super) order: (usize, u64),
    /// Whatever the tool says of it.
    pub(super) value: T,
}

/// Puts `nodes` in an order in which parents come first: branch after branch, each to its end.
///
/// A node whose parent is missing begins anew, and of two with one identifier the second is left
/// out; both are counted.
///
/// # Errors
/// [`SkipReason::Circle`] if nodes follow each other in a circle.
pub(super) fn in_order<'a, T>(
    nodes: Vec<Node<'a, T>>,
    dropped: &mut Dropped,
) -> Result<Vec<Node<'a, T>>, SkipReason> {
    let mut by_id = BTreeMap::new();
    for node in nodes {
        if by_id.contains_key(node.id) {
            dropped.count("message with the identifier of another");
        } else {
            by_id.insert(node.id, node);
        }
    }
    let mut children = children_of(&mut by_id, dropped);
    let mut ordered = Vec::with_capacity(by_id.len());
    let mut open: Vec<&str> = children.remove(&None).unwrap_or_default();
    while let Some(node) = open.pop().and_then(|id| by_id.remove(id)) {
        open.extend(children.remove(&Some(node.id)).unwrap_or_default());
        ordered.push(node);
    }
    // Every node has one parent, so whatever no root leads to lies on a circle or below one.
    match by_id.len() {
        0 => Ok(ordered),
        unreached => Err(SkipReason::Circle(unreached)),
    }
}

/// The children of each node, the last one first: as a stack wants them.
fn children_of<'a, T>(
    nodes: &mut BTreeMap<&'a str, Node<'a, T>>,
    dropped: &mut Dropped,
) -> HashMap<Option<&'a str>, Vec<&'a str>> {
    let mut children: HashMap<Option<&str>, Vec<(_, &str)>> = HashMap::new();
    let missing: Vec<&str> = nodes
        .values()
        .filter(|node| node.parent.is_some_and(|parent| !nodes.contains_key(parent)))
        .map(|node| node.id)
        .collect();
    for id in missing {
        dropped.count("link to a missing message (what follows begins anew)");
        nodes.entry(id).and_modify(|node| node.parent = None);
    }
    for node in nodes.values() {
        children.entry(node.parent).or_default().push((node.order, node.id));
    }
    let sorted = children.into_iter().map(|(parent, mut siblings)| {
        siblings.sort_unstable_by(|a, b| b.cmp(a));
        (parent, siblings.into_iter().map(|(_, id)| id).collect())
    });
    sorted.collect()
}

/// Messages as they are read, in the order of [`in_order`]. Nodes that say nothing are passed over,
/// and what follows them follows their parent.
#[derive(Default)]
pub(super) struct Growing<'a> {
    messages: Vec<Message>,
    /// Where each node went: its message, or the nearest one above it.
    places: HashMap<&'a str, Option<u32>>,
}

impl<'a> Growing<'a> {
    /// Adds what the node `id`, that follows `parent`, says; `None` if it says nothing.
    pub(super) fn add(&mut self, id: &'a str, parent: Option<&str>, message: Option<Message>) {
        let above = parent.and_then(|parent| self.place(parent));
        let place = match message {
            Some(message) => {
                let index = u32::try_from(self.messages.len()).ok();
                self.messages.push(Message { parent: above, ..message });
                index
            }
            None => above,
        };
        self.places.insert(id, place);
    }

    /// The message that stands for the node `id`.
    pub(super) fn place(&self, id: &str) -> Option<u32> {
        self.places.get(id).copied().flatten()
    }

    /// The message that stands for the node that was last looked at; one that does not exist is
    /// counted.
    pub(super) fn current(&self, id: Option<&str>, dropped: &mut Dropped) -> Option<u32> {
        let id = id?;
        if !self.places.contains_key(id) {
            dropped.count("current message that does not exist");
        }
        self.place(id)
    }

    /// The messages, parents first.
    pub(super) fn into_messages(self) -> Vec<Message> {
        self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node<'a>(id: &'a str, parent: Option<&'a str>, place: usize) -> Node<'a, ()> {
        Node { id, parent, order: (place, 0), value: () }
    }

    fn ids(nodes: Vec<Node<'_, ()>>) -> Result<Vec<String>, SkipReason> {
        let ordered = in_order(nodes, &mut Dropped::default())?;
        Ok(ordered.into_iter().map(|node| node.id.to_owned()).collect())
    }

    #[test]
    fn a_branch_is_followed_to_its_end_and_siblings_keep_their_order() {
        let nodes = vec![
            node("c", Some("a"), 0),
            node("b", Some("a"), 1),
            node("d", Some("c"), 0),
            node("a", None, 0),
        ];
        assert_eq!(ids(nodes).unwrap(), ["a", "c", "d", "b"]);
    }

    #[test]
    fn a_missing_parent_begins_anew_and_a_circle_is_refused() {
        assert_eq!(ids(vec![node("a", Some("gone"), 0)]).unwrap(), ["a"]);
        let circle = vec![node("a", Some("b"), 0), node("b", Some("a"), 0), node("c", None, 0)];
        assert!(matches!(ids(circle), Err(SkipReason::Circle(2))), "two follow each other");
    }

    #[test]
    fn a_long_chain_takes_no_stack_and_little_time() {
        let names: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
        let parents = std::iter::once(None).chain(names.iter().map(|name| Some(name.as_str())));
        let chain = names.iter().zip(parents).map(|(id, parent)| node(id, parent, 0)).collect();
        assert_eq!(ids(chain).unwrap().len(), 100_000);
    }
}
