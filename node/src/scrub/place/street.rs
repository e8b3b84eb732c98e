//! The street and its number: "3301 Jenkins Gateway", "12, rue de la Paix", "Hauptstraße 5a",
//! "Calle Mayor, 3", "ул. Ленина, д. 12".

use super::Place;
use super::types::{self, Mark};
use super::words::{self, Word};
use crate::scrub::numbers::lex::Group;
use crate::scrub::numbers::{calendar, context};

/// Bytes of a sign for "number" that are looked at.
const SIGN_BYTES_MAX: usize = 20;
/// Parts of a house's number: "12/3 к. 4".
const NUMBER_PARTS_MAX: usize = 4;
/// Words of a street's name with its type.
const WORDS_MAX: usize = 6;

/// Whether a word stands on either side of a number, which costs little to see.
pub(super) fn may_stand(text: &str, number: Group) -> bool {
    let bytes = text.as_bytes();
    let letter =
        |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'.' | b'#');
    let blank = |byte: &u8| matches!(byte, b' ' | b',' | b'/' | b'-');
    let mut after = bytes[number.end..].iter().take(12);
    let after = after.find(|byte| !blank(byte) && !byte.is_ascii_digit());
    let before =
        bytes[..number.start].iter().rev().take(4).find(|byte| !blank(byte) && **byte != b'\n');
    after.is_some_and(|byte| letter(*byte)) || before.is_some_and(|byte| letter(*byte))
}

/// A number and the street behind it.
pub(super) fn after(text: &str, number: Group) -> Option<Place> {
    if number.len() > 6 {
        return None;
    }
    let end = number_end(text, number);
    let first = blank(text, end)?;
    let typed = words::at(text, first)?;
    let start = number_start(text, number);
    if types::leads(&typed.plain()) {
        return led(text, start, typed);
    }
    let paired = start < number.start || end > number.end;
    if is_year_of_something(text, number) {
        return None;
    }
    if text[end..first].contains(',') && !paired {
        // "74, MG Road, Kolkata 700016": what follows has to tell.
        let street = trailing(text, start, first).filter(|street| street.sure > 40);
        return street.map(|street| Place { sure: 45, ..street });
    }
    trailing(text, start, first).or_else(|| untyped(text, start, first))
}

/// "In 1950 Main Street": the number says when.
fn is_year_of_something(text: &str, number: Group) -> bool {
    const WHEN: [&str; 14] = [
        "in", "since", "by", "from", "until", "of", "im", "seit", "en", "depuis", "nel", "em", "w",
        "в",
    ];
    let word =
        text[..number.start].strip_suffix(' ').and_then(|rest| words::before(text, rest.len()));
    calendar::is_year(&text.as_bytes()[number.start..number.end])
        && word.is_some_and(|word| WHEN.contains(&word.plain().as_str()))
}

/// "8 Adams Upper, …": capitalised words that no list has; what follows has to tell.
fn untyped(text: &str, start: usize, first: usize) -> Option<Place> {
    let end = words::name_end(text, first, 4)?;
    let more = text[first..end].contains(' ');
    (more && text[end..].starts_with([',', '\n'])).then_some(Place { start, end, sure: 30 })
}

/// Behind a number and its letter: one blank, or a comma and a blank.
fn blank(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let len = [", ", " ", ","].into_iter().find(|gap| rest.starts_with(gap))?.len();
    Some(at + len)
}

/// "12 rue de la Paix": the type first, then the name.
fn led(text: &str, start: usize, typed: Word<'_>) -> Option<Place> {
    let name = blank(text, typed.end).filter(|at| !text[typed.end..*at].contains(','))?;
    let end = words::name_end(text, name, WORDS_MAX)?;
    Some(Place { start, end, sure: 80 })
}

/// "3301 Jenkins Gateway": the name first, then the type.
fn trailing(text: &str, start: usize, first: usize) -> Option<Place> {
    let mut best: Option<Place> = None;
    let (mut at, mut lower) = (first, false);
    for count in 0..WORDS_MAX {
        let Some(word) = words::at(text, at) else { break };
        let mark = if count > 0 { types::trails(&word.plain()) } else { Mark::None };
        lower |= !word.is_capitalised() && !is_ordinal(word.text) && mark == Mark::None;
        match mark {
            Mark::Strong => {
                best = Some(Place { start, end: word.end, sure: if lower { 45 } else { 78 } })
            }
            Mark::Weak if word.is_capitalised() || !lower => {
                let sure = best.map_or(40, |best| best.sure);
                best = Some(Place { start, end: word.end, sure });
            }
            _ if best.is_some() || (lower && count > 2) => break,
            _ => {}
        }
        if !text[word.end..].starts_with(' ') {
            break;
        }
        at = word.end + 1;
    }
    best.map(|place| Place { end: with_direction(text, place.end), ..place })
}

