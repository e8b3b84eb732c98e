//! The member decides what becomes of what is private, on a terminal.

use crate::talk::{ENTERED, LEFT, answering, plain, screen, typing};
use serde_json::{Value, json};
use sheaf_tests::{Home, Node, World, chat, jsonl};

/// Alice's community whose policy masks and points out what is listed, its id and node, and bob who
/// is a member.
fn bob_of_alices(world: &World, mask: Value, flag: Value) -> (Home, String, Node, Home) {
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let node = alice.serve();
    change_lists(&alice, mask, flag);
    alice.admit(&bob);
    (alice, tea, node, bob)
}

fn change_lists(alice: &Home, mask: Value, flag: Value) {
    alice.change_policy(|policy| {
        policy["mask"] = mask;
        policy["flag"] = flag;
    });
}

/// A key of a vendor, put together here, so that nobody takes it for one that leaked.
fn key() -> String {
    ["sk-ant-", "api03-", "Qm7ZtR2vXb9LkPw4HsYc8NdJf6GaTe3U", "-x1B5oVi0QzM"].concat()
}

fn file(world: &World, rows: &[Value]) -> String {
    world.file("chats.jsonl", jsonl(rows)).to_str().unwrap().to_owned()
}

/// The rows of a dataset of what a node serves, in order of their titles.
fn rows(world: &World, node: &Node) -> Vec<Value> {
    let text = world.home("eve").dataset(node);
    let mut rows: Vec<Value> = text.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    rows.sort_by_key(|row| row["title"].to_string());
    rows
}

/// What a part of a chat in a row says.
fn says<'r>(row: &'r Value, message: usize, field: &str) -> &'r str {
    let said = &row["messages"][message]["parts"][0][field];
    said.as_str().unwrap_or_else(|| panic!("there is no such part: {row}"))
}

