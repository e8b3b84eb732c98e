//! Microsoft Presidio as a scrubber, run by the adapter that comes with Sheaf.

use crate::python_path;
use serde_json::{Value, json};
use sheaf_tests::{World, chat, jsonl};
use std::process::Command;

/// Whether Presidio is there. Its absence fails where CI runs and is said elsewhere.
fn is_ready() -> bool {
    let ready = Command::new(python_path()).args(["-c", "import presidio_analyzer"]).output();
    if ready.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let how = "pip install -r tests/outside/presidio.txt, and name that Python in SHEAF_PYTHON";
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "Presidio is missing: {how}");
    println!("skipped: Presidio is missing: {how}");
    false
}

/// What a text holds: kind and value, as spans in code points say.
fn found<'a>(span: &'a Value, text: &str) -> (&'a str, String) {
    let end = |at: usize| span["code_points"][at].as_u64().unwrap() as usize;
    let value = text.chars().take(end(1)).skip(end(0)).collect();
    (span["kind"].as_str().unwrap(), value)
}

#[test]
fn presidio_finds_what_its_recognisers_know() {
    if !is_ready() {
        return;
    }
    let world = World::new();
    let bob = world.home("bob");
    // A number of Visa's for tests, an account of the registry's, a wallet that all know.
    let texts = [
        "Größe 🎈: my SSN is 536-90-4399, and my mail bob@mail.test.com",
        "Pay 4111 1111 1111 1111 or DE89370400440532013000, or 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "My driver license is H12234567, the server 45.77.12.9",
        "On 2020-01-01 nothing happened at https://mail.test.com/news",
    ];
    let chats = texts.map(|text| chat("A chat", text, "I see."));
    let file = world.file("chats.jsonl", jsonl(&chats));
    let python = python_path();
    let scrubber = ["--scrubber", "presidio", "--scrubber-python", &python];
    let args = [&["scrub", file.to_str().unwrap(), "--alone"], &scrubber[..]].concat();
    let ran = bob.run(&args);
    assert_eq!(ran.code, Some(0), "{ran}");
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let all: Vec<Value> = lines.collect();
    let of = |n: usize| -> Vec<(&str, String)> {
        all[n]["spans"].as_array().unwrap().iter().map(|span| found(span, texts[n])).collect()
    };
    let is = |kind: &'static str, value: &str| (kind, value.to_owned());
    assert_eq!(of(0), [is("national-id-us", "536-90-4399"), is("email", "bob@mail.test.com")]);
    let paid = [
        is("card", "4111 1111 1111 1111"),
        is("iban", "DE89370400440532013000"),
        is("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ];
    assert_eq!(of(1), paid);
    assert_eq!(of(2), [is("us-driver-license", "H12234567"), is("ip", "45.77.12.9")]);
    assert_eq!(of(3), [], "dates and pages are in nearly every chat: only who asks gets them");
    let asked = ["--scrubber-arg=--entity=URL"];
    let ran = bob.run(&[&args[..], &asked].concat());
    assert!(ran.stdout.contains("\"kind\":\"url\""), "{ran}");
}

#[test]
fn a_node_shows_presidio_every_chat_that_arrives() {
    if !is_ready() {
        return;
    }
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    alice.found("Herons");
    let python = python_path();
    let _node = alice.serve_with(&["--scrubber", "presidio", "--scrubber-python", &python]);
    alice.admit(&bob);
    let chats = [
        chat("Car", "My driver license is H12234567", "I see."),
        chat("Tea", "How hot is tea?", "75 degrees."),
    ];
    let given = bob.contribute(&world.file("chats.jsonl", jsonl(&chats)));
    let states: Vec<_> =
        given["given"].as_array().unwrap().iter().map(|g| (&g["title"], &g["state"])).collect();
    assert!(states.contains(&(&json!("Car"), &json!("pending"))), "{given}");
    assert!(states.contains(&(&json!("Tea"), &json!("logged"))), "{given}");
    let waits = alice.ok(&["review", "list"]);
    assert_eq!(waits["chats"][0]["found"][0]["kind"], "us-driver-license", "{waits}");
}

#[test]
fn a_python_without_presidio_says_what_to_type() {
    let world = World::new();
    let bob = world.home("bob");
    let file = world.file("chats.jsonl", jsonl(&[chat("Tea", "How hot?", "75.")]));
    // Isolated, and without its packages: no Python has Presidio so.
    let bare = format!("#!/bin/sh\nexec '{}' -I -S \"$@\"\n", python_path());
    let bare = world.program("bare-python", &bare);
    let args = ["scrub", file.to_str().unwrap(), "--scrubber", "presidio"];
    let failure = bob.fails(&[&args[..], &["--scrubber-python", &bare]].concat());
    assert!(failure.message.contains("Presidio is not installed in this Python"), "{failure:?}");
    assert!(failure.hint.contains("pip install presidio-analyzer=="), "{failure:?}");
}
