//! Numbers by which states know people. A country is one file: the shapes in which its numbers are
//! written, the check that they pass, and the words that stand near them. A shape that is a phone's or
//! an order's too needs a word; one that is rarely anything else does not.
//!
//! A check digit alone proves little: of ten numbers one passes.

mod ar;
mod at;
mod au;
mod be;
mod bg;
mod br;
mod ca;
mod ch;
mod cl;
mod cn;
mod cz;
pub(in crate::scrub) mod de;
pub(in crate::scrub) mod digits;
mod dk;
mod eg;
mod es;
mod fi;
mod fr;
mod gb;
mod gr;
mod gulf;
mod hk;
mod il;
mod india;
mod ir;
mod it;
mod jp;
mod kr;
mod mx;
mod nl;
mod no;
mod pl;
mod pt;
mod ro;
mod ru;
mod se;
mod sg;
mod th;
mod tr;
mod tw;
mod ua;
mod us;
mod za;

use super::cue::Cue;
use super::found::Finds;
use super::kind::{Country, Kind};
use super::numbers::context;
use super::numbers::lex::Run;
use crate::limits::SCRUB_CUE_BEFORE_BYTES;
use std::sync::LazyLock;

/// One kind of number of one country.
struct Scheme {
    country: [u8; 2],
    /// Whether it is known as a number of the tax office first.
    tax: bool,
    shapes: &'static [Shape],
    /// Gets letters in capitals and digits, nothing else.
    check: fn(&[u8]) -> bool,
    /// Its names, lower case.
    words: &'static [&'static str],
}

/// How it is written (`d` a digit, `A` a letter, `*` either, the rest itself), and how sure that makes
/// it without a word near, in percent: 0 where it needs one.
struct Shape(&'static str, u8);

/// Every country. Where numbers of several fit equally well, the last of them names it.
const COUNTRIES: &[&[Scheme]] = &[
    gulf::SCHEMES,
    eg::SCHEMES,
    ir::SCHEMES,
    th::SCHEMES,
    tw::SCHEMES,
    hk::SCHEMES,
    sg::SCHEMES,
    za::SCHEMES,
    il::SCHEMES,
    gr::SCHEMES,
    bg::SCHEMES,
    ro::SCHEMES,
    at::SCHEMES,
    be::SCHEMES,
    cl::SCHEMES,
    ar::SCHEMES,
    mx::SCHEMES,
    ca::SCHEMES,
    au::SCHEMES,
    tr::SCHEMES,
    ua::SCHEMES,
    ru::SCHEMES,
    pt::SCHEMES,
    cz::SCHEMES,
    pl::SCHEMES,
    fi::SCHEMES,
    dk::SCHEMES,
    no::SCHEMES,
    se::SCHEMES,
    kr::SCHEMES,
    jp::SCHEMES,
    cn::SCHEMES,
    india::SCHEMES,
    br::SCHEMES,
    nl::SCHEMES,
    ch::SCHEMES,
    it::SCHEMES,
    es::SCHEMES,
    fr::SCHEMES,
    de::SCHEMES,
    gb::SCHEMES,
    us::SCHEMES,
];

/// Characters of the longest number.
const CHARS_MAX: usize = 24;
/// Digits of the longest first group of a shape, and one more.
const FIRST_MAX: usize = 19;

/// A shape of a scheme.
struct Entry {
    scheme: &'static Scheme,
    shape: &'static Shape,
    /// How many characters of it stand before its first digit.
    lead: usize,
    /// What stands behind its first group of digits.
    next: Option<u8>,
}

impl Entry {
    /// Whether the character behind a group is the one that the shape has there: most shapes are out.
    fn may_fit(&self, behind: Option<u8>) -> bool {
        match (self.next, behind) {
            (None, _) => true,
            (Some(b'A'), Some(byte)) => byte.is_ascii_alphabetic(),
            (Some(b'*'), Some(byte)) => byte.is_ascii_alphanumeric(),
            (Some(wanted), Some(byte)) => byte == wanted,
            (Some(_), None) => false,
        }
    }
}

/// Schemes and shapes by the length of the first group of digits.
static BY_FIRST: LazyLock<[Vec<Entry>; FIRST_MAX]> = LazyLock::new(|| {
    let mut by_first: [Vec<Entry>; FIRST_MAX] = Default::default();
    for scheme in COUNTRIES.iter().copied().flatten() {
        for shape in scheme.shapes {
            let first =
                shape.0.bytes().skip_while(|b| *b != b'd').take_while(|b| *b == b'd').count();
            let lead = shape.0.bytes().take_while(|byte| *byte != b'd').count();
            let behind = &shape.0.as_bytes()[lead + first..];
            // What may be either may be digits that go on.
            let either = behind.iter().take_while(|byte| **byte == b'*').count();
            for more in 0..=either {
                if let Some(list) = by_first.get_mut(first + more) {
                    let next = behind.get(more).copied();
                    list.push(Entry { scheme, shape, lead, next });
                }
            }
        }
    }
    by_first
});

/// Looks for ids in a run, at each of its groups.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    for at in 0..run.groups.len() {
        let Some(shapes) = BY_FIRST.get(run.groups[at].len()) else { continue };
        let behind = run.text.as_bytes().get(run.groups[at].end).copied();
        let fitting = shapes.iter().filter(|entry| entry.may_fit(behind));
        let best = fitting.filter_map(|entry| judge(run, at, entry));
        if let Some((start, end, kind, confidence)) = best.max_by_key(|(_, _, _, sure)| *sure) {
            found.add(start..end, kind, confidence);
        }
    }
}

