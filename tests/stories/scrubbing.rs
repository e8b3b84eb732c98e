//! What is private, on its way into the commons.

use serde_json::json;
use sheaf_tests::{Home, Node, World, chat, jsonl};

/// A chat of bob's that holds an address and a password, and another one, in a file.
fn bobs_chats(world: &World) -> String {
    // Put together here, so that nobody takes it for one that leaked.
    let password = ["xK9", "mnq", "27!"].concat();
    let question = format!("I am bob@example.org, and my password is {password}. Why no mail?");
    let rows =
        [chat("Mail", &question, "Write to bob@example.org again."), chat("Tea", "Hot?", "75.")];
    world.file("chats.jsonl", jsonl(&rows)).to_str().unwrap().to_owned()
}

/// Bob, a member of alice's community, and its node.
fn bob_of_alices(world: &World) -> (Home, Node) {
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    alice.found("Tea");
    let node = alice.serve();
    alice.admit(&bob);
    (bob, node)
}

#[test]
fn a_secret_keeps_a_chat_back_until_it_is_masked() {
    let world = World::new();
    let (bob, node) = bob_of_alices(&world);
    let file = &bobs_chats(&world);

    let first = bob.ok(&["contribute", file, "--yes"]);
    assert_eq!(first["given"].as_array().unwrap().len(), 1, "the other chat was given: {first}");
    let reason = first["refused"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("secrets (password)") && reason.contains("--mask secrets"), "{first}");

    bob.ok(&["contribute", file, "--yes", "--mask", "secrets"]);
    let rows = world.home("eve").dataset(&node);
    assert!(
        rows.contains("I am [EMAIL_1], and my password is [PASSWORD_1]. Why no mail?"),
        "what is private is masked: {rows}"
    );
    assert!(rows.contains("Write to [EMAIL_1] again."), "by the same mask everywhere: {rows}");
    assert!(!rows.contains("bob@") && !rows.contains("mnq"), "and nowhere to be read: {rows}");
}

#[test]
fn a_secret_that_is_masked_is_gone_wherever_it_stands() {
    let world = World::new();
    let (bob, node) = bob_of_alices(&world);
    let password = ["xK9", "mnq", "27!"].concat();
    let said = |text: String| json!([{ "type": "text", "text": text }]);
    let arguments = json!({ "user": "bob", "with": password, "log": format!("a\n{password}") });
    let call =
        json!([{ "type": "tool_call", "name": "log_in", "arguments": arguments.to_string() }]);
    let row = json!({ "version": 1, "title": format!("Why {password}?"), "messages": [
        { "role": "user", "parts": said(format!("My password is {password}. Is it good?")) },
        { "role": "assistant", "parent": 0, "parts": said(format!("{password} is short.")) },
        { "role": "assistant", "parent": 0, "parts": call },
    ] });
    let file = world.file("secret.jsonl", jsonl(&[row]));
    let file = file.to_str().unwrap();

    let given = bob.ok(&["contribute", file, "--yes", "--mask", "secrets"]);
    assert_eq!(given["given"][0]["state"], "logged", "nothing is left to look at: {given}");
    let rows = world.home("eve").dataset(&node);
    assert!(!rows.contains("mnq"), "no place of it was overlooked: {rows}");
    for words in ["Why [PASSWORD_1]?", "[PASSWORD_1] is short.", r#"a\\n[PASSWORD_1]\""#] {
        assert!(rows.contains(words), "the chat still reads, {words}: {rows}");
    }
    let row: serde_json::Value = serde_json::from_str(&rows).unwrap();
    let scrubbed = json!([{ "kind": "password", "masked": 5, "kept": 0 }]);
    assert_eq!(row["labels"]["scrubbed"], scrubbed, "and each is counted");
}

#[test]
fn only_the_very_words_share_a_secret() {
    let world = World::new();
    let (bob, node) = bob_of_alices(&world);
    let file = &bobs_chats(&world);

    let wrong = bob.fails(&["contribute", file, "--yes", "--keep-secrets", "yes"]);
    assert_eq!(wrong.kind, "usage", "{wrong:?}");
    let secret_kept = bob.fails(&["contribute", file, "--yes", "--keep", "password"]);
    assert!(secret_kept.message.contains("--keep-secrets"), "{secret_kept:?}");
    let words = ["--keep-secrets", "share my secrets", "--keep", "email"];
    let given = bob.ok(&[&["contribute", file, "--yes"], &words[..]].concat());
    assert_eq!(given["given"][0]["state"], "pending", "a steward decides in the end: {given}");
    world.home("alice").ok(&["review", "accept", "--all", "--yes"]);
    let rows = world.home("eve").dataset(&node);
    assert!(rows.contains("I am bob@example.org, and my password is xK9"), "as bob said: {rows}");
}

#[test]
fn a_scan_tells_where_and_never_what() {
    let world = World::new();
    let ran = world.home("bob").run(&["scrub", &bobs_chats(&world)]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "a line for each chat: {ran}");
    let first = &lines[0]["spans"][0];
    assert_eq!(
        (&first["kind"], &first["at"]),
        (&json!("email"), &json!("messages[0].parts[0].text"))
    );
    assert_eq!((&first["bytes"], &first["code_points"]), (&json!([5, 20]), &json!([5, 20])));
    assert_eq!(lines[1]["spans"], json!([]), "nothing is in the other: {ran}");
    assert!(!ran.stdout.contains("mnq") && !ran.stdout.contains("bob@"), "no value is told: {ran}");
    assert!(ran.stderr.contains("\"looked_for\""), "what was looked for is: {ran}");
}

#[test]
fn what_is_no_file_of_labelled_texts_is_a_mistake_of_who_named_it() {
    let world = World::new();
    let bob = world.home("bob");
    let binary = world.file("picture.png", [0x89, 0x50, 0xff, 0xfe]);
    let chats = bobs_chats(&world);
    for file in [world.path().to_str().unwrap(), binary.to_str().unwrap(), &chats] {
        let error = bob.fails(&["scrub", "--measure", file]);
        assert_eq!((error.code, error.kind.as_str()), (2, "usage"), "{error:?}");
        assert!(error.hint.contains("\"spans\""), "it is told what is one: {error:?}");
    }
}

#[test]
fn a_file_of_edits_that_is_none_is_told_before_anything_is_reached() {
    let world = World::new();
    let bob = world.home("bob");
    let chats = bobs_chats(&world);
    let give = |edits: &str| bob.fails(&["contribute", &chats, "--yes", "--edits", edits]);
    let missing = give(world.path().join("nothing").to_str().unwrap());
    assert_eq!((missing.code, missing.kind.as_str()), (4, "not-found"), "{missing:?}");
    let binary = world.file("picture.png", [0x89, 0x50, 0xff, 0xfe]);
    for file in [world.path(), &binary] {
        let error = give(file.to_str().unwrap());
        assert_eq!((error.code, error.kind.as_str()), (2, "usage"), "{error:?}");
        assert!(error.hint.contains("mask TEXT"), "it is told what is one: {error:?}");
    }
    // As an editor on Windows writes it. That bob is no member yet is the next thing that is wrong.
    let edits = world.file("edits.txt", "\u{feff}mask Waldhof\r\n");
    let member = give(edits.to_str().unwrap());
    assert_ne!(member.kind, "usage", "the file can be read: {member:?}");
}
