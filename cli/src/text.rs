//! Words for people: text from outside made harmless, numbers, sizes and times.

use sheaf_protocol::id::PublicKey;
use sheaf_protocol::time::Time;

/// Text from outside on one line: characters that command a terminal, turn its direction or hide
/// are shown as `�`.
pub(crate) fn printable(text: &str) -> String {
    let text = text.replace(['\n', '\t'], " ");
    seen(&text).map(|(c, hides)| if hides { '\u{fffd}' } else { c }).collect()
}

/// The same, with its line breaks.
pub(crate) fn printable_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    seen(&text).map(|(c, hides)| if hides && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// How many characters of a text are shown as `�`.
pub(crate) fn hidden_in(text: &str) -> u64 {
    let text = text.replace("\r\n", "\n");
    seen(&text).filter(|(c, hides)| *hides && !matches!(c, '\n' | '\t')).count() as u64
}

/// Each character, and whether it commands or hides.
fn seen(text: &str) -> impl Iterator<Item = (char, bool)> {
    let before = std::iter::once(' ').chain(text.chars());
    before.zip(text.chars()).map(|(before, c)| (c, commands_terminal(c) || smuggles(before, c)))
}

/// Control characters, marks and overrides of direction, line separators, what is a blank or
/// nothing on a screen, and the invisible tag characters.
fn commands_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Joiners and selectors of variants are needed by scripts and emoji, one at a time and never after
/// plain ASCII letters; more of them are a message that nobody sees.
fn smuggles(before: char, c: char) -> bool {
    let is_joiner = |c| matches!(c, '\u{200c}' | '\u{200d}');
    let is_selector = |c| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    let bare = before.is_ascii_alphabetic() || before == ' ';
    (is_joiner(c) && (is_joiner(before) || bare))
        || (is_selector(c) && (is_selector(before) || is_joiner(before) || bare))
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

/// A moment, to the millisecond where it is between two seconds.
pub(crate) fn moment(time: Time) -> String {
    let text = time.to_string();
    match (time.ms() % 1000, text.strip_suffix('Z')) {
        (0, _) | (_, None) => text,
        (ms, Some(second)) => format!("{second}.{ms:03}Z"),
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
        for honest in [
            "naïve 日本語 👩‍💻",
            "❤\u{fe0f}\u{200d}🔥 #\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "葛\u{e0100}",
        ] {
            assert_eq!(printable(honest), honest, "honest text stays");
        }
    }

    #[test]
    fn nothing_hides_in_what_is_shown() {
        let hiding = [
            '\u{ad}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202b}',
            '\u{202c}',
            '\u{202d}',
            '\u{202e}',
            '\u{2066}',
            '\u{2067}',
            '\u{2068}',
            '\u{2069}',
            '\u{feff}',
            '\u{3164}',
            '\u{e0041}',
            '\u{9b}',
            '\r',
        ];
        for c in hiding {
            let text = format!("a{c}b");
            assert_eq!(printable(&text), "a�b", "{c:?}");
            assert_eq!((printable_lines(&text).as_str(), hidden_in(&text)), ("a�b", 1), "{c:?}");
        }
        let smuggled = "hi\u{fe01}\u{fe02}\u{fe03} ok\u{200d}\u{200c}";
        assert_eq!(printable(smuggled), "hi��� ok��", "variants and joiners carry no message");
        assert_eq!(hidden_in("a\tb\r\nc\n"), 0, "line breaks and tabs are nothing hidden");
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
