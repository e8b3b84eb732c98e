//! A folder that appears whole or not at all.

use super::error::{BuildError, FileError, at};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A folder under construction, beside its final place. Removed when dropped unfinished.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl Partial {
    pub(super) fn create(target: &Path) -> Result<Self, BuildError> {
        if target.exists() {
            return Err(BuildError::Exists(target.to_owned()));
        }
        let parent = parent(target);
        fs::create_dir_all(parent).map_err(at(parent))?;
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".partial-{}", std::process::id()));
        let path = target.with_file_name(name);
        fs::create_dir(&path).map_err(at(&path))?;
        Ok(Self { path, target: target.to_owned(), finished: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes everything durable and moves it to its place.
    pub(super) fn finish(mut self) -> Result<(), FileError> {
        sync_all(&self.path)?;
        fs::rename(&self.path, &self.target).map_err(at(&self.target))?;
        self.finished = true;
        sync(parent(&self.target))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing depends on it; what stays is named so that a person sees what it is.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn sync_all(folder: &Path) -> Result<(), FileError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() { sync_all(&path)? } else { sync(&path)? }
    }
    sync(folder)
}

fn sync(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}
