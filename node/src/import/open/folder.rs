//! Folders, in the order of names. Links are not followed, so that nothing outside is read.

use super::{Opening, Place};
use crate::import::report::ImportError;
use crate::limits::{IMPORT_ENTRIES_MAX, IMPORT_FOLDER_DEPTH_MAX};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// Something to be read.
struct Found {
    name: String,
    path: PathBuf,
    depth: usize,
}

/// Reads every file of a folder and of those within.
pub(super) fn read(opening: &mut Opening<'_>, name: &str, path: &Path) {
    let mut waiting = vec![Found { name: name.to_owned(), path: path.to_owned(), depth: 0 }];
    let (mut seen, before) = (0, opening.opened.inputs.len());
    while let Some(found) = waiting.pop() {
        let Some(inside) = visit(opening, &found) else { continue };
        seen += inside.len();
        if seen > IMPORT_ENTRIES_MAX {
            return opening.refuse(name, ImportError::TooMany);
        }
        waiting.extend(inside.into_iter().rev());
    }
    if opening.opened.inputs.len() == before {
        opening.refuse(name, ImportError::NoChats);
    }
}

/// Reads a file; what lies in a folder is returned, to be read next.
fn visit(opening: &mut Opening<'_>, found: &Found) -> Option<Vec<Found>> {
    match found.path.symlink_metadata() {
        Err(error) => opening.refuse(&found.name, error.into()),
        Ok(kind) if kind.is_dir() || found.depth == 0 => match list(opening, found) {
            Ok(inside) => return Some(without_thumbs(opening, inside)),
            Err(error) => opening.refuse(&found.name, error),
        },
        Ok(kind) if kind.is_symlink() => opening.pass_over("symbolic link, not followed"),
        Ok(kind) if kind.is_file() => opening.file(&found.name, &found.path, Place::Folder),
        Ok(_) => opening.pass_over("neither file nor folder"),
    }
    None
}

/// Takes out the files that hold what was thought of messages: they are read before the chats.
fn without_thumbs(opening: &mut Opening<'_>, mut inside: Vec<Found>) -> Vec<Found> {
    inside.retain(|found| {
        let is_file = found.path.symlink_metadata().is_ok_and(|kind| kind.is_file());
        let file = is_file.then(|| fs::File::open(&found.path).ok()).flatten();
        !file.is_some_and(|file| opening.takes_thumbs(&found.name, file))
    });
    inside
}

/// What lies in a folder, by name, without what is hidden.
fn list(opening: &mut Opening<'_>, folder: &Found) -> Result<Vec<Found>, ImportError> {
    if folder.depth > IMPORT_FOLDER_DEPTH_MAX {
        return Err(ImportError::TooDeep);
    }
    let within = fs::read_dir(&folder.path)?.take(IMPORT_ENTRIES_MAX + 1);
    let mut within: Vec<DirEntry> = within.collect::<io::Result<_>>()?;
    let all = within.len();
    within.retain(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    opening.pass_over_many("hidden file", (all - within.len()) as u64);
    within.sort_by_key(DirEntry::file_name);
    let above = folder.name.trim_end_matches('/');
    let found = within.into_iter().map(|entry| Found {
        name: format!("{above}/{}", entry.file_name().to_string_lossy()),
        path: entry.path(),
        depth: folder.depth + 1,
    });
    Ok(found.collect())
}
