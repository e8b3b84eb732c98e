//! Keys that have a sign in a known place, and nothing at their beginning.

use super::body::{Alphabet, is_mixed, is_stand_in};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memchr_iter;
use std::ops::Range;

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    if !text.has_digits() {
        return;
    }
    let bytes = text.bytes();
    for colon in memchr_iter(b':', bytes).filter(|at| bytes[at + 1..].starts_with(b"AA")) {
        found_at(text, telegram(bytes, colon), found);
    }
    for tilde in memchr_iter(b'~', bytes).filter(|at| bytes[..*at].ends_with(b"Q")) {
        found_at(text, entra(bytes, tilde - 1), found);
    }
    dotted(text, found);
}

fn found_at(text: &Folded<'_>, range: Option<Range<usize>>, found: &mut Finds) {
    let Some(range) = range else { return };
    let written = &text.as_str()[range.clone()];
    if is_mixed(written) && !is_stand_in(written) {
        found.add(range, Kind::ApiKey, 96);
    }
}

/// A bot of Telegram: its number, a colon, 35 characters.
fn telegram(bytes: &[u8], colon: usize) -> Option<Range<usize>> {
    let digits = bytes[..colon].iter().rev().take(12).take_while(|b| b.is_ascii_digit()).count();
    let body = Alphabet::Url.run(&bytes[colon + 1..], 64);
    let alone = !bytes[..colon - digits].last().is_some_and(u8::is_ascii_digit);
    let fits = (8..=11).contains(&digits) && (33..=36).contains(&body) && alone;
    fits.then_some(colon - digits..colon + 1 + body)
}

/// A secret of an application in Microsoft Entra: three characters, a digit, `Q~`, about 34 more.
fn entra(bytes: &[u8], sign: usize) -> Option<Range<usize>> {
    let belongs = |b: &u8| Alphabet::Dotted.holds(*b) || *b == b'~';
    let start = sign.checked_sub(4)?;
    let fits_before = bytes[start..sign].iter().all(belongs) && bytes[sign - 1].is_ascii_digit();
    let alone = !start.checked_sub(1).is_some_and(|at| belongs(&bytes[at]));
    let body = bytes[sign + 2..].iter().take(48).take_while(|b| belongs(b)).count();
    (fits_before && alone && (30..=38).contains(&body)).then_some(start..sign + 2 + body)
}

/// A key of Mailchimp: 32 hexadecimal digits before the data centre at `at`, which has a number.
pub(super) fn mailchimp(text: &Folded<'_>, at: Range<usize>, found: &mut Finds) {
    let bytes = text.bytes();
    let hex = bytes[..at.start].iter().rev().take(33).take_while(|b| b.is_ascii_hexdigit()).count();
    let number = bytes[at.end..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let before = text.char_before(at.start - hex);
    let alone = !before.is_some_and(char::is_alphanumeric);
    if hex == 32 && alone && (1..=3).contains(&number) {
        found_at(text, Some(at.start - hex..at.end + number), found);
    }
}

/// A personal token of Airtable: `pat` and 14 characters, a dot, 64 hexadecimal digits.
fn airtable(bytes: &[u8], dot: usize) -> Option<Range<usize>> {
    let start = dot.checked_sub(17)?;
    let secret = Alphabet::Hex.run(&bytes[dot + 1..], 64);
    let fits = bytes[start..].starts_with(b"pat")
        && bytes[start..dot].iter().all(u8::is_ascii_alphanumeric)
        && !start.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_alphanumeric());
    (fits && secret == 64).then_some(start..dot + 65)
}

/// Characters of the number of a bot of Discord in base64.
const DISCORD_ID: Range<usize> = 23..29;

/// What has dots: a bot of Discord, its number in base64, a time, a signature; a token of Airtable.
fn dotted(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    for dot in memchr_iter(b'.', bytes) {
        found_at(text, airtable(bytes, dot), found);
        // The second dot stands six or seven further.
        let Some(time) = [6, 7].into_iter().find(|len| bytes.get(dot + 1 + len) == Some(&b'.'))
        else {
            continue;
        };
        let run = |bytes: &[u8], max| Alphabet::Url.run(bytes, max);
        let before = bytes[..dot].iter().rev().take(DISCORD_ID.end);
        let id = before.take_while(|b| Alphabet::Url.holds(**b)).count();
        let second = dot + 1 + time;
        let signature = run(&bytes[second + 1..], 48);
        let first = bytes.get(dot.wrapping_sub(id)).copied().unwrap_or_default();
        let fits = DISCORD_ID.contains(&id)
            && run(&bytes[dot + 1..], time) == time
            && (27..=45).contains(&signature)
            && matches!(first, b'M' | b'N' | b'O');
        if fits {
            found_at(text, Some(dot - id..second + 1 + signature), found);
        }
    }
}
