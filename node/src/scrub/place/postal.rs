//! Postal codes with their towns, and addresses that are nothing else: post office boxes, military mail.

use super::words;
use crate::scrub::numbers::lex::Group;

/// Words of a town's name.
const TOWN_WORDS_MAX: usize = 5;

/// The end of a postal code and town, or of a town and postal code.
pub(super) fn town(text: &str, start: usize) -> Option<usize> {
    code_first(text, start).or_else(|| town_first(text, start))
}

/// "27775 Colas-les-Bains", "D-10115 Berlin", "1012 AB Amsterdam", "00-950 Warszawa".
fn code_first(text: &str, start: usize) -> Option<usize> {
    let code = code(text, start)?;
    let gap = [" ", ", ", "\n"].into_iter().find(|gap| text[code..].starts_with(gap));
    let Some(gap) = gap else { return long_code(text, start, code) };
    match words::name_end(text, code + gap.len(), TOWN_WORDS_MAX) {
        Some(end) => Some(region(text, end)),
        None => long_code(text, start, code),
    }
}

/// A code that says enough without a town behind it.
fn long_code(text: &str, start: usize, end: usize) -> Option<usize> {
    (text[start..end].bytes().filter(u8::is_ascii_digit).count() >= 5).then_some(end)
}

/// "(MI)", "/ SP", "- SP" behind a town.
fn region(text: &str, end: usize) -> usize {
    let rest = &text[end..];
    let two = |at: usize| {
        rest.get(at..at + 2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_uppercase()))
    };
    for (open, close) in [(" (", ")"), (" / ", ""), ("/", ""), (" - ", ""), ("-", "")] {
        let at = open.len();
        if rest.starts_with(open) && two(at) && rest[at + 2..].starts_with(close) {
            return end + at + 2 + close.len();
        }
    }
    end
}

/// The end of a postal code as some country writes it.
fn code(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let prefix = bytes[start..].iter().take(3).take_while(|byte| byte.is_ascii_uppercase()).count();
    let digits = match bytes.get(start + prefix) {
        Some(b'-') if prefix > 0 => start + prefix + 1,
        _ if prefix == 0 => start,
        _ => return None,
    };
    const SHAPES: [&str; 9] = [
        "ddddd-dddd",
        "ddddd-ddd",
        "dddd-ddd",
        "dd-ddd",
        "ddd dd",
        "dddddd",
        "ddddd",
        "dddd AA",
        "ddddAA",
    ];
    let end = SHAPES
        .iter()
        .find_map(|shape| fits(bytes, digits, shape))
        .or_else(|| fits(bytes, digits, "dddd"))?;
    Some(end)
}

fn fits(bytes: &[u8], start: usize, shape: &str) -> Option<usize> {
    let end = start + shape.len();
    let fits =
        bytes.get(start..end)?.iter().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            other => *byte == other,
        });
    let ends = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (fits && ends).then_some(end)
}

/// "North Gregorystad, NC 75496", "London SW1A 1AA", "Delhi 110001", "Hyderabad-500001".
fn town_first(text: &str, start: usize) -> Option<usize> {
    let mut end = words::name_end(text, start, TOWN_WORDS_MAX)?;
    // The state may have been read as a word of the town.
    if let Some(state) =
        words::before(text, end).filter(|word| word.text.len() == 2 && word.start > start + 2)
    {
        end = text[..state.start].trim_end().len();
    }
    let rest = &text[end..];
    let gap = [", ", ",\n", "\n", " - ", " ", "-"].into_iter().find(|gap| rest.starts_with(gap))?;
    let at = end + gap.len();
    british(text, at).or_else(|| state_and_zip(text, at)).or_else(|| fits_zip(text, at))
}

fn fits_zip(text: &str, at: usize) -> Option<usize> {
    ["ddddd-dddd", "ddddd-ddd", "dddddd", "ddddd"]
        .iter()
        .find_map(|shape| fits(text.as_bytes(), at, shape))
}

/// "NC 75496", "SP, 01310-100"
fn state_and_zip(text: &str, at: usize) -> Option<usize> {
    let word = words::at(text, at)
        .filter(|word| (2..=3).contains(&word.text.len()) && word.is_capitalised())?;
    let gap = [", ", " "].into_iter().find(|gap| text[word.end..].starts_with(gap))?;
    let shouted = word.text.bytes().all(|byte| byte.is_ascii_uppercase());
    let short = || fits(text.as_bytes(), word.end + gap.len(), "dddd").filter(|_| shouted);
    fits_zip(text, word.end + gap.len()).or_else(short)
}

/// "SW1A 1AA" (BS 7666), and Canadian codes "K1A 0B6".
pub(super) fn british(text: &str, at: usize) -> Option<usize> {
    const SHAPES: [&str; 8] =
        ["AAdA dAA", "AAdd dAA", "AAd dAA", "Ad dAA", "Add dAA", "AdA dAA", "AdA dAd", "AdAdAd"];
    SHAPES.iter().find_map(|shape| fits(text.as_bytes(), at, shape))
}

/// "PSC 7540, Box 0917, APO AE 96248", "Unit 1527 Box 5892, DPO AP 05099", "P.O. Box 123".
pub(super) fn military(text: &str, number: Group) -> Option<(usize, usize)> {
    let word =
        text[..number.start].strip_suffix(' ').and_then(|rest| words::before(text, rest.len()))?;
    let first = match word.plain().as_str() {
        "psc" | "unit" | "cmr" => Some(word.start),
        "box" | "postfach" | "bp" | "apartado" | "boîte" => return post_box(text, word, number),
        "usns" | "usnv" | "uss" | "usnm" | "uscgc" => Some(word.start),
        _ => None,
    }?;
    let rest = &text[number.end..];
    let boxed = rest.trim_start_matches([',', ' ', '\n']).strip_prefix("Box ")?;
    let digits = boxed.bytes().take(6).take_while(u8::is_ascii_digit).count();
    let end = text.len() - boxed.len() + digits;
    (digits > 0).then(|| (first, fleet(text, end).unwrap_or(end)))
}

/// ", APO AE 96248"
fn fleet(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].trim_start_matches([',', ' ', '\n']);
    let behind = ["APO ", "FPO ", "DPO "].into_iter().find_map(|word| rest.strip_prefix(word))?;
    let zip = text.len() - behind.len() + 3;
    (behind.starts_with("AA ") || behind.starts_with("AE ") || behind.starts_with("AP ")).then(
        || fits(text.as_bytes(), zip, "ddddd-dddd").or_else(|| fits(text.as_bytes(), zip, "ddddd")),
    )?
}

/// "P.O. Box 123, Springfield, IL 62701"
fn post_box(text: &str, word: words::Word<'_>, number: Group) -> Option<(usize, usize)> {
    let before = &text[..word.start];
    let start = ["P.O. ", "PO ", "P. O. ", "P.O ", "Post Office ", "GPO ", "Locked "]
        .into_iter()
        .find(|office| before.ends_with(office))
        .map(|office| word.start - office.len());
    let start = if word.plain() == "box" { start? } else { word.start };
    Some((start, super::tail::read(text, number.end).end))
}
