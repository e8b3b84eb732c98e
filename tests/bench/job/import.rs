//! Reading exports, as `sheaf import` does: one thread, from files on disk. The two kinds are the two
//! ways in which records follow each other: lines, and elements of one list.

use super::command;
use crate::args::Args;
use crate::corpus::Corpus;
use crate::cpu::{Meter, forget_peak, memory};
use crate::figure::{Figure, Unit, median};
use serde_json::{Map, Value, json};
use sheaf_node::import::read_path;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Megabytes of an export in a second.
const SPEED_FLOOR: f64 = 100.0;
/// Mebibytes beyond what the process had before.
const MEMORY_FLOOR: f64 = 150.0;

pub(crate) fn run(args: &Args) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    let files = match &args.chats {
        Some(path) => vec![("export", path.clone())],
        None => synthetic(folder.path(), args.synthetic as u64),
    };
    files.iter().flat_map(|(name, path)| measure(name, path, args)).collect()
}

fn measure(name: &str, path: &Path, args: &Args) -> Vec<Figure> {
    let megabytes = std::fs::metadata(path).unwrap().len() as f64 / 1e6;
    let (mut speeds, mut peaks, mut rates, mut limit) =
        (Vec::new(), Vec::new(), Vec::new(), String::new());
    for _ in 0..args.runs.max(1) {
        let pid = std::process::id();
        forget_peak(pid);
        let before = memory(pid).0;
        let meter = Meter::start(&[]);
        let mut chats = 0_u64;
        let opened = read_path(path, &mut |_| chats += 1);
        let measured = meter.stop();
        for input in &opened.inputs {
            assert!(input.result.is_ok(), "{}: {:?}", input.name, input.result);
        }
        let seconds = measured.wall.as_secs_f64();
        speeds.push(megabytes / seconds);
        rates.push(chats as f64 / seconds);
        peaks.push(memory(pid).1 - before);
        limit = measured.limit();
    }
    let command = command(&format!("import --synthetic {}", args.synthetic));
    let notes = vec![format!("{megabytes:.0} MB; {:.0} chats/s", median(&rates))];
    let figure = |job: String, runs, unit, floor, notes| Figure {
        job,
        runs,
        unit,
        floor,
        ratios: Vec::new(),
        limit: limit.clone(),
        notes,
        command: command.clone(),
    };
    vec![
        figure(format!("import, {name}"), speeds, Unit::MegabytesPerSecond, SPEED_FLOOR, notes),
        figure(
            format!("most memory for it, {name}"),
            peaks,
            Unit::Mebibytes,
            MEMORY_FLOOR,
            Vec::new(),
        ),
    ]
}

/// The same chats as two tools would write them.
fn synthetic(folder: &Path, count: u64) -> Vec<(&'static str, PathBuf)> {
    let corpus = Corpus::new(None);
    let (lines, list) = (folder.join("lines.jsonl"), folder.join("list.json"));
    let open = |path: &Path| BufWriter::new(File::create(path).unwrap());
    let (mut rows, mut elements) = (open(&lines), open(&list));
    for number in 0..count {
        let chat = corpus.chat(number);
        writeln!(rows, "{}", row(number, &chat)).unwrap();
        let before = if number == 0 { '[' } else { ',' };
        write!(elements, "{before}{}", tree(number, &chat)).unwrap();
    }
    write!(elements, "]").unwrap();
    rows.flush().unwrap();
    elements.flush().unwrap();
    vec![("OpenAI messages in lines", lines), ("ChatGPT export in a list", list)]
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
