//! Chats that are taken back, and where they must then be gone.

use serde_json::json;
use sheaf_tests::{World, chat, eventually, files_below, jsonl};

#[test]
fn a_withdrawn_chat_is_gone_everywhere_with_a_receipt_from_each_partner() {
    let world = World::new();
    let (alice, bob, eve) = (world.home("alice"), world.home("bob"), world.home("eve"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    let (_at_bob, _at_eve) = (bob.serve(), eve.serve());
    bob.ok(&["follow", at_alice.quic(), "--yes"]);
    eve.ok(&["follow", at_alice.tcp(), "--yes"]);
    let rows = [chat("Kept", "A?", "B."), chat("Regretted", "C?", "D.")];
    let given = alice.contribute(&world.file("two.jsonl", jsonl(&rows)));
    bob.until_live(&tea, 2);
    eve.until_live(&tea, 2);

    let regretted = given["given"].as_array().unwrap().iter().find(|g| g["title"] == "Regretted");
    let id = regretted.unwrap()["id"].as_str().unwrap();
    let gone = alice.ok(&["withdraw", id, "--yes", "--wait", "60"]);
    assert_eq!(gone["chats"][0]["everywhere"], true, "{gone}");
    let receipts = gone["chats"][0]["erased"].as_array().unwrap().len();
    assert_eq!(receipts, 2, "one receipt from bob's node and one from eve's: {gone}");
    for home in [&alice, &bob, &eve] {
        home.until("one is live and one withdrawn", &tea, |line| {
            line["live"] == 1 && line["withdrawn"] == 1
        });
        home.ok(&["log", "verify", "--community", &tea]);
    }
}

#[test]
fn nothing_of_a_chat_lies_open_on_any_disk() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let (at_alice, at_bob) = (alice.serve(), bob.serve());
    bob.ok(&["follow", at_alice.tcp(), "--yes"]);
    let word = "Quintessentially-7431";
    let rows = [chat("Secret", "Say a word.", word)];
    alice.contribute(&world.file("secret.jsonl", jsonl(&rows)));
    bob.until_live(&tea, 1);
    at_alice.stop();
    at_bob.stop();
    for home in [&alice, &bob] {
        for file in files_below(&home.path) {
            let bytes = std::fs::read(&file).unwrap();
            let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "no node writes a chat's text to disk: {}", file.display());
        }
    }
}

#[test]
fn an_entry_names_nobody_and_says_nothing() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    alice.found("Tea");
    let _node = alice.serve();
    let key = alice.admit(&bob);
    bob.contribute(&world.file("a.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")])));
    let log = alice.ok(&["log", "show"]);
    let manifest = log["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(manifest["kind"], "manifest", "{log}");
    assert_ne!(manifest["control"], key, "the control key was made for this chat alone: {log}");
    let entries = log["entries"].to_string();
    for word in [key.as_str(), "Sencha", "CC-BY-4.0", "degrees"] {
        assert!(!entries.contains(word), "the public log does not say {word}: {entries}");
    }
}

#[test]
fn a_peer_that_was_offline_learns_a_withdrawal_before_it_hands_out_a_key() {
    let world = World::new();
    let (alice, bob, eve) = (world.home("alice"), world.home("bob"), world.home("eve"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    alice.change_policy(|policy| policy["head-age-max-secs"] = json!(4));
    let at_bob = bob.serve();
    bob.ok(&["follow", at_alice.tcp(), "--yes"]);
    let given = alice.contribute(
        &world.file("a.jsonl", jsonl(&[chat("Kept", "A?", "B."), chat("Regretted", "C?", "D.")])),
    );
    bob.until_live(&tea, 2);
    at_bob.stop();
    let id = given["given"][1]["id"].as_str().unwrap();
    alice.ok(&["withdraw", id, "--yes", "--wait", "0"]);
    at_alice.stop();

    // Bob is back, alone, with a head that has grown too old meanwhile: it must not hand out keys.
    let at_bob = bob.serve();
    let folder = world.path().join("dataset");
    let build = || {
        // What the last try wrote, if it wrote anything.
        let _ = std::fs::remove_dir_all(&folder);
        let to = folder.to_str().unwrap();
        eve.run(&["dataset", "build", at_bob.tcp(), "-o", to, "--yes"]).built()
    };
    eventually("the head that bob holds is too old for a key", || {
        let built = build();
        let none = built["rows"] == 0 && built["left_out"]["refused"] == 2;
        if none { Ok(()) } else { Err(built.to_string()) }
    });

    let _at_alice = alice.serve();
    bob.until("bob learns what it missed", &tea, |line| {
        line["withdrawn"] == 1 && line["live"] == 1
    });
    eventually("bob hands out keys again, but not of the chat that was taken back", || {
        let built = build();
        assert!(built["rows"].as_u64() <= Some(1), "the chat that was kept, alone: {built}");
        if built["rows"] == 1 { Ok(()) } else { Err(built.to_string()) }
    });
    let rows = std::fs::read_to_string(folder.join("chats.jsonl")).unwrap();
    assert!(rows.contains("Kept") && !rows.contains("Regretted"), "{rows}");
}

#[test]
fn a_withdrawal_while_the_home_node_is_down_is_sent_when_it_is_back() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    alice.admit(&bob);
    let given = bob.contribute(&world.file("a.jsonl", jsonl(&[chat("Regretted", "C?", "D.")])));
    at_alice.stop();
    let id = given["given"][0]["id"].as_str().unwrap();
    let failed = bob.fails(&["withdraw", id, "--yes"]);
    assert_eq!(failed.kind, "unreachable", "{failed:?}");
    let _at_alice = alice.serve();
    let gone = bob.ok(&["withdraw", id, "--yes"]);
    assert_eq!(gone["chats"][0]["everywhere"], true, "{gone}");
    assert_eq!(alice.status(&tea)["withdrawn"], 1, "once, and on the record");
}
