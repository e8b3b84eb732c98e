//! A community's own scrubber: a program, beside Sheaf's.

use serde_json::{Value, json};
use sheaf_tests::{DEADLINE, Home, World, chat, jsonl};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;

/// The program that docs/scrubbing.md shows. It marks one word.
fn codewords() -> String {
    let page = include_str!("../../docs/scrubbing.md");
    let program = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    program.unwrap().to_owned()
}

/// Gives one chat; answers what became of it. What waited before is asked about again.
fn give(world: &World, member: &Home, title: &str, question: &str) -> Value {
    let file = world.file("chat.jsonl", jsonl(&[chat(title, question, "I see.")]));
    let result = member.contribute(&file);
    let mut given = result["given"].as_array().unwrap().iter();
    given.find(|given| given["title"] == title).unwrap_or_else(|| panic!("{result}"))["state"]
        .clone()
}

/// The one chat that waits for review, on its line.
fn waiting(steward: &Home) -> Value {
    let mut list = steward.ok(&["review", "list"]);
    assert_eq!(list["chats"].as_array().unwrap().len(), 1, "{list}");
    list["chats"][0].take()
}

#[test]
fn what_a_communitys_own_scrubber_finds_waits_for_review() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let marks = world.program("codewords.py", &codewords());
    let herons = alice.found("Herons");
    let node = alice.serve_with(&["--scrubber", &marks]);
    alice.admit(&bob);
    assert_eq!(give(&world, &bob, "Tea", "How hot?"), "logged", "nothing is in it");
    let question = "Größe 🎈 und Zauberwort?";
    assert_eq!(give(&world, &bob, "Tor", question), "pending", "the word is in it");

    let line = waiting(&alice);
    assert_eq!(line["found"], json!([{"kind": "codeword", "times": 1, "review": true}]));
    assert_eq!(line["failed"], Value::Null, "the program did look");
    let id = line["id"].as_str().unwrap();
    let shown = alice.ok(&["review", "show", id]);
    let place = &shown["places"][0];
    assert_eq!(place["at"], "messages[0].parts[0].text");
    assert_eq!(place["code_points"], json!([12, 22]), "as a string in Python counts: {place}");
    let bytes = place["bytes"].as_array().unwrap().iter().map(|b| b.as_u64().unwrap() as usize);
    let [start, end] = bytes.collect::<Vec<_>>()[..] else { panic!("{place}") };
    assert_eq!(&question[start..end], "Zauberwort");
    alice.ok(&["review", "accept", id, "--yes"]);
    alice.until_live(&herons, 2);

    node.stop();
    let node = alice.serve();
    assert_eq!(alice.ok(&["status"])["scrubber"]["program"], marks, "it is kept for every start");
    assert_eq!(give(&world, &bob, "Tor 2", "Zauberwort again?"), "pending");
    node.stop();
    let _node = alice.serve_with(&["--no-scrubber"]);
    assert_eq!(alice.ok(&["status"])["scrubber"], Value::Null);
    assert_eq!(give(&world, &bob, "Tor 3", "Zauberwort for ever?"), "logged");
}

#[test]
fn a_scrubber_that_fails_lets_nothing_pass_and_loses_nothing() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let herons = alice.found("Herons");
    let mut node = Some(alice.serve());
    alice.admit(&bob);
    let cases = [
        ("hangs", "sleep 1000", "it gave no answer within 1 s, and was ended"),
        ("crashes", "exit 3", "it ended without an answer (exit code 3)"),
        ("babbles", "echo hello", "its answer is not JSON (line 1, column 1)"),
        (
            "misses",
            r#"echo '{"spans":[{"at":"title","start":0,"end":99,"kind":"a"}]}'"#,
            "spans[0] at \"title\" goes from 0 to 99",
        ),
    ];
    for (name, script, why) in cases {
        drop(node.take());
        let fails = world.program(name, &format!("#!/bin/sh\n{script}\n"));
        node = Some(alice.serve_with(&["--scrubber", &fails, "--scrubber-seconds", "1"]));
        assert_eq!(give(&world, &bob, name, &format!("It {name}?")), "pending", "{name}");
        let line = waiting(&alice);
        let said = line["failed"].as_str().unwrap();
        assert!(said.contains(why) && said.contains(&fails), "{name}: {said}");
        alice.ok(&["review", "accept", line["id"].as_str().unwrap(), "--yes"]);
    }
    drop(node.take());
    let fails = world.program("fails", "#!/bin/sh\nexit 3\n");
    let node = alice.serve_with(&["--scrubber", &fails]);
    for number in 0..8 {
        let title = format!("Chat {number}");
        assert_eq!(give(&world, &bob, &title, &format!("{title}?")), "pending");
    }
    let said = node.log().lines().filter(|line| line.contains("goes to review")).count();
    assert_eq!(said, 1, "the same for each chat is not said for each: {}", node.log());
    let attention = alice.status(&herons)["attention"].to_string();
    let told = "8 chats wait because a scrubber could not look through them";
    assert!(attention.contains(told), "the steward sees how many: {attention}");
    node.stop();
    let found = alice.run(&["doctor"]);
    assert_eq!(found.code, Some(0), "nothing is damaged: {found}");
    assert!(found.stdout.contains("8 chats that wait for review could not be"), "{found}");
    let node =
        alice.serve_with(&["--scrubber", &world.path().join("misses").display().to_string()]);
    alice.ok(&["review", "accept", "--all", "--yes"]);
    assert_eq!(alice.status(&herons)["attention"].to_string().find("look through"), None);
    node.stop();
    fs::remove_file(world.path().join("misses")).unwrap();
    let node = alice.serve();
    assert_eq!(
        give(&world, &bob, "Gone", "Is it gone?"),
        "pending",
        "there is no program any more"
    );
    assert!(waiting(&alice)["failed"].as_str().unwrap().contains("there is no such program"));
    let status = alice.ok(&["status"]);
    assert!(status.to_string().contains("every chat waits for review"), "{status}");
    assert!(node.log().contains("every chat waits for review"), "the log says so, too");
}

