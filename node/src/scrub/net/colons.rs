//! Hexadecimal numbers with colons between: IPv6 addresses and addresses of hardware.

use super::{ipv4, mac, stands_alone};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memchr_iter;
use std::net::Ipv6Addr;
use std::ops::Range;

/// Characters of the longest IPv6 address, with an IPv4 address at its end.
const LEN_MAX: usize = 45;

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let mut done = 0;
    for colon in memchr_iter(b':', bytes) {
        let is_double = bytes.get(colon + 1) == Some(&b':');
        if colon < done || !(is_double || hex(colon + 1) && colon > 0 && hex(colon - 1)) {
            continue;
        }
        let run = run_around(bytes, colon);
        done = run.end.max(colon + 1);
        if let Some((kind, confidence)) = judge(text, &run) {
            found.add(run, kind, confidence);
        }
    }
}

/// Hexadecimal digits, colons and dots around the first colon; no dot or single colon at the end.
fn run_around(bytes: &[u8], colon: usize) -> Range<usize> {
    let start = colon - bytes[..colon].iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
    let belongs = |b: &&u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
    let mut end = colon + bytes[colon..].iter().take_while(belongs).count();
    while end > start
        && (bytes[end - 1] == b'.' || bytes[end - 1] == b':' && !bytes[..end].ends_with(b"::"))
    {
        end -= 1;
    }
    start..end
}

fn judge(text: &Folded<'_>, run: &Range<usize>) -> Option<(Kind, u8)> {
    let written = &text.as_str()[run.clone()];
    if written.len() > LEN_MAX || !stands_alone(text, run.start, run.end) {
        return None;
    }
    if mac::is_pairs(written, b':') {
        return mac::confidence(text, run).map(|confidence| (Kind::Mac, confidence));
    }
    let address: Ipv6Addr = written.parse().ok()?;
    (!is_nobodys(address) && is_meant(written)).then_some((Kind::Ip, 95))
}

/// Whether no one machine has this address (RFC 6890).
fn is_nobodys(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (first, second) == (0x2001, 0xDB8)
        || address.to_ipv4_mapped().is_some_and(ipv4::is_nobodys)
}

/// Paths in programs (`abc::def`) and times look like short addresses: a written one has a group of
/// some length, and three of them or all.
fn is_meant(written: &str) -> bool {
    let groups = written.split(':').filter(|group| !group.is_empty());
    let long = groups.clone().filter(|group| group.len() >= 3).count();
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    written.contains('.') || long >= 1 && digits >= 2 && groups.count() >= 3
}
