//! What reading an export takes, however large it is and whatever it was made to do: no more than
//! 150 MiB beyond its largest chat. With `SHEAF_LARGE=1`, and an optimised command in `SHEAF_BINARY`, the
//! file has 51,000 chats and 200 MB, and there are more records and longer ones.

use flate2::write::GzEncoder;
use serde_json::json;
use sheaf_tests::{World, sheaf};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Mebibytes beyond the largest chat of a file.
const MEMORY_MAX: f64 = 150.0;
/// Mebibytes of these that an optimised command takes for one line.
const PROGRAM: f64 = 12.0;
/// More than fits into a pipe.
const BLANK_BYTES: usize = 512 * 1024;
const MIB: f64 = 1024.0 * 1024.0;

/// What `sheaf import` did with a file.
struct Reading {
    /// Mebibytes at the most.
    peak: f64,
    chats: u64,
    /// What it said that is no chat.
    told: String,
}

/// Reads a file and then standard input, which ends only after the memory was looked at: the command
/// still runs then, and is done with the file.
fn read(world: &World, file: &Path) -> Reading {
    let told = world.path().join("told");
    let started = Instant::now();
    let mut command = Command::new(sheaf())
        .env("SHEAF_HOME", world.path())
        .args(["--json", "import"])
        .args([file, Path::new("-")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(File::create(&told).unwrap())
        .spawn()
        .unwrap();
    let mut input = command.stdin.take().unwrap();
    input.write_all(&vec![b'\n'; BLANK_BYTES]).unwrap();
    let peak = peak_of(command.id());
    input.write_all(row("the last").as_bytes()).unwrap();
    drop(input);
    assert!(command.wait().unwrap().success(), "{}", fs::read_to_string(&told).unwrap());
    let megabytes = fs::metadata(file).unwrap().len() / 1_000_000;
    // In an optimised build; this one may be none, and others may be at work.
    let patience = Duration::from_secs(30) + Duration::from_secs(2) * megabytes as u32;
    assert!(started.elapsed() < patience, "{}: {:?}", file.display(), started.elapsed());
    let told = fs::read_to_string(told).unwrap();
    let files: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    let chats =
        files["files"].as_array().unwrap().iter().map(|file| file["chats"].as_u64().unwrap());
    Reading { peak, chats: chats.sum::<u64>() - 1, told }
}

/// The most memory that a process ever had, in MiB.
fn peak_of(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

fn row(text: &str) -> String {
    format!("{}\n", json!({"messages": [{"role": "user", "content": text}]}))
}

/// Writes a file piece by piece.
fn file(world: &World, name: &str, write: impl FnOnce(&mut dyn Write)) -> PathBuf {
    let path = world.path().join(name);
    let mut file = BufWriter::new(File::create(&path).unwrap());
    write(&mut file);
    file.flush().unwrap();
    path
}

/// Good chats before and after one record; how large that is, in MiB.
fn around(world: &World, name: &str, record: &str) -> (PathBuf, f64) {
    let path = file(world, name, |file| {
        [&row("before"), record, "\n", &row("after")]
            .iter()
            .for_each(|piece| file.write_all(piece.as_bytes()).unwrap());
    });
    (path, record.len() as f64 / MIB)
}

/// A message as ChatGPT exports it, with all that stands beside the text.
fn node(id: u64, parent: Option<u64>, text: &str) -> String {
    let place = |id: u64| format!("{id:08x}-0000-4000-8000-000000000000");
    let (own, parent) = (place(id), parent.map(place));
    let node = json!({
        "id": own, "parent": parent, "children": [place(id + 1)],
        "message": {
            "id": own, "author": {"role": "user", "name": null, "metadata": {}},
            "create_time": 1_795_000_000.25, "update_time": null,
            "content": {"content_type": "text", "parts": [text]},
            "status": "finished_successfully", "end_turn": true, "weight": 1.0,
            "metadata": {
                "is_complete": true, "finish_details": {"type": "stop", "stop_tokens": [200_002]},
                "citations": [], "content_references": [], "model_slug": "gpt-4o",
                "request_id": own, "message_type": "next", "timestamp_": "absolute",
            },
            "recipient": "all", "channel": null,
        },
    });
    format!("\"{own}\":{node}")
}

fn mapping(nodes: impl Iterator<Item = String>) -> String {
    format!("{{\"mapping\":{{{}}}}}", nodes.collect::<Vec<_>>().join(","))
}

#[test]
fn a_large_file_takes_no_more_memory_than_a_small_one() {
    let world = World::new();
    let share = if is_large() { 1 } else { 20 };
    let chats = 51_000 / share;
    let path = file(&world, "large.json", |file| {
        for number in 0..chats {
            let nodes = (0..5).map(|at| {
                let text = "How long should green tea steep? ".repeat(5);
                node(at, at.checked_sub(1), &text)
            });
            let before = if number == 0 { "[" } else { "," };
            file.write_all(format!("{before}{}", mapping(nodes)).as_bytes()).unwrap();
        }
        file.write_all(b"]").unwrap();
    });
    let megabytes = fs::metadata(&path).unwrap().len() / 1_000_000;
    assert!(megabytes >= 200 / share, "{megabytes} MB");
    let reading = read(&world, &path);
    assert_eq!(reading.chats, chats);
    assert!(reading.peak < MEMORY_MAX, "{megabytes} MB took {:.0} MiB", reading.peak);
    println!("{chats} chats of {megabytes} MB: {:.0} MiB", reading.peak);
}

/// One record, its name, and how many chats are in a file that has it between two others.
type Case = (&'static str, String, u64);

const TURN: &str = r#"{"role":"user","content":"x"}"#;

fn messages(list: &str) -> String {
    format!(r#"{{"messages":[{list}]}}"#)
}

fn list(one: &str, times: usize) -> String {
    format!("[{}]", vec![one; times].join(","))
}

fn chain(length: u64) -> String {
    mapping((0..length).map(|id| node(id, id.checked_sub(1), "x")))
}

fn long_message(content: &str) -> String {
    messages(&format!(r#"{{"role":"user","content":"{content}"}}"#))
}

/// Answers that lie within the message they answer.
fn within(depth: usize) -> String {
    let open = r#"{"messageId":"x","sender":"User","text":"y","children":["#.repeat(depth);
    format!(r#"{{"conversationId":"x","messages":[{open}{}]}}"#, "]}".repeat(depth))
}

fn records() -> Vec<Case> {
    vec![
        ("one message of 50 MB", long_message(&"x".repeat(50_000_000)), 3),
        ("100,000 turns", messages(&vec![TURN; 100_000].join(",")), 3),
        ("a chain of 20,000 messages", chain(20_000), 3),
        ("answers within each other", within(20_000), 3),
        ("lists that weigh just so much", list("[0]", 1_700_000), 2),
        ("a million brackets", "[".repeat(1_000_000), 2),
        ("a million open objects", r#"{"a":"#.repeat(1_000_000), 2),
    ]
}

/// Those that a build which is not optimised reads for minutes.
fn large_records() -> Vec<Case> {
    let turn = r#"{"role":"user","parts":[{"type":"text","text":"x"}]}"#;
    let normal = format!(r#"{{"version":1,"messages":{}}}"#, list(turn, 200_000));
    let fan = (1..=20_000).map(|id| node(id, Some(0), "x")).chain([node(0, None, "x")]);
    vec![
        ("one message of 48 MB, all of it escaped", long_message(&r#"\n\""#.repeat(12_000_000)), 3),
        ("a message too long for a chat", long_message(&"x".repeat(96 * 1024 * 1024 - 100)), 2),
        ("the same, all of it escaped", long_message(&r#"\n\""#.repeat(25_000_000)), 3),
        ("200,000 turns in normal form", normal, 3),
        ("more turns than a chat may have", messages(&vec![TURN; 600_000].join(",")), 2),
        ("a fan of 20,000 messages", mapping(fan), 3),
        ("a chain of 30,000 messages", chain(30_000), 3),
        ("a chain of 100,000 messages", chain(100_000), 2),
        ("200,000 answers within each other", within(200_000), 3),
        ("numbers that weigh just so much", messages(&vec!["0"; 4_000_000].join(",")), 2),
        ("numbers", list("0", 20_000_000), 2),
        ("empty lists", list("[]", 13_000_000), 2),
        ("fields without names", list(r#"{"":0}"#, 6_000_000), 2),
    ]
}

/// Records that take much, beside good chats: those are read, whatever becomes of the record.
#[test]
fn no_record_takes_more_memory_than_the_bound() {
    let world = World::new();
    let mut cases = records();
    if is_large() {
        cases.extend(large_records());
    }
    // A build that is not optimised takes more by itself.
    let own = read(&world, &world.file("row.jsonl", row("alone"))).peak - PROGRAM;
    for (name, record, chats) in cases {
        let (path, size) = around(&world, "record.jsonl", &record);
        let (started, reading) = (Instant::now(), read(&world, &path));
        let (beyond, took) = (reading.peak - size - own, started.elapsed());
        println!("{name}: {size:.1} MiB and {beyond:.0} MiB beyond it, {took:.1?}");
        assert_eq!(reading.chats, chats, "{name}: {:.2000}", reading.told);
        assert!(beyond < MEMORY_MAX, "{name} of {size:.0} MiB took {:.0} MiB", reading.peak);
    }
}

/// Kilobytes that become hundreds of megabytes.
#[test]
fn bombs_take_no_memory() {
    let world = World::new();
    let chats = row("again").repeat(100);
    let fills = [("blanks", " "), ("brackets", "["), ("chats", &chats)];
    for (name, fill) in fills.into_iter().take(if is_large() { 3 } else { 2 }) {
        let fill = fill.repeat(100_000 / fill.len());
        let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(row("before").as_bytes()).unwrap();
        (0..1000).for_each(|_| packer.write_all(fill.as_bytes()).unwrap());
        let packed = packer.finish().unwrap();
        assert!(packed.len() < 2_000_000, "{name}: {} bytes", packed.len());
        let mut archive = zip::ZipWriter::new(File::create(world.path().join("bomb.zip")).unwrap());
        for number in 0..3 {
            let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
            archive.start_file(format!("{number}.jsonl"), options).unwrap();
            (0..1000).for_each(|_| archive.write_all(fill.as_bytes()).unwrap());
        }
        archive.finish().unwrap();
        for path in [world.file("bomb.gz", &packed), world.path().join("bomb.zip")] {
            let reading = read(&world, &path);
            println!("{name} in {}: {:.0} MiB", path.display(), reading.peak);
            assert!(reading.peak < MEMORY_MAX, "{name} took {:.0} MiB", reading.peak);
        }
    }
}

fn is_large() -> bool {
    std::env::var_os("SHEAF_LARGE").is_some()
}
