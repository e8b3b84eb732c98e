//! Names behind a word for somebody's part: "beneficiary Oto Staněk", "present: Ana Moura, Rui Sá".

use super::{field, han};

/// Names in one list.
const NAMES_MAX: usize = 16;
/// What stands between two names of a list.
const BETWEEN: [&str; 22] = [
    ", ", " and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " ja ", " i ", " a ",
    " és ", " și ", " ve ", " и ", " та ", " & ", "、", "，", "; ", " oraz ",
];
/// Syllables of a Korean name: words of two are too often others.
const KOREAN_SYLLABLES: usize = 3;

/// Hands over the names that follow the word that ends at `end`.
pub(super) fn each(text: &str, end: usize, mut see: impl FnMut(usize, usize)) {
    let rest = &text[end..];
    let signs = rest.len() - rest.trim_start_matches([' ', ':', '：', 'は']).len();
    let mut at = end + signs;
    if signs > 4 {
        return;
    }
    for _ in 0..NAMES_MAX {
        let Some(name_end) = whole(text, at) else { return };
        see(at, name_end);
        let rest = &text[name_end..];
        let Some(between) = BETWEEN.iter().find(|between| rest.starts_with(*between)) else {
            return;
        };
        at = name_end + between.len();
    }
}

/// A name of more than a word, or of a script that has surnames to know it by.
fn whole(text: &str, at: usize) -> Option<usize> {
    let end = field::name(text, at)?;
    let name = &text[at..end];
    let is_korean = name.starts_with(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
    let fits = match () {
        () if is_korean => name.chars().count() == KOREAN_SYLLABLES,
        () if name.starts_with(han::is_letter) => true,
        () => name.contains(' '),
    };
    fits.then_some(end)
}
