//! CBOR by hand: good bytes are taken apart and put together again with one thing changed.

use sheaf_protocol::cbor::{self, Writer};

/// The absent value.
pub(crate) const NULL: &[u8] = &[0xf6];

pub(crate) fn uint(number: u64) -> Vec<u8> {
    cbor::to_vec(&number)
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    cbor::to_vec(text)
}

pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    written(|w| w.bytes(bytes))
}

/// A list of encoded items.
pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [written(|w| w.array(items.len())), items.concat()].concat()
}

/// `value` again with the item at `path` replaced. A path goes through arrays, and through byte
/// strings that hold an encoded value.
pub(crate) fn replace(value: &[u8], path: &[usize], item: &[u8]) -> Vec<u8> {
    edit(value, path, &|items, at| items[at] = item.to_vec())
}

/// `value` again without the item at `path`.
pub(crate) fn remove(value: &[u8], path: &[usize]) -> Vec<u8> {
    edit(value, path, &|items, at| _ = items.remove(at))
}

/// `value` again with one item more, which then stands at `path`.
pub(crate) fn insert(value: &[u8], path: &[usize], item: &[u8]) -> Vec<u8> {
    edit(value, path, &|items, at| items.insert(at, item.to_vec()))
}

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    write(&mut w);
    w.into_bytes()
}

fn edit(value: &[u8], path: &[usize], change: &dyn Fn(&mut Vec<Vec<u8>>, usize)) -> Vec<u8> {
    let (head, _, content) = head(value);
    if value[0] >> 5 == 2 {
        return bytes(&edit(&value[head..head + content as usize], path, change));
    }
    let mut items = items(value);
    match *path {
        [at] => change(&mut items, at),
        [at, ref rest @ ..] => items[at] = edit(&items[at], rest, change),
        [] => panic!("a path names an item"),
    }
    array(&items)
}

fn items(array: &[u8]) -> Vec<Vec<u8>> {
    let (head, major, count) = head(array);
    assert_eq!(major, 4, "a path goes through arrays");
    let mut rest = &array[head..];
    let mut item = || {
        let (first, after) = rest.split_at(length(rest));
        rest = after;
        first.to_vec()
    };
    (0..count).map(|_| item()).collect()
}

/// How many bytes the first item has.
fn length(bytes: &[u8]) -> usize {
    let (head, major, argument) = head(bytes);
    match major {
        2 | 3 => head + argument as usize,
        4 => (0..argument).fold(head, |at, _| at + length(&bytes[at..])),
        _ => head,
    }
}

/// Bytes of the head, major type, argument.
fn head(bytes: &[u8]) -> (usize, u8, u64) {
    let (major, info) = (bytes[0] >> 5, bytes[0] & 31);
    let size = if info < 24 { 0 } else { 1 << (info - 24) };
    let argument = bytes[1..=size].iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    (1 + size, major, if size == 0 { u64::from(info) } else { argument })
}