#[test]
fn values_are_kept_put_in_own_words_and_masked_before_anything_is_signed() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!(["ip"]), json!([]));
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    let mail = json!({"version": 1, "title": "Mail", "messages": [
        {"role": "user", "parts": text("I am Dr. Anna Petersen (anna@example.org). Ask \
            desk@example.org when the Waldhof opens. Not the Waldhofs!")},
        {"role": "assistant", "parent": 0, "parts": [{"type": "tool_call", "name": "mail",
            "arguments": "{\"to\":\"ANNA@example.org\",\"on\":\"Waldhof \\\"Inn\\\"\"}"}]},
        {"role": "assistant", "parent": 0, "parts": text("Anna, I asked at the waldhof.")},
    ]});
    let file = file(&world, &[mail, chat("Key", &format!("My key is {}, why?", key()), "Gone.")]);
    let ran = bob.on_a_terminal(
        &["contribute", &file, "--all", "--mask", "email", "--mask", "person"],
        answering(&[
            ("for more]", "?"),
            ("for more]", "4"),
            ("for more]", "3 = \"my\" office"),
            ("for more]", "mask Waldhof as address"),
            ("for more]", "Otto"),
            ("for more]", ""),
            ("Sign and give 1 chat ", "m"),
            ("for more]", "1"),
            ("for more]", ""),
            ("Sign and give 2 chats", "2"),
            ("Sign and give 2 chats", "y"),
        ]),
    );
    assert_eq!(ran.code, Some(0), "{ran}");
    let seen = plain(&ran.stdout);
    for words in [
        "What is private in 2 chats",
        "api-key 1× a secret: holds its chat back",
        "2. Anna Petersen → [PERSON_1] person, message 1 of \"Mail\"",
        "3. anna@example.org → [EMAIL_1] email, 2×, first message 1 of \"Mail\"",
        "4. desk@example.org → [EMAIL_2]",
        "1 chat with secrets is held back until you mask these.",
        "Looked for: private keys, recovery words,",
        "No scan is perfect",
        "puts your own words in its place",
        "4. desk@example.org stays",
        "3. anna@example.org → \"my\" office",
        "5. Waldhof → [ADDRESS_1] address, 3×, first message 1",
        "Part of longer words, which stay: Waldhofs (1×)",
        "Not done: say what to do with it: mask TEXT",
        "4. desk@example.org stays email, message 1 of \"Mail\" 5. Waldhof → [ADDRESS_1]",
        "1. sk-ant-… → [API_KEY_1]",
        "masked: postal addresses (3), API keys (1), e-mail addresses (2), names of people (1); \
         left as they are: e-mail addresses (1)",
    ] {
        assert!(seen.contains(words), "the screen does not say {words:?}\n{seen}\n{ran}");
    }
    assert!(!seen.contains(&key()), "a secret is never shown whole\n{ran}");
    let told = seen.rsplit_once("Sign and give").unwrap().1;
    assert!(!told.contains("not given"), "what was held back and then masked is given\n{ran}");
    alice.until_live(&tea, 2);

    let rows = rows(&world, &node);
    let [key_row, mail_row] = &rows[..] else { panic!("both were given: {rows:?}") };
    assert_eq!(says(key_row, 0, "text"), "My key is [API_KEY_1], why?");
    assert_eq!(
        says(mail_row, 0, "text"),
        "I am Dr. [PERSON_1] (\"my\" office). Ask desk@example.org when the [ADDRESS_1] opens. Not \
         the Waldhofs!"
    );
    assert_eq!(
        says(mail_row, 1, "arguments"),
        "{\"to\":\"\\\"my\\\" office\",\"on\":\"[ADDRESS_1] \\\"Inn\\\"\"}",
        "in another branch, and JSON is still JSON"
    );
    assert_eq!(says(mail_row, 2, "text"), "Anna, I asked at the [ADDRESS_1].");
    for part in ["I am Dr. [PERSON_1] (\"my\" office).", "I asked at the [ADDRESS_1]."] {
        assert!(seen.contains(part), "it was shown before it was signed: {part}\n{seen}");
    }
    let counted = |kind, masked, kept| json!({"kind": kind, "masked": masked, "kept": kept});
    assert_eq!(
        mail_row["labels"]["scrubbed"],
        json!([counted("address", 3, 0), counted("email", 2, 1), counted("person", 1, 0)])
    );
    assert_eq!(key_row["labels"]["scrubbed"], json!([counted("api-key", 1, 0)]));
}

#[test]
fn who_goes_back_and_masks_a_secret_is_told_the_end_of_it_only() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!([]), json!([]));
    let rows_given =
        [chat("Key", &format!("My key is {}, why?", key()), "Gone."), chat("Cup", "Tea?", "Yes.")];
    let file = file(&world, &rows_given);
    let steps: &[(&[&str], &str)] = &[
        (&["2 chats · none chosen"], "a"),
        (&["2 chats · 2 chosen"], "c"),
        (&["Go on so?"], "\n"),
        (&["Sign and give 1 chat "], "n\n"),
        (&["what you chose is still chosen"], "c"),
        (&["Go on so?"], "keep 1\n"),
        (&["share my secrets;"], "yes\n"),
        (&["It stays as it was."], "mask 1\n"),
        (&["→ [API_KEY_1]"], "\n"),
        (&["Sign and give 2 chats"], "y\n"),
    ];
    let ran = bob.on_a_screen("", &["contribute", &file], typing(steps));
    assert_eq!(ran.code, Some(0), "{ran}");
    let end = screen(&ran.stdout);
    let told = end.rsplit_once("Sign and give").unwrap().1;
    assert!(!told.contains("not given") && told.contains("2 chats in the log"), "{ran}");
    alice.until_live(&tea, 2);
    assert_eq!(says(&rows(&world, &node)[1], 0, "text"), "My key is [API_KEY_1], why?");
}

