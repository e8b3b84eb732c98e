//! Parquet files: real ones, and made to harm.

use super::super::*;
use super::zips::{entry, gzip, zip};
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SCHEMA: &str = "message m {
    optional binary title (UTF8);
    optional int64 created (TIMESTAMP(MICROS,true));
    optional group messages (LIST) { repeated group list { optional group element {
        optional binary role (UTF8); optional binary content (UTF8); } } } }";

/// `count` rows of two messages each.
fn table(count: usize, packing: Compression, rows_in_group: usize) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder().set_compression(packing).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    for start in (0..count).step_by(rows_in_group) {
        let rows = start..count.min(start + rows_in_group);
        let texts = |text: &dyn Fn(usize) -> String| -> Vec<ByteArray> {
            rows.clone().map(|n| ByteArray::from(text(n).as_str())).collect()
        };
        let pairs = |one: &str, two: &dyn Fn(usize) -> String| -> Vec<ByteArray> {
            let pair = |n| [ByteArray::from(one), ByteArray::from(two(n).as_str())];
            rows.clone().flat_map(pair).collect()
        };
        let (one, levels) = (vec![1; rows.len()], vec![4; 2 * rows.len()]);
        let goes_on: Vec<i16> = rows.clone().flat_map(|_| [0, 1]).collect();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let titles = texts(&|n| format!("chat {n}"));
        column.typed::<ByteArrayType>().write_batch(&titles, Some(&one), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let times: Vec<i64> = rows.clone().map(|n| 1_700_000_000_000_000 + n as i64).collect();
        column.typed::<Int64Type>().write_batch(&times, Some(&one), None).unwrap();
        column.close().unwrap();
        for values in
            [pairs("user", &|_| "assistant".into()), pairs("hello", &|n| format!("hi {n}"))]
        {
            let mut column = group.next_column().unwrap().unwrap();
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&values, Some(&levels), Some(&goes_on)).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

fn open(bytes: Vec<u8>) -> (Result<Report, ImportError>, Vec<Imported>) {
    let mut chats = Vec::new();
    let mut opened = read_source("file", Cursor::new(bytes), &mut |imported| chats.push(imported));
    assert_eq!(opened.inputs.len(), 1);
    (opened.inputs.remove(0).result, chats)
}

#[test]
fn rows_are_chats_however_they_are_packed() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for packing in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        zstd,
        Compression::GZIP(Default::default()),
    ] {
        let (report, chats) = open(table(100, packing, 33));
        let report = report.unwrap();
        assert_eq!((report.chats, report.skipped_count), (100, 0), "{packing}: {report:?}");
        let chat = &chats[99].chat;
        assert_eq!(chat.title.as_deref(), Some("chat 99"));
        assert_eq!(chat.messages[1].parts[0].body(), "hi 99");
        assert_eq!(chats[99].position, 100);
    }
}

/// In an archive, packed, or from a pipe, where its end cannot be looked at first.
#[test]
fn a_table_is_read_wherever_it_comes_from() {
    let table = table(10, Compression::SNAPPY, 4);
    for bytes in [gzip(&table), zip(&[entry("rows.parquet", &table)]), table.clone()] {
        let (mut chats, mut streamed) = (0, 0);
        let opened = read_source("file", Cursor::new(bytes.clone()), &mut |_| chats += 1);
        assert!(opened.inputs.iter().all(|input| input.result.is_ok()), "{opened:?}");
        read_stream("pipe", &bytes[..], &mut |_| streamed += 1);
        assert_eq!((chats, streamed), (10, 10));
    }
}

/// A page that unpacks to more than any honest one is refused before it is unpacked.
#[test]
fn a_page_that_is_a_bomb_is_refused() {
    let schema =
        Arc::new(parse_message_type("message m { required binary title (UTF8); }").unwrap());
    let packing = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(packing)
        .set_dictionary_enabled(false)
        .set_data_page_size_limit(usize::MAX)
        .set_statistics_enabled(::parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let long = ByteArray::from(vec![b'x'; 100_000_000]);
    column.typed::<ByteArrayType>().write_batch(&[long], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let (result, chats) = open(bytes);
    assert!(chats.is_empty());
    let error = result.expect_err("a bomb").to_string();
    assert!(error.contains("claims more than it may hold"), "{error}");
}

/// Lists of millions of empty texts take kilobytes in a file, and gigabytes as rows.
#[test]
fn rows_of_very_many_values_are_refused() {
    let schema = parse_message_type(
        "message m { required group messages (LIST) { repeated group list {
            required group element { required binary role (UTF8); } } } }",
    );
    let packing = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(packing).build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema.unwrap()), Arc::new(properties))
            .unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let (values, defined) = (vec![ByteArray::from(""); 500_000], vec![1; 500_000]);
    let goes_on: Vec<i16> = (0..500_000).map(|n| i16::from(n > 0)).collect();
    for _ in 0..8 {
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&values, Some(&defined), Some(&goes_on)).unwrap();
    }
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let (result, chats) = open(bytes);
    assert!(chats.is_empty() && result.is_err(), "{result:?}");
}

