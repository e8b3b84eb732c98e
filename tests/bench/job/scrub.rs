//! Looking for what is private in chats, as `sheaf scrub` does after it has read them: one thread, every
//! detector.

use super::command;
use crate::args::Args;
use crate::corpus::Corpus;
use crate::cpu::{Measured, Meter};
use crate::figure::{Figure, Unit};
use sheaf_node::import::read_path;
use sheaf_node::scrub::{Scanner, scan_chat};
use sheaf_protocol::chat::Chat;

/// Megabytes of text in a second of CPU time, which is one core for a second.
const SPEED_FLOOR: f64 = 25.0;
/// Megabytes of text that are scanned in one run.
const TEXT: f64 = 64.0;

pub(crate) fn run(args: &Args) -> Vec<Figure> {
    let chats = chats(args);
    let bytes: usize = chats.iter().map(Chat::text_len).sum();
    assert!(bytes > 0, "there is no text in these chats");
    // A small file is scanned again and again, so that the clock has something to measure.
    let times = (TEXT * 1e6 / bytes as f64).ceil() as usize;
    let scanner = Scanner::new();
    let scans: Vec<_> = (0..args.runs.max(1)).map(|_| scan(&scanner, &chats, times)).collect();
    let megabytes = (bytes * times) as f64 / 1e6;
    let (finds, limit) =
        scans.last().map(|(finds, measured)| (*finds, measured.limit())).unwrap_or_default();
    let seconds = |measured: &Measured| measured.own_seconds().max(0.01);
    vec![Figure {
        job: "scrub, for each second of CPU time".to_owned(),
        runs: scans.iter().map(|(_, measured)| megabytes / seconds(measured)).collect(),
        unit: Unit::MegabytesPerSecond,
        floor: SPEED_FLOOR,
        ratios: Vec::new(),
        limit,
        notes: vec![format!(
            "{:.1} MB of text in {} chats, {times} times; {finds} finds in each",
            bytes as f64 / 1e6,
            chats.len()
        )],
        command: command(match &args.chats {
            Some(_) => "scrub --chats FILE",
            None => "scrub",
        }),
    }]
}

/// Chats of the file, or made ones, until there is text enough.
fn chats(args: &Args) -> Vec<Chat> {
    let mut chats = Vec::new();
    let mut bytes = 0;
    let mut keep = |chat: Chat| {
        if (bytes as f64) < TEXT * 1e6 {
            bytes += chat.text_len();
            chats.push(chat);
        }
    };
    match &args.chats {
        Some(path) => drop(read_path(path, &mut |imported| keep(imported.chat))),
        None => {
            let corpus = Corpus::new(None);
            (0..args.synthetic.min(10_000) as u64).for_each(|number| keep(corpus.chat(number)));
        }
    }
    chats
}

/// How much is found in one pass, and what all passes took.
fn scan(scanner: &Scanner, chats: &[Chat], times: usize) -> (usize, Measured) {
    let meter = Meter::start(&[]);
    let mut finds = 0;
    for _ in 0..times {
        finds = chats.iter().map(|chat| scan_chat(scanner, chat).len()).sum();
    }
    (finds, meter.stop())
}
