//! Parquet files → the rows they stand for, as JSON values under the names of the columns, so that
//! formats read them as they read JSONL. A few rows at a time, page by page.
//!
//! The crate that decodes them trusts sizes that a file claims, and asserts what a schema should be.
//! So what is claimed is checked first (`thrift`, `guard`), rows are put together here (`rows`)
//! under the bounds of records, and a panic within the crate ends the file and nothing else.

mod column;
mod guard;
mod rows;
mod thrift;

use super::Import;
use super::open::Meter;
use super::report::{ImportError, Imported, Report};
use crate::limits::IMPORT_PARQUET_FOOTER_BYTES_MAX;
use guard::Guard;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use rows::RowGroup;
use serde_json::Value;
use std::cell::Cell;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// Length and magic bytes at the end of every file.
const TAIL_BYTES: usize = 8;

/// Reads every row of `file` as a chat.
pub(super) fn read_rows<S: Read + Seek + Send + 'static>(
    mut file: S,
    sink: &mut dyn FnMut(Imported),
) -> Result<Report, ImportError> {
    let len = file.seek(SeekFrom::End(0))?;
    let file = Arc::new(Mutex::new(file));
    let described = caught(|| footer(&Guard::new(&file, len)))?;
    let mut import = Import::new(sink);
    let mut reading = Reading { meter: Meter::new(None), position: 0 };
    reading.meter.take(len);
    for index in 0..described.num_row_groups() {
        if let Err(error) = reading.group(&file, len, &described, index, &mut import) {
            import.report.broken = Some(error);
            break;
        }
    }
    import.finish()
}

struct Reading {
    meter: Meter,
    position: usize,
}

impl Reading {
    fn group<S: Read + Seek + Send + 'static>(
        &mut self,
        file: &Arc<Mutex<S>>,
        len: u64,
        described: &ParquetMetaData,
        index: usize,
        import: &mut Import<'_>,
    ) -> Result<(), ImportError> {
        let open = || RowGroup::open(described, index, || Arc::new(Guard::new(file, len)));
        let mut group = caught(open)?;
        while !import.is_hopeless() {
            let rows = caught(|| group.next_rows())?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                self.position += 1;
                self.meter.unpack(row.bytes)?;
                import.value(self.position, row.value.map(super::json::Value::from));
            }
        }
        for name in group.take_dropped() {
            import.dropped.count(format!("bytes that are no text in column “{name}”"));
        }
        Ok(())
    }
}

/// What the end of the file says of the rest.
fn footer<S: Read + Seek + Send>(file: &Guard<S>) -> Result<ParquetMetaData, ParquetError> {
    use parquet::file::reader::Length as _;
    let refused = |reason: &str| ParquetError::General(reason.to_owned());
    let tail_start = file.len().saturating_sub(TAIL_BYTES as u64);
    let tail = file.read(tail_start, TAIL_BYTES)?;
    let [a, b, c, d, b'P', b'A', b'R', b'1'] = tail[..] else {
        return Err(refused("its end is missing or not that of a Parquet file"));
    };
    let footer_len = u32::from_le_bytes([a, b, c, d]) as usize;
    if footer_len > IMPORT_PARQUET_FOOTER_BYTES_MAX || footer_len as u64 > tail_start {
        return Err(refused("its footer claims to be longer than it may be"));
    }
    let bytes = file.read(tail_start - footer_len as u64, footer_len)?;
    thrift::check_footer(&bytes).map_err(|claim| refused(&claim.to_string()))?;
    ParquetMetaDataReader::decode_metadata(&bytes)
}

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread would now be caught, and told as damage of the file. It is for
/// the panic hook of a program, which then has nothing to say; a library sets none.
pub fn catches_panics() -> bool {
    CATCHES.get()
}

/// What `read` gives; a panic within it is damage like any other.
fn caught<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ImportError> {
    let damaged = |reason| ImportError::Damaged { kind: "Parquet", reason };
    let before = CATCHES.replace(true);
    // Whatever was half done is not used again: the first error ends the file.
    let caught = catch_unwind(AssertUnwindSafe(read));
    CATCHES.set(before);
    match caught {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) => Err(damaged(error.to_string())),
        Err(_) => Err(damaged("its pages contradict each other".into())),
    }
}

/// Every row as a value.
#[cfg(test)]
pub(super) fn values(mut file: std::fs::File) -> Result<Vec<Value>, ImportError> {
    let len = file.seek(SeekFrom::End(0))?;
    let file = Arc::new(Mutex::new(file));
    let described = caught(|| footer(&Guard::new(&file, len)))?;
    let mut values = Vec::new();
    for index in 0..described.num_row_groups() {
        let open = || RowGroup::open(&described, index, || Arc::new(Guard::new(&file, len)));
        let mut group = caught(open)?;
        loop {
            let rows = caught(|| group.next_rows())?;
            if rows.is_empty() {
                break;
            }
            values.extend(rows.into_iter().filter_map(|row| row.value.ok()));
        }
    }
    Ok(values)
}

/// One row, or why it is none, and how large it is.
struct Row {
    value: Result<Value, super::SkipReason>,
    bytes: u64,
}
