//! The values of one column.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;
use serde_json::{Number, Value};
use sheaf_protocol::time::Time;

/// Some rows of one column: a value, or none, with its levels.
#[derive(Default)]
pub(super) struct Batch {
    /// How many rows.
    pub(super) rows: usize,
    /// How deep each value is defined; empty if each is.
    pub(super) defined: Vec<i16>,
    /// In which list each value goes on; empty if there are no lists.
    pub(super) repeated: Vec<i16>,
    pub(super) values: Values,
}

/// Values as they were stored: text is not copied before it is known how much there is.
pub(super) enum Values {
    Json(Vec<Value>),
    Text(Vec<ByteArray>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Json(Vec::new())
    }
}

impl Values {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Json(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Bytes of text at `index`.
    pub(super) fn bytes(&self, index: usize) -> usize {
        match self {
            Self::Json(_) => 0,
            Self::Text(values) => values.get(index).map_or(0, ByteArray::len),
        }
    }

    /// The value at `index`; `None` if it is no text.
    pub(super) fn value(&self, index: usize) -> Option<Value> {
        match self {
            Self::Json(values) => values.get(index).cloned(),
            Self::Text(values) => {
                let text = std::str::from_utf8(values.get(index)?.data()).ok()?;
                Some(Value::String(text.to_owned()))
            }
        }
    }
}

/// Reads up to `rows` rows.
pub(super) fn read(
    reader: &mut ColumnReader,
    column: &ColumnDescriptor,
    rows: usize,
) -> Result<Batch, ParquetError> {
    let mut batch = Batch::default();
    macro_rules! values {
        ($reader:expr) => {{
            let mut values = Vec::new();
            let (defined, repeated) = (&mut batch.defined, &mut batch.repeated);
            let read = $reader.read_records(rows, Some(defined), Some(repeated), &mut values)?;
            batch.rows = read.0;
            values
        }};
    }
    batch.values = match reader {
        ColumnReader::BoolColumnReader(reader) => json(values!(reader), Value::Bool),
        ColumnReader::Int32ColumnReader(reader) => json(values!(reader), Value::from),
        ColumnReader::Int64ColumnReader(reader) => {
            let unit = unit(column);
            json(values!(reader), |value| time(value, unit).unwrap_or_else(|| value.into()))
        }
        ColumnReader::Int96ColumnReader(reader) => {
            json(values!(reader), |value| time(value.to_millis(), Some(1)).unwrap_or(Value::Null))
        }
        ColumnReader::FloatColumnReader(reader) => {
            json(values!(reader), |value| float(f64::from(value)))
        }
        ColumnReader::DoubleColumnReader(reader) => json(values!(reader), float),
        ColumnReader::ByteArrayColumnReader(reader) => Values::Text(values!(reader)),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            Values::Text(values!(reader).into_iter().map(|value| (*value).clone()).collect())
        }
    };
    Ok(batch)
}

fn json<T>(values: Vec<T>, value: impl Fn(T) -> Value) -> Values {
    Values::Json(values.into_iter().map(value).collect())
}

/// What is not a number has no place in JSON.
fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// How many units of a column of times make a millisecond; `None` if it holds plain numbers.
fn unit(column: &ColumnDescriptor) -> Option<i64> {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(time)), _) => Some(match time.unit {
            TimeUnit::MILLIS => 1,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1_000_000,
        }),
        (_, ConvertedType::TIMESTAMP_MILLIS) => Some(1),
        (_, ConvertedType::TIMESTAMP_MICROS) => Some(1_000),
        _ => None,
    }
}

/// A time as JSONL of the same rows has it.
fn time(value: i64, unit: Option<i64>) -> Option<Value> {
    let ms = u64::try_from(value.checked_div(unit?)?).ok()?;
    Some(Value::String(Time::from_ms(ms)?.to_string()))
}
