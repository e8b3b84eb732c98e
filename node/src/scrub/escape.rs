//! Escapes in the strings of JSON (RFC 8259, 7), and those of them that programs have, too.

/// The character that is escaped at the start of `text`, and how many bytes say so.
pub(super) fn unescaped(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return by_number(text, 1),
        _ => return None,
    };
    Some((c, 2))
}

/// The character for which an escape stands that programs have, too, however many strings it is in: each
/// of them doubles the backslashes. How many bytes say so.
pub(super) fn nested(text: &str) -> Option<(char, usize)> {
    let backslashes = text.bytes().take(BACKSLASHES_MAX).take_while(|b| *b == b'\\').count();
    let c = match text.as_bytes().get(backslashes)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return by_number(text, backslashes),
        _ => return None,
    };
    Some((c, backslashes + 1))
}

/// Backslashes of one escape that are looked at.
const BACKSLASHES_MAX: usize = 32;

/// `\u00e9`, or two of them for a character beyond U+FFFF, behind so many backslashes each.
fn by_number(text: &str, backslashes: usize) -> Option<(char, usize)> {
    let is_hex = |digits: &&str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    let unit = |at| u16::from_str_radix(text.get(at..at + 4).filter(is_hex)?, 16).ok();
    let len = backslashes + 5;
    let first = unit(backslashes + 1)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, len));
    }
    let again = text.get(..=backslashes) == text.get(len..=len + backslashes);
    let second = again.then(|| unit(len + backslashes + 1)).flatten()?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((c, 2 * len))
}