fn judge(run: &Run<'_>, at: usize, entry: &Entry) -> Option<(usize, usize, Kind, u8)> {
    let Entry { scheme, shape, lead, .. } = entry;
    if shape.1 == 0 && !is_cued(run, run.groups[at].start, scheme) {
        return None;
    }
    let start = run.groups[at].start.checked_sub(*lead)?;
    let end = start + shape.0.len();
    let written = run.text.as_bytes().get(start..end)?;
    let mut buffer = [0; CHARS_MAX];
    let chars = read(written, shape.0.as_bytes(), &mut buffer)?;
    if !run.stands_alone(start, end) {
        return None;
    }
    let sure = if (scheme.check)(chars) {
        confidence(run, start, end, scheme, shape)?
    } else {
        mistyped(run, start, scheme)?
    };
    let country = Country::new(scheme.country);
    let kind = if scheme.tax { Kind::TaxId(country) } else { Kind::NationalId(country) };
    Some((start, end, kind, sure))
}

/// The letters and digits of what is written in a shape.
fn read<'a>(written: &[u8], shape: &[u8], into: &'a mut [u8; CHARS_MAX]) -> Option<&'a [u8]> {
    let mut len = 0;
    for (byte, wanted) in written.iter().zip(shape) {
        let fits = match wanted {
            b'd' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b'*' => byte.is_ascii_alphanumeric(),
            other => byte == other,
        };
        if !fits {
            return None;
        }
        if byte.is_ascii_alphanumeric() {
            *into.get_mut(len)? = byte.to_ascii_uppercase();
            len += 1;
        }
    }
    Some(&into[..len])
}

/// How sure words near it make it.
fn confidence(
    run: &Run<'_>,
    start: usize,
    end: usize,
    scheme: &Scheme,
    shape: &Shape,
) -> Option<u8> {
    if is_cued(run, start, scheme) {
        return Some(if names(run, start, scheme) { 97 } else { 90 });
    }
    let cues = run.cues(start, end);
    let phone = cues.says(Cue::Phone) && cues.distance(Cue::Phone) < cues.distance(Cue::Identity);
    let bare = shape.1 > 0
        && !cues.says_other()
        && !phone
        && !run.in_url(start)
        && !run.in_table(start, end);
    bare.then_some(shape.1)
}

/// Bytes from the beginning of a number within which it may be named behind.
const NAMED_BEHIND: usize = 48;
/// Bytes from a name of a number to one whose check fails.
const NAMED_REACH: usize = 16;

/// A number that somebody calls by its name is private even if a digit of it is wrong.
fn mistyped(run: &Run<'_>, start: usize, scheme: &Scheme) -> Option<u8> {
    let near = run.cues(start, start).distance(Cue::Identity) <= NAMED_REACH;
    (near && is_cued(run, start, scheme) && names(run, start, scheme)).then_some(65)
}

/// Whether a word before it says that it is a number of this kind.
fn is_cued(run: &Run<'_>, start: usize, scheme: &Scheme) -> bool {
    let cues = run.cues(start, start);
    // The number that the tax office gives is that of the person in some countries.
    let taxes = cues.says(Cue::Tax) && (scheme.tax || names(run, start, scheme));
    let said = cues.says(Cue::Identity) || taxes || named_behind(run, start, scheme);
    let tax = if taxes { cues.distance(Cue::Tax) } else { usize::MAX };
    let nearest = cues.distance(Cue::Identity).min(tax);
    said && !(cues.says(Cue::Phone) && cues.distance(Cue::Phone) < nearest)
}

/// Whether one of its own names stands in the sentence behind it: "Is 372 637 0560 a valid NHS number?"
fn named_behind(run: &Run<'_>, start: usize, scheme: &Scheme) -> bool {
    // Known of the whole run: most numbers have no such word, and there are many schemes.
    let cues = run.cues(start, run.end());
    if !cues.follows(Cue::Identity) && !cues.follows(Cue::Tax) {
        return false;
    }
    let end = run.text.floor_char_boundary(start + NAMED_BEHIND);
    let window = run.text[start..end].split(['\n', '?']).next().unwrap_or_default().to_lowercase();
    scheme.words.iter().any(|word| window.contains(word))
}

/// Whether one of its own names stands before it.
fn names(run: &Run<'_>, start: usize, scheme: &Scheme) -> bool {
    let window = context::before(run.text, start, SCRUB_CUE_BEFORE_BYTES).to_lowercase();
    let window = window.replace('_', " ");
    scheme.words.iter().any(|word| window.contains(word))
}

#[cfg(test)]
mod tests;
