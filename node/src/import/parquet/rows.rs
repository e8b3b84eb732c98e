//! Rows, put together from their columns. Each value of a column comes with two levels: how much of
//! the path to it is there, and which of the lists on the path goes on (Dremel's encoding).

use super::Row;
use super::column::{self, Batch};
use super::guard::Guard;
use crate::import::records::RecordError;
use crate::import::report::SkipReason;
use crate::limits::{
    IMPORT_PARQUET_ROWS_AT_ONCE, IMPORT_RECORD_BYTES_MAX, IMPORT_RECORD_TREE_BYTES_MAX,
};
use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, Type, TypePtr};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::sync::Arc;

/// What a value takes beside its text, and a list or an object that holds it.
const VALUE_BYTES: usize = 32;
/// What an object takes while rows are put together, even if it has only one field.
const OBJECT_BYTES: usize = 700;
/// Bytes of the rows that are read at once, as the file tells, unless it is one.
const ROWS_BYTES: i64 = 8 * 1024 * 1024;

/// One step from a row to a value.
#[derive(Clone)]
struct Step {
    to: To,
    /// The level from which on there is something here.
    defined: i16,
}

#[derive(Clone)]
enum To {
    Field(String),
    Element,
    /// No step, but a level: an element of a list may be missing.
    Itself,
}

/// One group of rows.
pub(super) struct RowGroup {
    columns: Vec<Column>,
    /// How many rows are read at once.
    at_once: usize,
    dropped: BTreeSet<String>,
}

struct Column {
    described: ColumnDescPtr,
    reader: ColumnReader,
    path: Vec<Step>,
}

impl RowGroup {
    /// Opens a group; `file` gives a reader for each of its columns.
    pub(super) fn open<S: Read + Seek + Send + 'static>(
        described: &ParquetMetaData,
        index: usize,
        file: impl Fn() -> Arc<Guard<S>>,
    ) -> Result<Self, ParquetError> {
        let (group, schema) =
            (described.row_group(index), described.file_metadata().schema_descr());
        let rows = usize::try_from(group.num_rows())?;
        let paths = paths(schema.root_schema());
        if paths.len() != group.num_columns() || paths.len() != schema.num_columns() {
            return Err(ParquetError::General("its columns are not those of its schema".into()));
        }
        let mut columns = Vec::new();
        for (index, path) in paths.into_iter().enumerate() {
            let pages = SerializedPageReader::new(file(), group.column(index), rows, None)?;
            let described = schema.column(index);
            let reader = get_column_reader(Arc::clone(&described), Box::new(pages));
            columns.push(Column { described, reader, path });
        }
        let row_bytes = group.total_byte_size() / group.num_rows().max(1);
        let at_once = ROWS_BYTES.checked_div(row_bytes).map_or(usize::MAX, |n| n.max(1) as usize);
        let at_once = at_once.min(IMPORT_PARQUET_ROWS_AT_ONCE);
        Ok(Self { columns, at_once, dropped: BTreeSet::new() })
    }

    /// Some rows; none at the end.
    pub(super) fn next_rows(&mut self) -> Result<Vec<Row>, ParquetError> {
        let (mut rows, count): (Vec<Row>, usize) = (Vec::new(), self.at_once);
        let mut left = IMPORT_RECORD_BYTES_MAX + IMPORT_RECORD_TREE_BYTES_MAX;
        for (index, column) in self.columns.iter_mut().enumerate() {
            let batch = column::read(&mut column.reader, &column.described, count)?;
            if index == 0 {
                let empty = || Row { value: Ok(Value::Object(Map::new())), bytes: 0 };
                rows.resize_with(batch.rows, empty);
            }
            if batch.rows != rows.len() {
                return Err(ParquetError::General("its columns differ in length".into()));
            }
            if !column.add_to(&mut rows, &batch, &mut left)? {
                self.dropped.insert(column.described.path().string().chars().take(40).collect());
            }
        }
        Ok(rows)
    }

    /// Columns with values that are no text.
    pub(super) fn take_dropped(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.dropped)
    }
}

