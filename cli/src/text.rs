//! Words for people: text from outside made harmless, numbers, sizes and times.

use sheaf_protocol::id::PublicKey;
use sheaf_protocol::time::Time;

/// Text from outside on one line: characters that command a terminal, or turn its direction, are
/// shown as `�`.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { visible(c) }).collect()
}

/// The same, with its line breaks.
pub(crate) fn printable_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().map(|c| if c == '\n' { c } else { visible(c) }).collect()
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        _ if commands_terminal(c) => '\u{fffd}',
        _ => c,
    }
}

/// Control characters, marks and overrides of direction, line separators, and the invisible tag
/// characters. Joiners stay: scripts and emoji need them.
fn commands_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// At most `max` characters, the last one `…` if something was left out.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// `1 chat`, `2 chats`.
pub(crate) fn count(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// A size in the unit that reads best.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => {
            format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
        }
        None => count(bytes, "byte"),
    }
}

/// How long ago, in the largest unit.
pub(crate) fn ago(then: Time, now: Time) -> String {
    match now.secs_since(then) {
        0..=59 => "just now".into(),
        secs @ 60..=3599 => format!("{} ago", count(secs / 60, "minute")),
        secs @ 3600..=86_399 => format!("{} ago", count(secs / 3600, "hour")),
        secs => format!("{} ago", count(secs / 86_400, "day")),
    }
}

/// A key short enough to read: enough of it to tell a few apart, never to check one.
pub(crate) fn short_key(key: &PublicKey) -> String {
    let text = key.to_string();
    let id = text.trim_start_matches("did:key:");
    format!("{}…{}", &id[..8], &id[id.len() - 4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_commands_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\u{202e}c\r\nd"), "a�[31mb�c� d");
        assert_eq!(printable_lines("a\r\nb\tc\x07"), "a\nb c�");
        assert_eq!(printable("naïve 日本語 👩‍💻"), "naïve 日本語 👩‍💻", "honest text stays");
    }

    #[test]
    fn sizes_and_counts_read_well() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(5 << 20), "5.0 MiB");
        assert_eq!(count(2, "chat"), "2 chats");
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
