use super::error::{FileError, at};
use sheaf_protocol::verify::Fault;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Reads a text file line by line, in memory of one line.
#[derive(Debug)]
pub(super) struct LineReader {
    path: PathBuf,
    reader: BufReader<File>,
    max: usize,
    /// Bytes of the line before: the next has about as many.
    about: usize,
}

impl LineReader {
    /// A reader of lines of at most `max` bytes.
    pub(super) fn open(path: &Path, max: usize) -> Result<Self, FileError> {
        let file = File::open(path).map_err(at(path))?;
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::with_capacity(1 << 18, file),
            max,
            about: 0,
        })
    }

    /// The next line without its newline, or what is wrong with it.
    pub(super) fn next(&mut self) -> Result<Option<Result<String, Fault>>, FileError> {
        let mut line = Vec::with_capacity(self.about);
        let mut bounded = (&mut self.reader).take(self.max as u64 + 1);
        bounded.read_until(b'\n', &mut line).map_err(at(&self.path))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.about = line.len();
        if line.pop() != Some(b'\n') {
            let whole = line.len() < self.max;
            return self.skip_line(whole).map(Some);
        }
        let text = String::from_utf8(line);
        Ok(Some(text.map_err(|error| Fault::NotUtf8(error.utf8_error().valid_up_to()))))
    }

    /// Passes over the rest of a line that is too long, or was the last and had no newline.
    fn skip_line(&mut self, whole: bool) -> Result<Result<String, Fault>, FileError> {
        if whole {
            return Ok(Err(Fault::Truncated));
        }
        self.reader.skip_until(b'\n').map_err(at(&self.path))?;
        Ok(Err(Fault::LineTooLong(self.max as u64)))
    }
}
