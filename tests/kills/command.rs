//! A member whose command is killed, and run again.

use crate::dice::Dice;
use serde_json::Value;
use sheaf_tests::{World, chat, eventually, files_below, jsonl};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Commands of one batch that are killed before one is left to end.
const KILLED_AT_MOST: u64 = 3;
/// Whole batches that are given before anybody is killed, to learn how long it takes.
const MEASURED: usize = 1;

/// `chats` chats in batches; `contribute`, and in the end `withdraw --all`, are killed at random
/// moments and run again until they end by themselves.
pub(crate) fn story(kills: usize, chats: usize, seed: u64) {
    let mut dice = Dice::new(seed);
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let _at_alice = alice.serve();
    alice.admit(&bob);
    let batches = MEASURED + kills.div_ceil(2);
    let each = chats.div_ceil(batches);
    let (mut killed, mut longest) = (0, Duration::ZERO);
    let mut titles = BTreeSet::new();
    for batch in 0..batches {
        let rows: Vec<Value> = (0..each)
            .map(|number| chat(&format!("Chat {batch}.{number}"), "Why?", &dice.letters(300)))
            .collect();
        titles.extend(rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()));
        let file = world.file("batch.jsonl", jsonl(&rows));
        let give = ["contribute", file.to_str().unwrap(), "--yes"];
        for _ in 0..if batch < MEASURED { 0 } else { 1 + dice.below(KILLED_AT_MOST) } {
            killed += u64::from(!bob.run_killed_after(&give, dice.moment(longest)));
        }
        let started = Instant::now();
        let given = bob.ok(&give);
        longest = longest.max(started.elapsed());
        let refused = given["refused"].as_array().unwrap();
        assert!(refused.is_empty(), "nothing is lost or spoilt by a kill: {refused:?}");
        let live = alice.status(&tea)["live"].clone();
        assert_eq!(live, titles.len(), "every chat so far is there, and there once");
    }
    let mine = bob.ok(&["chats"]);
    let mine = mine["communities"][0]["chats"].as_array().unwrap();
    let known: BTreeSet<_> = mine.iter().map(|m| m["title"].as_str().unwrap().to_owned()).collect();
    assert!(mine.len() == titles.len() && known == titles, "the book knows each of them, once");
    assert!(mine.iter().all(|chat| chat["state"] == "live"), "and that it is there");
    let all = ["withdraw", "--all", "--yes"];
    for _ in 0..kills.div_ceil(4) {
        killed += u64::from(!bob.run_killed_after(&all, dice.moment(longest)));
    }
    eventually("everything is taken back", || {
        let ran = bob.run(&all);
        let status = alice.status(&tea);
        let gone = status["live"] == 0 && status["withdrawn"] == titles.len();
        if gone { Ok(()) } else { Err(format!("{status} after {ran}")) }
    });
    let left = files_below(&bob.path.join("member"));
    let bundles: Vec<_> =
        left.iter().filter(|file| file.extension().is_some_and(|e| e == "bundle")).collect();
    assert!(bundles.is_empty(), "no key of a chat that has arrived is left behind: {bundles:?}");
    println!("{killed} commands killed, {} chats given: all holds", titles.len());
}
