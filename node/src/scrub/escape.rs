//! Escapes in the strings of JSON (RFC 8259, 7), and of line ends and tabs in programs.

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
        b'u' => return by_number(text),
        _ => return None,
    };
    Some((c, 2))
}

/// The line's end or tab for which the first byte stands behind a backslash.
pub(super) fn blank(behind: &[u8]) -> Option<char> {
    match behind.first()? {
        b'n' => Some('\n'),
        b'r' => Some('\r'),
        b't' => Some('\t'),
        _ => None,
    }
}

/// `\u00e9`, or two of them for a character beyond U+FFFF.
fn by_number(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(2)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 6));
    }
    let second = text.get(6..8).filter(|escape| *escape == "\\u").and_then(|_| unit(8))?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((c, 12))
}
