//! What stands around a number, apart from words: a URL, a script, code.

use crate::limits::SCRUB_TOKEN_LOOK_BYTES;
use crate::scrub::context::last_line;
use crate::scrub::script::is_spaceless;

/// Whether a place lies in a URL that is not made for calling.
pub(crate) fn in_url(text: &str, at: usize) -> bool {
    let token = token_before(text, at);
    let calls = ["tel:", "wa.me/", "sms:", "callto:", "whatsapp:"];
    (token.contains("://") || token.contains("www.") || token.contains("/?") || token.contains("&"))
        && !calls.iter().any(|call| token.contains(call))
}

/// What is written before a place without a blank between, as far as is looked.
fn token_before(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(SCRUB_TOKEN_LOOK_BYTES);
    let stops =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b'\'' | b'|');
    let start = bytes[from..at].iter().rposition(stops).map_or(from, |stop| from + stop + 1);
    // A window that begins within a character has no ASCII there, which is all that is searched for.
    let start = (start..=at).find(|place| text.is_char_boundary(*place)).unwrap_or(at);
    &text[start..at]
}

/// Whether the nearest letter on either side is of a script without spaces between words.
pub(crate) fn in_spaceless_script(text: &str, start: usize, end: usize) -> bool {
    let letter = |char: &char| char.is_alphabetic();
    let before = text[..start].chars().rev().take(6).find(letter);
    let after = text[end..].chars().take(6).find(letter);
    before.is_some_and(is_spaceless) || after.is_some_and(is_spaceless)
}

/// At most so many bytes before a place, in whole characters.
pub(crate) fn before(text: &str, at: usize, bytes: usize) -> &str {
    let mut start = at.saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..at]
}

/// Bytes around a cell in which a mail address makes the row one of contacts.
const ROW_BYTES: usize = 96;

/// Whether something is all that stands in a cell of a row that has a mail address.
pub(crate) fn in_contact_row(text: &str, start: usize, end: usize) -> bool {
    const CELLS: [char; 5] = ['|', ';', '\t', ',', '"'];
    let before = last_line(before(text, start, ROW_BYTES));
    let after = after(text, end, ROW_BYTES);
    let after = after.split('\n').next().unwrap_or_default();
    let opens = before.trim_end_matches([' ', '\'']).ends_with(CELLS);
    let behind = after.trim_start_matches([' ', '\'', ')']);
    let closes = behind.is_empty() || behind.starts_with(CELLS);
    let in_commas = before.ends_with(',') && (after.is_empty() || after.starts_with(','));
    let has_cells = in_commas
        || before.contains(['|', ';', '\t'])
        || before.contains(',') && before.contains(['"', '\'']);
    opens && closes && has_cells && (before.contains('@') || after.contains('@'))
}

/// At most so many bytes behind a place, in whole characters.
fn after(text: &str, at: usize, bytes: usize) -> &str {
    let end = text.floor_char_boundary(at.saturating_add(bytes));
    &text[at..end]
}