impl Column {
    /// Puts every value of `batch` in its row; `false` if one was no text.
    fn add_to(
        &self,
        rows: &mut [Row],
        batch: &Batch,
        left: &mut usize,
    ) -> Result<bool, ParquetError> {
        let corrupt = || ParquetError::General("a list of a column has no beginning".into());
        let (levels, full) = (batch.defined.len().max(batch.repeated.len()), self.full());
        let levels = if full == 0 { levels.max(batch.values.len()) } else { levels };
        let (mut row, mut value, mut all_text) = (0_usize, 0_usize, true);
        let mut places =
            vec![0_usize; usize::try_from(self.described.max_rep_level()).unwrap_or(0)];
        for level in 0..levels {
            let repeated = batch.repeated.get(level).copied().unwrap_or(0);
            match usize::try_from(repeated).ok().and_then(|list| list.checked_sub(1)) {
                None => {
                    row += 1;
                    places.fill(0);
                }
                Some(list) => {
                    *places.get_mut(list).ok_or_else(corrupt)? += 1;
                    places[list + 1..].fill(0);
                }
            }
            let into = row.checked_sub(1).and_then(|row| rows.get_mut(row)).ok_or_else(corrupt)?;
            let defined = batch.defined.get(level).copied().unwrap_or(full);
            let is_there = defined >= full;
            let bytes = VALUE_BYTES + if is_there { batch.values.bytes(value) } else { 0 };
            if into.admit(bytes, left)
                && let Ok(into) = &mut into.value
            {
                let found = is_there.then(|| batch.values.value(value)).flatten();
                all_text &= !is_there || found.is_some();
                insert(into, &self.path, &places, defined, found.unwrap_or(Value::Null));
            }
            value += usize::from(is_there);
        }
        Ok(all_text)
    }

    /// The level of a value that is there.
    fn full(&self) -> i16 {
        self.described.max_def_level()
    }
}

impl Row {
    /// Whether so many more bytes may be in it, and enough memory is `left` for the rows that are read
    /// at once, of which a value may be the first of its object; else it is too long for a record.
    fn admit(&mut self, bytes: usize, left: &mut usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        *left = left.saturating_sub(bytes + OBJECT_BYTES / 2);
        if self.bytes > IMPORT_RECORD_BYTES_MAX as u64 || *left == 0 {
            self.value = Err(SkipReason::Record(RecordError::TooLong));
        }
        self.value.is_ok()
    }
}

/// Puts `value` where `path` leads, through the lists at `places`, as far as it is defined.
fn insert(row: &mut Value, path: &[Step], places: &[usize], defined: i16, value: Value) {
    let (mut at, mut places) = (row, places.iter());
    for step in path {
        at = match &step.to {
            To::Field(name) => match shaped(at, || Value::Object(Map::new())) {
                Value::Object(fields) => fields.entry(name.as_str()).or_insert(Value::Null),
                _ => return,
            },
            To::Element => match shaped(at, || Value::Array(Vec::new())) {
                Value::Array(elements) if defined >= step.defined => {
                    let place = places.next().copied().unwrap_or(0);
                    if elements.len() <= place {
                        elements.resize(place + 1, Value::Null);
                    }
                    &mut elements[place]
                }
                _ => return,
            },
            To::Itself => at,
        };
        if defined < step.defined {
            return;
        }
    }
    *at = value;
}

fn shaped(at: &mut Value, shape: impl FnOnce() -> Value) -> &mut Value {
    if at.is_null() {
        *at = shape();
    }
    at
}

/// A part of the schema, and the path to it.
struct Part {
    path: Vec<Step>,
    defined: i16,
    part: TypePtr,
    /// The element of a list has a name that means nothing.
    is_element: bool,
}

