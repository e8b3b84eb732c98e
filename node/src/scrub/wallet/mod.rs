//! Addresses of cryptocurrencies, and keys in their formats: each by its checksum.

mod base58;
mod bech32;
mod ethereum;
mod keccak;

use super::folded::Folded;
use super::found::Finds;
use super::tokens::Token;

/// Judges a word of letters and digits.
pub(super) fn find(text: &Folded<'_>, token: &Token, found: &mut Finds) {
    let word = &text.as_str()[token.range.clone()];
    let kind =
        ethereum::judge(word).or_else(|| base58::judge(word)).or_else(|| bech32::judge(word));
    if let Some((kind, confidence)) = kind {
        found.add(token.range.clone(), kind, confidence);
    }
}
