//! Members and what they give.

use std::thread;

use serde_json::{Value, json};
use sheaf_tests::{Proxy, World, chat, eventually, jsonl};

#[test]
fn a_refusal_of_the_policy_reaches_the_member_as_a_sentence() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let _node = alice.serve();
    alice.admit(&bob);
    let file = world.file("chat.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));
    let file = file.to_str().unwrap();

    let refused = bob.fails(&["contribute", file, "--yes", "--licence", "GPL-3.0-only"]);
    assert_eq!((refused.kind.as_str(), refused.code), ("refused", 3), "{refused:?}");
    assert!(
        refused.message.contains("GPL-3.0-only") && refused.message.contains(' '),
        "the sentence names what the policy does not take: {refused:?}"
    );
    alice.change_policy(|policy| policy["must-allow"] = json!(["train-ai"]));
    let refused = bob.fails(&["contribute", file, "--yes", "--usage", "train-ai=n"]);
    assert!(refused.message.contains("train-ai"), "the other reason is named, too: {refused:?}");
    assert_eq!(alice.status(&tea)["live"], 0, "what was refused is not in the log");
}

#[test]
fn an_acknowledgement_lost_on_the_wire_and_retried_makes_no_duplicate() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    let road = Proxy::before(at_alice.tcp());
    alice.admit_through(&bob, &[road.address()]);
    let file = world.file("long.jsonl", jsonl(&[chat("Long", "Digits?", &digits(100_000))]));
    let file = file.to_str().unwrap();

    // What is asked before the chat is small: answers are lost once much of the chat has passed.
    road.lose_answers_after(40_000);
    let held = thread::scope(|scope| {
        let giving = scope.spawn(|| bob.run(&["contribute", file, "--yes"]));
        let held = alice.until_live(&tea, 1)["entries"].clone();
        eventually(
            "an answer was lost",
            || if road.lost() > 0 { Ok(()) } else { Err("none".into()) },
        );
        road.mend();
        road.cut();
        giving.join().unwrap();
        held
    });

    let again = bob.ok(&["contribute", file, "--yes"]);
    assert_eq!(again["given"].as_array().unwrap().len(), 1, "one chat was given: {again}");
    let after = alice.status(&tea);
    assert_eq!(after["live"], 1, "the chat is there once, after all: {after}");
    assert_eq!(after["entries"], held, "and the retry added nothing to the log");
    let mine = bob.ok(&["chats"]);
    let mine = mine["communities"][0]["chats"].as_array().unwrap();
    assert_eq!(mine.len(), 1, "the member's book knows it once: {mine:?}");
    assert_eq!(mine[0]["state"], "live", "and knows where it is: {mine:?}");
}

#[test]
fn a_policy_changed_between_preview_and_sending_asks_again() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let _node = alice.serve();
    alice.admit(&bob);
    let file = world.file("chat.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));

    let mut changed = false;
    let mut answered = 0;
    let ran = bob.on_a_terminal(&["contribute", file.to_str().unwrap()], |seen| {
        let asked = seen.matches("Sign and give").count();
        if asked == answered {
            return None;
        }
        if !changed {
            alice.change_policy(|policy| policy["erase-within-secs"] = json!(60));
            changed = true;
        }
        answered = asked;
        Some("y".to_owned())
    });
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(answered, 2, "asked under the old policy, then again under the new one\n{ran}");
    alice.until_live(&tea, 1);
}

#[test]
fn a_file_with_99_good_chats_and_one_bad_contributes_99_and_reports_the_one() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    let _node = alice.serve();
    let mut rows: Vec<Value> = (0..100)
        .map(|n| chat(&format!("Cup {n}"), "Another?", &format!("Cup {n}, gladly.")))
        .collect();
    rows[41] =
        json!({"title": "Spoilt", "messages": [{"role": "wizard", "content": "Abracadabra"}]});
    let given = alice.contribute(&world.file("cups.jsonl", jsonl(&rows)));
    assert_eq!(given["given"].as_array().unwrap().len(), 99, "{given}");
    let file = &given["files"][0];
    assert_eq!(file["skipped"], 1, "the one is counted: {file}");
    let problem = &file["problems"][0];
    assert_eq!(problem["position"], 42, "and named by its place in the file: {file}");
    assert!(problem["reason"].as_str().is_some_and(|r| !r.is_empty()), "with the reason: {file}");
    alice.until_live(&tea, 99);
}

