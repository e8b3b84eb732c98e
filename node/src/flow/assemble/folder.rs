//! A folder that appears whole or not at all.

use super::error::{BuildError, FileError, at};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// A folder under construction, beside its final place. Removed when dropped unfinished.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    finished: bool,
    /// Files on their way to the disk while others are written.
    syncing: Vec<JoinHandle<Result<(), FileError>>>,
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
        Ok(Self { path, target: target.to_owned(), finished: false, syncing: Vec::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Begins to make a file durable that is written to its end.
    pub(super) fn sync_ahead(&mut self, file: PathBuf) {
        self.syncing.push(thread::spawn(move || sync(&file)));
    }

    /// Makes everything durable and moves it to its place.
    pub(super) fn finish(mut self) -> Result<(), FileError> {
        for syncing in self.syncing.drain(..) {
            // An error is told once, and perhaps only here.
            syncing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
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
