//! Nothing is signed unseen: the screen of `contribute`, what it remembers, and the slip it leaves.

use std::fs;

use crate::talk::{answering, plain};
use serde_json::{Value, json};
use sheaf_tests::{Home, World, chat, damage, jsonl};

const GERMAN: &str = "Wie lange soll grüner Tee ziehen, und wie heiß darf das Wasser dabei sein?";
const ENGLISH: &str = "Let it steep for two minutes in water that has stopped boiling, and taste it \
                       before you pour; a second brewing may be a little shorter than the first.";

/// Rows of an OASST tree: two answers to one question.
fn branching() -> String {
    let answer = |id: &str, text: &str| {
        json!({"message_id": id, "parent_id": "q", "text": text,
        "role": "assistant", "lang": "en", "replies": []})
    };
    json!({"message_tree_id": "q", "tree_state": "ready_for_export", "prompt": {
        "message_id": "q", "text": "How long should green tea steep before I pour it?",
        "role": "prompter", "lang": "en",
        "replies": [answer("a", "An hour, I should think."), answer("b", ENGLISH)]}})
    .to_string()
}

fn dry_run(home: &Home, file: &str) -> Value {
    home.ok(&["contribute", file, "--dry-run"])
}

#[test]
fn a_member_sees_everything_before_it_is_signed_and_keeps_a_slip_of_it() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let node = alice.serve();
    alice.admit(&bob);
    let tree = world.file("tree.jsonl", branching());
    let ran = bob.on_a_terminal(
        &["contribute", tree.to_str().unwrap()],
        answering(&[
            ("for more]", "what?"),
            ("for more]", "1"),
            ("for more]", "s"),
            ("Licence, a number", "MIT"),
            ("Licence, a number", "3"),
            ("machines may do", "train-ai=n"),
            ("Your name", "Bob"),
            ("last day", "30"),
            ("think of them", "good"),
            ("find them by", "tea, kitchen"),
            ("for more]", "y"),
        ]),
    );
    assert_eq!(ran.code, Some(0), "{ran}");
    let seen = plain(&ran.stdout);
    for words in [
        "branch 2 of 2, after message 1",
        "An hour, I should think.",
        "CC-BY-4.0 the first that the policy names",
        "policy: A chat is given under one of these licences",
        "neither allow nor forbid",
        "nobody else can link it",
        "policy: A chat may be held until its member takes it back",
        "stewards and its partner nodes can read it",
        "policy: Anyone who accepts this policy may read the chats.",
        "cannot be recalled",
        "shows the chat with that number",
        "the policy does not take MIT",
        "CC0-1.0 you asked for it",
        "You forbid the training of AI models on it",
        "which chats were given under that key",
        "good; tagged kitchen, tea; in en",
    ] {
        assert!(seen.contains(words), "the screen does not say {words:?}\n{ran}");
    }
    alice.until_live(&tea, 1);

    // Without any node the slip says all of it again.
    drop(node);
    let slip = bob.ok(&["chats", "--offline"])["communities"][0]["chats"][0]["slip"].take();
    let slip = std::path::PathBuf::from(slip.as_str().unwrap());
    let verified = bob.ok(&["consent", "verify", slip.to_str().unwrap()]);
    let found = &verified["slips"][0];
    assert_eq!((&found["good"], &found["licence"]), (&json!(true), &json!("CC0-1.0")), "{found}");
    assert_eq!((&found["usage"], &found["attribution"]), (&json!("train-ai=n"), &json!("Bob")));
    assert_eq!(found["remarks"], json!([]), "what was shown is what was signed: {found}");
    let both = bob.ok(&["consent", "verify"])["slips"].as_array().unwrap().len();
    assert_eq!(both, 2, "the chat's and the membership's");

    let changed = |bytes: &mut Vec<u8>| {
        let at = bytes.windows(12).position(|w| w == b"\"statement\":").unwrap() + 100;
        bytes[at] ^= 1;
    };
    let refused = damage(&slip, changed, || bob.fails(&["consent", "verify"]));
    assert_eq!((refused.kind.as_str(), refused.code), ("not-verified", 5), "{refused:?}");
    let words = |bytes: &mut Vec<u8>| {
        *bytes = String::from_utf8(bytes.clone())
            .unwrap()
            .replace("Name: \\\"Bob", "Name: \\\"Eve")
            .into();
    };
    let named = damage(&slip, words, || bob.ok(&["consent", "verify", slip.to_str().unwrap()]));
    assert_eq!(named["slips"][0]["attribution"], "Bob", "what is proved stays: {named}");
    assert_eq!(named["slips"][0]["remarks"].as_array().unwrap().len(), 1, "the rest is named");
}