/// The path to each column, in the order of columns.
fn paths(root: &Type) -> Vec<Vec<Step>> {
    let mut paths = Vec::new();
    let mut open = Vec::new();
    let fields = |path: &Vec<Step>, defined, of: &Type, is_element| {
        let part = move |part: &TypePtr| {
            let (path, part) = (path.clone(), Arc::clone(part));
            Part { path, defined, part, is_element }
        };
        of.get_fields().iter().rev().map(part).collect::<Vec<_>>()
    };
    open.extend(fields(&Vec::new(), 0, root, false));
    while let Some(Part { mut path, defined, part, is_element }) = open.pop() {
        let defined = enter(&mut path, defined, &part, is_element);
        if part.is_primitive() {
            paths.push(path);
        } else if let Some(list) = list_of(&part) {
            path.push(Step { to: To::Element, defined: defined + 1 });
            if list.is_primitive() {
                paths.push(path);
            } else {
                open.extend(fields(&path, defined + 1, list, has_element(&part, list)));
            }
        } else {
            open.extend(fields(&path, defined, &part, false));
        }
    }
    paths
}

/// Adds the steps to a part itself; the level from which on it is there.
fn enter(path: &mut Vec<Step>, defined: i16, part: &Type, is_element: bool) -> i16 {
    let info = part.get_basic_info();
    let repetition = if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED };
    let inner = defined + i16::from(repetition != Repetition::REQUIRED);
    let is_list = repetition == Repetition::REPEATED;
    let to = if is_element { To::Itself } else { To::Field(part.name().to_owned()) };
    path.push(Step { to, defined: if is_list { defined } else { inner } });
    if is_list {
        path.push(Step { to: To::Element, defined: inner });
    }
    inner
}

/// The repeated part within a part that is marked as a list.
fn list_of(part: &Type) -> Option<&TypePtr> {
    let info = part.get_basic_info();
    let is_list = info.converted_type() == ConvertedType::LIST
        || info.logical_type_ref() == Some(&LogicalType::List);
    match part.get_fields() {
        [list] if is_list && list.get_basic_info().has_repetition() => {
            (list.get_basic_info().repetition() == Repetition::REPEATED).then_some(list)
        }
        _ => None,
    }
}

/// Whether a list's repeated part wraps its element; older writers repeat the element itself.
fn has_element(part: &Type, list: &Type) -> bool {
    let old = list.name() == "array" || list.name() == format!("{}_tuple", part.name());
    list.get_fields().len() == 1 && !old
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::schema::parser::parse_message_type;
    use serde_json::json;

    #[test]
    fn lists_of_objects_are_put_together_from_their_columns() {
        let schema = parse_message_type(
            "message m { required binary id; optional group c (LIST) { repeated group list {
             optional group element { optional binary role; optional group tags (LIST) {
             repeated group list { optional binary element; } } } } } repeated int32 n; }",
        );
        let paths = paths(&schema.unwrap());
        assert_eq!(paths.len(), 4);
        let mut row = json!({});
        insert(&mut row, &paths[0], &[], 0, json!("x"));
        insert(&mut row, &paths[1], &[0], 4, json!("user"));
        insert(&mut row, &paths[1], &[1], 3, json!(null));
        insert(&mut row, &paths[1], &[2], 2, json!(null));
        insert(&mut row, &paths[2], &[0, 0], 6, json!("a"));
        insert(&mut row, &paths[2], &[0, 1], 5, json!(null));
        insert(&mut row, &paths[2], &[1, 0], 4, json!(null));
        insert(&mut row, &paths[2], &[2, 0], 2, json!(null));
        insert(&mut row, &paths[3], &[0], 0, json!(null));
        let expected = json!({"id": "x", "n": [], "c": [
            {"role": "user", "tags": ["a", null]}, {"role": null, "tags": []}, null]});
        assert_eq!(row, expected);
        let mut none = json!({});
        insert(&mut none, &paths[1], &[0], 0, json!(null));
        insert(&mut none, &paths[2], &[0, 0], 1, json!(null));
        assert_eq!(none, json!({"c": []}), "the second says that the list is there, and empty");
    }
}
