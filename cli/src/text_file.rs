//! A file of text that a person names, read whole.

use crate::error::{CliError, Kind};
use crate::text::{bytes, printable};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What begins text that some editors write.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The name of a file, to be shown.
pub(crate) fn name(path: &Path) -> String {
    match path.as_os_str() == "-" {
        true => "standard input".into(),
        false => printable(&path.display().to_string()),
    }
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// If it is not there, no text, or longer than `bytes_max`.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<String, CliError> {
    let name = name(path);
    let text = open(path).and_then(|file| {
        let mut text = String::new();
        file.take(bytes_max + 1).read_to_string(&mut text).map(|_| text)
    });
    let text = text.map_err(|error| not_read(&name, &error))?;
    if text.len() as u64 > bytes_max {
        return Err(CliError::usage(format!("{name}: longer than {}", bytes(bytes_max))));
    }
    Ok(text.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(text))
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    match path.as_os_str() == "-" {
        true => Ok(Box::new(io::stdin().lock())),
        false => Ok(Box::new(File::open(path)?)),
    }
}

fn not_read(name: &str, error: &io::Error) -> CliError {
    match error.kind() {
        io::ErrorKind::NotFound => CliError::new(Kind::NotFound, format!("{name}: not found")),
        io::ErrorKind::IsADirectory => CliError::usage(format!("{name}: a folder, not a file")),
        io::ErrorKind::InvalidData => {
            CliError::usage(format!("{name}: it holds something else than text in UTF-8"))
        }
        _ => CliError::failed(format!("reading {name}: {error}")),
    }
}