#[test]
fn what_was_shown_in_a_dry_run_was_not_sent() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    let _node = alice.serve();
    let file = world.file("chat.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));
    let would = alice.ok(&["contribute", file.to_str().unwrap(), "--dry-run"]);
    assert_eq!(would["given"][0]["state"], "would-be-given", "{would}");
    assert!(!would["shown"].as_array().unwrap().is_empty(), "the terms were shown: {would}");
    assert_eq!(alice.status(&tea)["live"], 0, "a dry run sends nothing");
}

#[test]
fn a_stranger_is_told_how_to_become_a_member() {
    let world = World::new();
    let (alice, eve) = (world.home("alice"), world.home("eve"));
    alice.found("Tea");
    let _node = alice.serve();
    let file = world.file("chat.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));
    let refused = eve.fails(&["contribute", file.to_str().unwrap(), "--yes"]);
    assert!(refused.hint.contains("join"), "the next step is named: {refused:?}");
}

#[test]
fn an_invitation_is_good_for_one_person() {
    let world = World::new();
    let (alice, bob, eve) = (world.home("alice"), world.home("bob"), world.home("eve"));
    alice.found("Tea");
    let _node = alice.serve();
    let invited = alice.ok(&["member", "invite"]);
    let line = invited["line"].as_str().unwrap();
    bob.ok(&["member", "join", line, "--yes"]);
    let refused = eve.fails(&["member", "join", line, "--yes"]);
    assert_eq!(refused.kind, "refused", "{refused:?}");
    let members = alice.ok(&["member", "list"]);
    let members = members["members"].as_array().unwrap();
    let joined = members.iter().filter(|member| member["steward"] == false).count();
    assert_eq!(joined, 1, "bob alone used the line: {members:?}");
}

/// Text that does not compress well, the same in each run.
fn digits(length: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                [(state % 64) as usize],
        )
    };
    (0..length).map(|_| next()).collect()
}

/// Moments and days in what a command prints for a program, wherever they stand.
fn times(value: &Value, found: &mut Vec<(String, Value)>) {
    const NAMES: [&str; 8] =
        ["since", "now", "head_at", "expires", "cosigned_at", "due", "as_of", "seen"];
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            // `due` is also a number of chats.
            let counted = name == "due" && fields.contains_key("withdrawn");
            if NAMES.contains(&name.as_str()) && !counted && !value.is_null() {
                found.push((name.clone(), value.clone()));
            }
            times(value, found);
        }),
        Value::Array(values) => values.iter().for_each(|value| times(value, found)),
        _ => {}
    }
}

#[test]
fn moments_and_days_are_text_in_every_result() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let node = alice.serve();
    let file = world.file("chat.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));
    alice.ok(&["contribute", file.to_str().unwrap(), "--yes", "--due", "2099-12-31"]);
    let folder = world.path().join("commons").display().to_string();
    let results = [
        alice.ok(&["status"]),
        alice.ok(&["member", "invite"]),
        alice.ok(&["log", "show"]),
        alice.ok(&["log", "verify"]),
        alice.ok(&["chats"]),
        alice.ok(&["dataset", "build", node.tcp(), "--yes", "-o", &folder]),
        alice.ok(&["dataset", "verify", &folder]),
    ];
    let mut found = Vec::new();
    for result in &results {
        let before = found.len();
        times(result, &mut found);
        assert!(found.len() > before, "it tells a time: {result}");
    }
    for (name, value) in found {
        let text = value.as_str().unwrap_or_else(|| panic!("{name} is not text: {value}"));
        let form = if name == "due" { "2099-12-31" } else { "20xx-xx-xxTxx:xx:xxZ" };
        let fits = form.len() == text.len() && text.starts_with("20") && text.contains('-');
        assert!(fits, "{name} is {text}");
    }
}
