//! JSON Web Tokens (RFC 7519): a head that says how it is signed, a body, a signature.

use super::body::Alphabet;
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use data_encoding::BASE64URL_NOPAD;
use std::ops::Range;

/// Bytes of the longest head.
const HEAD_MAX: usize = 4096;
/// Bytes that follow the head at least.
const PARTS_MIN: usize = 4;

/// Judges an `eyJ`: the base64 of `{"`.
pub(super) fn find(text: &Folded<'_>, at: Range<usize>, judged: &mut usize, found: &mut Finds) {
    let bytes = text.bytes();
    let before = at.start.checked_sub(1).map(|at| bytes[at]);
    let is_inside = before.is_some_and(|b| Alphabet::Url.holds(b));
    if at.start < *judged || &bytes[at.clone()] != b"eyJ" || is_inside {
        return;
    }
    let head = at.start..run(bytes, at.start);
    *judged = head.end;
    if bytes.get(head.end) != Some(&b'.') || !is_head(&bytes[head.clone()]) {
        return;
    }
    let end = parts_end(bytes, head.end);
    *judged = end;
    if end - head.end > PARTS_MIN {
        found.add(head.start..end, Kind::Token, 98);
    }
}

/// Where characters of base64url from `from` end.
fn run(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|b| Alphabet::Url.holds(**b)).count()
}

/// Where the parts end that follow the head: two, or four if it is encrypted (RFC 7516); the
/// signature may be empty.
fn parts_end(bytes: &[u8], head_end: usize) -> usize {
    let mut end = head_end;
    for _ in 0..4 {
        if bytes.get(end) == Some(&b'.') {
            end = run(bytes, end + 1);
        }
    }
    end - usize::from(bytes[end - 1] == b'.')
}

fn is_head(head: &[u8]) -> bool {
    if head.len() > HEAD_MAX {
        return false;
    }
    let decoded = BASE64URL_NOPAD.decode(head).ok();
    let value = decoded.and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
    value.is_some_and(|head| head.get("alg").is_some() || head.get("typ").is_some())
}
