//! Zip archives made by hand, so that they can be made wrongly.

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::Write as _;

/// One entry, as both of its headers describe it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) packed: Vec<u8>,
    pub(super) crc: u32,
    pub(super) unpacked_len: u32,
    /// Unix mode, with the kind of file.
    pub(super) mode: u32,
    /// Claims the place of the entry before.
    pub(super) shares_place: bool,
}

pub(super) fn entry(name: &str, content: impl AsRef<[u8]>) -> Entry {
    let content = content.as_ref();
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content).unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(content);
    Entry {
        name: name.into(),
        flags: 0,
        method: 8,
        packed: packer.finish().unwrap(),
        crc: crc.sum(),
        unpacked_len: content.len() as u32,
        mode: 0o100_644,
        shares_place: false,
    }
}

pub(super) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut bytes, mut directory, mut place) = (Vec::new(), Vec::new(), 0);
    for entry in entries {
        if !entry.shares_place {
            place = bytes.len() as u32;
            bytes.extend(b"PK\x03\x04\x14\0");
            bytes.extend(common(entry));
            bytes.extend(&entry.name);
            bytes.extend(&entry.packed);
        }
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend(common(entry));
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(place.to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = bytes.len() as u32;
    let count = (entries.len() as u16).to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// What both headers of an entry have: from its flags to the length of its extra field.
fn common(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(entry.flags.to_le_bytes());
    bytes.extend(entry.method.to_le_bytes());
    bytes.extend([0, 0, 0x21, 0]);
    bytes.extend(entry.crc.to_le_bytes());
    bytes.extend((entry.packed.len() as u32).to_le_bytes());
    bytes.extend(entry.unpacked_len.to_le_bytes());
    bytes.extend((entry.name.len() as u16).to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

pub(super) fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content.as_ref()).unwrap();
    packer.finish().unwrap()
}
