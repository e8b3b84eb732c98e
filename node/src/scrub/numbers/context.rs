//! What stands around a number, apart from words: a URL, a script, code.

use crate::limits::SCRUB_TOKEN_LOOK_BYTES;
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
