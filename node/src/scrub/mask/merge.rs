//! What was found and what a member named, in one list.

use super::{Mention, Value};
use crate::scrub::chat::{ChatFind, Place};
use std::collections::HashMap;

/// Both together, apart from each other in every text. What the member named goes before what was
/// found within it or stays (`stays`) as it is; within a find that does not stay there is nothing
/// left to name. Where one of these only overlaps what was named, it reaches over both.
pub fn merge_named(
    found: &[Mention],
    named: Vec<Mention>,
    stays: &dyn Fn(&Value) -> bool,
) -> Vec<Mention> {
    if named.is_empty() {
        return found.to_vec();
    }
    let mut texts: HashMap<Place, Vec<Mention>> = HashMap::new();
    for mention in named {
        texts.entry(mention.find.place).or_default().push(mention);
    }
    let mut merged: Vec<Mention> = Vec::with_capacity(found.len());
    for mention in found {
        let mut mention = mention.clone();
        let here = texts.entry(mention.find.place).or_default();
        if !keep(&mut mention, here, stays) {
            continue;
        }
        match merged.last_mut().filter(|last| overlap(last, &mention)) {
            // What the last one was widened over was a part of this one, too.
            Some(_) if stays(&mention.value) => {}
            Some(last) => widen(&mut last.find, &mention.find),
            None => merged.push(mention),
        }
    }
    merged.extend(texts.into_values().flatten());
    merged.sort_by_key(|mention| (mention.find.place, mention.find.span.start));
    merged
}

/// Whether a find is still one beside what is named in the same text, in order and apart; widens it
/// over, and takes out of these, what it has to do with.
fn keep(mention: &mut Mention, named: &mut Vec<Mention>, stays: &dyn Fn(&Value) -> bool) -> bool {
    let span = mention.find.span;
    let first = named.partition_point(|other| other.find.span.end <= span.start);
    let last = named.partition_point(|other| other.find.span.start < span.end);
    let covers =
        |other: &Mention| other.find.span.start <= span.start && span.end <= other.find.span.end;
    let within = &named[first..last.max(first)];
    if within.is_empty() {
        return true;
    }
    if within.iter().any(covers) || stays(&mention.value) {
        return false;
    }
    named.drain(first..last).for_each(|other| widen(&mut mention.find, &other.find));
    true
}

/// Whether a mention, which does not begin before `last`, begins within it.
fn overlap(last: &Mention, mention: &Mention) -> bool {
    last.find.place == mention.find.place && mention.find.span.start < last.find.span.end
}

/// Makes a find reach over another one.
fn widen(find: &mut ChatFind, other: &ChatFind) {
    find.span.start = find.span.start.min(other.span.start);
    find.span.end = find.span.end.max(other.span.end);
    find.code_points.start = find.code_points.start.min(other.code_points.start);
    find.code_points.end = find.code_points.end.max(other.code_points.end);
}