/// "… Avenue NW"
fn with_direction(text: &str, end: usize) -> usize {
    let word = text[end..].strip_prefix(' ').and_then(|_| words::at(text, end + 1));
    let points = ["N", "S", "E", "W", "NE", "NW", "SE", "SW", "North", "South", "East", "West"];
    word.filter(|word| points.contains(&word.text.trim_end_matches('.')))
        .map_or(end, |word| word.end)
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&word[digits..], "st" | "nd" | "rd" | "th" | "")
}

/// A street and the number behind it.
pub(super) fn before(text: &str, number: Group) -> Option<Place> {
    let end = number_end(text, number);
    let name_end = name_before(text, number.start)?;
    let last = words::before(text, name_end)?;
    match types::ends(&last.plain()) {
        Mark::None => {}
        mark => return compound(text, last, end, mark),
    }
    typed(text, last, end)
}

/// Where the name before a number ends: there may be a comma, and a word or sign for "number".
fn name_before(text: &str, number: usize) -> Option<usize> {
    const SIGNS: &str = "nº n° no: no. no nr. nr num. núm. número numero д. дом буд. будинок № پلاک رقم č. br. # km s/n";
    let mut rest = text[..number].trim_end_matches(' ');
    let lower = context::before(text, rest.len(), SIGN_BYTES_MAX).to_lowercase();
    let sign = SIGNS.split(' ').filter(|sign| lower.ends_with(sign)).map(str::len).max();
    if let Some(cut) =
        sign.and_then(|len| rest.len().checked_sub(len)).filter(|at| rest.is_char_boundary(*at))
    {
        let ends = rest[..cut].chars().next_back().is_none_or(|char| !char.is_alphanumeric());
        rest = if ends { rest[..cut].trim_end_matches(' ') } else { rest };
    }
    let blanks = number - rest.len();
    rest = rest.strip_suffix(',').unwrap_or(rest);
    let letter = rest.chars().next_back().is_some_and(|char| char.is_alphabetic() || char == '.');
    (letter && (1..=16).contains(&blanks)).then_some(rest.len())
}

/// "Hauptstraße 5", "Karl-Marx-Allee 3", "Storgatan 12", "Foo Sokak 5".
fn compound(text: &str, last: Word<'_>, end: usize, mark: Mark) -> Option<Place> {
    let own = types::is_whole(&last.plain());
    if !own {
        let sure = if mark == Mark::Strong { 75 } else { 40 };
        return last.is_capitalised().then_some(Place { start: last.start, end, sure });
    }
    // The type is a word of its own, so the name is what stands before it.
    let mut start = None;
    let mut at = last.start;
    for _ in 0..4 {
        let Some(word) =
            text[..at].strip_suffix(' ').and_then(|rest| words::before(text, rest.len()))
        else {
            break;
        };
        let named = word.is_capitalised() || word.text.ends_with('.');
        if !named || types::announces(&word.plain()) {
            break;
        }
        (start, at) = (Some(word.start), word.start);
    }
    start.map(|start| Place { start, end, sure: if mark == Mark::Strong { 72 } else { 40 } })
}

/// "Calle de Alcalá 12", "Via Roma, 5", "ul. Długa 7": a type some words before the number.
fn typed(text: &str, last: Word<'_>, end: usize) -> Option<Place> {
    let mut word = last;
    for _ in 0..WORDS_MAX {
        let before = text[..word.start]
            .strip_suffix(' ')
            .or_else(|| text[..word.start].strip_suffix("."))?;
        let next = words::before(text, before.len())?;
        if types::leads(&next.plain()) || types::leads(next.text) {
            let fits =
                word.is_capitalised() || words::is_particle(word.text) || is_number(word.text);
            let start = with_place(text, next.start);
            return fits.then_some(Place { start, end, sure: 78 });
        }
        let named = |word: Word<'_>| {
            word.is_capitalised() || words::is_particle(word.text) || word.text.ends_with('.')
        };
        if !named(word) || !named(next) {
            return None;
        }
        word = next;
    }
    None
}

