//! Power cuts, backups and copies.

use sheaf_tests::{World, chat, eventually, jsonl};

#[test]
fn a_copied_home_refuses_to_sign_until_it_has_learned_its_newest_head() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    let at_bob = bob.serve();
    bob.ok(&["follow", at_alice.tcp(), "--yes"]);
    alice.contribute(&world.file("first.jsonl", jsonl(&[chat("First", "A?", "B.")])));
    bob.until_live(&tea, 1);
    at_alice.stop();
    let backup = world.path().join("backup");
    alice.copy_to(&backup);

    let at_alice = alice.serve();
    let second = world.file("second.jsonl", jsonl(&[chat("Second", "C?", "D.")]));
    eventually("alice may sign again", || {
        let given = alice.run(&["contribute", second.to_str().unwrap(), "--yes"]);
        if given.code == Some(0) { Ok(()) } else { Err(given.to_string()) }
    });
    alice.until_live(&tea, 2);
    bob.until_live(&tea, 2);
    let newest = bob.status(&tea)["entries"].as_u64().unwrap();
    at_alice.stop();
    at_bob.stop();

    alice.restore(&backup);
    let _at_alice = alice.serve();
    let third = world.file("third.jsonl", jsonl(&[chat("Third", "E?", "F.")]));
    let refused = alice.fails(&["contribute", third.to_str().unwrap(), "--yes"]);
    assert_eq!(
        refused.kind, "refused",
        "a node that cannot know its newest head does not sign: {refused:?}"
    );
    let again = alice.fails(&["contribute", third.to_str().unwrap(), "--yes"]);
    assert_eq!(again.kind, "refused", "asking twice does not make it given: {again:?}");
    let attention = alice.status(&tea)["attention"].clone();
    assert!(!attention.as_array().unwrap().is_empty(), "the steward is told why: {attention}");

    let _at_bob = bob.serve();
    alice.until("alice learns from bob what the backup did not have", &tea, |line| {
        line["entries"].as_u64() >= Some(newest) && line["live"] == 2
    });
    eventually("alice signs again", || {
        let given = alice.run(&["contribute", third.to_str().unwrap(), "--yes"]);
        if given.code == Some(0) { Ok(()) } else { Err(given.to_string()) }
    });
    bob.until_live(&tea, 3);
    let log = bob.ok(&["log", "verify", "--community", &tea]);
    assert!(log["size"].as_u64() > Some(newest), "one history, grown longer: {log}");
}

#[test]
fn a_node_that_named_nobody_signs_after_a_restart() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    alice.serve().stop();
    let _node = alice.serve();
    alice.contribute(&world.file("a.jsonl", jsonl(&[chat("First", "A?", "B.")])));
    alice.until_live(&tea, 1);
}

#[test]
fn nothing_acknowledged_is_lost_when_a_node_is_killed() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    for round in 0..3 {
        let at_alice = alice.serve();
        let rows = [chat(&format!("Round {round}"), "A?", &format!("Answer {round}."))];
        let given = alice.contribute(&world.file("a.jsonl", jsonl(&rows)));
        assert_eq!(given["given"][0]["state"], "logged", "{given}");
        at_alice.kill();
        let at_alice = alice.serve();
        alice.until_live(&tea, round + 1);
        alice.ok(&["log", "verify"]);
        at_alice.kill();
    }
}
