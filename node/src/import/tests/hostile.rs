//! Text made to harm: each gives the good chats and a named error for the rest, in little time.

use super::{import, node, row};
use sheaf_protocol::chat::Part;
use std::time::{Duration, Instant};

/// Two seconds for a megabyte is the bound; a debug build on a busy machine gets some more.
fn within<T>(text_len: usize, read: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = read();
    let bound = Duration::from_secs(10) + Duration::from_secs(2) * (text_len / 1_000_000) as u32;
    assert!(started.elapsed() < bound, "{:?} for {text_len} bytes", started.elapsed());
    result
}

/// Reads a bad record between two good ones; what is said of it.
fn between(bad: &str) -> String {
    let text = format!("[{}, {bad}, {}]", row("a"), row("b"));
    let (chats, report) = within(text.len(), || import(&text)).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (2, 1), "{bad:.80}");
    let inline = report.skipped[0].reason.to_string();
    let text = format!("{}\n{}\n{}\n", row("a"), bad.replace('\n', " "), row("b"));
    let (chats, report) = within(text.len(), || import(&text)).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (2, 1), "as a line: {bad:.80}");
    inline
}

#[test]
fn nesting_costs_the_record_and_no_stack() {
    for depth in [200, 10_000, 1_000_000] {
        let message = format!("{{\"content\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let deep = format!("{{\"messages\":[{message}]}}");
        assert!(between(&deep).contains("recursion limit"), "{depth}");
        let objects = "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
        let reason = between(&objects);
        let is_named = reason.contains("recursion limit") || reason.contains("more fields");
        assert!(is_named, "{depth}: {reason}");
    }
    for open in ["[", "{\"a\":", "{\"conversations\":[", "[{\"messages\":["] {
        let text = open.repeat(1_000_000);
        let error = within(text.len(), || import(&text)).expect_err("never closed");
        assert!(error.to_string().contains("ends in the middle"), "{open}: {error}");
        let text = format!("{}\n{text}", row("a"));
        let (chats, report) = within(text.len(), || import(&text)).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (1, 1), "{open}");
    }
}

fn mapping(nodes: &[String]) -> String {
    format!(r#"{{"mapping":{{{}}}}}"#, nodes.join(","))
}

#[test]
fn graphs_that_are_no_trees_are_read_once() {
    // Each layer lists both nodes of the next: 2^300 paths.
    let twin = |layer: usize, side: usize| {
        let parent = if layer == 0 { "null".into() } else { format!("\"{}-0\"", layer - 1) };
        let id = format!("{layer}-{side}");
        let next = layer + 1;
        node(&id, &parent, "user", "x").replacen(
            '{',
            &format!("{{\"children\":[\"{next}-0\",\"{next}-1\"],"),
            1,
        )
    };
    let nodes: Vec<String> = (0..300).flat_map(|n| [twin(n, 0), twin(n, 1)]).collect();
    let text = mapping(&nodes);
    let (chats, _) = within(text.len(), || import(&text)).unwrap();
    assert_eq!(chats[0].chat.message_count(), 600);
    let circle: Vec<String> = (0..20_000)
        .map(|n| node(&n.to_string(), &format!("\"{}\"", (n + 1) % 20_000), "user", "x"))
        .collect();
    let text = mapping(&circle);
    let (chats, report) =
        within(text.len(), || import(format!("[{text},{}]", mapping(&circle[..1])))).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (1, 1));
    assert!(report.skipped[0].reason.to_string().contains("in a circle"));
    let fan: Vec<String> = std::iter::once(node("r", "null", "user", "x"))
        .chain((0..20_000).map(|n| node(&n.to_string(), "\"r\"", "assistant", "y")))
        .collect();
    let text = mapping(&fan);
    let (chats, _) = within(text.len(), || import(&text)).unwrap();
    assert_eq!(chats[0].chat.leaves().len(), 20_000);
}

#[test]
fn one_long_message_and_many_turns_are_chats_if_they_may_be() {
    let long = row("long").replacen("\"content\":\"long\"", &content(50_000_000), 1);
    let text = format!("{}\n{long}\n{}", row("a"), row("b"));
    let (chats, report) = within(text.len(), || import(&text)).unwrap();
    assert_eq!(chats.len() as u64 + report.skipped_count, 3);
    assert!(chats.len() >= 2, "{report:?}");
    let turn = r#"{"role":"user","content":"x"}"#;
    let turns = format!("{{\"messages\":[{}]}}", vec![turn; 100_000].join(","));
    let text = format!("{}\n{turns}\n{}", row("a"), row("b"));
    let (chats, report) = within(text.len(), || import(&text)).unwrap();
    assert_eq!(chats.len() as u64 + report.skipped_count, 3);
    let bare = format!("[{}]", vec![turn; 100_000].join(","));
    let _ = within(bare.len(), || import(&bare));
}

fn content(len: usize) -> String {
    format!("\"content\":\"{}\"", "x".repeat(len))
}

#[test]
fn bytes_that_are_no_text_cost_the_record() {
    for bad in
        [&b"\xff\xfe"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\0", b"\x1b[2J"]
    {
        let mut text = row("a").into_bytes();
        text.extend(b"\n{\"messages\":[{\"role\":\"user\",\"content\":\"");
        text.extend(bad);
        text.extend(b"\"}]}\n");
        text.extend(row("b").into_bytes());
        let (chats, report) = import(&text).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (2, 1), "{bad:?}");
        assert!(report.skipped[0].reason.to_string().contains("not readable as JSON"));
    }
}

#[test]
fn characters_that_command_are_data() {
    let text = r#"{"messages":[{"role":"user","content":"\u0000\u001b[2J\u202e\ufeff\u2028\ud83d\ude00"}]}"#;
    let (chats, _) = import(text).unwrap();
    let Part::Text { text, .. } = &chats[0].chat.messages[0].parts[0] else { panic!("no text") };
    assert_eq!(text, "\0\u{1b}[2J\u{202e}\u{feff}\u{2028}😀", "kept as they are");
}

#[test]
fn numbers_and_keys_beyond_json_are_survived() {
    let digits = "9".repeat(400);
    for bad in ["NaN", "Infinity", "-Infinity", "0x10", "1e", "01"] {
        let record = format!(r#"{{"created":{bad},"messages":[{{"role":"user","content":"x"}}]}}"#);
        assert!(between(&record).contains("not readable as JSON"), "{bad}");
    }
    for odd in [digits.as_str(), "1e400", "-1e-400", "1e308"] {
        let record = format!(r#"{{"created":{odd},"messages":[{{"role":"user","content":"x"}}]}}"#);
        let text = format!("{record}\n{}", row("a"));
        let (chats, report) = import(&text).unwrap();
        assert_eq!(chats.len() as u64 + report.skipped_count, 2, "{odd:.20}");
        assert!(!chats.is_empty(), "{odd:.20}");
    }
    let twice = r#"{"messages":[],"title":"first","title":"second","messages":[{"role":"user","role":"assistant","content":"x"}]}"#;
    let (chats, _) = import(twice).unwrap();
    assert_eq!(chats[0].chat.title.as_deref(), Some("second"), "the last one holds");
}

/// Chats that a tool wraps in one object are cut out of it; an object that is one chat is not cut.
#[test]
fn wrappers_are_cut_and_chats_are_not() {
    let (a, b) = (row("a"), row("b"));
    for (text, chats, beside) in [
        (format!(r#"{{"conversations":[{a},{b}]}}"#), 2, vec![]),
        (format!("{{\n \"version\": 4,\n \"history\": [\n{a},\n{b}\n],\n \"folders\": [],\n \"prompts\": [1]\n}}\n"), 2,
            vec!["version", "prompts"]),
        (format!(r#"{{"a":{{"b":[1,"]}}"]}},"chats":[{a}],"data":[{b}],"n":null,"s":""}}"#), 1, vec!["a", "another list"]),
        (format!("{{\"items\":[{a}]}}\n{{\"items\":[{b}]}}\n"), 2, vec![]),
        (format!(r#"{{"conversations":[{a},{b}]"#), 2, vec![]),
        (format!("{a}{b}"), 2, vec![]),
        ("{\n\"messages\":[\n{\"role\":\"user\",\"content\":\"x\"}]}\n{\n\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]\n}".into(), 2, vec![]),
    ] {
        let (found, report) = import(&text).unwrap();
        assert_eq!(found.len(), chats, "{text}: {report:?}");
        let names: Vec<String> = beside.iter().map(|name| format!("file field “{name}”")).collect();
        assert!(names.iter().all(|name| report.dropped[name] == 1), "{text}: {report:?}");
        assert_eq!(report.dropped.len(), names.len(), "{text}: {report:?}");
    }
    let many: Vec<String> = (0..5000).map(|n| row(&n.to_string())).collect();
    let (found, _) = import(format!(r#"{{"conversations":[{}]}}"#, many.join(","))).unwrap();
    assert_eq!(found.len(), 5000);
}

/// A first line that is broken costs itself.
#[test]
fn a_broken_first_line_does_not_reach_into_the_next() {
    for first in
        [r#"{"title":"x"#, r#"{"title":"x}"#, r#"{"messages":[{"role":"user","content":"x}]}"#]
    {
        let (chats, report) = import(format!("{first}\n{}\n{}\n", row("a"), row("b"))).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (2, 1), "{first}");
    }
}
