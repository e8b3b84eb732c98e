//! Deleting rows so that their bytes leave the file, and looking whether they did.

use super::StoreError;
use super::file::File;
use super::scan::{Finder, Found, Needle};
use super::table::{Table, prefixed};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A row to destroy.
pub(super) struct Scrub {
    /// Its key.
    pub(super) key: Vec<u8>,
    /// What of it must not be found in the file afterwards.
    pub(super) needles: Vec<Needle>,
    /// An interrupted erasure may have removed the row already, so nobody knows what to look for:
    /// the file is written anew from its live rows.
    pub(super) blind: bool,
}

impl Scrub {
    /// Whether bytes of it may be there though no row tells which: it came in a write that failed.
    fn is_unknown_to(&self, file: &File) -> bool {
        self.needles.is_empty() && file.may_hold_strays()
    }
}

/// Destroys rows of `table`, which is all of `file`, and answers for each whether it was seen gone.
///
/// Readers of the file wait while it is compacted. If the engine leaves bytes in its free pages,
/// the live rows are copied to a new file, which takes the place of the old one.
pub(super) fn scrub(
    file: &File,
    table: &'static Table,
    items: &[Scrub],
) -> Result<Vec<bool>, StoreError> {
    file.remove_copy()?;
    let blind = items.iter().any(|item| item.blind || item.is_unknown_to(file));
    if !blind && !any_row(file, table, items)? {
        // Nothing to remove; but bytes may be left from a row that was removed earlier.
        let gone = look(file, table, items)?;
        if !gone.contains(&false) {
            return Ok(gone);
        }
    }
    remove(file, table, items)?;
    if blind {
        file.rewrite()?;
    } else {
        file.compact()?;
    }
    let gone = look(file, table, items)?;
    if blind || !gone.contains(&false) {
        return Ok(gone);
    }
    file.rewrite()?;
    look(file, table, items)
}

fn any_row(file: &File, table: &'static Table, items: &[Scrub]) -> Result<bool, StoreError> {
    file.read(|r| {
        let rows = r.open(table)?;
        items.iter().try_fold(false, |any, item| Ok(any || rows.has(&item.key)?))
    })
}

fn remove(file: &File, table: &'static Table, items: &[Scrub]) -> Result<(), StoreError> {
    file.write(|w| {
        let mut rows = w.open(table)?;
        items.iter().try_for_each(|item| rows.remove(&item.key).map(drop))
    })
}

/// For each item whether neither its row nor its needles are in the file.
fn look(file: &File, table: &'static Table, items: &[Scrub]) -> Result<Vec<bool>, StoreError> {
    let needles = || items.iter().flat_map(|item| &item.needles);
    let finder = Finder::new(needles().map(|n| n.bytes));
    let mut found = finder.nothing();
    if needles().next().is_some() {
        found = file.search(&finder)?;
    }
    let suspects = needles().filter(|n| !n.unique && finder.has(&found, &n.bytes));
    let shared = Finder::new(suspects.map(|n| n.bytes));
    let live = in_live_rows(file, table, items, &shared)?;
    let is_left =
        |n: &Needle| finder.has(&found, &n.bytes) && (n.unique || !shared.has(&live, &n.bytes));
    file.read(|r| {
        let rows = r.open(table)?;
        let gone = items.iter().map(|i| Ok(!i.needles.iter().any(is_left) && !rows.has(&i.key)?));
        gone.collect()
    })
}

/// The needles that stand in rows which are not erased here.
fn in_live_rows(
    file: &File,
    table: &'static Table,
    items: &[Scrub],
    finder: &Finder,
) -> Result<Found, StoreError> {
    let mut found = finder.nothing();
    if found.is_all() {
        return Ok(found);
    }
    let erased: BTreeSet<&[u8]> = items.iter().map(|i| &i.key[..]).collect();
    file.read(|r| {
        r.open(table)?.each(&prefixed(&[]), |key, payload| {
            if !erased.contains(key) {
                finder.in_bytes(payload, &mut found);
            }
            Ok(if found.is_all() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
    })?;
    Ok(found)
}
