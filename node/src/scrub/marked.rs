//! Masks that a text has already.

use std::ops::Range;

/// Bytes of the inside of a mask.
const INSIDE_BYTES_MAX: usize = 40;

/// Whether a range lies in a mask, such as `[EMAIL_1]`: what is masked is not found again.
pub(super) fn is_in_mask(text: &str, range: Range<usize>) -> bool {
    mask_at(text, range.start).is_some_and(|mask| range.end <= mask.end)
}

/// Whether a range begins or ends within a mask: its number was taken for that of a house, say.
pub(super) fn cuts_mask(text: &str, range: &Range<usize>) -> bool {
    let first = mask_at(text, range.start).is_some_and(|mask| mask.start < range.start);
    first || mask_at(text, range.end - 1).is_some_and(|mask| range.end < mask.end)
}

/// The mask that has the byte at `at`.
fn mask_at(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_inside = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    if !is_inside(&bytes[at]) && !matches!(bytes[at], b'[' | b']') {
        return None;
    }
    let first = at + usize::from(bytes[at] == b'[');
    let behind = bytes[..first].iter().rev().take(INSIDE_BYTES_MAX);
    let start = first - behind.take_while(|b| is_inside(b)).count();
    let end =
        start + bytes[start..].iter().take(INSIDE_BYTES_MAX).take_while(|b| is_inside(b)).count();
    let is_closed = text[..start].ends_with('[') && text[end..].starts_with(']');
    (is_closed && at <= end && is_mask(&text[start..end])).then(|| start - 1..end + 1)
}

/// Whether this is a label and a number.
fn is_mask(inside: &str) -> bool {
    inside.rsplit_once('_').is_some_and(|(label, number)| {
        !label.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_mask_is_told_from_what_goes_beyond_it() {
        let text = "to [EMAIL_1]! [x] [A_B]";
        for inside in [3..12, 4..11, 4..9, 3..5, 10..12] {
            assert!(is_in_mask(text, inside.clone()), "{:?}", &text[inside]);
        }
        for beyond in [0..12, 3..13, 0..2, 14..17, 15..16, 18..23, 12..13] {
            assert!(!is_in_mask(text, beyond.clone()), "{:?}", &text[beyond]);
        }
        for cut in [0..5, 4..13, 3..5, 10..12, 12..22] {
            let cuts = cuts_mask(text, &cut);
            assert_eq!(cuts, cut != (12..22), "{:?}", &text[cut]);
        }
        for whole in [0..12, 3..12, 3..13, 0..2, 14..17] {
            assert!(!cuts_mask(text, &whole), "{:?}", &text[whole]);
        }
        let odd = "中[É_1]é[_9";
        assert!(odd.char_indices().all(|(at, c)| !cuts_mask(odd, &(at..at + c.len_utf8()))));
    }
}
