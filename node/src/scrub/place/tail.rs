//! What follows a street: flat, quarter, postal code and town.

use super::postal;
use super::types;
use super::words;

/// Parts behind the street.
const PARTS_MAX: usize = 5;

pub(super) struct Tail {
    pub(super) end: usize,
    pub(super) postal: bool,
    pub(super) unit: bool,
}

/// Reads on from where a street ends.
pub(super) fn read(text: &str, end: usize) -> Tail {
    let mut tail = Tail { end, postal: false, unit: false };
    let mut at = end;
    for _ in 0..PARTS_MAX {
        let Some(start) = part(text, at) else { break };
        if let Some(end) = unit(text, start) {
            (at, tail.end, tail.unit) = (end, end, true);
        } else if let Some(end) = postal::town(text, start) {
            (tail.end, tail.postal) = (end, true);
            break;
        } else if let Some(end) = quarter(text, at, start) {
            at = end;
        } else {
            break;
        }
    }
    tail
}

/// Where the next part begins: behind a comma, a line's end, or a blank.
fn part(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let body = rest.trim_start_matches([' ', ',', '\n', '\r']);
    let len = rest.len() - body.len();
    let lines = rest[..len].matches('\n').count();
    ((1..=8).contains(&len) && lines <= 2).then_some(at + len)
}

/// "Apt. 27", "Suite 697", "Piso 3", "кв. 5".
fn unit(text: &str, start: usize) -> Option<usize> {
    let word = words::at(text, start)?;
    if !types::is_unit(&word.plain()) {
        return None;
    }
    let rest = text[word.end..].trim_start_matches([' ', '#', '.', ':']);
    let len = text.len() - word.end - rest.len();
    let number = words::at(text, word.end + len).filter(|_| len <= 3)?;
    let counts = number.text.len() <= 6
        && (number.text.bytes().any(|byte| byte.is_ascii_digit()) || number.text.len() == 1);
    counts.then_some(number.end)
}

/// A quarter or a village before the postal code, set off by a comma or a line.
fn quarter(text: &str, before: usize, start: usize) -> Option<usize> {
    let apart = text[before..start].contains([',', '\n']);
    let end = words::name_end(text, start, 5).filter(|_| apart)?;
    text[end..].starts_with([',', '\n', ' ', '-']).then_some(end)
}
