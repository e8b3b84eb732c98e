//! The numbers in masks.

use super::Value;
use crate::scrub::chat::walk;
use sheaf_protocol::chat::Chat;
use std::collections::HashMap;

/// Which number each value has.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The last number of each label.
    last: HashMap<String, u32>,
    given: HashMap<Value, u32>,
}

impl Numbers {
    /// Begins after the masks that a chat has already, so that no new one is taken for one of them.
    pub(super) fn after(chat: &Chat) -> Self {
        let mut numbers = Self::default();
        walk(chat, &mut |_, text| {
            for (label, number) in masks_in(text) {
                let last = numbers.last.entry(label.to_owned()).or_default();
                *last = (*last).max(number);
            }
        });
        numbers
    }

    /// The mask of a value.
    pub(super) fn mask(&mut self, value: &Value) -> String {
        let label = value.kind().label();
        let last = &mut self.last;
        let number = match self.given.get(value) {
            Some(number) => *number,
            None => {
                let last = last.entry(label.clone()).or_default();
                *last = last.saturating_add(1);
                self.given.insert(value.clone(), *last);
                *last
            }
        };
        format!("[{label}_{number}]")
    }
}

/// Label and number of what looks like a mask.
fn masks_in(text: &str) -> impl Iterator<Item = (&str, u32)> {
    text.match_indices('[').filter_map(|(at, _)| {
        let inside = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
        let len = text.as_bytes()[at + 1..].iter().take(40).take_while(|b| inside(b)).count();
        let end = at + 1 + len;
        let (label, number) = text[at + 1..end].rsplit_once('_')?;
        let number = number.parse().ok().filter(|number| *number < u32::MAX / 2)?;
        (text.as_bytes().get(end) == Some(&b']')).then_some((label, number))
    })
}