/// "г. Москва, ул. …": where a town begins that stands before the street.
fn with_place(text: &str, street: usize) -> usize {
    const PLACES: &str = "г. город д. деревня п. пос. поселок с. село к. ст. станица клх м. місто смт х. р. хутір обл.";
    let Some(town) =
        text[..street].strip_suffix(", ").and_then(|rest| words::before(text, rest.len()))
    else {
        return street;
    };
    let mut at = town.start;
    for _ in 0..2 {
        let Some(word) =
            text[..at].strip_suffix(' ').and_then(|rest| words::before(text, rest.len()))
        else {
            break;
        };
        if PLACES.split(' ').any(|place| place == word.text) {
            return word.start;
        }
        at = word.start;
    }
    street
}

/// A street without a number on the line before a postal code and town: "avenue Victor Ruffy\n1012 Lausanne".
pub(super) fn line_before(text: &str, code: Group) -> Option<Place> {
    let rest = text[..code.start].trim_end_matches([' ', '\n', ',']);
    let gap = &text[rest.len()..code.start];
    if !(gap.contains(',') || gap.contains('\n')) || gap.len() > 4 {
        return None;
    }
    let last = words::before(text, rest.len())?;
    if types::ends(&last.plain()) == Mark::Strong
        && !types::is_whole(&last.plain())
        && last.is_capitalised()
    {
        return Some(Place { start: last.start, end: last.end, sure: 60 });
    }
    typed(text, last, last.end).map(|place| Place { sure: 60, ..place })
}

fn is_number(word: &str) -> bool {
    word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
}

/// A capitalised name and a number; words around it have to tell.
pub(super) fn unmarked(text: &str, number: Group) -> Option<Place> {
    if number.len() > 4 || calendar::is_year(text.as_bytes().get(number.start..number.end)?) {
        return None;
    }
    let end = number_end(text, number);
    let name_end = name_before(text, number.start)?;
    let (mut start, mut at) = (None, name_end);
    for _ in 0..4 {
        let Some(word) = words::before(text, at) else { break };
        let counts =
            (word.is_capitalised() || is_number(word.text)) && !types::announces(&word.plain());
        let particle = start.is_some() && words::is_particle(word.text);
        if !counts && !particle {
            break;
        }
        if counts {
            start = Some(word.start);
        }
        match text[..word.start].strip_suffix(' ') {
            Some(rest) => at = rest.len(),
            None => break,
        }
    }
    // "RFC 2822", "LIMIT 100"
    let last = words::before(text, name_end)?;
    let shouted = last.text.chars().count() > 1 && !last.text.contains(char::is_lowercase);
    start.filter(|_| !shouted).map(|start| Place { start, end, sure: 20 })
}

/// A number's letter, its second half and the like: "12a", "12/3", "12-14", "д. 12 к. 3".
fn number_end(text: &str, number: Group) -> usize {
    let mut end = number.end;
    if let Some(more) =
        [" bis", " ter", " quater"].into_iter().find(|more| text[end..].starts_with(more))
    {
        return end + more.len();
    }
    for _ in 0..NUMBER_PARTS_MAX {
        let rest = &text[end..];
        let letter = rest.chars().next().filter(|char| char.is_alphabetic());
        let alone =
            |len: usize| rest[len..].chars().next().is_none_or(|char| !char.is_alphanumeric());
        if let Some(char) = letter.filter(|char| alone(char.len_utf8())) {
            return end + char.len_utf8();
        }
        let Some(more) = ["/", "-", " к. ", " корп. ", " стр. ", ", кв. ", " кв. "]
            .into_iter()
            .find_map(|gap| {
                let behind = rest.strip_prefix(gap)?;
                let digits = behind.bytes().take(5).take_while(u8::is_ascii_digit).count();
                (1..=4).contains(&digits).then_some(gap.len() + digits)
            })
        else {
            return end;
        };
        end += more;
    }
    end
}

/// Where a number begins that is the second of "12/34" or "12-14", or has a word for a house before it.
fn number_start(text: &str, number: Group) -> usize {
    let rest = text[..number.start].trim_end_matches(['/', '-']);
    let digits = rest.bytes().rev().take(5).take_while(u8::is_ascii_digit).count();
    let start = if rest.len() + 1 == number.start && (1..=4).contains(&digits) {
        rest.len() - digits
    } else {
        number.start
    };
    for word in ["Flat ", "Unit ", "Studio ", "Apt. ", "Apt ", "H.No. ", "H. No. ", "No. "] {
        if text[..start].ends_with(word) {
            return start - word.len();
        }
    }
    start
}