#[test]
fn a_member_masks_what_their_own_scrubber_finds() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let herons = alice.found("Herons");
    let node = alice.serve();
    alice.admit(&bob);
    let rows = [chat("Tor", "Is Zauberwort the word?", "Zauberwort it is.")];
    let file = world.file("chats.jsonl", jsonl(&rows));
    let give = ["contribute", file.to_str().unwrap(), "--yes", "--scrubber"];

    let fails = world.program("fails", "#!/bin/sh\nexit 3\n");
    let failure = bob.fails(&[&give[..], &[&fails]].concat());
    assert!(failure.message.contains("chat 1: the scrubber"), "{failure:?}");
    assert_eq!(alice.status(&herons)["live"], 0, "nothing was given unseen");

    let unknown = bob.fails(&[&give[..3], &["--mask", "codeword"]].concat());
    assert!(unknown.kind == "usage" && unknown.message.contains("no such kind"), "{unknown:?}");
    let marks = world.program("codewords.py", &codewords());
    bob.ok(&[&give[..], &[&marks, "--mask", "codeword"]].concat());
    let rows = world.home("eve").dataset(&node);
    assert!(rows.contains("Is [CODEWORD_1] the word?"), "{rows}");
    assert!(rows.contains("[CODEWORD_1] it is.") && !rows.contains("Zauberwort"), "{rows}");
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

/// A scrubber that hangs, with something that it started, and keeps the other end of a pipe open; the
/// pipe ends when both are gone.
const HANGS: &str = r#"#!/bin/sh
exec 3>"PIPE"
sleep 1000 &
echo >&3
sleep 1000
"#;

/// What is found for `unshare`: the system's; one that cannot keep processes apart; one that can nothing.
const UNSHARES: [(&str, &str); 3] = [
    ("apart", "exec unshare \"$@\""),
    ("offline", "case $1 in *p*) exit 1;; esac; exec unshare \"$@\""),
    ("nothing", "exit 1"),
];

#[test]
fn a_scrubber_that_hangs_ends_with_a_node_that_is_killed() {
    for (name, unshare) in UNSHARES {
        let world = World::new();
        let (mut alice, bob) = (world.home("alice"), world.home("bob"));
        let folder = world.path().join(name);
        fs::create_dir(&folder).unwrap();
        let others = "#!/bin/sh\nPATH=${PATH#*:}\n".to_owned();
        world.program(&format!("{name}/unshare"), &(others + unshare + "\n"));
        alice.finds_first_in(&folder);
        let pipe = world.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let hangs = world.program("hangs", &HANGS.replace("PIPE", &pipe.display().to_string()));
        alice.found("Herons");
        let node = alice.serve_with(&["--scrubber", &hangs, "--scrubber-seconds", "80"]);
        alice.admit(&bob);
        let ends = reads(&pipe);
        let giving = bob.begin(&["contribute", chats(&world).to_str().unwrap(), "--yes"]);
        assert_eq!(ends.recv_timeout(DEADLINE), Ok(1), "{name}: the program runs");
        node.kill();
        assert_eq!(ends.recv_timeout(DEADLINE), Ok(0), "{name}: it and what it started are gone");
        giving.kill();
    }
}

/// What comes through a pipe: how many bytes, again and again, to its end.
fn reads(pipe: &Path) -> mpsc::Receiver<usize> {
    let (sender, receiver) = mpsc::channel();
    let pipe = pipe.to_owned();
    thread::spawn(move || {
        let mut file = File::open(pipe).unwrap();
        while let Ok(read) = file.read(&mut [0; 64]) {
            if sender.send(read).is_err() || read == 0 {
                return;
            }
        }
    });
    receiver
}

fn chats(world: &World) -> PathBuf {
    world.file("chats.jsonl", jsonl(&[chat("Tea", "How hot?", "75.")]))
}