#[test]
fn what_was_chosen_is_remembered_for_its_community_and_said_again() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    alice.found("Tea");
    let _at_alice = alice.serve();
    let file = |name: &str, text: &str| {
        world.file(name, jsonl(&[chat(name, text, ENGLISH)])).to_str().unwrap().to_owned()
    };
    let (one, two) = (file("one.jsonl", GERMAN), file("two.jsonl", "Why?"));
    let origin = |would: &Value, about: &str| -> String {
        let terms = would["terms"].as_array().unwrap();
        let term = terms.iter().find(|term| term["about"] == about).unwrap();
        format!("{}: {}", term["origin"].as_str().unwrap(), term["value"].as_str().unwrap())
    };
    let first = dry_run(&alice, &one);
    assert_eq!(origin(&first, "licence"), "first: CC-BY-4.0");
    assert_eq!(origin(&first, "usage"), "unsaid: none");
    let policy = &first["terms"][0]["policy"][0];
    assert!(policy.as_str().unwrap().contains("CC-BY-SA-4.0"), "beside the policy's: {policy}");
    alice.ok(&[
        "contribute",
        &one,
        "--yes",
        "--licence",
        "CC0-1.0",
        "--usage",
        "search=n",
        "--keep-days",
        "30",
        "--tag",
        "once",
    ]);
    let again = dry_run(&alice, &two);
    assert_eq!(origin(&again, "licence"), "last-time: CC0-1.0");
    assert_eq!(origin(&again, "usage"), "last-time: search=n");
    assert!(origin(&again, "expiry").starts_with("last-time: 20"), "{again}");
    assert_eq!(again["given"][0]["labels"]["tags"], json!([]), "a tag is about those chats alone");
    assert_eq!(origin(&dry_run(&alice, &two), "licence"), "last-time: CC0-1.0");

    // Another community, the same person.
    bob.found("Boats");
    let _at_bob = bob.serve();
    let boats = bob.admit(&alice);
    assert!(!boats.is_empty());
    let there = bob.ok(&["status"])["communities"][0]["community"].as_str().unwrap().to_owned();
    let would = alice.ok(&["contribute", &two, "--dry-run", "--community", &there]);
    assert_eq!(origin(&would, "licence"), "first: CC-BY-4.0", "it knows nothing of the other");
}

#[test]
fn each_chat_has_the_languages_that_its_words_tell() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let _node = alice.serve();
    let rows = [
        chat("one", GERMAN, "Zwei Minuten, und das Wasser soll nicht mehr kochen."),
        chat("two", "How long should green tea steep?", ENGLISH),
        chat("three", "OK", "12"),
    ];
    let file = world.file("tea.jsonl", jsonl(&rows));
    let told = |args: &[&str]| -> Vec<Value> {
        let would =
            alice.ok(&[&["contribute", file.to_str().unwrap(), "--dry-run"], args].concat());
        let given = would["given"].as_array().unwrap().iter();
        given.map(|given| given["labels"]["languages"].clone()).collect()
    };
    assert_eq!(told(&[]), [json!(["de"]), json!(["en"]), json!([])], "no label where not sure");
    assert_eq!(told(&["--language", "pt-BR"]), vec![json!(["pt-BR"]); 3], "a person knows better");
}

#[test]
fn the_same_chat_again_is_said_and_nothing_is_done() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    let _node = alice.serve();
    let file = world.file("one.jsonl", jsonl(&[chat("Sencha", GERMAN, ENGLISH)]));
    let file = file.to_str().unwrap();
    let first = alice.ok(&["contribute", file, file, "--yes"]);
    assert_eq!((&first["repeated"], first["given"].as_array().unwrap().len()), (&json!(1), 1));
    let entries = alice.status(&tea)["entries"].clone();
    let again = alice.ok(&["contribute", file, "--yes", "--licence", "CC0-1.0"]);
    assert_eq!(again["given"][0]["state"], "given-before", "{again}");
    assert_eq!(again["given"][0]["index"], first["given"][0]["index"], "and where: {again}");
    let id = first["given"][0]["id"].as_str().unwrap();
    alice.ok(&["withdraw", id, "--yes"]);
    let after = alice.status(&tea)["entries"].clone();
    let back = alice.ok(&["contribute", file, "--yes"]);
    assert_eq!(back["given"][0]["state"], "taken-back", "an erased chat does not return: {back}");
    let now = alice.status(&tea);
    assert_eq!((&now["entries"], &now["live"]), (&after, &json!(0)), "nothing was added: {now}");
    assert!(after.as_u64() > entries.as_u64(), "the withdrawal stands");
}

#[test]
fn where_nobody_can_be_asked_one_error_says_so_at_once() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    // No node runs and no such file is there: the first thing said is what to type.
    let refused = alice.fails(&["contribute", "nothing.json"]);
    assert_eq!((refused.kind.as_str(), refused.code), ("needs-answer", 3), "{refused:?}");
    assert!(refused.hint.contains("--yes") && refused.hint.contains("--dry-run"), "{refused:?}");
}

#[test]
fn a_chat_does_not_command_the_terminal_on_which_it_is_read() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let _node = alice.serve();
    let hostile = chat("\u{202e}eltit", "A\u{1b}]0;owned\u{7}\u{2066}b\u{200b}", "\u{1b}[2Jgone");
    let file = world.file("hostile.jsonl", jsonl(&[hostile]));
    let args = ["contribute", file.to_str().unwrap()];
    let ran = alice.on_a_terminal(&args, answering(&[("for more]", "1"), ("for more]", "n")]));
    assert_eq!(ran.code, Some(3), "{ran}");
    for command in ["\u{1b}]", "\u{1b}[2J", "\u{202e}", "\u{2066}", "\u{200b}", "\u{7}"] {
        assert!(!ran.stdout.contains(command), "{command:?} reached the terminal");
    }
    assert!(ran.stdout.contains("A�]0;owned��b�"), "and each is seen to be there\n{ran}");
    assert!(fs::read_dir(alice.path.join("member")).is_ok(), "the home is as it was");
}
