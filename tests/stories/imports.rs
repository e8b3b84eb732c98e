//! Exports, read by the real command.

use flate2::write::GzEncoder;
use sheaf_tests::{World, sheaf};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A record of every format, as its unit tests have them.
fn records() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node/src/import/tests/records");
    let mut records: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    records.sort();
    assert!(records.len() >= 19, "were the records moved?");
    records
}

fn import(world: &World, files: &[&Path], input: Stdio) -> Output {
    let mut command = Command::new(sheaf());
    command.env("SHEAF_HOME", world.path()).args(["--json", "import"]).args(files).stdin(input);
    command.output().unwrap()
}

fn lines(output: &Output) -> &str {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap()
}

/// What `sheaf import --json` writes of any format, it reads again, and writes the same bytes: from
/// a file, packed, from a file in place of standard input, and from a pipe.
#[test]
fn what_import_writes_it_reads_again() {
    let world = World::new();
    let records = records();
    let files: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let first = import(&world, &files, Stdio::null());
    assert_eq!(lines(&first).lines().count(), records.len(), "{first:?}");
    assert!(lines(&first).contains(r#""rating":-1"#) && lines(&first).contains(r#""scores""#));

    let written = world.file("chats.jsonl", &first.stdout);
    let again = import(&world, &[&written], Stdio::null());
    assert_eq!(lines(&again), lines(&first), "the normal form is a fixed point");

    let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&first.stdout).unwrap();
    let packed = world.file("chats.jsonl.gz", packer.finish().unwrap());
    let again = import(&world, &[Path::new("-")], File::open(packed).unwrap().into());
    assert_eq!(lines(&again), lines(&first), "packed, in place of standard input");

    let mut archive = zip::ZipWriter::new(File::create(world.path().join("chats.zip")).unwrap());
    archive.start_file("a.jsonl", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(&first.stdout).unwrap();
    archive.finish().unwrap();
    let archive = File::open(world.path().join("chats.zip")).unwrap();
    let again = import(&world, &[Path::new("-")], archive.try_clone().unwrap().into());
    assert_eq!(lines(&again), lines(&first), "an archive in place of standard input");
    let mut cat = Command::new("cat")
        .arg(world.path().join("chats.zip"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let again = import(&world, &[Path::new("-")], cat.stdout.take().unwrap().into());
    assert!(cat.wait().unwrap().success());
    assert_eq!(lines(&again), lines(&first), "an archive from a pipe");
}

/// The crate that reads tables asserts what damage breaks: the member is told of the damage once.
#[test]
fn a_damaged_table_is_told_in_one_sentence() {
    let world = World::new();
    let (whole, folder) = (table(), world.path().join("tables"));
    fs::create_dir(&folder).unwrap();
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        fs::write(folder.join(format!("{at:04}.parquet")), broken).unwrap();
    }
    let output = import(&world, &[&folder], Stdio::null());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("damaged"), "{told}");
    assert!(told.contains("contradict each other"), "none of them was asserted: {told}");
    assert!(!told.contains("panicked"), "{told}");
}

/// Ten rows of one message each.
fn table() -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    let schema = parquet::schema::parser::parse_message_type(
        "message m { optional group messages (LIST) { repeated group list { optional group element {
            optional binary role (UTF8); optional binary content (UTF8); } } } }",
    )
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::file::writer::SerializedFileWriter::new(
        &mut bytes,
        schema.into(),
        Default::default(),
    )
    .unwrap();
    let mut group = writer.next_row_group().unwrap();
    for text in ["user", "hello"] {
        let values: Vec<ByteArray> = (0..10).map(|_| ByteArray::from(text)).collect();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&values, Some(&[4; 10]), Some(&[0; 10])).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}
