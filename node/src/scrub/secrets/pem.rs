//! Private keys in armour (RFC 7468; OpenSSH and OpenPGP write theirs alike).

use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memmem;
use std::ops::Range;

/// Bytes of the longest label.
const LABEL_MAX: usize = 64;
/// Bytes of a body that say something; examples are cut shorter, and may show it.
const BODY_MIN: usize = 40;
const BODY_CUT_MIN: usize = 64;
const FENCE: &str = "-----";

/// Judges a `-----BEGIN`.
pub(super) fn find(text: &Folded<'_>, at: Range<usize>, judged: &mut usize, found: &mut Finds) {
    if at.start < *judged {
        return;
    }
    let head = text.after(at.end, LABEL_MAX);
    let Some(label) = head.find(FENCE) else { return };
    if !head[..label].contains("PRIVATE KEY") {
        return;
    }
    let body = at.end + label + FENCE.len();
    let body_end = body + body_len(&text.bytes()[body..]);
    *judged = body_end;
    let letters = text.bytes()[body..body_end].iter().filter(|b| b.is_ascii_alphanumeric());
    let is_cut = text.as_str()[body..body_end].contains("...");
    if letters.count() >= if is_cut { BODY_CUT_MIN } else { BODY_MIN } {
        found.add(at.start..end(text, body_end), Kind::PrivateKey, 99);
    }
}

/// How much of the start can be the body of a key: base64 and headers, with line ends as they are or
/// escaped.
fn body_len(bytes: &[u8]) -> usize {
    let fence = memmem::find(bytes, FENCE.as_bytes()).unwrap_or(bytes.len());
    let belongs = |b: &&u8| b.is_ascii_alphanumeric() || b" \t\r\n\\+/=:,.-()\"'".contains(b);
    bytes[..fence].iter().take_while(belongs).count()
}

/// Where the key ends: behind the closing line, if there is one.
fn end(text: &Folded<'_>, body_end: usize) -> usize {
    let tail = text.after(body_end, 2 * LABEL_MAX);
    let close = tail.strip_prefix("-----END ").and_then(|label| label.find(FENCE));
    match close {
        Some(label) => body_end + "-----END ".len() + label + FENCE.len(),
        None => body_end - trailing_space(&text.as_str()[..body_end]),
    }
}

fn trailing_space(text: &str) -> usize {
    text.len() - text.trim_end().len()
}
