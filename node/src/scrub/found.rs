//! What detectors hand over.

use super::Kind;
use std::ops::Range;

/// Something that a detector saw in the folded text.
#[derive(Debug, Clone)]
pub(super) struct Find {
    /// Its bytes in the folded text.
    pub(super) range: Range<usize>,
    /// What it is, or `None` for something that is nobody's: see [`Finds::rule_out`].
    pub(super) kind: Option<Kind>,
    /// How sure that is, in percent.
    pub(super) confidence: u8,
}

/// All that was seen in one text, in any order, overlapping or not.
#[derive(Debug, Default)]
pub(super) struct Finds {
    finds: Vec<Find>,
}

impl Finds {
    /// Adds a find: `range` is in bytes of the folded text, `confidence` in percent.
    pub(super) fn add(&mut self, range: Range<usize>, kind: Kind, confidence: u8) {
        self.finds.push(Find { range, kind: Some(kind), confidence });
    }

    /// Says that `range` is something harmless whole, such as a UUID or the digest of a file: less
    /// sure finds that overlap it are dropped.
    pub(super) fn rule_out(&mut self, range: Range<usize>, confidence: u8) {
        self.finds.push(Find { range, kind: None, confidence });
    }

    /// Where finds of some kinds begin.
    pub(super) fn starts_of(&self, kinds: &[Kind]) -> impl Iterator<Item = usize> {
        let of_kind = |find: &&Find| find.kind.is_some_and(|kind| kinds.contains(&kind));
        self.finds.iter().filter(of_kind).map(|find| find.range.start)
    }

    pub(super) fn into_vec(self) -> Vec<Find> {
        self.finds
    }
}
