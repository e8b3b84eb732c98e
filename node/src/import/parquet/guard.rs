//! Reads one column of a Parquet file, and refuses pages that claim more than they may hold before
//! anything is made of them.

use super::thrift::{self, Claim};
use crate::limits::{
    IMPORT_PARQUET_PAGE_BYTES_MAX, IMPORT_PARQUET_VALUES_MAX, IMPORT_RATIO_MAX,
    IMPORT_UNPACKED_BYTES_MIN,
};
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers are shorter than the first, most of the time, and must be shorter than the second.
const HEADER_BYTES: [usize; 2] = [4 * 1024, 4 * 1024 * 1024];

/// A file of which one column is read.
pub(super) struct Guard<S> {
    file: Arc<Mutex<S>>,
    len: u64,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    values: i64,
    /// Where the data of a page begins whose header was checked: the crate asks for a reader there
    /// too, and makes no use of it.
    data_start: Option<u64>,
}

impl<S: Read + Seek + Send> Guard<S> {
    pub(super) fn new(file: &Arc<Mutex<S>>, len: u64) -> Self {
        Self { file: Arc::clone(file), len, seen: Mutex::default() }
    }

    /// Up to `len` bytes at `start`.
    pub(super) fn read(&self, start: u64, len: usize) -> Result<Vec<u8>> {
        let len = self.len.saturating_sub(start).min(len as u64);
        let mut bytes = Vec::with_capacity(len as usize);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        Read::take(&mut *file, len).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn header(&self, start: u64) -> Result<Vec<u8>> {
        let mut found = Err(Claim::Cut);
        let mut bytes = Vec::new();
        for len in HEADER_BYTES {
            bytes = self.read(start, len)?;
            found = thrift::page(&bytes);
            if found != Err(Claim::Cut) || bytes.len() < len {
                break;
            }
        }
        let page = found.map_err(|claim| refused(&claim.to_string()))?;
        let bounds = 0..=IMPORT_PARQUET_PAGE_BYTES_MAX as i64;
        let ratio = page.packed_len.saturating_mul(IMPORT_RATIO_MAX as i64);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.values = seen.values.saturating_add(page.values);
        if !bounds.contains(&page.unpacked_len)
            || !bounds.contains(&page.packed_len)
            || page.unpacked_len > ratio.max(IMPORT_UNPACKED_BYTES_MIN as i64)
            || !(0..=IMPORT_PARQUET_VALUES_MAX as i64).contains(&page.values)
            || seen.values > IMPORT_PARQUET_VALUES_MAX as i64
        {
            return Err(refused("a page claims more than it may hold"));
        }
        seen.data_start = Some(start + page.header_len as u64);
        bytes.truncate(page.header_len);
        Ok(bytes)
    }

    fn is_data(&self, start: u64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.data_start.take() == Some(start)
    }
}

fn refused(reason: &str) -> ParquetError {
    ParquetError::General(reason.to_owned())
}

impl<S> Length for Guard<S> {
    fn len(&self) -> u64 {
        self.len
    }
}

impl<S: Read + Seek + Send> ChunkReader for Guard<S> {
    type T = Cursor<Vec<u8>>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let bytes = if self.is_data(start) { Vec::new() } else { self.header(start)? };
        Ok(Cursor::new(bytes))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if length > IMPORT_PARQUET_PAGE_BYTES_MAX {
            return Err(refused("a page claims more than it may hold"));
        }
        let bytes = self.read(start, length)?;
        if bytes.len() < length {
            return Err(refused("it ends in the middle of a page"));
        }
        Ok(bytes.into())
    }
}
