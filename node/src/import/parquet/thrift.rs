//! As much of Thrift's compact protocol as it takes to see what a Parquet file claims before
//! anything is made of it: how deep its schema is, how many columns it has, how large a page gets.

use crate::limits::{
    IMPORT_PARQUET_COLUMNS_MAX, IMPORT_PARQUET_DEPTH_MAX, IMPORT_PARQUET_LIST_MAX,
};

/// Why a structure is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Claim {
    /// More bytes are needed to tell.
    #[error("it ends too early")]
    Cut,
    /// Not of this protocol.
    #[error("its description cannot be read")]
    Malformed,
    /// More columns, levels or pages than there may be.
    #[error("it claims more columns, levels or parts than it may have")]
    TooMuch,
}

/// What the header of a page claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Bytes of the header itself.
    pub(super) header_len: usize,
    pub(super) unpacked_len: i64,
    pub(super) packed_len: i64,
    pub(super) values: i64,
}

/// Structures nest so deep at most; six are in use.
const STRUCT_DEPTH_MAX: usize = 16;

const SCHEMA: i16 = 2;
const CHILDREN: i16 = 5;

/// Checks the lists of a footer, and the tree of its schema.
pub(super) fn check_footer(bytes: &[u8]) -> Result<(), Claim> {
    let (mut input, mut last) = (Input { bytes, at: 0 }, 0);
    while let Some(field) = input.field(&mut last)? {
        if field.id == SCHEMA && matches!(field.kind, LIST | SET) {
            check_schema(&mut input)?;
        } else {
            input.skip(field.kind, 0)?;
        }
    }
    Ok(())
}

