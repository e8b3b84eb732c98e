//! A member chooses among many chats, on a terminal.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::talk::{LEFT, screen, typing};
use serde_json::{Value, json};
use sheaf_tests::{Home, Node, World, jsonl};

/// 500 chats; of three the text tells of oolong, and one of these has branches.
fn chats() -> Vec<Value> {
    let say = |text: &str| json!([{"type": "text", "text": text}]);
    let chat = |n: u64| {
        let tea = if [17, 250, 499].contains(&n) { "Oolong" } else { "Sencha" };
        let mut messages = vec![
            json!({"role": "user", "parts": say(&format!("{tea}, cup number {n}?"))}),
            json!({"role": "assistant", "parent": 0, "parts": say("Gladly.")}),
        ];
        if n == 250 {
            messages.push(json!({"role": "assistant", "parent": 0, "parts": say("Rather not.")}));
        }
        json!({"version": 1, "title": format!("Cup {n}"), "model": "gpt-4",
               "created": 1_700_000_000_000 + n * 86_400_000, "messages": messages})
    };
    (0..500).map(chat).collect()
}

/// Alice's community, its node, bob who is a member, and his export.
fn bob_and_500_chats(world: &World) -> (Home, String, Node, Home, PathBuf) {
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let tea = alice.found("Tea");
    let node = alice.serve();
    alice.admit(&bob);
    (alice, tea, node, bob, world.file("export.jsonl", jsonl(&chats())))
}

#[test]
fn three_of_500_chats_are_found_read_chosen_labelled_and_given() {
    let world = World::new();
    let (alice, tea, node, bob, file) = bob_and_500_chats(&world);
    let file = file.to_str().unwrap();
    let steps: &[(&[&str], &str)] = &[
        (&["500 chats · none chosen"], "/oolong"),
        (&["3 of 500 chats"], "\r"),
        (&["space choose", "/ search"], "\r"),
        (&["[ ] Cup 499", "1 of 3"], " "),
        (&["[x] Cup 499"], "n"),
        (&["branch 2 of 2"], " g"),
        (&["[x] Cup 250"], "trare, best\r"),
        (&["tags best, rare"], "q"),
        (&["3 of 500 chats · 2 chosen"], "\x1b[B"),
        (&["> [ ]", "Cup 17"], " "),
        (&["3 of 500 chats · 3 chosen"], "c"),
        (&["Sign and give 3 chats"], "y\n"),
    ];
    let ran = bob.on_a_screen("", &["contribute", file], typing(steps));
    assert_eq!(ran.code, Some(0), "{ran}");
    alice.until_live(&tea, 3);

    let folder = world.path().join("commons");
    let out = folder.to_str().unwrap();
    alice.ok(&["dataset", "build", node.tcp(), "--yes", "-o", out]);
    let rows = fs::read_to_string(folder.join("chats.jsonl")).unwrap();
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let given = |title: &str| {
        let row = rows.iter().find(|row| row.to_string().contains(&format!("{title:?}")));
        row.unwrap_or_else(|| panic!("{title} was given: {rows:?}"))["labels"].clone()
    };
    assert_eq!(rows.len(), 3, "these and no others: {rows:?}");
    let labels = given("Cup 250");
    assert_eq!((&labels["tags"], &labels["verdict"]), (&json!(["best", "rare"]), &json!("good")));
    for title in ["Cup 499", "Cup 17"] {
        assert_eq!(given(title)["tags"], Value::Null, "what is said of one is said of it alone");
    }

    let steps: &[(&[&str], &str)] = &[
        (&["500 chats · none chosen"], "/given:yes\r a"),
        (&["0 chats no longer chosen; 3 were given before"], "\x03"),
    ];
    let ran = bob.on_a_screen("", &["contribute", file], typing(steps));
    assert_eq!(ran.code, Some(3), "the second time they cannot be chosen, and are known\n{ran}");
}

