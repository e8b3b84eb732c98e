//! Words beside a place in the text, a few of them.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A word, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word<'_> {
    pub(super) fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// Lower case, without a point at its end.
    pub(super) fn plain(&self) -> String {
        self.text.trim_end_matches('.').to_lowercase()
    }
}

fn is_inner(char: char) -> bool {
    char.is_alphanumeric()
        || matches!(char, '-' | '\'' | '’' | '.' | 'º' | 'ª' | '°' | '\u{93c}'..='\u{94d}' | '\u{900}'..='\u{903}')
}

/// Characters of a word that is looked at.
const WORD_CHARS_MAX: usize = 40;

/// The word that begins at a place.
pub(super) fn at(text: &str, start: usize) -> Option<Word<'_>> {
    let rest = text.get(start..)?;
    let chars = rest.char_indices().take(WORD_CHARS_MAX + 1);
    let mut len = 0;
    for (offset, char) in chars {
        if !is_inner(char) {
            break;
        }
        len = offset + char.len_utf8();
    }
    // A point ends an abbreviation, but not a sentence.
    let mut word = &rest[..len];
    let short = word.trim_end_matches(['.', '-']);
    if short.chars().count() > 5 || rest[len..].starts_with('\n') || rest.len() == len {
        word = short;
    }
    let begins = word.chars().next().is_some_and(char::is_alphanumeric);
    (begins && word.chars().count() <= WORD_CHARS_MAX).then(|| Word {
        text: word,
        start,
        end: start + word.len(),
    })
}

/// The word that ends at a place.
pub(super) fn before(text: &str, end: usize) -> Option<Word<'_>> {
    let mut start = end;
    for (offset, char) in text.get(..end)?.char_indices().rev().take(WORD_CHARS_MAX + 1) {
        if !is_inner(char) && char != '/' {
            break;
        }
        start = offset;
    }
    let word = &text[start..end];
    let led = word.trim_start_matches(['.', '-', '\'', '/']);
    let start = end - led.len();
    let fits = !led.is_empty() && led.chars().count() <= WORD_CHARS_MAX;
    fits.then_some(Word { text: led, start, end })
}

/// Words that stand within names of streets and towns in lower case.
pub(super) fn is_particle(word: &str) -> bool {
    const PARTICLES: &str = "\
de du des del della delle dei degli dello di da do dos das d la le les los las el l y e et en \
sur sous aux au à a lès van den der het ter ten op aan von zu zum zur am im an in bei ob og und \
the of upon on by under nad pod u ve i в на и ім им san santa saint st";
    static PARTICLES_LIST: LazyLock<HashSet<&str>> =
        LazyLock::new(|| PARTICLES.split_whitespace().collect());
    let lower = word.to_lowercase();
    PARTICLES_LIST.contains(lower.trim_end_matches('.'))
        || lower.starts_with("d'")
        || lower.starts_with("l'")
        || lower.starts_with("d’")
        || lower.starts_with("l’")
        || lower.starts_with("dell'")
}

/// The end of a name of up to `most` words that begins at `start`: each capitalised, or a particle with
/// a capitalised word behind it.
pub(super) fn name_end(text: &str, start: usize, most: usize) -> Option<usize> {
    let (mut at_word, mut end) = (start, None);
    for _ in 0..most {
        let Some(word) = at(text, at_word) else { break };
        let counts = !word.text.bytes().any(|byte| byte.is_ascii_digit());
        let named = word.is_capitalised() || is_elided(word.text);
        if !counts || (!named && !is_particle(word.text)) {
            break;
        }
        if named {
            end = Some(word.end);
        }
        match text[word.end..].strip_prefix(' ') {
            Some(_) => at_word = word.end + 1,
            None => break,
        }
    }
    end
}

/// "d'Azur", "l'Église"
fn is_elided(word: &str) -> bool {
    let behind = word.split(['\'', '’']).nth(1);
    behind.is_some_and(|rest| rest.chars().next().is_some_and(char::is_uppercase))
}
