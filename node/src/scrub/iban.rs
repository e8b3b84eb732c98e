//! Bank accounts as IBAN (ISO 13616): country, length, structure and check digits as the crate
//! `iban_validate` knows them from the registry of SWIFT.

use super::Kind;
use super::cue::Cue;
use super::cue::Cues;
use super::found::Finds;
use super::numbers::lex::{is_blank, is_dash};
use iban::{BaseIban, Iban, IbanLike, ParseIbanError};

/// Characters of the longest IBAN, and of the shortest.
const CHARS_MAX: usize = 34;
const CHARS_MIN: usize = 15;

/// Looks whether a word of letters and digits begins an IBAN, and returns where that ends.
pub(super) fn find(text: &str, start: usize, found: &mut Finds) -> Option<usize> {
    if !begins(text.as_bytes(), start) {
        return None;
    }
    let mut chars = Chars::default();
    chars.read(text, start);
    let (len, confidence) = longest(&chars, text, start)?;
    let end = chars.ends[len - 1];
    found.add(start..end, Kind::Iban, confidence);
    Some(end)
}

/// Whether two letters and two digits stand there, and nothing ties them to what is before.
fn begins(bytes: &[u8], start: usize) -> bool {
    let head = bytes.get(start..start + 4);
    let before = start.checked_sub(1).map(|at| bytes[at]);
    head.is_some_and(|head| {
        head[..2].iter().all(u8::is_ascii_alphabetic) && head[2..].iter().all(u8::is_ascii_digit)
    }) && !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Letters and digits without what separates them, and where each ends in the text.
struct Chars {
    chars: [u8; CHARS_MAX],
    ends: [usize; CHARS_MAX],
    len: usize,
    /// Whether the character behind belongs to the same word.
    ties: [bool; CHARS_MAX],
}

impl Default for Chars {
    fn default() -> Self {
        Self { chars: [0; CHARS_MAX], ends: [0; CHARS_MAX], len: 0, ties: [false; CHARS_MAX] }
    }
}

impl Chars {
    fn read(&mut self, text: &str, start: usize) {
        let mut apart = true;
        for (offset, char) in text[start..].char_indices() {
            if let Some(byte) = u8::try_from(char).ok().filter(u8::is_ascii_alphanumeric) {
                if !apart && self.len > 0 {
                    self.ties[self.len - 1] = true;
                }
                if self.len == CHARS_MAX {
                    return;
                }
                self.chars[self.len] = byte.to_ascii_uppercase();
                self.ends[self.len] = start + offset + 1;
                (self.len, apart) = (self.len + 1, false);
            } else if apart || !(is_blank(char) || is_dash(char) || char == '.') {
                return;
            } else {
                apart = true;
            }
        }
    }

    fn text(&self, len: usize) -> &str {
        std::str::from_utf8(&self.chars[..len]).unwrap_or_default()
    }
}

/// The longest valid IBAN that ends where a word does. The length follows from the country, so at most
/// one passes.
fn longest(chars: &Chars, text: &str, start: usize) -> Option<(usize, u8)> {
    let ends = (CHARS_MIN..=chars.len).rev().filter(|len| !chars.ties[len - 1]);
    let (len, sure) =
        ends.map(|len| (len, judge(chars.text(len)))).max_by_key(|(_, sure)| *sure)?;
    let named = sure > 0 && Cues::around(text, start, chars.ends[len - 1]).says(Cue::Account);
    let shouted = text[start..chars.ends[len - 1]].bytes().all(|byte| !byte.is_ascii_lowercase());
    match sure {
        0 => None,
        95 => Some((len, if named { 99 } else { 95 })),
        _ if named => Some((len, 92)),
        sure => (sure >= 80 && shouted).then_some((len, sure)),
    }
}

/// How sure it is that characters are an IBAN: in a country's structure, with its length right, or at
/// least with its check digits; 0 if not.
fn judge(chars: &str) -> u8 {
    match chars.parse::<Iban>() {
        Ok(_) => 95,
        Err(ParseIbanError::InvalidBban(iban)) => near_length(&iban),
        Err(ParseIbanError::UnknownCountry(iban)) if iban.country_code() != "XX" => 60,
        Err(_) => 0,
    }
}

/// Somebody's account all the same if a program made it up: banks of the country, other digits.
fn near_length(iban: &BaseIban) -> u8 {
    if iban.electronic_str().len() >= 18 { 80 } else { 60 }
}
