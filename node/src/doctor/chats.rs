//! What is held of one chat: statement, key and sealed bytes, and whether they fit together.

use super::finding::LARGE;
use super::log::Reading;
use crate::blobs;
use crate::store::{Blob, Contents, EntryRow, Holding, name};
use sheaf_protocol::community::{Evidence, Item};
use sheaf_protocol::id::BlobHash;
use sheaf_protocol::statement::{Body, Manifest};

/// Notes what is missing of an entry, or is not what its manifest means.
pub(super) fn examine_contents(
    reading: &mut Reading<'_>,
    index: u64,
    row: &EntryRow,
    item: &Item,
    held: Contents,
) {
    match row.holding {
        Holding::Wanted => reading.examined.wanted += 1,
        Holding::Gone => gone(reading, index, &held),
        Holding::Unwanted => {}
        Holding::Full => full(reading, index, row, item, held),
    }
}

/// What is erased may be neither held nor served.
fn gone(reading: &mut Reading<'_>, index: u64, held: &Contents) {
    let what = "erased, and yet there: start the node, which finishes the erasure";
    for (file, there) in [
        (name::KEYS, held.key.is_some()),
        (name::STATEMENTS, held.statement.is_some()),
        (name::BLOBS, held.blob.is_some()),
    ] {
        if there {
            reading.tally.note(file, what, index);
        }
    }
}

fn full(reading: &mut Reading<'_>, index: u64, row: &EntryRow, item: &Item, held: Contents) {
    let Evidence::Statement { statement, .. } = &item.evidence else {
        if reading.store.is_readable(name::STATEMENTS) && held.statement.is_none() {
            reading.tally.note(name::STATEMENTS, "the statement is missing", index);
        }
        return;
    };
    let Ok(statement) = statement else { return };
    let Body::Manifest(manifest) = &statement.content().body else { return };
    if !row.status.is_live() {
        return;
    }
    let key = key_fits(reading, index, manifest, &held);
    let blob = blob_fits(reading, index, manifest, &held);
    reading.examined.chats += u64::from(key && blob);
}

fn key_fits(reading: &mut Reading<'_>, index: u64, manifest: &Manifest, held: &Contents) -> bool {
    let wrong = match &held.key {
        Some(key) if key.check() == manifest.check => return true,
        Some(_) => "the key is not the chat's key",
        None => "the chat key is missing",
    };
    if reading.store.is_readable(name::KEYS) {
        reading.tally.note(name::KEYS, wrong, index);
    }
    false
}

fn blob_fits(reading: &mut Reading<'_>, index: u64, manifest: &Manifest, held: &Contents) -> bool {
    let expected = manifest.blob.hash;
    let wrong = match &held.blob {
        Some(Blob::Small(bytes)) if *blake3::hash(bytes).as_bytes() == expected.0 => return true,
        Some(Blob::Large(hash)) if *hash == expected => return large_fits(reading, index, hash),
        Some(_) => "the sealed bytes are not those that the manifest names",
        None => "the sealed bytes are missing",
    };
    if reading.store.is_readable(name::BLOBS) {
        reading.tally.note(name::BLOBS, wrong, index);
    }
    false
}

fn large_fits(reading: &mut Reading<'_>, index: u64, hash: &BlobHash) -> bool {
    match blobs::check_file(&reading.home.large_dir(), hash) {
        Ok(true) => return true,
        Ok(false) => reading.tally.note(LARGE, "a large chat is not what its name says", index),
        Err(_) => reading.tally.note(LARGE, "a large chat does not read", index),
    }
    false
}
