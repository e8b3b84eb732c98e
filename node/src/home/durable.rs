//! Files that are there after a power cut, whole or not at all.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes creations, renames and removals in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // A folder cannot be opened as a file there; NTFS journals its entries.
        return Ok(());
    }
    File::open(dir)?.sync_all()
}
