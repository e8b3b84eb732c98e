//! Zip archives, as vendors ship them: every entry that may be a chat file is read, straight from
//! the archive. The names of entries are never used as paths.

use super::meter::{Counted, Meter};
use super::{Opening, Place, text};
use crate::import::report::ImportError;
use crate::limits::{IMPORT_ENTRIES_MAX, IMPORT_HEAD_BYTES};
use std::collections::BTreeSet;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

type Archive<S> = ZipArchive<BufReader<Counted<S>>>;

/// Reads every entry of an archive.
pub(super) fn read<S: Read + Seek>(
    opening: &mut Opening<'_>,
    name: &str,
    mut file: S,
    place: Place,
) {
    let before = opening.opened.inputs.len();
    let meter = Meter::new(file.seek(SeekFrom::End(0)).ok());
    match open(file, &meter) {
        Ok(mut archive) => {
            if archive.has_duplicate_names() {
                opening.refuse(name, ImportError::SameNames);
            }
            entries(opening, name, &mut archive, &meter);
        }
        Err(error) => opening.refuse(name, error),
    }
    if opening.opened.inputs.len() == before {
        match place {
            Place::Alone => opening.refuse(name, ImportError::NoChats),
            _ => opening.pass_over("archive without chats"),
        }
    }
}

fn open<S: Read + Seek>(file: S, meter: &Meter) -> Result<Archive<S>, ImportError> {
    let input = BufReader::new(meter.packed(file));
    let mut archive = ZipArchive::new(input).map_err(refusal)?;
    if archive.len() > IMPORT_ENTRIES_MAX {
        return Err(ImportError::TooMany);
    }
    // An entry whose place cannot be told is refused by itself, later.
    if archive.has_overlapping_files().unwrap_or(false) {
        return Err(ImportError::Overlapping);
    }
    Ok(archive)
}

fn entries<S: Read + Seek>(
    opening: &mut Opening<'_>,
    name: &str,
    archive: &mut Archive<S>,
    meter: &Meter,
) {
    let thumbs = thumbs(opening, name, archive, meter);
    for index in (0..archive.len()).filter(|index| !thumbs.contains(index)) {
        if meter.is_exceeded() {
            let left = (archive.len() - index) as u64;
            return opening.pass_over_many("entry after too much was unpacked, not read", left);
        }
        entry(opening, name, archive, index, meter);
    }
}

/// The entries that hold what was thought of messages: read before the chats, wherever they stand.
fn thumbs<S: Read + Seek>(
    opening: &mut Opening<'_>,
    name: &str,
    archive: &mut Archive<S>,
    meter: &Meter,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for index in 0..archive.len() {
        let label = label(name, archive, index);
        let is_file = |entry: &ZipFile<'_, _>| entry.is_file() && !entry.is_symlink();
        if let Some(entry) = archive.by_index(index).ok().filter(is_file)
            && opening.takes_thumbs(&label, meter.unpacked(Named(entry)))
        {
            found.insert(index);
        }
    }
    found
}

/// Where an entry lies, for a person.
fn label<S: Read + Seek>(archive_name: &str, archive: &Archive<S>, index: usize) -> String {
    match archive.name_for_index(index) {
        Some(Ok(name)) => format!("{archive_name}/{name}"),
        _ => format!("{archive_name}/entry {}", index + 1),
    }
}

fn entry<S: Read + Seek>(
    opening: &mut Opening<'_>,
    archive_name: &str,
    archive: &mut Archive<S>,
    index: usize,
    meter: &Meter,
) {
    let name = label(archive_name, archive, index);
    let input = match archive.by_index(index) {
        Ok(entry) if entry.is_dir() => return,
        Ok(entry) if entry.is_symlink() => return opening.refuse(&name, ImportError::Link),
        Ok(_) if is_hidden(&name[archive_name.len()..]) => return opening.pass_over("hidden file"),
        Ok(entry) => entry,
        Err(error) => return opening.refuse(&name, refusal(error)),
    };
    match text::ahead(meter.unpacked(Named(input)), IMPORT_HEAD_BYTES) {
        Ok((head, mut rest)) => opening.stream(&name, &head, &mut rest, Place::Archive),
        Err(error) => opening.refuse(&name, error.into()),
    }
}

/// What systems leave behind, and people do not see.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part.starts_with('.') && part != "." && part != "..")
        || name.starts_with("/__MACOSX/")
}

fn refusal(error: ZipError) -> ImportError {
    match error {
        ZipError::Io(error) => named(error).into(),
        ZipError::CompressionMethodNotSupported(method) => ImportError::Method(method),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ImportError::Encrypted
        }
        error => ImportError::Damaged { kind: "zip", reason: error.to_string() },
    }
}

struct Named<R>(R);

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(named)
    }
}

fn named(error: io::Error) -> io::Error {
    let kind = "zip";
    match error.kind() {
        ErrorKind::UnexpectedEof => ImportError::Cut { kind }.into(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            ImportError::Damaged { kind, reason: error.to_string() }.into()
        }
        // Also what the crate learns only when it begins to read.
        _ => match error.downcast::<ZipError>() {
            Ok(error) => refusal(error).into(),
            Err(error) => error,
        },
    }
}
