//! A community's own scrubber: a program, beside Sheaf's.

use serde_json::{Value, json};
use sheaf_tests::{World, chat, jsonl};
use std::fs;
use std::path::PathBuf;

/// The program that docs/scrubbing.md shows. It marks one word.
fn codewords() -> String {
    let page = include_str!("../../docs/scrubbing.md");
    let program = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    program.unwrap().to_owned()
}

#[test]
fn a_program_that_stays_is_asked_line_by_line() {
    let world = World::new();
    let bob = world.home("bob");
    let stays = "#!/bin/sh\nn=0\nwhile read -r line; do n=$((n+1))\n\
        echo \"{\\\"spans\\\":[{\\\"at\\\":\\\"title\\\",\\\"start\\\":0,\\\"end\\\":$n,\\\"kind\\\":\\\"count\\\"}]}\"\ndone\n";
    let counts = world.program("counts", stays);
    let chats = ["One", "Two", "Three"].map(|title| chat(title, "How many?", "So many."));
    let file = world.file("chats.jsonl", jsonl(&chats));
    let args = ["scrub", file.to_str().unwrap(), "--scrubber", &counts, "--scrubber-stays"];
    let ran = bob.run(&args);
    assert_eq!(ran.code, Some(0), "{ran}");
    let ends: Vec<Value> =
        lines(&ran.stdout).map(|l| l["spans"][0]["code_points"].clone()).collect();
    assert_eq!(ends, [json!([0, 1]), json!([0, 2]), json!([0, 3])], "one process counts on");
}

fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn a_scan_says_who_found_what_and_ends_where_the_program_fails() {
    let world = World::new();
    let bob = world.home("bob");
    let marks = world.program("codewords.py", &codewords());
    let question = "Zauberwort, says bob@example.org";
    let file = world.file("chats.jsonl", jsonl(&[chat("Tor", question, "I see.")]));
    let file = file.to_str().unwrap();
    let found = |args: &[&str]| {
        let ran = bob.run(&[&["scrub", file, "--scrubber", &marks], args].concat());
        assert_eq!(ran.code, Some(0), "{ran}");
        let line = lines(&ran.stdout).next().unwrap();
        let spans = line["spans"].as_array().unwrap().iter();
        spans.map(|span| (span["kind"].clone(), span["by"].clone())).collect::<Vec<_>>()
    };
    let (word, mail) = ((json!("codeword"), json!("plugin")), (json!("email"), json!("sheaf")));
    assert_eq!(found(&[]), [word.clone(), mail]);
    assert_eq!(found(&["--alone"]), [word]);

    let labelled =
        json!({"text": question, "spans": [{"start": 0, "end": 10, "label": "CODEWORD"}]});
    let labels = world.file("labels.jsonl", labelled.to_string());
    let labels = labels.to_str().unwrap();
    let measured = bob.ok(&["scrub", "--measure", labels, "--scrubber", &marks, "--alone"]);
    assert_eq!(measured["kinds"]["codeword"]["exact"], 1, "{measured}");

    let fails = world.program("fails", "#!/bin/sh\necho broken >&2\nexit 3\n");
    let failure = bob.fails(&["scrub", file, "--scrubber", &fails]);
    assert_eq!(failure.kind, "failed");
    for part in ["chat 1: ", &fails, "exit code 3", "It said:\nbroken"] {
        assert!(failure.message.contains(part), "{part:?}: {failure:?}");
    }
    let missing = bob.fails(&["scrub", file, "--scrubber", "/nowhere/scrubber"]);
    assert_eq!(missing.kind, "not-found", "{missing:?}");
}

#[test]
fn where_nothing_keeps_a_program_from_the_network_it_is_said() {
    let world = World::new();
    let mut alice = world.home("alice");
    let folder = world.path().join("bin");
    fs::create_dir(&folder).unwrap();
    world.program("bin/unshare", "#!/bin/sh\nexit 1\n");
    alice.finds_first_in(&folder);
    let marks = world.program("codewords.py", &codewords());
    let herons = alice.found("Herons");
    let node = alice.serve_with(&["--scrubber", &marks]);
    let words = "nothing keeps the scrubber";
    let status = alice.status(&herons);
    assert!(status["attention"].to_string().contains(words), "the status says so: {status}");
    assert!(node.log().contains(words), "the log says so");
    let ran = alice.run(&["scrub", chats(&world).to_str().unwrap(), "--scrubber", &marks]);
    let note = lines(&ran.stderr).last().unwrap();
    assert_eq!(note["scrubber"], json!({"program": marks, "network": true}), "a scan says so");
}

fn chats(world: &World) -> PathBuf {
    world.file("chats.jsonl", jsonl(&[chat("Tea", "How hot?", "75.")]))
}
