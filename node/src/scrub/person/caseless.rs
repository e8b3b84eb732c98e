//! Names in scripts that have spaces but no capitals: Arabic, Persian, Hebrew, Devanagari and the other
//! scripts of India, Thai, Georgian.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words of a name with its title.
const WORDS_MAX: usize = 5;
/// Words that are taken where nothing says where the name ends.
const WORDS_SURE: usize = 2;

/// Characters of a word that are looked at.
const WORD_CHARS_MAX: usize = 40;

/// Words that end a name, or that stand where none is.
const STOPS: &str = "\
و وبريدي ورقم ورقمي وعمري وأنا وانا وأعيش واعيش وأسكن واسكن وعنواني وهاتفي ولدي وأعمل واعمل من \
في على هو هي وهذا وهذه ويمكنك ويمكن وأريد واريد وأحتاج أنا انا عمري رقم رقمي بريدي عنواني هاتفي \
أعيش أسكن أعمل لكن ثم إلى است هست هستم میباشد می‌باشد باشد ام و شماره ایمیل آدرس تلفن از در با \
را که کد है हैं हूँ हूं और मेरा मेरी मेरे मैं का की के में से को ने तथा एवं फोन फ़ोन पता הוא \
היא ואני והטלפון ומספר אני מספר של עם טלפון והמייל וגר וכתובת";
static STOPS_LIST: LazyLock<HashSet<&str>> = LazyLock::new(|| STOPS.split_whitespace().collect());

/// Whether a letter is of one of these scripts.
pub(super) fn is_caseless(char: char) -> bool {
    matches!(char, '\u{e01}'..='\u{e4e}' | '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{900}'..='\u{dff}' | '\u{10d0}'..='\u{10ff}')
        && !char.is_ascii_digit()
}

/// Where the name ends that begins at a place.
pub(super) fn name(text: &str, start: usize) -> Option<usize> {
    let (mut at, mut ends) = (start, Vec::with_capacity(WORDS_MAX));
    let mut told = false;
    while ends.len() <= WORDS_MAX {
        let len = word_len(&text[at..]);
        let word = &text[at..at + len];
        if len == 0 || STOPS_LIST.contains(word) || (!ends.is_empty() && joins(word)) {
            told = true;
            break;
        }
        ends.push(at + len);
        match text[at + len..].strip_prefix(' ') {
            Some(rest) if rest.chars().next().is_some_and(is_caseless) => at += len + 1,
            _ => {
                told = true;
                break;
            }
        }
    }
    let count = if told { ends.len().min(WORDS_MAX) } else { WORDS_SURE.min(ends.len()) };
    let end = count.checked_sub(1).and_then(|last| ends.get(last).copied())?;
    Some(without_ending(text, start, end))
}

/// Words of politeness that Thai writes at the end without a space.
fn without_ending(text: &str, start: usize, end: usize) -> usize {
    const ENDINGS: [&str; 4] = ["ครับ", "ค่ะ", "คะ", "นะ"];
    let ending = ENDINGS
        .into_iter()
        .find(|ending| text[start..end].len() > ending.len() && text[start..end].ends_with(ending));
    end - ending.map_or(0, str::len)
}

fn word_len(text: &str) -> usize {
    let inner = |char: char| {
        is_caseless(char) && !matches!(char, '،' | '؛' | '؟' | '।' | '॥' | '\u{6d4}')
            || char == '-'
            || char == '\u{200c}'
    };
    text.chars().take(WORD_CHARS_MAX).take_while(|char| inner(*char)).map(char::len_utf8).sum()
}

/// Whether an Arabic word of some length begins with "and", as names behind the first rarely do.
fn joins(word: &str) -> bool {
    word.starts_with('و') && word.chars().count() > 4
}
