//! One find for each place.

use super::Class;
use super::found::{Find, Finds};
use crate::limits::SCRUB_CONFIDENCE_MIN;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Of finds that overlap the best one, in the order of the text; those that are too unsure and those
/// that were ruled out are gone. The order in which they were found does not matter.
pub(super) fn resolve(finds: Finds) -> Vec<Find> {
    let mut finds = finds.into_vec();
    finds.retain(|find| !find.range.is_empty() && find.confidence >= SCRUB_CONFIDENCE_MIN);
    if finds.is_empty() {
        return finds;
    }
    finds.sort_unstable_by_key(rank);
    let mut taken: BTreeMap<usize, Find> = BTreeMap::new();
    for find in finds {
        // Those taken are disjoint, so only the last that begins before the end can overlap.
        let last = taken.range(..find.range.end).next_back();
        if last.is_none_or(|(_, last)| last.range.end <= find.range.start) {
            taken.insert(find.range.start, find);
        }
    }
    taken.into_values().filter(|find| find.kind.is_some()).collect()
}

/// Secrets first, for they must not be lost to anything inside them; then the surest, the longest,
/// the earliest. What is ruled out comes before what is as sure.
fn rank(find: &Find) -> impl Ord + use<> {
    let secret = find.kind.is_some_and(|kind| kind.class() == Class::Secret);
    let length = find.range.len();
    let sure = (Reverse(find.confidence), find.kind.is_some());
    (Reverse(secret), sure, Reverse(length), find.range.start, find.kind)
}
