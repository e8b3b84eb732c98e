//! What may be a password that a person made up, and what is part of a program instead.

use super::body::is_mixed;
use super::value::Way;
use crate::scrub::context::is_one_of;

/// Characters of the longest password.
const PASSWORD_MAX: usize = 96;

/// Values with digits that name a way of hiding passwords, not a password.
const METHODS: [&str; 14] = [
    "sha256", "sha512", "sha-256", "sha-512", "base64", "argon2", "argon2id", "argon2i", "pbkdf2",
    "oauth2", "md5sum", "aes256", "aes-256", "utf8mb4",
];

/// How sure it is that this is a password, if it may be one.
pub(super) fn confidence(written: &str, way: Way) -> Option<u8> {
    let len = written.chars().count();
    let sign = |c: char| c.is_ascii_punctuation() && !"-_./:,'()[]".contains(c);
    let has_sign = written.contains(sign);
    let is_phrase = written.contains(char::is_whitespace);
    let has_letter = written.contains(char::is_alphabetic);
    let has_digit = written.contains(|c: char| c.is_ascii_digit());
    let is_mixed =
        has_letter && (has_digit || has_sign) || way != Way::Told && is_scrambled(written);
    let fits =
        (6..=PASSWORD_MAX).contains(&len) && (is_mixed || is_of_words(written)) && !is_phrase;
    if !fits || is_one_of(written, &METHODS) || is_for_show(written) {
        return None;
    }
    match way {
        Way::Quoted => Some(90),
        Way::Bare => Some(85),
        Way::Told => Some(80),
        // "the password hunter2", but not "password RFC2307" nor "password-based".
        Way::Beside | Way::Further if is_of_words(written) => Some(75),
        Way::Beside => (has_digit && written.contains(char::is_lowercase)).then_some(75),
        Way::Further => {
            let has_capital = written.contains(char::is_uppercase);
            let digits = written.bytes().filter(u8::is_ascii_digit).count();
            let is_chosen = has_sign || has_capital || digits >= 4;
            // "Failed password for root from 2001:db8::1"
            let is_one = has_digit && written.contains(char::is_lowercase);
            (is_one && is_chosen && !written.contains(':')).then_some(70)
        }
    }
}

/// Four words and more with hyphens between, as programs propose them.
fn is_of_words(written: &str) -> bool {
    let is_word =
        |word: &str| (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
    written.split('-').count() >= 4 && written.split('-').all(is_word)
}

/// Letters alone that nobody says: capitals here and there, hardly a vowel.
fn is_scrambled(written: &str) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_');
    let bytes = written.as_bytes();
    let vowels = bytes.iter().filter(|b| b"aeiouAEIOU".contains(b)).count();
    let turns = bytes.windows(2).filter(|pair| {
        pair.iter().all(u8::is_ascii_alphabetic)
            && pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()
    });
    bytes.len() >= 8 && bytes.iter().all(is_word) && turns.count() >= 3 && vowels * 4 <= bytes.len()
}

/// Whether a password only shows where one would stand.
fn is_for_show(written: &str) -> bool {
    let lower = written.to_lowercase();
    let words =
        ["password", "passwd", "secret", "your", "user", "example", "changeme", "placeholder"];
    words.iter().any(|word| lower.contains(word))
        || lower.contains("xxx")
        || lower.contains("***")
        || lower.contains("...")
}

/// Whether this is part of a program: a call, a variable, a path of names.
pub(super) fn is_code(written: &str, way: Way) -> bool {
    let calls =
        written.contains(['(', '{', '[']) || written.contains("${") || written.contains("->");
    let is_path = || written.contains('.') && written.split('.').all(is_name) && !is_mixed(written);
    match way {
        Way::Quoted => is_variable(written) || written.contains("${") || written.contains("{{"),
        Way::Bare => is_variable(written) || calls || is_path(),
        Way::Told | Way::Beside | Way::Further => is_variable(written) || is_path(),
    }
}

/// `$NAME`, `%s`, `%NAME%`, `&name`, and what opens something.
fn is_variable(written: &str) -> bool {
    let mut chars = written.chars();
    match chars.next() {
        Some('<' | '{' | '[' | '(') => true,
        Some('$') => chars.as_str().starts_with(['{', '(']) || is_own_name(chars.as_str()),
        Some('%') => {
            is_own_name(chars.as_str().trim_end_matches('%')) || chars.as_str().starts_with('(')
        }
        Some('&') => {
            chars.as_str().split(['.', ':', ';']).all(|part| part.is_empty() || is_own_name(part))
        }
        _ => false,
    }
}

/// A name that looks like one: digits among both cases of letters are drawn at random.
fn is_own_name(part: &str) -> bool {
    let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
    let is_drawn =
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    is_name(part) && (part.contains('_') || !is_drawn)
}

/// A name as programs have them.
fn is_name(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
