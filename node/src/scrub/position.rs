//! Places on earth: latitude and longitude in degrees with decimals, or in degrees, minutes and
//! seconds.

use super::Kind;
use super::context::is_one_of;
use super::folded::Folded;
use super::found::Finds;
use memchr::memchr_iter;
use std::ops::Range;

/// Bytes before in which something says that a place follows.
const CONTEXT_BYTES: usize = 48;
/// Bytes between latitude and longitude.
const BETWEEN_MAX: usize = 24;
/// Decimals of a place that is closer than a town; of one that nothing names.
const DECIMALS_NAMED_MIN: usize = 2;
const DECIMALS_MIN: usize = 4;

const NAMES: [&str; 35] = [
    "coordinate",
    "coordinaten",
    "współrzędne",
    "koordinater",
    "coordenada",
    "konum",
    "lat",
    "latitude",
    "lon",
    "lng",
    "long",
    "longitude",
    "latlng",
    "latlong",
    "gps",
    "coordinate",
    "coordinates",
    "coords",
    "coord",
    "location",
    "located",
    "position",
    "geo",
    "geolocation",
    "maps",
    "map",
    "koordinaten",
    "standort",
    "coordenadas",
    "ubicación",
    "coordonnées",
    "coordinate",
    "координаты",
    "localização",
    "positie",
];

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    if text.has_digits() {
        decimals(text, found);
        degrees(text, found);
    }
}

/// Two numbers with decimals.
fn decimals(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut done = 0;
    for dot in memchr_iter(b'.', bytes) {
        if dot <= done || !digit(dot - 1) || !digit(dot + 1) {
            continue;
        }
        let Some(first) = number_at(text, dot) else { continue };
        done = first.range.end;
        let Some(second) = next_number(text, first.range.end) else { continue };
        if let Some(confidence) = judge(text, &first, &second) {
            done = second.range.end;
            let between = &text.as_str()[first.range.end..second.range.start];
            // With a name between, each is a value of its own.
            match between.contains(|c: char| c.is_alphabetic()) {
                true => {
                    found.add(first.range, Kind::Position, confidence);
                    found.add(second.range, Kind::Position, confidence);
                }
                false => found.add(first.range.start..second.range.end, Kind::Position, confidence),
            }
        }
    }
}

/// A number with decimals.
struct Number {
    range: Range<usize>,
    value: f64,
    decimals: usize,
}

/// The number around a dot: at most three digits before it.
fn number_at(text: &Folded<'_>, dot: usize) -> Option<Number> {
    let bytes = text.bytes();
    let digits = |bytes: &mut dyn Iterator<Item = &u8>| {
        bytes.take(18).take_while(|b| b.is_ascii_digit()).count()
    };
    let whole = digits(&mut bytes[..dot].iter().rev());
    let decimals = digits(&mut bytes[dot + 1..].iter());
    let mut start = dot - whole;
    let end = dot + 1 + decimals;
    if start > 0 && matches!(bytes[start - 1], b'-' | b'+') {
        start -= 1;
    }
    let before = text.char_before(start);
    let goes_on =
        |c: char| c.is_alphanumeric() && !super::script::is_spaceless(c) || c == '.' || c == '_';
    let ends_well = !text.char_at(end).is_some_and(|c| c == '_' || c.is_ascii_digit());
    if whole == 0 || whole > 3 || decimals > 16 || before.is_some_and(goes_on) || !ends_well {
        return None;
    }
    let value = text.as_str()[start..end].trim_start_matches('+').parse().ok()?;
    Some(Number { range: start..end, value, decimals })
}

/// The number with decimals that follows with little between: a comma, a name.
fn next_number(text: &Folded<'_>, end: usize) -> Option<Number> {
    let near = text.after(end, BETWEEN_MAX + 8);
    let digit = near.find(|c: char| c.is_ascii_digit())?;
    let dot = digit + near[digit..].find('.')?;
    let between = near[..digit].trim_end_matches(['-', '+']);
    let letters = between.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let names =
        |word: &str| is_one_of(word, &NAMES) || matches!(word, "N" | "S" | "E" | "W" | "and");
    let fits = between.len() <= BETWEEN_MAX
        && !between.is_empty()
        && !between.contains(['\n', '(', '+', '=', '*'])
        || between.contains(['"', ':', '=']) && between.len() <= BETWEEN_MAX;
    (fits && letters.clone().all(names)).then(|| number_at(text, end + dot)).flatten()
}

fn judge(text: &Folded<'_>, first: &Number, second: &Number) -> Option<u8> {
    let on_earth = first.value.abs() <= 90.0 && second.value.abs() <= 180.0;
    let decimals = first.decimals.min(second.decimals);
    if !on_earth || decimals < DECIMALS_NAMED_MIN {
        return None;
    }
    let before = text.before(first.range.start, CONTEXT_BYTES);
    let between = &text.as_str()[first.range.end..second.range.start];
    let mut words =
        before.rsplit(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(5);
    let is_named = words.any(|word| is_one_of(word, &NAMES))
        || between
            .split(|c: char| !c.is_alphabetic())
            .any(|word| is_one_of(word, &NAMES) || matches!(word, "N" | "S"));
    if is_named && decimals >= DECIMALS_NAMED_MIN {
        return Some(92);
    }
    let in_list = ends_with_number(before)
        || text
            .after(second.range.end, 4)
            .trim_start()
            .strip_prefix(',')
            .is_some_and(begins_number);
    let is_far = first.value.abs() > 1.0 && second.value.abs() > 1.0;
    let is_place = decimals >= DECIMALS_MIN && is_far && !in_list && between.trim() == ",";
    // So many decimals are no measures of anything else that comes in pairs.
    is_place.then_some(if decimals > DECIMALS_MIN { 88 } else { 72 })
}

/// "1.5, "
fn ends_with_number(text: &str) -> bool {
    let list = text.trim_end().strip_suffix(',');
    list.is_some_and(|list| list.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

fn begins_number(text: &str) -> bool {
    text.trim_start().trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

/// Degrees, minutes and seconds with a letter each: `40°26'46"N 79°58'56"W`.
fn degrees(text: &Folded<'_>, found: &mut Finds) {
    let mut done = 0;
    for sign in memchr_iter("°".as_bytes()[0], text.bytes()) {
        if sign < done || text.char_at(sign) != Some('°') {
            continue;
        }
        let Some(first) = angle(text.as_str(), sign) else { continue };
        done = first.end;
        let near = text.after(first.end, 16);
        let Some(next) = near.find('°') else { continue };
        let Some(second) = angle(text.as_str(), first.end + next) else { continue };
        if second.start >= first.end && second.start - first.end <= 4 {
            done = second.end;
            found.add(first.start..second.end, Kind::Position, 95);
        }
    }
}

/// An angle around a degree sign, with the letter of its side behind.
fn angle(text: &str, sign: usize) -> Option<Range<usize>> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let before = text[..sign].trim_end_matches(' ');
    let whole =
        before.bytes().rev().take(12).take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let start = before.len() - whole;
    let rest = &text[sign + '°'.len_utf8()..];
    let minutes = |c: char| is_number(c) || " '\"′″’”ʹʺ".contains(c);
    let len: usize = rest.chars().take(20).take_while(|c| minutes(*c)).map(char::len_utf8).sum();
    let side = rest[len..].chars().next().filter(|c| "NSEWOnsewo".contains(*c))?;
    let ends = !rest[len + side.len_utf8()..].starts_with(|c: char| c.is_alphabetic());
    (whole > 0 && ends).then_some(start..sign + '°'.len_utf8() + len + side.len_utf8())
}
