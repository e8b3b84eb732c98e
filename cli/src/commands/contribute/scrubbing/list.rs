//! The values that were found or named, each with a number that it keeps while they are changed.

use super::plan::Plan;
use crate::preview::{Handled, ValueLine};
use sheaf_node::scrub::{Change, Field, Mention, Place, Value};
use sheaf_protocol::chat::Chat;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Values in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct List {
    values: Vec<Value>,
    numbers: HashMap<Value, usize>,
    lines: HashMap<Value, ValueLine>,
    /// So many values had their numbers before.
    settled: usize,
}

impl List {
    /// A list in which these values have the first numbers.
    pub(super) fn after(values: &[Value]) -> Self {
        let numbers = values.iter().cloned().zip(1..).collect();
        let settled = values.len();
        Self { values: values.to_vec(), numbers, settled, ..Self::default() }
    }

    /// All values, in the order of their numbers.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether there is anything in the chats.
    pub(super) fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// What these numbers stand for, and how it is written.
    pub(super) fn numbered(&self, numbers: &[usize]) -> Vec<(Value, String)> {
        let values = numbers.iter().filter_map(|number| self.values.get(number.checked_sub(1)?));
        let both = values.filter_map(|value| Some((value, self.lines.get(value)?)));
        both.map(|(value, line)| (value.clone(), line.written.clone())).collect()
    }

    /// The values that are written so.
    pub(super) fn written(&self, text: &str) -> Vec<Value> {
        let kinds: BTreeSet<_> = self.values.iter().map(Value::kind).collect();
        let values = kinds.into_iter().map(|kind| Value::of(kind, text));
        values.filter(|value| self.numbers.contains_key(value)).collect()
    }

    /// Whether any of these stands in a chat.
    pub(super) fn has_any(&self, values: &[Value]) -> bool {
        values.iter().any(|value| self.lines.get(value).is_some_and(|line| line.places > 0))
    }

    /// The lines of what stands in the chats, in the order of their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = &ValueLine> {
        let lines = self.values.iter().filter_map(|value| self.lines.get(value));
        lines.filter(|line| line.places > 0)
    }

    /// Forgets where everything stands, to be told anew; numbers stay.
    pub(super) fn clear(&mut self) {
        for line in self.lines.values_mut() {
            (line.places, line.chats) = (0, 0);
            line.instead.clear();
        }
    }

    /// Adds a chat, and what was replaced in it.
    pub(super) fn add(
        &mut self,
        (chat, title): (&Chat, bool),
        mentions: &[Mention],
        changes: &[Change],
        plan: &Plan<'_>,
    ) {
        let told = changes.iter().filter(|change| !change.after.is_empty());
        let here: HashMap<&Value, &str> =
            told.map(|change| (&change.value, change.after.as_str())).collect();
        let mut seen = HashSet::new();
        for pieces in mentions.chunk_by(|_, next| next.find.continues) {
            let Some(first) = pieces.first() else { continue };
            let is_new = seen.insert(&first.value);
            let line = self.line(pieces, plan);
            line.places += 1;
            if line.places == 1 {
                let title = chat.title.as_deref().filter(|_| title);
                line.first = (title.map(str::to_owned), place(&first.find.place));
            }
            if is_new {
                line.chats += 1;
                let after = here.get(&first.value).map(|after| (*after).to_owned());
                let after = after.filter(|after| !line.instead.contains(after));
                line.instead.extend(after);
            }
        }
    }

    fn line(&mut self, pieces: &[Mention], plan: &Plan<'_>) -> &mut ValueLine {
        let value = &pieces[0].value;
        let number = match self.numbers.get(value) {
            Some(number) => *number,
            None => {
                self.values.push(value.clone());
                self.numbers.insert(value.clone(), self.values.len());
                self.values.len()
            }
        };
        let line = self.lines.entry(value.clone()).or_insert_with(|| ValueLine {
            number,
            kind: value.kind(),
            written: pieces.iter().map(|piece| piece.written.as_str()).collect(),
            handled: Handled::Kept,
            instead: Vec::new(),
            own: false,
            places: 0,
            chats: 0,
            first: (None, String::new()),
            holds: Vec::new(),
        });
        line.handled = plan.handles_value(value);
        let words = plan.wants.words(value);
        line.own = words.is_some();
        line.holds = words.map(|words| words.holds.clone()).unwrap_or_default();
        line
    }

    /// Numbers what is new: what holds chats back first, then what is masked, then the rest.
    pub(super) fn order(&mut self) {
        let rank = |line: &ValueLine| match line.handled {
            Handled::LeftOut => 0,
            Handled::Masked => 1,
            Handled::Kept => 2,
        };
        let (lines, new) = (&mut self.lines, &mut self.values[self.settled..]);
        new.sort_by_key(|value| lines.get(value).map(|line| (rank(line), line.number)));
        for (number, value) in (self.settled + 1..).zip(&*new) {
            self.numbers.insert(value.clone(), number);
            if let Some(line) = lines.get_mut(value) {
                line.number = number;
            }
        }
    }
}

/// A place in words.
fn place(place: &Place) -> String {
    match (place.message, place.field) {
        (Some(message), _) => format!("message {}", message + 1),
        (None, Field::Title) => "the title".into(),
        (None, _) => "what is said of the chat".into(),
    }
}
