//! Files that are broken, foreign, too large or cut short.

use super::super::*;
use super::{import, node, row};
use std::io;

fn refused(text: impl AsRef<[u8]>) -> String {
    import(text).expect_err("must be refused").to_string()
}

#[test]
fn one_bad_line_costs_one_chat() {
    let mut lines: Vec<String> = (0..99).map(|n| row(&format!("chat {n}"))).collect();
    lines.insert(41, r#"{"title":"bad","messages":[{"role":"user","content":"x}]}"#.into());
    let (chats, report) = import(lines.join("\n")).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (99, 1));
    assert_eq!(report.skipped[0].position, 42);
    assert!(report.skipped[0].reason.to_string().contains("JSON"), "{:?}", report.skipped);
    assert_eq!(chats[41].position, 43, "positions are those of the file");
}

#[test]
fn one_bad_element_costs_one_chat_and_is_named() {
    let mut items: Vec<String> = (0..99).map(|n| row(&format!("chat {n}"))).collect();
    items.insert(7, r#"{"title":"silent","messages":[{"role":"user","content":""}]}"#.into());
    let (chats, report) = import(format!("[{}]", items.join(",\n"))).unwrap();
    assert_eq!(chats.len(), 99);
    let problem = &report.skipped[0];
    assert_eq!((problem.position, problem.title.as_deref()), (8, Some("silent")));
    assert_eq!(problem.reason.to_string(), "no message has any content");
}

#[test]
fn odd_json_is_a_named_problem() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for (bad, reason) in [
        ("NaN", "not readable as JSON"),
        (r#"{"messages":[{"role":"user","content":"\ud800"}]}"#, "lone surrogate"),
        (r#"{"messages":[{"role":"user","content":"\ude00x"}]}"#, "lone surrogate"),
        (r#"{"messages":[{"role":"user","content":"\ud83d\n"}]}"#, "lone surrogate"),
        (deep.as_str(), "recursion limit"),
        (r#"{"messages":[{"role":"wizard","content":"x"}]}"#, "unknown role “wizard”"),
        (r#"{"messages":[{"role":"user","content":"x"}, 3]}"#, "message 2 is not an object"),
        ("{}", "not a conversation of a known format"),
        ("{\"a\":1,}", "not readable as JSON"),
    ] {
        let (chats, report) = import(format!("[{}, {bad}, {}]", row("a"), row("b"))).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (2, 1), "{bad:.60}");
        let found = report.skipped[0].reason.to_string();
        assert!(found.contains(reason), "{bad:.60}: {found}");
    }
}

#[test]
fn a_file_cut_short_gives_what_it_has() {
    let whole = format!("[{},{},{}]", row("a"), row("b"), row("c"));
    for end in 1..whole.len() {
        match import(&whole[..end]) {
            Ok((chats, report)) => assert!(chats.len() as u64 + report.skipped_count >= 1, "{end}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let (chats, report) = import(&whole[..whole.len() - 9]).unwrap();
    assert_eq!(chats.len(), 2);
    assert_eq!(report.skipped[0].reason.to_string(), "the file ends in the middle of it");
    let (chats, report) = import(format!("[{} {}]", row("a"), row("b"))).unwrap();
    assert_eq!(chats.len(), 1);
    assert!(report.skipped[0].reason.to_string().contains("broken at byte"), "no comma");
}

#[test]
fn what_is_no_export_is_refused_by_name() {
    assert_eq!(refused(""), "the file is empty");
    assert_eq!(refused(" \n"), "the file is empty");
    assert!(refused(b"PK\x03\x04zip").contains("zip archive: unpack it first"));
    assert_eq!(refused(b"\xff\xfe[\0]\0"), "the file is empty", "an empty list in UTF-16");
    assert!(refused("<!doctype html>").contains("web page"));
    assert!(refused("hello").contains("cannot be read as JSON"));
    assert!(refused("[1, 2, 3]").contains("JSON of another kind"));
    assert!(refused(b"{\"messages\": [\xff]}").contains("cannot be read as JSON"));
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let error = read_chats(Broken, &mut |_| {}).expect_err("a failing disk");
    assert_eq!(error.to_string(), "reading failed: the disk is gone");
}

#[test]
fn a_record_beyond_the_bound_is_passed_over() {
    let long = format!(r#"{{"title":"long","messages":["{}"]}}"#, "x".repeat(100 * 1024 * 1024));
    let text = format!("[{},{long},{}]", row("a"), row("b"));
    let (chats, report) = import(text).unwrap();
    assert_eq!(chats.len(), 2);
    assert!(report.skipped[0].reason.to_string().contains("longer than"), "{:?}", report.skipped);
}

#[test]
fn orphans_begin_anew_and_circles_are_named() {
    let text = format!(r#"{{"mapping":{{{}}}}}"#, node("u", "\"gone\"", "user", "x"));
    let (chats, report) = import(text).unwrap();
    assert_eq!(chats[0].chat.messages[0].parent, None);
    assert_eq!(report.dropped["link to a missing message (what follows begins anew)"], 1);
    let text = format!(
        r#"{{"mapping":{{{},{},{}}}}}"#,
        node("o", "null", "user", "x"),
        node("a", "\"b\"", "user", "x"),
        node("b", "\"a\"", "user", "x")
    );
    let (chats, report) = import(text).unwrap();
    assert!(chats.is_empty());
    assert_eq!(report.skipped[0].reason.to_string(), "2 messages follow each other in a circle");
}

/// A damaged export gives chats, problems or an error: never a panic, and never a chat that breaks
/// the rules. The damage is drawn from a fixed seed.
#[test]
fn damaged_exports_are_survived() {
    let mut state = 0x5eed_u64;
    let mut draw = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (name, text) in samples::SAMPLES {
        for round in 0..60 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=draw(4) {
                let at = draw(bytes.len());
                match draw(3) {
                    0 => bytes[at] = b"{}[]\",:\\0\xff\n"[draw(11)],
                    1 => bytes.truncate(at.max(1)),
                    _ => drop(bytes.drain(at..(at + draw(40)).min(bytes.len()))),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            let mut chats = 0;
            let report = read_chats(&bytes[..], &mut |imported| {
                imported.chat.validate().unwrap_or_else(|e| panic!("{name} {round}: {e}"));
                chats += 1;
            });
            assert!(report.is_err() || chats <= 8 + 4, "{name} {round}: {chats} chats from 8");
        }
    }
}

/// A reader that makes an export as it is read, and counts how much of it was asked for.
struct Endless {
    pending: Vec<u8>,
    left: usize,
}

impl io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() && self.left > 0 {
            self.left -= 1;
            self.pending = format!("{}\n", row("again")).into_bytes();
        }
        let len = self.pending.len().min(buffer.len());
        buffer[..len].copy_from_slice(&self.pending[..len]);
        self.pending.drain(..len);
        Ok(len)
    }
}

/// The first chat arrives long before the last byte was made.
#[test]
fn chats_arrive_while_the_file_is_read() {
    let mut endless = Endless { pending: Vec::new(), left: 20_000 };
    let mut first = None;
    let report = read_chats(&mut endless, &mut |imported| {
        first.get_or_insert(imported.position);
    })
    .unwrap();
    assert_eq!((first, report.chats), (Some(1), 20_000));
}