#[test]
fn who_says_no_comes_back_to_the_list_as_it_was() {
    let world = World::new();
    let (alice, tea, _node, bob, file) = bob_and_500_chats(&world);
    let args = ["contribute", file.to_str().unwrap()];
    let steps: &[(&[&str], &str)] = &[
        (&["500 chats · none chosen"], "/oolong\ra"),
        (&["3 of 500 chats · 3 chosen"], "\x1b[Btrare\r"),
        (&["tags kept"], "c"),
        (&["Sign and give 3 chats"], "?\n"),
        (&["goes back to the list"], "n\n"),
        (&["what you chose is still chosen"], " "),
        (&["3 of 500 chats · 2 chosen"], "c"),
        (&["Sign and give 2 chats"], "\n"),
        (&["what you chose is still chosen"], "\x1b[F"),
        (&["> [x] ", "Cup 17"], "c"),
        (&["Sign and give 2 chats"], "y\n"),
    ];
    let ran = bob.on_a_screen("", &args, typing(steps));
    assert_eq!(ran.code, Some(0), "{ran}");
    alice.until_live(&tea, 2);

    let steps: &[(&[&str], &str)] = &[
        (&["500 chats · none chosen"], "/sencha 12\r "),
        (&["1 chosen"], "c"),
        (&["Sign and give 1 chat "], "n\n"),
        (&["what you chose is still chosen"], "q"),
        (&["Leave, and forget 1 chosen chat"], "y"),
    ];
    let ran = bob.on_a_screen("", &args, typing(steps));
    assert_eq!(ran.code, Some(3), "only leaving the list ends it\n{ran}");
    assert!(screen(&ran.stdout).contains("nothing was given: you left the list"), "{ran}");
    assert_eq!(alice.status(&tea)["live"], 2, "nothing more was given");
}

#[test]
fn who_leaves_gives_nothing_and_has_the_terminal_back() {
    let world = World::new();
    let (alice, tea, _node, bob, file) = bob_and_500_chats(&world);
    let args = ["contribute", file.to_str().unwrap()];
    let steps: &[(&[&str], &str)] =
        &[(&["500 chats · none chosen"], " q"), (&["Leave, and forget 1 chosen chat"], "y")];
    let ran = bob.on_a_screen("", &args, typing(steps));
    assert_eq!(ran.code, Some(3), "{ran}");
    assert!(screen(&ran.stdout).contains("nothing was given"), "and is told so\n{ran}");

    // Resized from outside, then asked by the system to end.
    let mut asked = Vec::new();
    let ran = bob.on_a_screen("echo at $(tty) as $$;", &args, |sent| {
        let shell = |line: String| {
            let ended = Command::new("sh").args(["-c", &line]).status().unwrap();
            assert!(ended.success(), "{line}");
            line
        };
        let (_, who) = sent.split_once("at ")?;
        let (tty, who) = who.split_once(" as ")?;
        let (pid, _) = who.split_once(char::is_whitespace)?;
        let rows = screen(sent).matches('\n').count();
        match asked.len() {
            0 if rows == 24 => asked.push(shell(format!("stty -F {tty} rows 12 cols 50"))),
            1 if rows == 12 => asked.push(shell(format!("kill -TERM {pid}"))),
            _ => {}
        }
        None
    });
    assert_eq!(asked.len(), 2, "the screen was drawn anew for another size\n{ran}");
    assert_eq!(ran.code, Some(130), "{ran}");
    assert!(ran.stdout.contains(LEFT), "the terminal is as it was\n{ran}");
    assert_eq!(alice.status(&tea)["live"], 0, "nothing was given");
}

#[test]
fn a_terminal_that_shows_lines_only_is_asked_in_lines() {
    let world = World::new();
    let (alice, tea, _node, bob, file) = bob_and_500_chats(&world);
    let mut typed = ["/oolong", "1 3", "good 3", "done", "n", "2", "done", "y"].into_iter();
    let mut answered = 0;
    let ran = bob.on_a_screen("TERM=dumb", &["contribute", file.to_str().unwrap()], |sent| {
        let asked = sent.matches("done, quit, ?:").count() + sent.matches("Sign and give").count();
        if asked == answered {
            return None;
        }
        answered = asked;
        typed.next().map(|line| format!("{line}\n"))
    });
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(!ran.stdout.contains(LEFT), "nothing commands such a terminal\n{ran}");
    assert!(ran.stdout.contains("3: marked good"), "{ran}");
    alice.until_live(&tea, 3);
}

#[test]
fn a_query_chooses_for_a_script() {
    let world = World::new();
    let (alice, tea, _node, bob, file) = bob_and_500_chats(&world);
    let file = file.to_str().unwrap();
    let listed = bob.run(&["import", file, "--list", "--select", "oolong has:branches"]);
    let listed: Vec<&str> = listed.stdout.lines().collect();
    assert!(listed.len() == 1 && listed[0].contains("Cup 250"), "one line a chat: {listed:?}");

    let wrong = bob.fails(&["contribute", file, "--select", "oolong rated:great", "--yes"]);
    assert_eq!(wrong.kind, "usage", "{wrong:?}");
    assert!(wrong.message.contains("takes good, bad"), "what is wrong is said: {wrong:?}");
    let given = bob.ok(&["contribute", file, "--select", "oolong -title:17", "--yes"]);
    assert_eq!(given["given"].as_array().unwrap().len(), 2, "{given}");
    alice.until_live(&tea, 2);
    let again = bob.fails(&["contribute", file, "--select", "oolong -title:17 given:no", "--yes"]);
    assert_eq!(again.kind, "not-found", "what was given is known: {again:?}");
}
