//! Changes of rows, as the journal keeps them: which file, which table, which key, and the value put
//! there, or none if the row was removed.
//!
//! ```text
//! changes = change*
//! change  = file (1) table (1 + n) key (2 + n) removed (1: 0) | put (1: 1) value (4 + n)
//! ```

use std::cell::RefCell;

/// Changes that a batch makes, in order.
#[derive(Default)]
pub(super) struct Changes(RefCell<Vec<u8>>);

/// One change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change<'a> {
    /// The file, by its tag.
    pub(super) file: u8,
    /// The table's name.
    pub(super) table: &'a str,
    /// The row's key.
    pub(super) key: &'a [u8],
    /// The row's value; none if it was removed.
    pub(super) value: Option<&'a [u8]>,
}

impl Changes {
    /// Adds a change.
    pub(super) fn add(&self, change: &Change<'_>) {
        let mut bytes = self.0.borrow_mut();
        bytes.push(change.file);
        // Names of tables and keys are short and come from our code.
        bytes.push(change.table.len() as u8);
        bytes.extend_from_slice(change.table.as_bytes());
        bytes.extend_from_slice(&(change.key.len() as u16).to_be_bytes());
        bytes.extend_from_slice(change.key);
        bytes.push(u8::from(change.value.is_some()));
        if let Some(value) = change.value {
            bytes.extend_from_slice(&(value.len() as u32).to_be_bytes());
            bytes.extend_from_slice(value);
        }
    }

    /// What the journal keeps.
    pub(super) fn bytes(&self) -> std::cell::Ref<'_, Vec<u8>> {
        self.0.borrow()
    }
}

/// Takes the first change off `bytes`; none if they are not changes.
pub(super) fn first<'a>(bytes: &mut &'a [u8]) -> Option<Change<'a>> {
    let [file, table_len, key_start @ ..] = *bytes else { return None };
    let (table, rest) = key_start.split_at_checked(usize::from(*table_len))?;
    let (key_len, rest) = rest.split_first_chunk::<2>()?;
    let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*key_len)))?;
    let (put, mut rest) = rest.split_first()?;
    let mut value = None;
    if *put == 1 {
        let (value_len, after) = rest.split_first_chunk::<4>()?;
        let value_len = usize::try_from(u32::from_be_bytes(*value_len)).ok()?;
        let (found, after) = after.split_at_checked(value_len)?;
        (value, rest) = (Some(found), after);
    }
    *bytes = rest;
    Some(Change { file: *file, table: std::str::from_utf8(table).ok()?, key, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_back_in_order_and_no_part_of_one_does() {
        let all = [
            Change { file: 3, table: "blobs", key: b"one", value: Some(&[7; 300]) },
            Change { file: 0, table: "wanted", key: b"two", value: None },
            Change { file: 1, table: "statements", key: b"", value: Some(b"") },
        ];
        let changes = Changes::default();
        all.iter().for_each(|change| changes.add(change));
        let bytes = changes.bytes();
        let mut rest = bytes.as_slice();
        for change in &all {
            assert_eq!(first(&mut rest).as_ref(), Some(change));
        }
        assert!(rest.is_empty());
        let one = Changes::default();
        one.add(&all[0]);
        for cut in 0..one.bytes().len() {
            assert_eq!(first(&mut &one.bytes()[..cut]), None, "cut after {cut} bytes");
        }
    }
}
