//! Trees of messages as other tools keep them: each message has an identifier and names the one it
//! follows. Without recursion: a conversation is as deep as it is long.
//!
//! Only the link to the parent counts; lists of children, where an export has them, order siblings.
//! So a child that several messages list is there once, and no path is walked twice.

use super::fields::{self, Dropped};
use super::report::SkipReason;
use sheaf_protocol::chat::{Message, Part, Role};
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
    fields::not_too_many(nodes.len())?;
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

/// What a message of a list says about its place.
#[derive(Clone, Copy)]
pub(super) enum After<'a> {
    /// It begins a conversation.
    Nothing,
    /// It follows this one.
    Message(&'a str),
    /// It follows whichever stands before it in the list.
    Previous,
    /// It follows the one at this place of the list, counted from 0, which stands before it.
    Place(usize),
}

/// One message of a list.
pub(super) struct Entry<'a, T> {
    /// Its identifier, if it has one.
    pub(super) id: Option<&'a str>,
    /// What it follows.
    pub(super) after: After<'a>,
    /// Whatever the tool says of it.
    pub(super) value: T,
}

/// Messages in the order of the normal form.
#[derive(Debug, Default)]
pub(super) struct Grown {
    pub(super) messages: Vec<Message>,
    pub(super) current: Option<u32>,
}

/// Reads a list of messages of which each has an identifier and names the one it follows. Messages
/// that follow the same one keep the order of the list; [`in_order`] says the rest.
///
/// # Errors
/// [`SkipReason`] of the first message that `read` refuses, or of a circle.
pub(super) fn grow<'a, T>(
    entries: Vec<Entry<'a, T>>,
    current: Option<&str>,
    dropped: &mut Dropped,
    mut read: impl FnMut(&str, T, &mut Dropped) -> Result<Option<Message>, SkipReason>,
) -> Result<Grown, SkipReason> {
    fields::not_too_many(entries.len())?;
    // No tool's identifier begins with a zero byte.
    let places: Vec<String> = (0..entries.len()).map(|n| format!("\0{}", n + 1)).collect();
    let mut growing = Growing::default();
    for node in in_order(nodes(entries, &places), dropped)? {
        let message = read(node.id.trim_start_matches('\0'), node.value, dropped)?;
        growing.add(node.id, node.parent, message);
    }
    let current = growing.current(current, dropped);
    Ok(Grown { messages: growing.into_messages(), current })
}

/// Entries without an identifier are called by their place in the list.
fn nodes<'b, T>(entries: Vec<Entry<'b, T>>, places: &'b [String]) -> Vec<Node<'b, T>> {
    let mut nodes: Vec<Node<'b, T>> = Vec::with_capacity(entries.len());
    for (n, (Entry { id, after, value }, place)) in entries.into_iter().zip(places).enumerate() {
        let parent = match after {
            After::Nothing => None,
            After::Message(id) => Some(id),
            After::Previous => nodes.last().map(|node| node.id),
            After::Place(n) => nodes.get(n).map(|node| node.id),
        };
        nodes.push(Node { id: id.unwrap_or(place), parent, order: (n, 0), value });
    }
    nodes
}

impl Grown {
    /// Puts what the tool told the model beforehand in front of every root.
    pub(super) fn led_by(mut self, instructions: Option<&str>) -> Self {
        let Some(text) = instructions.filter(|text| !text.is_empty()) else { return self };
        for message in &mut self.messages {
            message.parent = Some(message.parent.map_or(0, |parent| parent.saturating_add(1)));
        }
        self.current = self.current.map(|current| current.saturating_add(1));
        self.messages.insert(0, Message::new(Role::System, None, vec![Part::text(text)]));
        self
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

    fn said(_: &str, text: &str, _: &mut Dropped) -> Result<Option<Message>, SkipReason> {
        let parts = vec![Part::text(text)];
        Ok((!text.is_empty()).then(|| Message::new(Role::User, None, parts)))
    }

    #[test]
    fn a_list_grows_with_and_without_links() {
        let entry = |id, after, value| Entry { id, after, value };
        let entries = vec![
            entry(None, After::Nothing, "question"),
            entry(Some("b"), After::Previous, ""),
            entry(None, After::Message("b"), "answer"),
            entry(Some("d"), After::Message("b"), "another answer"),
            entry(Some("e"), After::Previous, "thanks"),
            entry(None, After::Place(2), "no thanks"),
        ];
        let mut dropped = Dropped::default();
        let grown = grow(entries, Some("d"), &mut dropped, said).unwrap();
        let parents: Vec<_> = grown.messages.iter().map(|m| m.parent).collect();
        let expected = [None, Some(0), Some(1), Some(0), Some(3)];
        assert_eq!(parents, expected, "what says nothing is passed over");
        assert_eq!(grown.current, Some(3));
        let led = grown.led_by(Some("be kind"));
        let parents: Vec<_> = led.messages.iter().map(|m| m.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(1), Some(2), Some(1), Some(4)]);
        assert_eq!(led.current, Some(4));
        assert!(dropped.into_counts().is_empty());
    }

    #[test]
    fn a_message_without_an_identifier_is_named_by_its_place_where_it_is_refused() {
        let entries = vec![Entry { id: None, after: After::Nothing, value: () }];
        let refuse = |place: &str, (), _: &mut Dropped| {
            Err(crate::import::fields::unknown_role(place, "wizard"))
        };
        let error = grow(entries, None, &mut Dropped::default(), refuse).expect_err("refused");
        assert_eq!(error.to_string(), "message 1 has the unknown role “wizard”");
    }

    #[test]
    fn a_long_chain_takes_no_stack_and_little_time() {
        let names: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
        let parents = std::iter::once(None).chain(names.iter().map(|name| Some(name.as_str())));
        let chain = names.iter().zip(parents).map(|(id, parent)| node(id, parent, 0)).collect();
        assert_eq!(ids(chain).unwrap().len(), 100_000);
    }
}
