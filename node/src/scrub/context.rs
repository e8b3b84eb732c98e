//! Words that stand near.

/// Whether one of `words` (lower case) is among the last `count` words of `text`, whatever the case
/// of its ASCII letters. Only letters make words here.
pub(super) fn ends_near(text: &str, words: &[&str], count: usize) -> bool {
    text.rsplit(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .take(count)
        .any(|word| is_one_of(word, words))
}

/// Whether `word` is one of `words`, whatever the case of ASCII letters.
pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether `text` contains one of `parts`: for scripts that put no spaces between words.
pub(super) fn contains_any(text: &str, parts: &[&str]) -> bool {
    !text.is_ascii() && parts.iter().any(|part| text.contains(part))
}

/// What of `text` stands on its last line.
pub(super) fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}
