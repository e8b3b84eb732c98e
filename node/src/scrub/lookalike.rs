//! Characters that stand for others: how a text is written so that a person reads what a program
//! overlooks.

/// What a detector reads in place of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// The character itself.
    Itself,
    /// Nothing: it is invisible.
    Nothing,
    /// This ASCII character, wherever it stands.
    As(u8),
    /// This ASCII letter, if it stands in a word with ASCII letters.
    Among(u8),
}

/// How a character that is not ASCII is read.
pub(super) fn read(c: char) -> Read {
    match c {
        // Soft hyphen, joiners, marks and orders of direction, fillers, selectors, tags.
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{E0000}'..='\u{E01EF}' => Read::Nothing,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            Read::As(b' ')
        }
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Read::As(b'-'),
        '\u{2024}' | '\u{FE52}' => Read::As(b'.'),
        '\u{FE55}' => Read::As(b':'),
        '\u{FE6B}' => Read::As(b'@'),
        // Full width.
        '\u{FF01}'..='\u{FF5E}' => Read::As((u32::from(c) - 0xFEE0) as u8),
        // Letters and digits of mathematics: bold, italic and so on, each a whole alphabet.
        '\u{1D400}'..='\u{1D6A3}' => Read::As(letter(u32::from(c) - 0x1D400)),
        '\u{1D7CE}'..='\u{1D7FF}' => Read::As(b'0' + ((u32::from(c) - 0x1D7CE) % 10) as u8),
        '\u{370}'..='\u{52F}' => letter_like(c).map_or(Read::Itself, Read::Among),
        _ => digit(c).map_or(Read::Itself, Read::As),
    }
}

/// Whether a character whose UTF-8 begins with these two bytes may be read as another. Those that begin
/// otherwise (most of Han, Hangul, kana, Arabic) need no look.
pub(super) fn may_differ(lead: u8, second: u8) -> bool {
    match lead {
        0xC2 | 0xCD..=0xD4 | 0xDF..=0xE2 | 0xEA | 0xEF | 0xF0 | 0xF3 => true,
        0xD8 => second == 0x9C,
        0xD9 => matches!(second, 0xA0..=0xA9),
        0xDB => matches!(second, 0xB0..=0xB9),
        0xE3 => matches!(second, 0x80 | 0x85),
        _ => false,
    }
}

/// The letter of a position in alphabets of 52 letters, capitals first.
fn letter(position: u32) -> u8 {
    let in_alphabet = (position % 52) as u8;
    if in_alphabet < 26 { b'A' + in_alphabet } else { b'a' + in_alphabet - 26 }
}

/// Greek and Cyrillic letters that look like Latin ones.
fn letter_like(c: char) -> Option<u8> {
    Some(match c {
        'А' | 'Α' => b'A',
        'В' | 'Β' => b'B',
        'С' | 'Ϲ' => b'C',
        'Е' | 'Ε' => b'E',
        'Ԍ' => b'G',
        'Н' | 'Η' => b'H',
        'І' | 'Ι' | 'Ӏ' => b'I',
        'Ј' => b'J',
        'К' | 'Κ' => b'K',
        'М' | 'Μ' => b'M',
        'Ν' => b'N',
        'О' | 'Ο' => b'O',
        'Р' | 'Ρ' => b'P',
        'Ԛ' => b'Q',
        'Ѕ' => b'S',
        'Т' | 'Τ' => b'T',
        'Ѵ' => b'V',
        'Ԝ' => b'W',
        'Х' | 'Χ' => b'X',
        'У' | 'Υ' | 'Ү' => b'Y',
        'Ζ' => b'Z',
        'а' | 'α' => b'a',
        'Ь' => b'b',
        'с' | 'ϲ' => b'c',
        'ԁ' => b'd',
        'е' => b'e',
        'һ' => b'h',
        'і' | 'ι' => b'i',
        'ј' | 'ϳ' => b'j',
        'к' | 'κ' => b'k',
        'ӏ' => b'l',
        'о' | 'ο' => b'o',
        'р' | 'ρ' => b'p',
        'ԛ' => b'q',
        'ѕ' => b's',
        'υ' => b'u',
        'ν' | 'ѵ' => b'v',
        'ԝ' => b'w',
        'х' | 'χ' => b'x',
        'у' | 'ү' => b'y',
        _ => return None,
    })
}

/// The zeros of the decimal digits of other scripts (general category Nd of Unicode); each is
/// followed by the other nine.
const ZEROS: [u32; 61] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0,
    0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0,
    0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50,
    0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
];

fn digit(c: char) -> Option<u8> {
    let c = u32::from(c);
    let zero = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1).map(|at| ZEROS[at])?;
    u8::try_from(c - zero).ok().filter(|value| *value < 10).map(|value| b'0' + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_is_passed_over_that_is_read_as_another() {
        for c in ('\u{80}'..=char::MAX).filter(|c| read(*c) != Read::Itself) {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            assert!(may_differ(bytes[0], bytes[1]), "U+{:04X}", u32::from(c));
        }
    }
}
