//! Bytes of a terminal → keys. What a terminal sends in pieces (over a slow line, an arrow comes
//! as three bytes) is put together; what nobody knows is passed over whole.

/// Bytes of one sequence that are waited for; what is longer is none.
const SEQUENCE_MAX: usize = 32;
/// Characters of one paste that are taken.
const PASTE_CHARS_MAX: usize = 1000;
const ESCAPE: u8 = 0x1b;

/// What a person pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    /// Text that was pasted: never commands.
    Pasted(String),
    Enter,
    Escape,
    Tab,
    Backspace,
    Delete,
    /// Ctrl-U.
    ClearLine,
    /// Ctrl-W.
    DeleteWord,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    /// Ctrl-C, or nobody is there any more.
    Interrupt,
    /// Ctrl-L.
    Redraw,
}

/// Puts keys together.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    held: Vec<u8>,
    pasted: Option<String>,
}

/// What the bytes held begin with.
enum Begun {
    Key(Key),
    /// Something to pass over.
    Nothing,
    PasteStart,
    PasteEnd,
    /// More is to come.
    Incomplete,
}

impl Decoder {
    /// The keys that these bytes complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.held.extend_from_slice(bytes);
        let mut keys = Vec::new();
        while !self.held.is_empty() {
            let (begun, length) = first(&self.held);
            if matches!(begun, Begun::Incomplete) {
                break;
            }
            self.held.drain(..length.max(1));
            keys.extend(self.take(begun));
        }
        keys
    }

    /// Whether a sequence has begun and not ended.
    pub(super) fn is_waiting(&self) -> bool {
        !self.held.is_empty()
    }

    /// Nothing followed for a while: an escape that stands alone was the key itself.
    pub(super) fn nothing_followed(&mut self) -> Option<Key> {
        let held = std::mem::take(&mut self.held);
        (held == [ESCAPE] && self.pasted.is_none()).then_some(Key::Escape)
    }

    fn take(&mut self, begun: Begun) -> Option<Key> {
        match (begun, &mut self.pasted) {
            (Begun::PasteStart, pasted) => *pasted = Some(String::new()),
            (Begun::PasteEnd, pasted) => return pasted.take().map(Key::Pasted),
            (Begun::Key(Key::Interrupt), pasted) => {
                *pasted = None;
                return Some(Key::Interrupt);
            }
            (Begun::Key(key), Some(text)) => paste(text, &key),
            (Begun::Key(key), None) => return Some(key),
            (Begun::Nothing | Begun::Incomplete, _) => {}
        }
        None
    }
}

fn paste(text: &mut String, key: &Key) {
    let c = match key {
        Key::Char(c) => *c,
        Key::Enter | Key::Tab => ' ',
        _ => return,
    };
    if text.chars().count() < PASTE_CHARS_MAX {
        text.push(c);
    }
}

/// What stands first, and how many bytes it has.
fn first(bytes: &[u8]) -> (Begun, usize) {
    match bytes {
        [ESCAPE, rest @ ..] => escaped(rest),
        [byte, ..] if byte.is_ascii() => (control_or_char(*byte), 1),
        bytes => character(bytes),
    }
}

fn control_or_char(byte: u8) -> Begun {
    Begun::Key(match byte {
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x7f | 0x08 => Key::Backspace,
        0x01 => Key::Home,
        0x05 => Key::End,
        0x03 | 0x04 => Key::Interrupt,
        0x0c => Key::Redraw,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::ClearLine,
        0x17 => Key::DeleteWord,
        byte if byte.is_ascii_control() => return Begun::Nothing,
        byte => Key::Char(char::from(byte)),
    })
}

fn character(bytes: &[u8]) -> (Begun, usize) {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (Begun::Nothing, 1),
    };
    let there = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(there) {
        Ok(text) => (text.chars().next().map_or(Begun::Nothing, printed), length),
        Err(error) if error.error_len().is_none() => (Begun::Incomplete, 0),
        Err(_) => (Begun::Nothing, 1),
    }
}

fn printed(c: char) -> Begun {
    if c.is_control() { Begun::Nothing } else { Begun::Key(Key::Char(c)) }
}

/// What follows an escape; the length counts the escape, too.
fn escaped(rest: &[u8]) -> (Begun, usize) {
    match rest {
        [] => (Begun::Incomplete, 0),
        [ESCAPE, ..] => (Begun::Key(Key::Escape), 1),
        // The function keys of the Linux console.
        [b'[', b'[', _, ..] => (Begun::Nothing, 4),
        [b'[', b'['] | [b'O'] => (Begun::Incomplete, 0),
        [b'[', sequence @ ..] => control_sequence(sequence),
        [b'O', last, ..] => (cursor_key(*last), 3),
        // Alt and a key.
        [_, ..] => (Begun::Nothing, 2),
    }
}