#[test]
fn who_stops_in_the_middle_has_sent_nothing_and_has_the_terminal_back() {
    let world = World::new();
    let (alice, tea, _node, bob) = bob_of_alices(&world, json!(["email"]), json!([]));
    let ann = |title: &str| chat(title, "I am ann@example.org", "Hello!");
    let file = file(&world, &[ann("One"), ann("Two")]);
    let steps: &[(&[&str], &str)] = &[
        (&["2 chats · none chosen"], "a"),
        (&["2 chats · 2 chosen"], "c"),
        (&["Go on so?"], "1 = a fri\x03"),
    ];
    let ran = bob.on_a_screen("", &["contribute", &file], typing(steps));
    assert_eq!(ran.code, Some(130), "{ran}");
    let count = |sequence: &str| ran.stdout.matches(sequence).count();
    assert_eq!((count(ENTERED), count(LEFT)), (1, 1), "the terminal is as it was\n{ran}");
    let steps: &[(&[&str], &str)] = &[(&["Go on so?"], "n\n")];
    let ran = bob.on_a_screen("", &["contribute", &file, "--all"], typing(steps));
    assert_eq!(ran.code, Some(3), "a no is an end, too\n{ran}");
    assert!(ran.stdout.contains("nothing was given: the answer was no"), "{ran}");
    assert_eq!(alice.status(&tea)["live"], 0, "nothing was sent");
    assert_eq!(bob.ok(&["chats", "--offline"])["communities"][0]["chats"], json!([]));
}

#[test]
fn who_keeps_what_is_pointed_out_knows_that_a_steward_looks_first() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!([]), json!(["email"]));
    let file = file(&world, &[chat("Mail", "I am ann@example.org", "Hello, ann@example.org!")]);
    let ran = bob.on_a_terminal(
        &["contribute", &file],
        answering(&[("for more]", "email"), ("for more]", ""), ("Sign and give", "y")]),
    );
    assert_eq!(ran.code, Some(0), "{ran}");
    let seen = plain(&ran.stdout);
    for words in [
        "1 chat will wait until a steward of the community has looked at it",
        "No chat will wait for a steward any more.",
        "1 chat in the log",
    ] {
        assert!(seen.contains(words), "the screen does not say {words:?}\n{ran}");
    }
    alice.until_live(&tea, 1);
    assert_eq!(says(&rows(&world, &node)[0], 1, "text"), "Hello, [EMAIL_1]!");
}

#[test]
fn a_policy_that_changes_meanwhile_masks_anew() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!([]), json!([]));
    let file = file(&world, &[chat("Mail", "I am ann@example.org, of the Waldhof.", "Hello!")]);
    let mut talk = answering(&[
        ("for more]", "mask Waldhof"),
        ("for more]", ""),
        ("Sign and give", "y"),
        ("Go on so?", ""),
        ("Sign and give", "y"),
    ]);
    let mut changed = false;
    let ran = bob.on_a_terminal(&["contribute", &file], |seen| {
        if seen.contains("Sign and give") && !changed {
            change_lists(&alice, json!(["email"]), json!([]));
            changed = true;
        }
        talk(seen)
    });
    assert_eq!(ran.code, Some(0), "{ran}");
    let seen = plain(&ran.stdout);
    let (before, after) = seen.split_once("changed its policy meanwhile").unwrap();
    assert!(before.contains("1. ann@example.org stays"), "{ran}");
    assert!(after.contains("1. ann@example.org → [EMAIL_1]"), "masked under the new one\n{ran}");
    alice.until_live(&tea, 1);
    let rows = rows(&world, &node);
    assert_eq!(
        says(&rows[0], 0, "text"),
        "I am [EMAIL_1], of the [PRIVATE_1].",
        "bob's stays, too"
    );
}

