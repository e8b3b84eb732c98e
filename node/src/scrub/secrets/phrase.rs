//! Recovery words that are called so: in any language, for the list of BIP-39 for English alone is
//! looked for by itself (`recovery.rs`).
//!
//! What follows such a name counts if it is as many words as there are in one, none longer than those
//! of the lists (BIP-39 has ten), and nothing else up to the end of the line or of the quotes.

use super::value;
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use std::ops::RangeInclusive;

/// What they are called.
#[rustfmt::skip]
pub(super) const NAMES: [&str; 41] = [
    "mnemonic", "seed phrase", "seed words", "seed-phrase", "seed_phrase", "recovery phrase",
    "recovery words", "recovery_phrase", "secret phrase", "backup phrase", "wallet phrase", "wallet seed",
    "frase semilla", "frase de recuperación", "frase mnemotécnica", "phrase de récupération",
    "phrase secrète", "phrase mnémonique", "phrase mnémotechnique", "wiederherstellungsphrase",
    "wiederherstellungswörter", "frase di recupero", "frase seed", "frase mnemonica", "frase-semente",
    "frase de recuperação", "herstelzin", "obnovovací fráze", "fraza odzyskiwania", "сид-фраза",
    "сид фраза", "seed", "wallet words", "recovery", "助记词", "助記詞", "シードフレーズ", "リカバリーフレーズ", "ニーモニック", "니모닉", "복구 구문",
];

const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];
/// Letters of a word; those for Chinese are one sign, none of the others is shorter than three letters.
const LETTERS: RangeInclusive<usize> = 3..=9;
const CONFIDENCE: u8 = 82;

/// Judges what follows a name that ends at `end`.
pub(super) fn find(text: &Folded<'_>, end: usize, found: &mut Finds) {
    let Some(line) = value::line_after(text, end) else { return };
    let (mut words, mut at, mut last) = (0, line.start, line.start);
    for piece in text.as_str()[line.clone()].split_inclusive([' ', ',', '\t']) {
        let word = piece.trim_end_matches([' ', ',', '\t']);
        if !word.is_empty() && !may_be_listed(word) {
            break;
        }
        words += usize::from(!word.is_empty());
        last = if word.is_empty() { last } else { at + word.len() };
        at += piece.len();
    }
    if COUNTS.contains(&words) && at == line.end {
        found.add(line.start..last, Kind::RecoveryWords, CONFIDENCE);
    }
}

/// Whether a list may have the word: letters without capitals.
fn may_be_listed(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let fits =
        LETTERS.contains(&letters) || (1..=9).contains(&letters) && !word.starts_with(is_latin);
    fits && word.chars().all(|c| !c.is_uppercase() && is_of_word(c))
}

fn is_latin(c: char) -> bool {
    c < '\u{250}'
}

/// Letters, and the marks that some are written with: those of Latin, of kana, of Devanagari.
fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use crate::scrub::{Kind, Scanner};

    fn found(text: &str) -> Vec<(Kind, &str)> {
        let spans = Scanner::new().scan(text);
        spans.iter().map(|span| (span.kind, &text[span.start..span.end])).collect()
    }

    const FRENCH: &str =
        "abaisser bijou cactus dauphin effigie fabuleux gagner hameau ivoire jongler kayak limace";

    #[test]
    fn words_of_other_languages_are_known_by_what_they_are_called() {
        for before in ["mnemonic = \"", "Ma phrase de récupération : ", "Seed phrase is: "] {
            let text = format!("{before}{FRENCH}\" ");
            let text = if before.ends_with('"') { text } else { format!("{before}{FRENCH}") };
            assert_eq!(found(&text), [(Kind::RecoveryWords, FRENCH)], "{text}");
        }
        let chinese = "的 一 是 在 不 了 有 和 人 这 中 大";
        assert_eq!(found(&format!("助记词：{chinese}")), [(Kind::RecoveryWords, chinese)]);
    }

    #[test]
    fn other_counts_and_sentences_are_none() {
        let eleven = FRENCH.rsplit_once(' ').map_or("", |(words, _)| words);
        for text in [
            format!("mnemonic: {eleven}"),
            format!("mnemonic: {FRENCH} and another"),
            "A mnemonic is a pattern of letters that helps somebody to learn words by heart."
                .into(),
        ] {
            assert!(found(&text).is_empty(), "{text}");
        }
    }
}
