//! Files of a home that were cut, flipped, lost or locked away: what is still served, and what
//! `sheaf doctor` says.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sheaf_tests::{Home, World, chat, jsonl};

/// What doctor says of a home, whatever its exit code.
fn examined(home: &Home) -> (Option<i32>, Value) {
    let ran = home.run(&["doctor"]);
    let text = ran.stdout.lines().next().unwrap_or_else(|| panic!("doctor says nothing: {ran}"));
    (ran.code, serde_json::from_str(text).unwrap())
}

/// The findings of damage that name this file.
fn damage<'a>(examined: &'a Value, file: &Path) -> Vec<&'a Value> {
    let findings = examined["findings"].as_array().unwrap().iter();
    let of_file =
        |found: &&Value| found["severity"] == "damage" && found["file"].as_str() == file.to_str();
    findings.filter(of_file).collect()
}

fn store_file(home: &Home, name: &str) -> PathBuf {
    home.path.join("store").join(name)
}

/// Alice's community with two chats, followed by bob; both nodes are stopped again.
fn federation(world: &World) -> (Home, Home, String) {
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    let at_bob = bob.serve();
    bob.ok(&["follow", at_alice.tcp(), "--yes"]);
    let chats = [chat("Green", "How long?", "Two minutes."), chat("Black", "How long?", "Four.")];
    alice.contribute(&world.file("tea.jsonl", jsonl(&chats)));
    bob.until_live(&tea, 2);
    at_alice.stop();
    at_bob.stop();
    (alice, bob, tea)
}

#[test]
fn a_sound_home_is_found_sound_and_not_changed() {
    let world = World::new();
    let (alice, bob, tea) = federation(&world);
    for home in [&alice, &bob] {
        let before = std::fs::read(store_file(home, "log.redb")).unwrap();
        let (code, found) = examined(home);
        assert_eq!(code, Some(0), "nothing is wrong: {found}");
        let log = &found["logs"][0];
        assert_eq!(log["community"], tea.as_str());
        assert_eq!(log["chats"], 2, "both chats were found whole: {found}");
        assert_eq!(log["wanted"], 0, "{found}");
        let after = std::fs::read(store_file(home, "log.redb")).unwrap();
        assert!(before == after, "doctor changed log.redb of {}", home.name);
    }
    let _node = alice.serve();
    let (code, found) = examined(&alice);
    assert_eq!(code, Some(0), "{found}");
    assert!(found["running"].is_number(), "the node that runs is named: {found}");
    assert_eq!(found["logs"].as_array().unwrap().len(), 0, "its files are left alone: {found}");
}

#[test]
fn a_home_after_a_kill_is_found_sound() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let node = alice.serve();
    alice.contribute(&world.file("a.jsonl", jsonl(&[chat("Green", "How long?", "Two minutes.")])));
    node.kill();
    let (code, found) = examined(&alice);
    assert_eq!((code, &found["logs"][0]["chats"]), (Some(0), &Value::from(1)), "{found}");
}

#[test]
fn a_cut_blob_file_costs_its_blobs_and_is_filled_again() {
    let world = World::new();
    let (alice, bob, tea) = federation(&world);
    let blobs = store_file(&bob, "blobs.redb");
    let whole = std::fs::read(&blobs).unwrap();
    std::fs::write(&blobs, &whole[..whole.len() / 2]).unwrap();

    let (code, found) = examined(&bob);
    assert_eq!(code, Some(7), "damage has an exit code of its own: {found}");
    let named = damage(&found, &blobs);
    assert!(!named.is_empty(), "the file is named: {found}");
    let advice = named[0]["advice"].as_str().unwrap();
    assert!(advice.contains(&format!("mv {}", blobs.display())), "what to do: {advice}");

    let at_bob = bob.serve();
    assert!(at_bob.log().contains("blobs.redb"), "the node says so, too: {}", at_bob.log());
    let status = bob.status(&tea);
    assert_eq!(status["live"], 2, "the log is served: {status}");
    let log = bob.ok(&["log", "verify", "--community", &tea]);
    assert!(log["size"].as_u64() >= Some(4), "log and checkpoint are whole: {log}");
    at_bob.stop();

    std::fs::rename(&blobs, blobs.with_extension("redb.damaged")).unwrap();
    let _at_alice = alice.serve();
    let at_bob = bob.serve();
    bob.until_live(&tea, 2);
    at_bob.stop();
    let (code, found) = examined(&bob);
    assert_eq!((code, &found["logs"][0]["chats"]), (Some(0), &Value::from(2)), "{found}");
}

#[test]
fn a_lost_log_is_never_taken_for_an_empty_one() {
    let world = World::new();
    let (alice, _, _) = federation(&world);
    let log = store_file(&alice, "log.redb");
    std::fs::rename(&log, log.with_extension("elsewhere")).unwrap();
    for _ in 0..2 {
        let refused = alice.fails(&["serve"]);
        assert!(refused.message.contains("log.redb"), "the file is named: {refused:?}");
    }
    let (code, found) = examined(&alice);
    assert_eq!(code, Some(7), "{found}");
    assert!(!damage(&found, &log).is_empty(), "{found}");
    std::fs::rename(log.with_extension("elsewhere"), &log).unwrap();
    let (code, found) = examined(&alice);
    assert_eq!((code, &found["logs"][0]["chats"]), (Some(0), &Value::from(2)), "{found}");
}

#[test]
fn a_flipped_byte_of_a_chat_key_is_found() {
    let world = World::new();
    let (_, bob, tea) = federation(&world);
    let keys = store_file(&bob, "keys.redb");
    let key = {
        let store = sheaf_node::store::Store::open(&bob.path.join("store"), Default::default());
        let store = store.unwrap();
        let slot = store.slot(&tea.parse().unwrap()).unwrap().unwrap();
        (0..).find_map(|index| store.key(slot, index).unwrap()).unwrap()
    };
    let mut bytes = std::fs::read(&keys).unwrap();
    let needle = &key.to_bytes()[..];
    let places: Vec<usize> =
        (0..bytes.len() - 32).filter(|at| &bytes[*at..at + 32] == needle).collect();
    assert!(!places.is_empty(), "the key stands in the file");
    places.into_iter().for_each(|at| bytes[at] ^= 1);
    std::fs::write(&keys, bytes).unwrap();
    let (code, found) = examined(&bob);
    assert_eq!(code, Some(7), "{found}");
    assert!(!damage(&found, &keys).is_empty(), "the file is named: {found}");
}

#[test]
fn a_key_file_that_others_may_read_is_named_with_its_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let seed = alice.path.join("keys/seed");
    std::fs::set_permissions(&seed, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (_, found) = examined(&alice);
    let findings = found["findings"].as_array().unwrap();
    let named = findings.iter().find(|f| f["file"].as_str() == seed.to_str());
    let advice = named.and_then(|f| f["advice"].as_str()).unwrap_or_default();
    assert_eq!(advice, format!("chmod 600 {}", seed.display()), "{found}");
}