#[test]
fn a_chat_is_known_again_whatever_was_masked_in_it() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!([]), json!([]));
    let file = file(&world, &[chat("Mail", "I am ann@example.org", "Hello!")]);
    let first = bob.ok(&["contribute", &file, "--yes"]);
    alice.until_live(&tea, 1);

    let again = bob.ok(&["contribute", &file, "--yes", "--mask", "email"]);
    let given = &again["given"][0];
    assert_eq!((&given["state"], &given["id"]), (&json!("given-before"), &first["given"][0]["id"]));
    assert_eq!(given["other_masks"], true, "and it is said that it looked otherwise: {again}");
    let id = given["id"].as_str().unwrap();
    bob.ok(&["withdraw", id, "--yes"]);
    let back = bob.ok(&["contribute", &file, "--yes", "--mask", "email"]);
    assert_eq!(back["given"][0]["state"], "taken-back", "not even then unasked: {back}");
    let ran = bob.on_a_terminal(&["contribute", &file], |_| None);
    assert!(!ran.stdout.contains("Go on so?"), "nothing is asked about it\n{ran}");
    let none = bob.fails(&["contribute", &file, "--yes", "--select", "given:no"]);
    assert_eq!(none.kind, "not-found", "nor is it new in a list: {none:?}");

    let asked = bob.ok(&["contribute", &file, "--yes", "--mask", "email", "--again"]);
    assert_eq!(asked["given"][0]["state"], "logged", "{asked}");
    alice.until_live(&tea, 1);
    assert_eq!(says(&rows(&world, &node)[0], 0, "text"), "I am [EMAIL_1]");
    let open = bob.ok(&["contribute", &file, "--yes", "--again"]);
    assert_eq!(open["given"][0]["state"], "taken-back", "the same text does not return: {open}");

    let secret = world.file("key.jsonl", jsonl(&[chat("Key", &format!("It is {}", key()), "Oh.")]));
    let secret = secret.to_str().unwrap();
    bob.ok(&["contribute", secret, "--yes", "--mask", "secrets"]);
    let again = bob.ok(&["contribute", secret, "--yes"]);
    assert_eq!(again["given"][0]["state"], "given-before", "its secret is no news: {again}");
    assert_eq!(again["refused"], json!([]), "{again}");
}

#[test]
fn a_script_reads_from_a_file_what_is_not_for_the_history_of_a_shell() {
    let world = World::new();
    let (alice, tea, node, bob) = bob_of_alices(&world, json!(["email"]), json!([]));
    let question = "I am Ann of the Waldhof, ann@example.org. The shop is shop@example.org.";
    let file = file(&world, &[chat("Mail", question, "Hello Ann!")]);
    let edits = |text: &str| world.file("edits", text).to_str().unwrap().to_owned();
    let path = edits("# mine\nmask Waldhof\nAnn = a friend\nshop@example.org = the shop\n");
    let args = ["contribute", &file, "--edits", &path];

    let would = bob.ok(&[&args[..], &["--dry-run"]].concat());
    let counted = |kind, masked, kept| json!({"kind": kind, "masked": masked, "kept": kept});
    assert_eq!(
        would["given"][0]["labels"]["scrubbed"],
        json!([counted("email", 2, 0), counted("person", 2, 0), counted("private", 1, 0)]),
        "{would}"
    );
    bob.ok(&[&args[..], &["--yes"]].concat());
    alice.until_live(&tea, 1);
    let rows = rows(&world, &node);
    let said = "I am a friend of the [PRIVATE_1], [EMAIL_1]. The shop is the shop.";
    assert_eq!(says(&rows[0], 0, "text"), said);
    assert_eq!(says(&rows[0], 1, "text"), "Hello a friend!");

    edits("mask Waldhof\nWaldhof\n");
    let wrong = bob.fails(&[&args[..], &["--yes"]].concat());
    assert_eq!(wrong.kind, "usage", "{wrong:?}");
    assert!(wrong.message.contains("line 2") && !wrong.message.contains("Wald"), "{wrong:?}");
}