/// The schema is a list: each element is followed by its children.
fn check_schema(input: &mut Input<'_>) -> Result<(), Claim> {
    let (kind, len) = input.list()?;
    if len > IMPORT_PARQUET_COLUMNS_MAX || kind != STRUCT {
        return Err(Claim::TooMuch);
    }
    // How many children are still to come, from the root down.
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..len {
        let children = input.int_of(CHILDREN)?.unwrap_or(0);
        if children < 0 || children > len as i64 || open.len() > IMPORT_PARQUET_DEPTH_MAX {
            return Err(Claim::TooMuch);
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    if open.is_empty() { Ok(()) } else { Err(Claim::Malformed) }
}

/// Reads the header of a page.
pub(super) fn page(bytes: &[u8]) -> Result<Page, Claim> {
    let (mut input, mut last, mut page) = (Input { bytes, at: 0 }, 0, Page::default());
    while let Some(field) = input.field(&mut last)? {
        match (field.id, field.kind) {
            (2, I32) => page.unpacked_len = input.int()?,
            (3, I32) => page.packed_len = input.int()?,
            // Headers of a data page, of a dictionary, and of a data page of the second version.
            (5 | 7 | 8, STRUCT) => page.values = input.int_of(1)?.unwrap_or(0),
            (_, kind) => input.skip(kind, 0)?,
        }
    }
    page.header_len = input.at;
    Ok(page)
}

struct Field {
    id: i16,
    kind: u8,
}

const TRUE: u8 = 1;
const BYTE: u8 = 3;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Result<u8, Claim> {
        let byte = *self.bytes.get(self.at).ok_or(Claim::Cut)?;
        self.at += 1;
        Ok(byte)
    }

    fn pass(&mut self, len: u64) -> Result<(), Claim> {
        let left = (self.bytes.len() - self.at) as u64;
        if len > left {
            return Err(Claim::Cut);
        }
        self.at += len as usize;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, Claim> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Claim::Malformed)
    }

    fn int(&mut self) -> Result<i64, Claim> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next field of a structure; `None` at its end.
    fn field(&mut self, last: &mut i16) -> Result<Option<Field>, Claim> {
        let head = self.byte()?;
        if head & 0x0f == 0 {
            return Ok(None);
        }
        *last = match head >> 4 {
            0 => i16::try_from(self.int()?).map_err(|_| Claim::Malformed)?,
            step => last.checked_add(i16::from(step)).ok_or(Claim::Malformed)?,
        };
        Ok(Some(Field { id: *last, kind: head & 0x0f }))
    }

    /// Kind and number of the elements of a list.
    fn list(&mut self) -> Result<(u8, usize), Claim> {
        let head = self.byte()?;
        let len = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        if len > IMPORT_PARQUET_LIST_MAX as u64 {
            return Err(Claim::TooMuch);
        }
        Ok((head & 0x0f, len as usize))
    }

    /// Passes over a structure; the number in one of its fields, the last if there are several.
    fn int_of(&mut self, id: i16) -> Result<Option<i64>, Claim> {
        let (mut last, mut found) = (0, None);
        while let Some(field) = self.field(&mut last)? {
            match field.kind {
                4..=6 if field.id == id => found = Some(self.int()?),
                kind => self.skip(kind, 1)?,
            }
        }
        Ok(found)
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Claim> {
        if depth > STRUCT_DEPTH_MAX {
            return Err(Claim::TooMuch);
        }
        match kind {
            TRUE | 2 => Ok(()),
            BYTE => self.pass(1),
            4..=I64 => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => self.varint().and_then(|len| self.pass(len)),
            LIST | SET => self.skip_list(depth),
            MAP => self.skip_map(depth),
            STRUCT => {
                let mut last = 0;
                while let Some(field) = self.field(&mut last)? {
                    self.skip(field.kind, depth + 1)?;
                }
                Ok(())
            }
            UUID => self.pass(16),
            _ => Err(Claim::Malformed),
        }
    }

    fn skip_list(&mut self, depth: usize) -> Result<(), Claim> {
        let (kind, len) = self.list()?;
        for _ in 0..len {
            self.skip_element(kind, depth)?;
        }
        Ok(())
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), Claim> {
        let len = self.varint()?;
        if len > IMPORT_PARQUET_LIST_MAX as u64 {
            return Err(Claim::TooMuch);
        }
        let kinds = if len > 0 { self.byte()? } else { 0 };
        for _ in 0..len {
            self.skip_element(kinds >> 4, depth)?;
            self.skip_element(kinds & 0x0f, depth)?;
        }
        Ok(())
    }

    /// In lists and maps a truth value takes a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), Claim> {
        match kind {
            TRUE | 2 => self.pass(1),
            kind => self.skip(kind, depth + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A schema of these numbers of children, as a footer with nothing else.
    fn footer(children: &[i64]) -> Vec<u8> {
        let mut bytes = vec![0x29, 0xf0 | STRUCT];
        bytes.extend(varint(children.len() as u64));
        for count in children {
            bytes.push(0x50 | I32);
            bytes.extend(varint((*count as u64) << 1));
            bytes.push(0);
        }
        bytes.push(0);
        bytes
    }

    fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    #[test]
    fn a_schema_is_a_tree_of_bounded_depth() {
        assert_eq!(check_footer(&footer(&[2, 0, 1, 0])), Ok(()));
        assert_eq!(check_footer(&footer(&[3, 0, 0])), Err(Claim::Malformed), "a child is missing");
        assert_eq!(check_footer(&footer(&[1 << 30, 0])), Err(Claim::TooMuch));
        let deep: Vec<i64> = std::iter::repeat_n(1, 1000).chain([0]).collect();
        assert_eq!(check_footer(&footer(&deep)), Err(Claim::TooMuch));
        assert_eq!(check_footer(&footer(&vec![0; 5000])), Err(Claim::TooMuch));
        let whole = footer(&[2, 0, 1, 0]);
        for end in 0..whole.len() {
            assert_eq!(check_footer(&whole[..end]), Err(Claim::Cut), "{end}");
        }
    }

    #[test]
    fn structures_within_structures_end() {
        let deep = vec![0x10 | STRUCT; 100_000];
        assert_eq!(check_footer(&deep), Err(Claim::TooMuch));
    }

    #[test]
    fn the_header_of_a_page_is_read() {
        let bytes = [0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2c, 0x15, 20, 0, 0, 9, 9];
        let page = page(&bytes).unwrap();
        assert_eq!((page.unpacked_len, page.packed_len), (100, 50));
        assert_eq!((page.values, page.header_len), (10, 12));
    }
}
