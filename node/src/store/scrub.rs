//! Deleting rows so that their bytes leave the file, and looking whether they did.

use super::StoreError;
use super::file::File;
use super::scan::{Finder, Needle};
use super::table::{Table, prefixed};
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

/// Destroys rows of `table`, which is all of `file`, and answers for each whether it was seen gone.
///
/// Readers of the file wait while it is compacted. If the engine leaves bytes in its free pages,
/// the live rows are copied to a new file, which takes the place of the old one.
pub(super) fn scrub(
    file: &File,
    table: &'static Table,
    items: &[Scrub],
) -> Result<Vec<bool>, StoreError> {
    let blind = items.iter().any(|i| i.blind);
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
    let needles: Vec<Needle> = items.iter().flat_map(|i| i.needles.iter().copied()).collect();
    let mut found = vec![false; needles.len()];
    if !needles.is_empty() {
        let finder = Finder::new(needles.iter().map(|n| n.bytes));
        found = finder.in_file(file.path()).map_err(|e| StoreError::io(file.path(), e))?;
    }
    let suspects = needles.iter().zip(&found).any(|(n, found)| *found && !n.unique);
    if suspects {
        excuse(file, table, items, &needles, &mut found)?;
    }
    let mut found = found.into_iter();
    file.read(|r| {
        let rows = r.open(table)?;
        let gone = items.iter().map(|item| {
            let seen = found.by_ref().take(item.needles.len()).filter(|f| *f).count();
            Ok(seen == 0 && !rows.has(&item.key)?)
        });
        gone.collect()
    })
}

/// Pieces of text that stand in a live row that is not erased here are no sign.
fn excuse(
    file: &File,
    table: &'static Table,
    items: &[Scrub],
    needles: &[Needle],
    found: &mut [bool],
) -> Result<(), StoreError> {
    let positions: Vec<usize> = (0..needles.len()).filter(|p| found[*p]).collect();
    let positions: Vec<_> = positions.into_iter().filter(|p| !needles[*p].unique).collect();
    let finder = Finder::new(positions.iter().map(|p| needles[*p].bytes));
    let mut live = vec![false; positions.len()];
    let erased: std::collections::BTreeSet<&[u8]> = items.iter().map(|i| &i.key[..]).collect();
    file.read(|r| {
        r.open(table)?.each(&prefixed(&[]), |key, payload| {
            if !erased.contains(key) {
                finder.in_bytes(payload, &mut live);
            }
            Ok(ControlFlow::Continue(()))
        })
    })?;
    for (position, live) in positions.iter().zip(live) {
        found[*position] &= !live;
    }
    Ok(())
}
