//! Names of people, as far as a word near them or a list of first names tells.
//!
//! Who gives a name mostly says so: "my name is …", "ich heiße …", "我叫…", a form of address, a greeting,
//! the line under "best regards". Behind such words a name is read by the rules of its script. Without
//! them only a first name of a list with a surname behind it is taken for a person, unless it is a
//! byline; single names are not. Titles in front belong to a name that somebody gives as theirs.

mod beside;
mod caseless;
mod field;
mod han;
mod leads;
mod list;
mod roles;
mod spaced;
mod words;

use super::Kind;
use super::folded::Folded;
use super::found::Finds;
use leads::Lead;

/// How sure a name is by what tells it, in percent.
const GIVEN: u8 = 90;
const ADDRESSED: u8 = 78;
const LISTED: u8 = 68;
const ALONE: u8 = 60;
const BESIDE: u8 = 76;
const GREETED: u8 = 66;

/// Looks for names.
pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    let text = text.as_str();
    let mut done = 0;
    leads::each(text, |lead, start, end| {
        if lead == Lead::Roles {
            return roles::each(text, end, |start, end| {
                found.add(start..end, Kind::Person, ADDRESSED)
            });
        }
        let name = behind(text, lead, start, end);
        if let Some((start, end, sure)) = name.filter(|(start, _, _)| *start >= done) {
            found.add(start..end, Kind::Person, sure);
            done = end;
        }
    });
    spaced::each_listed(text, |start, end, sure| found.add(start..end, Kind::Person, sure));
    han::each_addressed(text, |start, end| found.add(start..end, Kind::Person, ADDRESSED));
    let addresses: Vec<usize> = found.starts_of(&[Kind::Email, Kind::Phone]).collect();
    for (start, end) in addresses.into_iter().filter_map(|at| beside::before(text, at)) {
        found.add(start..end, Kind::Person, BESIDE);
    }
}

/// The name that a lead at `start..end` leads to.
fn behind(text: &str, lead: Lead, start: usize, end: usize) -> Option<(usize, usize, u8)> {
    match lead {
        Lead::Holds | Lead::Names => {
            let of_things = lead == Lead::Names;
            return field::value(text, start, end, of_things)
                .map(|(start, end)| (start, end, GIVEN));
        }
        Lead::Greets => {
            return spaced::greeted(text, start, end).map(|(start, end)| (start, end, GREETED));
        }
        _ => {}
    }
    let at = end + skip(&text[end..], lead);
    let first = text[at..].chars().next()?;
    if han::is_letter(first) {
        let strict = lead != Lead::Gives;
        return han::name(text, at, strict).map(|end| (at, end, GIVEN));
    }
    if caseless::is_caseless(first) {
        let end = if lead == Lead::Introduces { None } else { caseless::name(text, at) };
        return end.map(|end| (at, end, if lead == Lead::Gives { GIVEN } else { ADDRESSED }));
    }
    match lead {
        Lead::Gives => spaced::given(text, at).map(|end| (at, end, GIVEN)),
        Lead::Addresses => spaced::addressed(text, at).map(|end| (at, end, ADDRESSED)),
        Lead::Introduces => spaced::introduced(text, at).map(|(start, end)| (start, end, LISTED)),
        Lead::Signs => {
            spaced::signature(text, start, at).map(|(start, end)| (start, end, ADDRESSED))
        }
        Lead::Holds | Lead::Names | Lead::Greets | Lead::Roles => None,
    }
}

/// What may stand between a lead and the name.
fn skip(rest: &str, lead: Lead) -> usize {
    let lines: &[char] = if lead == Lead::Signs {
        &[' ', ',', '\n', '\r', '.', '!', '-']
    } else {
        &[' ', ':', '"', '*', '：', '\'']
    };
    let body = rest.trim_start_matches(lines);
    let len = rest.len() - body.len();
    if len <= 6 { len } else { 0 }
}
