//! A disk without room: what is refused, what is served all the same, and how it goes on.

use std::fs::metadata;

use serde_json::Value;
use sheaf_tests::{Home, Node, World, chat, jsonl};

/// Chats that do not get smaller by compression: about 30 KB each, sealed.
fn large_chats(number: u64) -> String {
    let noise = |n: u64| -> String {
        let hashes = (0..1000).map(|part| blake3::hash(format!("{n}/{part}").as_bytes()));
        hashes.map(|hash| hash.to_hex().to_string()).collect()
    };
    let rows: Vec<Value> = (0..number).map(|n| chat(&format!("{n}"), &noise(n), "Yes.")).collect();
    jsonl(&rows)
}

/// Alice's node with one chat of bob's, who lives on another disk.
fn with_one_chat(world: &World, alice: &Home) -> (Home, Node, String) {
    let tea = alice.found("Tea");
    let node = alice.serve();
    let bob = world.home("bob");
    alice.admit(&bob);
    bob.contribute(&world.file("one.jsonl", jsonl(&[chat("Green", "How long?", "Two.")])));
    (bob, node, tea)
}

/// Whoever gives is told which file of the node could not grow, and what is held is served.
fn is_refused_and_served(alice: &Home, bob: &Home, tea: &str, many: &str) {
    let refused = bob.fails(&["contribute", many, "--yes"]);
    // Whichever of the two it was that found no room.
    let files = ["store/journal", "store/blobs.redb"].map(|name| alice.path.join(name));
    let named = files.iter().any(|file| refused.message.contains(&file.display().to_string()));
    assert!(named, "the file is named: {refused:?}");
    assert!(refused.message.contains("the disk is full"), "{refused:?}");
    assert!(refused.hint.contains("sends it again"), "what to do: {refused:?}");
    let status = alice.status(tea);
    assert!(status["live"].as_u64() < Some(61), "not everything found room: {status}");
    let attention = status["attention"].to_string();
    assert!(attention.contains("the disk is full"), "the steward sees it: {attention}");
    // What bob sent beside the chat that was refused may still go in.
    let served = alice.ok(&["log", "verify"])["size"].as_u64();
    assert!(served >= status["entries"].as_u64(), "the log is served: {served:?}, {status}");
    let mine = bob.ok(&["chats"]);
    let states = mine.to_string();
    assert!(states.contains("Green"), "and so is where a member's chats are: {states}");
}

/// There is room again: without a restart, what was signed goes in, and nothing of it twice.
fn goes_on(alice: &Home, bob: &Home, tea: &str, many: &str, chats: u64) {
    bob.ok(&["contribute", many, "--yes"]);
    alice.until_live(tea, chats);
}

fn is_sound(alice: &Home, chats: u64) {
    let found = alice.ok(&["doctor"]);
    assert_eq!(found["logs"][0]["chats"], chats, "every chat is whole: {found}");
}

#[test]
fn files_that_may_not_grow_are_an_error_and_not_the_end_of_a_node() {
    let world = World::new();
    let alice = world.home("alice");
    let (bob, node, tea) = with_one_chat(&world, &alice);
    let many = world.file("many.jsonl", large_chats(60)).display().to_string();
    let blobs = metadata(alice.path.join("store/blobs.redb")).unwrap().len();
    node.limit_files(Some(blobs));
    is_refused_and_served(&alice, &bob, &tea, &many);
    node.limit_files(None);
    goes_on(&alice, &bob, &tea, &many, 61);
    node.stop();
    is_sound(&alice, 61);
}

#[test]
fn a_full_disk_refuses_what_is_written_and_serves_the_rest() {
    let world = World::new();
    let Some((disk, alice)) = world.home_on_a_disk_of(24, "alice") else { return };
    let (bob, node, tea) = with_one_chat(&world, &alice);
    let many = world.file("many.jsonl", large_chats(60)).display().to_string();
    let green = bob.ok(&["chats"])["communities"][0]["chats"][0]["id"].as_str().unwrap().to_owned();
    disk.fill();
    is_refused_and_served(&alice, &bob, &tea, &many);

    let own = alice.fails(&["contribute", &many, "--yes"]);
    assert!(own.message.contains(&alice.path.display().to_string()), "the file is named: {own:?}");
    assert!(own.hint.contains("disk full"), "whose own disk is full is told so: {own:?}");
    let found = alice.ok(&["doctor"]);
    let room = &found["findings"][0];
    assert_eq!(room["severity"], "warning", "nothing is lost: {found}");
    assert_eq!(room["file"].as_str(), alice.path.to_str(), "{found}");
    assert!(room["what"].as_str().unwrap().contains("MiB are free"), "{found}");
    assert!(room["advice"].as_str().unwrap().contains("free some space"), "{found}");

    let live = alice.status(&tea)["live"].clone();
    node.stop();
    let node = alice.serve();
    let attention = alice.status(&tea)["attention"].to_string();
    assert!(attention.contains("MiB are free"), "the status says so, too: {attention}");
    assert_eq!(alice.status(&tea)["live"], live, "it starts on a full disk, and serves");
    disk.make_room();
    goes_on(&alice, &bob, &tea, &many, 61);
    bob.ok(&["withdraw", &green, "--yes"]);
    alice.until("the chat is erased", &tea, |line| line["withdrawn"] == 1 && line["live"] == 60);
    node.stop();
    is_sound(&alice, 60);
}
