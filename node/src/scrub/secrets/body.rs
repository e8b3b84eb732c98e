//! What a secret is made of, and what only stands for one.

/// Characters of which the body of a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `0-9a-f`, either case.
    Hex,
    /// `0-9A-Z`.
    Capitals,
    /// `0-9A-Za-z`.
    Word,
    /// `0-9A-Za-z_-`.
    Url,
    /// `0-9A-Za-z_.-`.
    Dotted,
    /// `0-9A-Za-z_=-`.
    Padded,
    /// `0-9A-Za-z+/=`.
    Base64,
}

impl Alphabet {
    pub(super) fn holds(self, b: u8) -> bool {
        match self {
            Self::Hex => b.is_ascii_hexdigit(),
            Self::Capitals => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Self::Word => b.is_ascii_alphanumeric(),
            Self::Url => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'),
            Self::Dotted => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'),
            Self::Padded => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'='),
            Self::Base64 => b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='),
        }
    }

    /// How many bytes at the start of `bytes` are of this alphabet, `max + 1` at most.
    pub(super) fn run(self, bytes: &[u8], max: usize) -> usize {
        bytes.iter().take(max + 1).take_while(|b| self.holds(**b)).count()
    }
}

/// Words that stand in the place of a secret, in lower case.
const STAND_INS: [&str; 28] = [
    "example",
    "your",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "redacted",
    "dummy",
    "****",
    "....",
    "insert",
    "todo",
    "fixme",
    "sample",
    "replace",
    "goes_here",
    "goes-here",
    "goeshere",
    "_here",
    "-here",
    "removed",
    "hidden",
    "masked",
    "secret_key",
    "secret-key",
    "api_key",
    "api-key",
    "apikey",
];

/// Sequences that are typed rather than drawn. Keys may have a number of that kind before what is drawn.
const SEQUENCES: [&str; 5] =
    ["1234567890", "0123456789", "abcdefghij", "abcdef123456", "123456abcdef"];

/// Whether this is written in the place of a secret.
pub(super) fn is_stand_in(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let is_crossed_out = written.contains("xxxx") || written.contains("XXXX");
    let last = lower.rsplit(['-', '_', '.']).next().unwrap_or(&lower);
    is_crossed_out
        || STAND_INS.iter().any(|word| lower.contains(word))
        || SEQUENCES.iter().any(|sequence| last.contains(sequence))
        || distinct(lower.as_bytes()) < 5
}

/// How many different bytes there are.
pub(super) fn distinct(bytes: &[u8]) -> u32 {
    let mut seen = [0_u64; 4];
    for b in bytes {
        seen[usize::from(b >> 6)] |= 1 << (b & 63);
    }
    seen.iter().map(|part| part.count_ones()).sum()
}

/// Whether this looks drawn at random: a stretch of `min` letters and digits has digits among letters
/// or capitals within words, or both cases and digits are there and little comes twice. Words with
/// signs between do not.
pub(super) fn is_drawn(written: &str, min: usize) -> bool {
    let mut parts = written.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| part.len() >= min && (is_mixed(part) || turns(part) >= 2))
        || is_varied(written)
}

fn is_varied(written: &str) -> bool {
    let has = |is: fn(&u8) -> bool| written.as_bytes().iter().any(is);
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && distinct(written.as_bytes()) as usize * 3 >= written.len() * 2
}

/// Whether there is a digit and a letter.
pub(super) fn is_mixed(written: &str) -> bool {
    let has = |is: fn(&u8) -> bool| written.as_bytes().iter().any(is);
    has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// How often a capital follows a small letter.
fn turns(written: &str) -> usize {
    let pairs = written.as_bytes().windows(2);
    pairs.filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count()
}

/// Bits of information in each byte, by how often each occurs (Shannon).
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for b in bytes {
        counts[usize::from(*b)] += 1;
    }
    let len = bytes.len() as f64;
    let share = |count: &u32| f64::from(*count) / len;
    counts.iter().filter(|count| **count > 0).map(share).map(|p| -p * p.log2()).sum()
}
