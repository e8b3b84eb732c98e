//! Reading exports, as `sheaf import` does: one thread, from files on disk. The two kinds are the two
//! ways in which records follow each other: lines, and elements of one list.

use super::command;
use crate::args::Args;
use crate::corpus::Corpus;
use crate::cpu::{Measured, Meter, forget_peak, memory};
use crate::figure::{Figure, Unit, median};
use serde_json::{Map, Value, json};
use sheaf_node::import::read_path;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Megabytes of an export in a second of CPU time, which is one core for a second.
const SPEED_FLOOR: f64 = 100.0;
/// Mebibytes beyond what the process had before and the largest chat.
const MEMORY_FLOOR: f64 = 150.0;

pub(crate) fn run(args: &Args) -> Vec<Figure> {
    if let Some(path) = &args.chats {
        return measure("export", path, args);
    }
    let folder = tempfile::tempdir().unwrap();
    let each = KINDS.iter().flat_map(|(name, write)| {
        // One file at a time: a million chats are some 8 GB of it.
        let path = folder.path().join("export");
        write(&path, args.synthetic as u64);
        let figures = measure(name, &path, args);
        fs::remove_file(&path).unwrap();
        figures
    });
    each.collect()
}

/// What one reading took.
struct Reading {
    chats: u64,
    /// Megabytes in a second of CPU time.
    speed: f64,
    /// Mebibytes at the most, beyond what the process had before and the largest chat.
    peak: f64,
    /// Mebibytes of text of the largest chat.
    largest: f64,
    measured: Measured,
}

fn measure(name: &str, path: &Path, args: &Args) -> Vec<Figure> {
    let megabytes = fs::metadata(path).unwrap().len() as f64 / 1e6;
    let readings: Vec<_> = (0..args.runs.max(1)).map(|_| read(path, megabytes)).collect();
    let each = |of: fn(&Reading) -> f64| readings.iter().map(of).collect::<Vec<_>>();
    let wall = median(&each(|reading| reading.measured.wall.as_secs_f64()));
    let chats = readings.first().map_or(0, |reading| reading.chats);
    let largest = median(&each(|reading| reading.largest));
    let limit = readings.last().map(|reading| reading.measured.limit()).unwrap_or_default();
    let command = command(&match &args.chats {
        Some(_) => "import --chats FILE".to_owned(),
        None => format!("import --synthetic {}", args.synthetic),
    });
    let figure = |job: String, runs, unit, floor, note| Figure {
        job,
        runs,
        unit,
        floor,
        ratios: Vec::new(),
        limit: limit.clone(),
        notes: vec![note],
        command: command.clone(),
    };
    vec![
        figure(
            format!("import, {name}, for each second of CPU time"),
            each(|reading| reading.speed),
            Unit::MegabytesPerSecond,
            SPEED_FLOOR,
            format!("{megabytes:.0} MB, {chats} chats, read in {wall:.1} s"),
        ),
        figure(
            format!("import, {name}, most memory beyond the largest chat"),
            each(|reading| reading.peak),
            Unit::Mebibytes,
            MEMORY_FLOOR,
            format!("the largest chat has {largest:.3} MiB of text"),
        ),
    ]
}

/// Reads a file once.
fn read(path: &Path, megabytes: f64) -> Reading {
    let pid = std::process::id();
    forget_peak(pid);
    let before = memory(pid).0;
    let meter = Meter::start(&[]);
    let (mut chats, mut largest) = (0_u64, 0);
    let opened = read_path(path, &mut |imported| {
        chats += 1;
        largest = largest.max(imported.chat.text_len());
    });
    let measured = meter.stop();
    for input in &opened.inputs {
        assert!(input.result.is_ok(), "{}: {:?}", input.name, input.result);
    }
    let largest = largest as f64 / 1024.0 / 1024.0;
    Reading {
        chats,
        speed: megabytes / measured.own_seconds().max(0.01),
        peak: memory(pid).1 - before - largest,
        largest,
        measured,
    }
}

/// Writes so many chats to a file.
type Write = fn(&Path, u64);

/// The same chats as two tools would write them.
const KINDS: [(&str, Write); 2] =
    [("OpenAI messages in lines", write_lines), ("ChatGPT export in a list", write_list)];

fn write_lines(path: &Path, count: u64) {
    let corpus = Corpus::new(None);
    let mut rows = BufWriter::new(File::create(path).unwrap());
    for number in 0..count {
        writeln!(rows, "{}", row(number, &corpus.chat(number))).unwrap();
    }
    rows.flush().unwrap();
}

fn write_list(path: &Path, count: u64) {
    let corpus = Corpus::new(None);
    let mut elements = BufWriter::new(File::create(path).unwrap());
    for number in 0..count {
        let before = if number == 0 { '[' } else { ',' };
        write!(elements, "{before}{}", tree(number, &corpus.chat(number))).unwrap();
    }
    write!(elements, "]").unwrap();
    elements.flush().unwrap();
}

fn row(number: u64, chat: &Chat) -> Value {
    let message = |message: &Message| json!({"role": role(message), "content": text(message)});
    let messages: Vec<Value> = chat.messages.iter().map(message).collect();
    json!({"id": number.to_string(), "title": chat.title, "messages": messages})
}

fn tree(number: u64, chat: &Chat) -> Value {
    let id = |place: u32| format!("{number:08x}-{place:04x}-4000-8000-000000000000");
    let mut mapping = Map::new();
    for (place, message) in (0..).zip(&chat.messages) {
        let follows =
            chat.messages.iter().zip(0..).filter(|(other, _)| other.parent == Some(place));
        let children: Vec<String> = follows.map(|(_, child)| id(child)).collect();
        let node = json!({
            "id": id(place), "parent": message.parent.map(id), "children": children,
            "message": {
                "id": id(place), "author": {"role": role(message), "name": null, "metadata": {}},
                "create_time": 1_795_000_000.25, "update_time": null,
                "content": {"content_type": "text", "parts": [text(message)]},
                "status": "finished_successfully", "end_turn": true, "weight": 1.0,
                "metadata": {"model_slug": "a-model", "message_type": null}, "recipient": "all",
            },
        });
        mapping.insert(id(place), node);
    }
    let last = chat.messages.len().saturating_sub(1) as u32;
    json!({
        "title": chat.title, "create_time": 1_795_000_000.25, "update_time": 1_795_000_001.5,
        "mapping": mapping, "current_node": id(last), "default_model_slug": "a-model",
        "conversation_id": number.to_string(),
    })
}

fn role(message: &Message) -> &'static str {
    if message.role == Role::User { "user" } else { "assistant" }
}

fn text(message: &Message) -> &str {
    message.parts.first().map_or("", Part::body)
}