/// The crate that reads tables asserts what a damaged one breaks. It is caught, and a program can
/// keep it from being told a second time.
#[test]
fn a_panic_within_is_known_as_caught() {
    assert!(!catches_panics());
    let whole = table(20, Compression::SNAPPY, 10);
    let (seen, ours) = (Arc::new(Mutex::new(0_u32)), std::thread::current().id());
    let before = Arc::new(std::panic::take_hook());
    let (count, others) = (Arc::clone(&seen), Arc::clone(&before));
    std::panic::set_hook(Box::new(move |panic| match catches_panics() {
        true if std::thread::current().id() == ours => *count.lock().unwrap() += 1,
        true => {}
        false => others(panic),
    }));
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        let _ = open(broken);
    }
    std::panic::set_hook(Box::new(move |panic| before(panic)));
    assert!(!catches_panics());
    assert!(*seen.lock().unwrap() > 0, "no damage is asserted any more: is catching still needed?");
}

#[test]
fn a_corrupt_footer_is_one_clear_refusal() {
    let whole = table(10, Compression::SNAPPY, 10);
    let len = whole.len();
    for broken in [
        whole[..len - 1].to_vec(),
        whole[..len / 2].to_vec(),
        whole[..4].to_vec(),
        [&whole[..len - 8], &u32::MAX.to_le_bytes()[..], b"PAR1"].concat(),
        [&whole[..len - 8], &0_u32.to_le_bytes()[..], b"PAR1"].concat(),
        [&whole[..len - 8], &5_u32.to_le_bytes()[..], b"PAR1"].concat(),
    ] {
        let (result, chats) = open(broken);
        assert!(chats.is_empty());
        let error = result.expect_err("no footer").to_string();
        assert!(error.contains("Parquet file is damaged"), "{error}");
    }
}

/// Whatever byte is changed: chats, or a named error; never a panic, and never much time.
#[test]
fn damaged_tables_are_survived() {
    let whole = table(20, Compression::SNAPPY, 10);
    let started = Instant::now();
    for at in 0..whole.len() {
        for change in [0xff, 0x01] {
            let mut broken = whole.clone();
            broken[at] ^= change;
            let (result, chats) = open(broken);
            for imported in &chats {
                imported.chat.validate().unwrap();
            }
            assert!(chats.len() <= 20, "byte {at}: {} chats", chats.len());
            drop(result);
        }
    }
    assert!(started.elapsed() < Duration::from_secs(300), "{:?}", started.elapsed());
}

#[test]
fn columns_that_hold_no_chats_are_named() {
    let schema = Arc::new(parse_message_type("message m { required int64 n; }").unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&(0..1000).collect::<Vec<_>>(), None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let (result, _) = open(bytes);
    assert!(result.unwrap_err().to_string().contains("format not recognised"));
}

/// The same rows as a file of another library's making, and as lines.
#[test]
fn rows_of_a_real_table_are_those_of_its_lines() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/derived");
    let Ok(lines) = std::fs::read_to_string(format!("{root}/lmsys-shape-300.jsonl")) else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{root} is missing");
        return println!("skipped: {root} is missing");
    };
    let open = |name: &str| std::fs::File::open(format!("{root}/{name}")).unwrap();
    let rows = parquet::values(open("lmsys-shape-300.parquet")).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows, lines);
    let rows = parquet::values(open("wildchat-shape-300.parquet")).unwrap();
    assert_eq!(rows.len(), 300);
    let message = &rows[0]["conversation"][0];
    assert!(message["content"].is_string() && message["role"] == "user", "{message}");
    assert!(message["header"]["user-agent"].is_string(), "objects within lists: {message}");
    assert!(message["timestamp"].is_null() || message["timestamp"].is_string(), "{message}");
}
