//! What looks like a number or a key and is nobody's: digests and identifiers.

use super::Kind;
use super::folded::Folded;
use super::found::Finds;
use super::tokens::Token;
use memchr::memchr_iter;

/// Hexadecimal digits of digests: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512.
const DIGESTS: [usize; 6] = [32, 40, 56, 64, 96, 128];
/// Characters of a UUID (RFC 9562), and where its first hyphen stands.
const UUID_LEN: usize = 36;
const UUID_HYPHEN: usize = 8;
const CONFIDENCE: u8 = 90;

/// Judges a long word: a digest, or the number of an account of Twilio with its key.
pub(super) fn find(text: &Folded<'_>, token: &Token, found: &mut Finds) {
    let word = &text.as_str()[token.range.clone()];
    let is_hex = |word: &str| word.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = word.strip_prefix("0x").unwrap_or(word);
    let has_letter = digits.bytes().any(|b| b.is_ascii_alphabetic());
    if DIGESTS.contains(&digits.len()) && has_letter && is_hex(digits) && digits.len() == word.len()
    {
        found.rule_out(token.range.clone(), CONFIDENCE);
    }
    if let Some(digits) = word.strip_prefix("SK").or_else(|| word.strip_prefix("AC"))
        && digits.len() == 32
        && is_hex(digits)
        && !digits.bytes().any(|b| b.is_ascii_uppercase())
    {
        found.add(token.range.clone(), Kind::ApiKey, CONFIDENCE);
    }
}

/// Rules out UUIDs, whose groups of digits may look like numbers of other kinds.
pub(super) fn rule_out_uuids(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    for hyphen in memchr_iter(b'-', bytes) {
        let Some(start) = hyphen.checked_sub(UUID_HYPHEN) else { continue };
        // The second hyphen stands five further: most hyphens are none of a UUID.
        if bytes.get(hyphen + 5) == Some(&b'-')
            && bytes.get(start..start + UUID_LEN).is_some_and(is_uuid)
        {
            found.rule_out(start..start + UUID_LEN, CONFIDENCE);
        }
    }
}

fn is_uuid(bytes: &[u8]) -> bool {
    let is_fit = |(at, b): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    bytes.iter().enumerate().all(is_fit)
}
