//! An address that somebody announces: behind "my address is" all that is written up to the last number
//! of the sentence, if it is built like an address.

use super::{Place, postal};
use crate::scrub::cue::Cue;
use crate::scrub::numbers::lex::{Group, Run};

/// Bytes from the announcement to the first number.
const REACH: usize = 48;
/// Bytes of an address.
const BYTES_MAX: usize = 160;
/// Small words between the announcement and the address, parted by blanks.
const FILLERS: &str = "is : - – — ist lautet est es è é to je jest är er on це є это है हैं من هو هي שלי הוא la the at in na przy w v på i \
    is: ist: : saya adalah của tôi là mea este mi mein meine my our your i o und now currently und: ของฉันคือ คือ";

/// The address around a number, if it was announced.
pub(super) fn at(run: &Run<'_>, number: Group) -> Option<Place> {
    let cues = run.cues(number.start, number.start);
    let distance = cues.distance(Cue::Home);
    if !cues.says(Cue::Home)
        || distance > REACH
        || !run.text.is_char_boundary(number.start.checked_sub(distance)?)
    {
        return None;
    }
    let announced = number.start - distance;
    let start = announced + filler_len(&run.text[announced..number.start]);
    let body = sentence(&run.text[start..]);
    let end = start + last_number(body)?;
    let parts = run.text[start..end].matches([',', '\n']).count();
    let code = run.text[start..end]
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'-')
        .count();
    let built = parts >= 1 && code >= 3 && end > number.end || parts >= 2;
    let fresh = !run.text[start..number.start].contains(['?', '!', '=', '{', '"']);
    (built && fresh).then(|| Place {
        start,
        end: postal::town(run.text, end - code.min(end)).map_or(end, |town| town.max(end)),
        sure: 65,
    })
}

/// The length of the small words that a text begins with.
fn filler_len(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start_matches([' ', ':', '：', '\n', ',']).len();
        let word = rest[blank..].split([' ', ':']).next().unwrap_or_default();
        let filler = !word.is_empty()
            && FILLERS.split_whitespace().any(|filler| filler == word.to_lowercase());
        if !filler {
            return at + blank;
        }
        at += blank + word.len();
    }
}

/// The beginning of a text up to where a sentence or a paragraph ends.
fn sentence(text: &str) -> &str {
    let mut end = text.len();
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        let mark = matches!(char, '?' | '!' | '。' | '।' | '؟' | ';' | '"')
            || (char == '\n' && before == '\n');
        let stop = char == '.'
            && !text[at + 1..].starts_with(|next: char| next.is_alphanumeric())
            && before.is_ascii_digit();
        if mark || stop || at > BYTES_MAX {
            end = at;
            break;
        }
        before = char;
    }
    &text[..end]
}

/// Where the last number of a text ends.
fn last_number(text: &str) -> Option<usize> {
    text.rfind(|char: char| char.is_ascii_digit()).map(|at| at + 1)
}
