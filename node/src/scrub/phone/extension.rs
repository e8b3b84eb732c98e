//! Extensions behind a number: "x401", "ext. 12", "доб. 5".

/// Digits of an extension.
const DIGITS_MAX: usize = 6;

/// Words before an extension, lower case; longer ones before those that they begin with.
const WORDS: [&str; 15] = [
    "extension",
    "poste",
    "interno",
    "anexo",
    "ramal",
    "durchwahl",
    "dahili",
    "toestel",
    "wew.",
    "доб.",
    "ext.",
    "ext",
    "內線",
    "내선",
    "x",
];

/// Where a number ends that may go on with an extension.
pub(super) fn end(text: &str, end: usize) -> usize {
    behind(&text[end..]).map_or(end, |len| end + len)
}

fn behind(rest: &str) -> Option<usize> {
    let spoken = rest.trim_start_matches([' ', ',', '-', '(']);
    if rest.len() - spoken.len() > 2 {
        return None;
    }
    let word = WORDS.into_iter().find(|word| starts_with(spoken, word))?;
    let digits = spoken[word.len()..].trim_start_matches(['.', ':', ' ', '#']);
    let count = digits.bytes().take(DIGITS_MAX + 1).take_while(u8::is_ascii_digit).count();
    let ends = digits[count..].chars().next().is_none_or(|char| !char.is_alphanumeric());
    let len = rest.len() - digits.len() + count;
    ((1..=DIGITS_MAX).contains(&count) && ends).then_some(len)
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
