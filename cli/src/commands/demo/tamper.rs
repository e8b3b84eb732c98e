//! A copy of a dataset with one byte changed.

use crate::error::{CliError, OrFail as _};
use std::fs;
use std::path::Path;

/// Flips one bit of a letter in the middle of the file; in which line.
pub(super) fn flip(file: &Path) -> Result<usize, CliError> {
    let mut bytes = fs::read(file).or_fail(file.display())?;
    let middle = bytes.len() / 2;
    let letter = bytes.iter().skip(middle).position(u8::is_ascii_lowercase).unwrap_or(0);
    let place = middle + letter;
    let line = 1 + bytes.iter().take(place).filter(|byte| **byte == b'\n').count();
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1;
    }
    fs::write(file, bytes).or_fail(file.display())?;
    Ok(line)
}

/// Copies a folder with all that is in it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), CliError> {
    fs::create_dir(to).or_fail(to.display())?;
    for found in fs::read_dir(from).or_fail(from.display())? {
        let path = found.or_fail(from.display())?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true => copy_folder(&path, &copy)?,
            false => fs::copy(&path, &copy).map(drop).or_fail(path.display())?,
        }
    }
    Ok(())
}
