//! Postal addresses. Nearly every one holds a number, so the search starts at numbers: the street's
//! name stands before or after it, with a word or an ending that names streets in some language; flat,
//! postal code and town follow. Each step looks at a bounded number of words.
//!
//! Streets that nothing marks as such ("Jakobi 69") are found only behind a word that says that an
//! address follows.

mod eastern;
mod postal;
mod said;
mod street;
mod tail;
mod types;
mod words;

use super::Kind;
use super::cue::{Cue, Cues};
use super::found::Finds;
use super::numbers::calendar;
use super::numbers::lex::{Group, Run};

/// A stretch that may be an address, and what speaks for it.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    end: usize,
    /// How sure the words of it alone make it, in percent.
    sure: u8,
}

/// Looks for addresses around the numbers of a run.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    let mut done = 0;
    for at in 0..run.groups.len() {
        if run.groups[at].start < done {
            continue;
        }
        if let Some(place) = place(run, at) {
            found.add(place.start..place.end, Kind::Address, place.sure);
            done = place.end;
        }
    }
}

fn place(run: &Run<'_>, at: usize) -> Option<Place> {
    let group = run.groups[at];
    let (text, len) = (run.text, group.len());
    if let Some(place) = eastern::at(text, group) {
        return Some(place);
    }
    let ends_date = || {
        let year = text.as_bytes().get(group.start..group.end);
        year.is_some_and(calendar::is_year) && text[..group.start].ends_with(['/', '-', '.'])
    };
    if len > 6 || touches(text, group.start) || ends_date() {
        return None;
    }
    if !street::may_stand(text, group) {
        return None;
    }
    if let Some((start, end)) = postal::military(text, group) {
        return Some(Place { start, end, sure: 90 });
    }
    let core = street::after(text, group).or_else(|| street::before(text, group));
    let core = core.or_else(|| street::unmarked(text, group)).or_else(|| bare_line(text, group));
    core.and_then(|core| with_tail(run, group, core)).or_else(|| said::at(run, group))
}

/// A street that what stands around it makes an address.
fn with_tail(run: &Run<'_>, group: Group, core: Place) -> Option<Place> {
    let tail = tail::read(run.text, core.end);
    let sure = match (core.sure, tail.postal) {
        (sure, true) if sure >= 30 || names_town(&run.text[core.end..tail.end]) => {
            sure.max(60) + 25
        }
        (sure, false) if sure >= 70 => sure,
        (sure, false) if tail.unit && sure >= 30 => sure.max(40) + 30,
        (sure, false) if cued(run, group, core.start, sure) => sure.max(40) + 30,
        _ => return None,
    };
    Some(Place { start: core.start, end: tail.end, sure: sure.min(97) })
}

/// Whether what follows a street has a word in it: numbers alone may be a phone's.
fn names_town(tail: &str) -> bool {
    tail.chars().any(char::is_alphabetic)
}

/// Whether a word that says that an address follows stands before a street; right before it, if it is
/// hardly one.
fn cued(run: &Run<'_>, group: Group, start: usize, sure: u8) -> bool {
    let near = Cues::around(run.text, start, start);
    near.says(Cue::Home) && (sure >= 40 || near.distance(Cue::Home) <= 16)
        || sure >= 40 && run.cues(group.start, group.end).says(Cue::Home)
}

/// A street without a number, if this number is the postal code behind it.
fn bare_line(text: &str, group: Group) -> Option<Place> {
    (4..=6).contains(&group.len()).then(|| street::line_before(text, group))?
}

/// Whether a digit is part of something longer: "v12", "3.12", "$12", "#12".
fn touches(text: &str, start: usize) -> bool {
    let before = text[..start].chars().next_back();
    before.is_some_and(|char| char.is_alphanumeric() || "._$€£#=+*%:@\\".contains(char))
}
