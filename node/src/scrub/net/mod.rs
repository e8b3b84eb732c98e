//! Addresses in networks: IPv4 (RFC 791), IPv6 (RFC 4291) and of hardware (IEEE 802).
//!
//! Addresses that are nobody's in particular are not reported: those of one machine, one local
//! network, documentation, groups of receivers, and the public resolvers that everyone names.

mod colons;
mod ipv4;
mod mac;

use super::folded::Folded;
use super::found::Finds;

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    ipv4::find(text, found);
    colons::find(text, found);
    mac::find(text, found);
}

/// Whether nothing beside `start..end` makes it a part of a longer word.
fn stands_alone(text: &Folded<'_>, start: usize, end: usize) -> bool {
    let joins = |c: char| super::script::joins_latin(c) || c == '_';
    !text.char_before(start).is_some_and(joins) && !text.char_at(end).is_some_and(joins)
}
