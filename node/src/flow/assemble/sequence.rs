use super::error::{FileError, at};
use sheaf_protocol::dataset::first_item;
use sheaf_protocol::verify::Fault;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Bytes read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Reads a sequence file item by item, in memory of one item and one chunk.
#[derive(Debug)]
pub(super) struct SequenceReader {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    at: usize,
    max: usize,
}

/// The next item, or what is wrong with the file from here on.
pub(super) type Item = Result<Vec<u8>, Fault>;

impl SequenceReader {
    /// A reader of items of at most `max` bytes.
    pub(super) fn open(path: &Path, max: usize) -> Result<Self, FileError> {
        let file = File::open(path).map_err(at(path))?;
        Ok(Self { path: path.to_owned(), file, buffer: Vec::new(), at: 0, max })
    }

    pub(super) fn next(&mut self) -> Result<Option<Item>, FileError> {
        loop {
            match first_item(&self.buffer[self.at..], self.max) {
                Err(error) => return Ok(Some(Err(error.into()))),
                Ok(Some((item, used))) => {
                    let item = item.to_vec();
                    self.at += used;
                    return Ok(Some(Ok(item)));
                }
                Ok(None) => {}
            }
            if !self.fill()? {
                let whole = self.at == self.buffer.len();
                return Ok((!whole).then_some(Err(Fault::Truncated)));
            }
        }
    }

    /// Reads more; false at the end of the file.
    fn fill(&mut self) -> Result<bool, FileError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let chunk = (&self.file).take(CHUNK_BYTES as u64).read_to_end(&mut self.buffer);
        Ok(chunk.map_err(at(&self.path))? > 0)
    }
}
