//! How much a packed file may unpack to.

use crate::import::report::ImportError;
use crate::limits::{IMPORT_RATIO_MAX, IMPORT_UNPACKED_BYTES_MIN};
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Bytes of one packed file: read from it, and unpacked.
#[derive(Debug, Clone)]
pub(in crate::import) struct Meter {
    packed_len: u64,
    packed: Rc<Cell<u64>>,
    unpacked: Rc<Cell<u64>>,
}

impl Meter {
    /// For a file of `packed_len` bytes, as far as that is known. What is read of it twice counts
    /// once.
    pub(in crate::import) fn new(packed_len: Option<u64>) -> Self {
        let packed_len = packed_len.unwrap_or(u64::MAX);
        Self { packed_len, packed: Rc::default(), unpacked: Rc::default() }
    }

    /// Counts what is read of the packed file.
    pub(super) fn packed<R>(&self, input: R) -> Counted<R> {
        Counted { input, count: Rc::clone(&self.packed) }
    }

    /// Ends with [`ImportError::Bomb`] where more comes out than a packed file may give.
    pub(super) fn unpacked<R>(&self, input: R) -> Metered<R> {
        Metered { input, meter: self.clone() }
    }

    /// Whether more came out than may.
    pub(super) fn is_exceeded(&self) -> bool {
        let packed = self.packed.get().min(self.packed_len);
        let most = IMPORT_UNPACKED_BYTES_MIN.max(packed.saturating_mul(IMPORT_RATIO_MAX));
        self.unpacked.get() > most
    }

    /// Counts bytes that came out.
    ///
    /// # Errors
    /// [`ImportError::Bomb`] if they are too many.
    pub(in crate::import) fn unpack(&self, bytes: u64) -> Result<(), ImportError> {
        self.unpacked.set(self.unpacked.get().saturating_add(bytes));
        if self.is_exceeded() { Err(ImportError::Bomb) } else { Ok(()) }
    }

    /// Counts bytes as read of the packed file.
    pub(in crate::import) fn take(&self, bytes: u64) {
        self.packed.set(self.packed.get().saturating_add(bytes));
    }
}

/// Counts the bytes read.
pub(super) struct Counted<R> {
    input: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(buffer)?;
        self.count.set(self.count.get().saturating_add(len as u64));
        Ok(len)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

/// See [`Meter::unpacked`].
pub(super) struct Metered<R> {
    input: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(buffer)?;
        self.meter.unpack(len as u64)?;
        Ok(len)
    }
}
