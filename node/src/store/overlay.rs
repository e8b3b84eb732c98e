//! A file that is read, and keeps what is written to it in memory: so a database is opened,
//! recovered and checked without a byte of it being changed.

use super::disk::Disk;
use redb::backends::InMemoryBackend;
use redb::{Builder, Database, DatabaseError, StorageBackend, StorageError};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a block that is kept once something in it was written.
const BLOCK: usize = 4096;

/// The file system of this machine, of which nothing is changed. Whoever opens a database through
/// it holds the home's lock, so that nobody writes meanwhile.
#[derive(Debug)]
pub(super) struct ReadOnlyDisk;

impl Disk for ReadOnlyDisk {
    fn database(&self, path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
        let file = match File::open(path) {
            // Made, as the next start would, but in memory.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return builder.create_with_backend(InMemoryBackend::new());
            }
            opened => opened.map_err(StorageError::Io)?,
        };
        let length = file.metadata().map_err(StorageError::Io)?.len();
        let overlay = Overlay::new(file, length);
        let mut database = builder.create_with_backend(overlay)?;
        // False says that it was repaired, as after a crash: the next start does the same.
        database.check_integrity()?;
        Ok(database)
    }

    fn file(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        let file = match File::open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Box::new(InMemoryBackend::new()));
            }
            opened => opened?,
        };
        let length = file.metadata()?.len();
        Ok(Box::new(Overlay::new(file, length)))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        fs::exists(path)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }

    fn copy(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_file(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// A file, and what was written over it.
struct Overlay {
    file: Mutex<File>,
    written: Mutex<Written>,
}

struct Written {
    blocks: BTreeMap<u64, Box<[u8]>>,
    length: u64,
    /// How much of the file still counts: what lies beyond was never there, or was cut off, and
    /// reads as zeros.
    base: u64,
}

impl Overlay {
    fn new(file: File, length: u64) -> Self {
        let written = Written { blocks: BTreeMap::new(), length, base: length };
        Self { file: Mutex::new(file), written: Mutex::new(written) }
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Block `number` of the first `base` bytes of the file.
    fn block(&self, number: u64, base: u64) -> io::Result<Box<[u8]>> {
        let mut block = vec![0; BLOCK];
        let start = number * BLOCK as u64;
        let there = base.saturating_sub(start).min(BLOCK as u64) as usize;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut block[..there])?;
        Ok(block.into())
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written();
        if offset.saturating_add(out.len() as u64) > written.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, start, part) in parts(offset, out) {
            match written.blocks.get(&number) {
                Some(block) => part.copy_from_slice(&block[start..start + part.len()]),
                None => {
                    let block = self.block(number, written.base)?;
                    part.copy_from_slice(&block[start..start + part.len()]);
                }
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut written = self.written();
        let last = length / BLOCK as u64;
        if length < written.length {
            written.blocks.split_off(&(last + 1));
            written.base = written.base.min(length);
            if let Some(block) = written.blocks.get_mut(&last) {
                block[(length % BLOCK as u64) as usize..].fill(0);
            }
        }
        written.length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        let mut copy = data.to_vec();
        for (number, start, part) in parts(offset, &mut copy) {
            if !written.blocks.contains_key(&number) {
                let block = self.block(number, written.base)?;
                written.blocks.insert(number, block);
            }
            if let Some(block) = written.blocks.get_mut(&number) {
                block[start..start + part.len()].copy_from_slice(part);
            }
        }
        Ok(())
    }
}

/// The parts of `bytes` at `offset` by block: its number, where in it, and the part.
fn parts(offset: u64, bytes: &mut [u8]) -> impl Iterator<Item = (u64, usize, &mut [u8])> {
    let mut at = offset;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start = (at % BLOCK as u64) as usize;
        let length = rest.len().min(BLOCK - start);
        let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
        let number = at / BLOCK as u64;
        (rest, at) = (after, at + length as u64);
        Some((number, start, part))
    })
}

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Overlay({} bytes)", self.written().length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(bytes: &[u8]) -> (tempfile::TempDir, Overlay) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, bytes).unwrap();
        let overlay = Overlay::new(File::open(&path).unwrap(), bytes.len() as u64);
        (dir, overlay)
    }

    #[test]
    fn what_is_written_is_read_and_the_file_stays() {
        let bytes: Vec<u8> = (0..3 * BLOCK).map(|n| (n % 251) as u8).collect();
        let (dir, overlay) = over(&bytes);
        let mut expected = bytes.clone();
        expected[BLOCK - 3..BLOCK + 7].copy_from_slice(b"0123456789");
        overlay.write(BLOCK as u64 - 3, b"0123456789").unwrap();
        let mut found = vec![0; bytes.len()];
        overlay.read(0, &mut found).unwrap();
        assert!(found == expected, "a write across two blocks is read back");
        assert!(fs::read(dir.path().join("file")).unwrap() == bytes, "the file was changed");
    }

    #[test]
    fn what_is_cut_off_comes_back_as_zeros() {
        let (_dir, overlay) = over(&[7; 2 * BLOCK]);
        overlay.set_len(10).unwrap();
        assert!(overlay.read(0, &mut [0; 11]).is_err(), "beyond the end");
        overlay.set_len(3 * BLOCK as u64).unwrap();
        let mut found = vec![1; 3 * BLOCK];
        overlay.read(0, &mut found).unwrap();
        assert!(found[..10] == [7; 10] && found[10..].iter().all(|byte| *byte == 0));
    }
}