/// Parameters, then one byte that says what it is.
fn control_sequence(sequence: &[u8]) -> (Begun, usize) {
    let Some(end) = sequence.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) else {
        let hopeless = sequence.len() > SEQUENCE_MAX;
        return if hopeless { (Begun::Nothing, 2) } else { (Begun::Incomplete, 0) };
    };
    let (parameters, last) = (&sequence[..end], sequence[end]);
    if !matches!(last, 0x40..=0x7e) {
        return (Begun::Nothing, 2 + end);
    }
    let begun = match (last, parameters) {
        (b'~', b"200") => Begun::PasteStart,
        (b'~', b"201") => Begun::PasteEnd,
        (b'~', parameters) => editing_key(parameters),
        (last, _) => cursor_key(last),
    };
    (begun, 2 + end + 1)
}

fn editing_key(parameters: &[u8]) -> Begun {
    let number = parameters.split(|byte| *byte == b';').next();
    Begun::Key(match number {
        Some(b"1" | b"7") => Key::Home,
        Some(b"4" | b"8") => Key::End,
        Some(b"3") => Key::Delete,
        Some(b"5") => Key::PageUp,
        Some(b"6") => Key::PageDown,
        _ => return Begun::Nothing,
    })
}

fn cursor_key(last: u8) -> Begun {
    Begun::Key(match last {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'H' => Key::Home,
        b'F' => Key::End,
        b'M' => Key::Enter,
        _ => return Begun::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        Decoder::default().feed(bytes)
    }

    #[test]
    fn keys_are_known_in_the_dialects_of_terminals() {
        for (bytes, key) in [
            (&b"\x1b[A"[..], Key::Up),
            (b"\x1bOB", Key::Down),
            (b"\x1b[1;5C", Key::Right),
            (b"\x1b[5~", Key::PageUp),
            (b"\x1b[6;3~", Key::PageDown),
            (b"\x1b[1~", Key::Home),
            (b"\x1b[F", Key::End),
            (b"\x7f", Key::Backspace),
            (b"\r", Key::Enter),
            (b"\x03", Key::Interrupt),
            ("茶".as_bytes(), Key::Char('茶')),
        ] {
            assert_eq!(keys(bytes), [key], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_nobody_knows_types_nothing() {
        for bytes in
            [&b"\x1b[15~"[..], b"\x1b[[A", b"\x1bx", b"\x1b[?1;2c", b"\x1b[<0;1;1m", b"\xff"]
        {
            assert_eq!(keys(bytes), [], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn an_arrow_that_comes_byte_by_byte_is_an_arrow() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert!(decoder.is_waiting());
        assert_eq!(decoder.feed(b"["), []);
        assert_eq!(decoder.feed(b"A"), [Key::Up]);
        assert_eq!(decoder.feed("é".as_bytes().split_at(1).0), []);
        assert_eq!(decoder.feed("é".as_bytes().split_at(1).1), [Key::Char('é')]);
    }

    #[test]
    fn an_escape_that_nothing_follows_is_the_key() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert_eq!(decoder.nothing_followed(), Some(Key::Escape));
        assert_eq!(decoder.feed(b"\x1b[1"), []);
        assert_eq!(decoder.nothing_followed(), None, "half a sequence is no key");
        assert!(!decoder.is_waiting(), "and is not waited for any longer");
    }

    #[test]
    fn what_is_pasted_is_text_and_never_commands() {
        let pasted = keys(b"\x1b[200~cq\r\x1b[Ag\x1b[201~c");
        assert_eq!(pasted, [Key::Pasted("cq g".into()), Key::Char('c')]);
        let long = format!("\x1b[200~{}\x1b[201~", "x".repeat(PASTE_CHARS_MAX + 9));
        assert_eq!(keys(long.as_bytes()), [Key::Pasted("x".repeat(PASTE_CHARS_MAX))]);
        assert_eq!(keys(b"\x1b[200~\x03"), [Key::Interrupt], "a paste without end can be left");
    }

    #[test]
    fn no_bytes_are_held_for_ever() {
        let mut state = 7_u64;
        let mut decoder = Decoder::default();
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let byte = (state >> 56) as u8;
            // Escapes and digits often, so that sequences begin.
            let byte =
                if byte.is_multiple_of(3) { b"\x1b[O0;~2"[usize::from(byte) % 7] } else { byte };
            decoder.feed(&[byte]);
            assert!(decoder.held.len() <= SEQUENCE_MAX + 3, "{:?}", decoder.held);
        }
    }
}
