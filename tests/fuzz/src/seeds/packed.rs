//! Archives, packed files and tables to begin with.

use super::{Seed, seed};
use crate::targets::imports::RECORDS;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

/// Every seed of the target.
pub(super) fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for record in [RECORDS[0], RECORDS[13]] {
        let (one, two) = record.split_at(record.len() / 2);
        let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
        let utf16: Vec<u8> = record.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let archive = archive(&[
            ("chat.html", b"<html>"),
            ("conversations.json", record.as_bytes()),
            ("message_feedback.json", THUMBS.as_bytes()),
            ("more.json.gz", &members),
        ]);
        for input in [members, utf16, archive] {
            seeds.push(seed("import/packed", input.clone()));
            seeds.push(seed("import/stream", input));
        }
    }
    for packing in [parquet::basic::Compression::UNCOMPRESSED, parquet::basic::Compression::SNAPPY]
    {
        let table = table(packing).unwrap_or_default();
        seeds.push(seed("import/table", table.get(4..).unwrap_or_default()));
        seeds.push(seed("import/stream", table.clone()));
        seeds.push(seed("import/packed", archive(&[("rows.parquet", &table)])));
    }
    seeds
}

const THUMBS: &str = r#"[{"id":"b","conversation_id":"c","user_id":"u","rating":"thumbs_up","content":"{\"text\":\"Good.\",\"tags\":[\"brief\"]}"},{"message_id":"a","conversation_id":"c","rating":"thumbsDown","content":"{}"}]"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).and_then(|()| packer.finish()).unwrap_or_default()
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        let _ = archive.start_file(*name, options).map(|()| archive.write_all(content));
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

const SCHEMA: &str = "message m {
    optional binary title (UTF8);
    optional int64 created (TIMESTAMP(MICROS,true));
    optional group messages (LIST) { repeated group list { optional group element {
        optional binary role (UTF8); optional binary content (UTF8); } } } }";

/// Two rows of two messages, in two groups.
fn table(packing: parquet::basic::Compression) -> parquet::errors::Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder().set_compression(packing).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let texts = |texts: [&str; 2]| texts.map(ByteArray::from);
    for _ in 0..2 {
        let mut group = writer.next_row_group()?;
        let columns =
            [(vec![ByteArray::from("Soup")], vec![1], vec![0]), (vec![], vec![1], vec![0])]
                .into_iter()
                .chain(
                    [texts(["user", "assistant"]), texts(["Soup?", "Yes."])]
                        .map(|pair| (pair.to_vec(), vec![4, 4], vec![0, 1])),
                );
        for (values, defined, repeated) in columns {
            let Some(mut column) = group.next_column()? else { break };
            match values.is_empty() {
                true => column.typed::<Int64Type>().write_batch(&[5], Some(&defined), None)?,
                false => column.typed::<ByteArrayType>().write_batch(
                    &values,
                    Some(&defined),
                    (repeated.len() > 1).then_some(&repeated),
                )?,
            };
            column.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(bytes)
}
