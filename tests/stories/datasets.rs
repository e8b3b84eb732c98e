//! Datasets from running communities, and what can be proved of them without any.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sheaf_tests::{Home, Node, Proxy, World, chat, damage, eventually, files_below, jsonl};

/// Two communities with three chats each, one of which both have, and a dataset of both.
struct Commons {
    world: World,
    alice: Home,
    eve: Home,
    nodes: [Node; 2],
    given: Value,
    dataset: PathBuf,
}

fn commons() -> Commons {
    let world = World::new();
    let (alice, bob, eve) = (world.home("alice"), world.home("bob"), world.home("eve"));
    alice.found("Tea");
    bob.found("Boats");
    let nodes = [alice.serve(), bob.serve()];
    let both = chat("Tides", "What makes the tides?", "The moon, mostly.");
    let tea = [
        chat("Sencha", "How hot should the water be?", "About 75 degrees."),
        chat("Assam", "With milk?", "If you like."),
        both.clone(),
    ];
    let boats = [
        chat("Keel", "What is a keel for?", "To keep the course."),
        chat("Knots", "Welcher Knoten?", "Der Palstek."),
        both,
    ];
    let given = alice.contribute(&world.file("tea.jsonl", jsonl(&tea)));
    bob.contribute(&world.file("boats.jsonl", jsonl(&boats)));
    let dataset = world.path().join("dataset");
    let addresses = [nodes[0].quic(), nodes[1].tcp()];
    let built =
        eve.ok(&["dataset", "build", addresses[0], addresses[1], "-o", text(&dataset), "--yes"]);
    assert_eq!(built["rows"], 5, "six chats, of which two say the same: {built}");
    assert_eq!(built["duplicates"], 1, "{built}");
    Commons { world, alice, eve, nodes, given, dataset }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Everything that is wrong with a dataset, in one text; it must be wrong.
fn problems(home: &Home, dataset: &Path) -> String {
    let ran = home.run(&["dataset", "verify", text(dataset)]);
    assert_eq!(ran.code, Some(5), "it should not verify\n{ran}");
    let verdict: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(verdict["good"], false, "{ran}");
    verdict["problems"].to_string()
}

#[test]
fn a_dry_run_counts_before_any_acceptance() {
    let commons = commons();
    let reader = commons.world.home("reader");
    let counted = reader.ok(&["dataset", "build", commons.nodes[0].tcp(), "--dry-run"]);
    assert!(counted.to_string().contains("CC0-1.0"), "counts per licence: {counted}");
    let readers = commons.alice.ok(&["status"])["communities"][0]["readers"].clone();
    assert_eq!(readers, 1, "eve, who built; the dry run left nobody on the record");
}

#[test]
fn a_byte_changed_anywhere_in_a_dataset_is_found_and_named() {
    let Commons { eve, nodes, dataset, world: _world, .. } = commons();
    nodes.into_iter().for_each(Node::stop);
    let verified = eve.ok(&["dataset", "verify", text(&dataset)]);
    assert_eq!(verified["good"], true, "with every node down: {verified}");
    for file in files_below(&dataset) {
        let name = file.strip_prefix(&dataset).unwrap().to_str().unwrap().to_owned();
        let length = fs::metadata(&file).unwrap().len() as usize;
        for at in [0, length / 2, length - 1] {
            let flip = |bytes: &mut Vec<u8>| bytes[at] ^= 1;
            let found = damage(&file, flip, || problems(&eve, &dataset));
            assert!(found.contains(&name), "byte {at} of {name}: it names the file: {found}");
        }
    }
    eve.ok(&["dataset", "verify", text(&dataset)]);
}

#[test]
fn a_row_left_out_and_a_row_added_are_found_and_named() {
    let Commons { eve, dataset, world: _world, nodes: _nodes, .. } = commons();
    let rows = dataset.join("chats.jsonl");
    let without = |number: usize| {
        move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let kept = text.lines().enumerate().filter(|(at, _)| *at != number);
            *bytes = kept.map(|(_, line)| format!("{line}\n")).collect::<String>().into_bytes();
        }
    };
    for (number, row) in fs::read_to_string(&rows).unwrap().lines().enumerate() {
        let row: Value = serde_json::from_str(row).unwrap();
        let named = format!("entry {} of {}", row["index"], row["community"].as_str().unwrap());
        let found = damage(&rows, without(number), || problems(&eve, &dataset));
        assert!(found.contains("a row is missing"), "row {number} was left out: {found}");
        assert!(found.contains(&named), "row {number} is named by its log entry, {named}: {found}");
    }
    let twice = |bytes: &mut Vec<u8>| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        bytes.extend(text.lines().next().unwrap().bytes().chain(*b"\n"));
    };
    let found = damage(&rows, twice, || problems(&eve, &dataset));
    assert!(found.contains("chats.jsonl, line 6"), "the row added is named by its place: {found}");
}

#[test]
fn the_same_lock_gives_the_same_bytes() {
    let Commons { eve, dataset, world, nodes: _nodes, alice, .. } = commons();
    alice.contribute(&world.file("later.jsonl", jsonl(&[chat("Oolong", "And then?", "Later.")])));
    let again = world.path().join("again");
    eve.ok(&["dataset", "build", "--locked", text(&dataset), "-o", text(&again), "--yes"]);
    for file in files_below(&dataset) {
        let name = file.strip_prefix(&dataset).unwrap();
        let same = fs::read(&file).unwrap() == fs::read(again.join(name)).unwrap();
        assert!(same, "{} is the same to the byte, although the log has grown", name.display());
    }
}

#[test]
fn a_locked_build_after_a_withdrawal_stops_and_names_the_row() {
    let Commons { eve, dataset, world, nodes: _nodes, alice, given } = commons();
    let given = given["given"].as_array().unwrap();
    let assam = given.iter().find(|given| given["title"] == "Assam").unwrap();
    alice.ok(&["withdraw", assam["id"].as_str().unwrap(), "--yes"]);
    let rows = fs::read_to_string(dataset.join("chats.jsonl")).unwrap();
    let line = 1 + rows.lines().position(|line| line.contains("With milk?")).unwrap();

    let again = world.path().join("again");
    let locked = ["dataset", "build", "--locked", text(&dataset), "-o", text(&again), "--yes"];
    let stopped = eve.fails(&locked);
    assert_eq!(stopped.kind, "gone", "{stopped:?}");
    let index = assam["index"].as_u64().unwrap();
    assert!(
        stopped.message.contains(&line.to_string()) && stopped.message.contains(&index.to_string()),
        "it names row {line}, log entry {index}: {stopped:?}"
    );
    assert!(stopped.hint.contains("--less"), "and the way on: {stopped:?}");
    assert!(!again.exists(), "nothing half-built stays");

    let less = eve.ok(&[&locked[..], &["--less"]].concat());
    assert_eq!(less["rows"], 4, "{less}");
    let verified = eve.ok(&["dataset", "verify", text(&again)]);
    assert_eq!(verified["removed"].to_string().matches('1').count(), 1, "one row less: {verified}");
    let left = fs::read_to_string(again.join("chats.jsonl")).unwrap();
    assert!(!left.contains("With milk?"), "and it is the one that was taken back");
}

#[test]
fn a_build_interrupted_anywhere_leaves_nothing() {
    let world = World::new();
    let (alice, eve) = (world.home("alice"), world.home("eve"));
    alice.found("Tea");
    let node = alice.serve();
    // The second is long enough for a road of its own.
    let noise: String = (0..80_000_u64).map(|n| format!("{:x} ", n * n * 2_654_435_761)).collect();
    let chats = [chat("Sencha", "How hot?", "About 75 degrees."), chat("Noise", "More?", &noise)];
    alice.contribute(&world.file("tea.jsonl", jsonl(&chats)));
    let proxy = Proxy::before(node.tcp());
    let folder = world.path().join("built");
    fs::create_dir(&folder).unwrap();
    let target = folder.join("dataset");
    let mut while_writing = 0;
    // Each time the answers stop a little later, until they suffice.
    for questions in (1000..).step_by(400) {
        proxy.lose_answers_after(questions);
        let lost = proxy.lost();
        let mut build =
            eve.begin(&["dataset", "build", proxy.address(), "-o", text(&target), "--yes"]);
        eventually("the build stalls or ends", || {
            let stalled = proxy.lost() > lost;
            if stalled || build.has_ended() { Ok(()) } else { Err("it goes on".into()) }
        });
        if build.has_ended() {
            assert_eq!(build.end().ok()["rows"], 2, "the answers sufficed");
            break;
        }
        let partial = files_below(&folder);
        while_writing += u32::from(partial.iter().any(|file| file.ends_with("chats.jsonl")));
        build.interrupt();
        let ran = build.end();
        assert_eq!(ran.failure().kind, "interrupted", "after {questions} bytes asked: {ran}");
        let left = fs::read_dir(&folder).unwrap().count();
        assert_eq!(left, 0, "after {questions} bytes asked, beside the target: {ran}");
        // Stopped early, eve may not have a home yet.
        let home = fs::read_dir(&eve.path).into_iter().flatten();
        let scratch = home.filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("scratch-")
        });
        assert_eq!(scratch.count(), 0, "after {questions} bytes asked, in the home: {ran}");
        proxy.cut();
    }
    assert!(while_writing > 0, "at least once it was interrupted while it fetched chats");
    assert!(target.join("sheaf.lock").is_file(), "and in the end there is a dataset");
}

#[test]
fn what_a_killed_build_left_in_the_home_the_next_removes() {
    let world = World::new();
    let (alice, eve) = (world.home("alice"), world.home("eve"));
    alice.found("Tea");
    let node = alice.serve();
    let long = [chat("Long", "More?", &noise(1, 1_200_000))];
    alice.contribute(&world.file("long.jsonl", jsonl(&long)));
    let proxy = Proxy::before(node.tcp());
    let target = world.path().join("dataset");
    let build = ["dataset", "build", proxy.address(), "-o", text(&target), "--yes"];
    let left = || -> Vec<_> {
        let home = fs::read_dir(&eve.path).into_iter().flatten();
        home.map(|entry| entry.unwrap().path()).filter(|path| is_scratch(path)).collect()
    };
    // Each time the answers stop a little later, until they stop while the chat is fetched.
    for questions in (1000..).step_by(400) {
        proxy.lose_answers_after(questions);
        let lost = proxy.lost();
        let mut running = eve.begin(&build);
        eventually("the build stalls", || {
            assert!(!running.has_ended(), "it ended after {questions} bytes asked");
            if proxy.lost() > lost { Ok(()) } else { Err("it goes on".into()) }
        });
        let is_fetching = !left().is_empty();
        running.kill();
        proxy.cut();
        if is_fetching {
            break;
        }
    }
    assert!(!left().is_empty(), "what is killed cleans nothing up");
    proxy.mend();
    assert_eq!(eve.ok(&build)["rows"], 1);
    assert!(left().is_empty(), "the next build does: {:?}", left());
}

#[test]
fn a_dataset_without_rows_has_an_exit_code_of_its_own() {
    let commons = commons();
    let recipe = format!(
        "licences = [\"0BSD\"]\n[[communities]]\nid = {}\naddresses = [{:?}]\n",
        commons.alice.ok(&["status"])["communities"][0]["community"],
        commons.nodes[0].tcp(),
    );
    let recipe = commons.world.file("recipe.toml", recipe);
    let target = commons.world.path().join("nothing");
    let args = ["dataset", "build", "--recipe", text(&recipe), "-o", text(&target), "--yes"];
    let ran = commons.eve.run(&args);
    let failure = ran.failure();
    assert_eq!((failure.code, failure.kind.as_str()), (6, "empty"), "{ran}");
    assert!(failure.message.contains("the recipe selects none of 3 chats"), "{failure:?}");
    let built: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(built["rows"], 0, "what was built is told all the same: {ran}");
    assert_eq!(commons.eve.ok(&["dataset", "verify", text(&target)])["good"], true);
}

#[test]
fn a_dataset_verifies_in_python_too() {
    let Some(python) = std::env::var_os("SHEAF_PYTHON") else {
        println!("skipped: SHEAF_PYTHON names no Python with the packages of tests/outside");
        return;
    };
    let commons = commons();
    let check = concat!(env!("CARGO_MANIFEST_DIR"), "/outside/check.py");
    let output = Command::new(python).arg(check).arg(&commons.dataset).output().unwrap();
    assert!(output.status.success(), "code that shares nothing with ours agrees: {output:?}");
}

/// Text of so many characters that hardly compresses, and in which nothing looks like a named secret.
fn noise(seed: u64, characters: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = vec![0; characters];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect()
}

#[test]
fn large_chats_arrive_side_by_side() {
    let world = World::new();
    let (alice, eve) = (world.home("alice"), world.home("eve"));
    alice.found("Tea");
    let node = alice.serve();
    // Several calls are under way at once when so many are wanted, and the first two bring large ones.
    let large = (0..10).map(|n| chat("Long", &format!("Question {n}?"), &noise(n, 1_200_000)));
    let small = (0..130).map(|n| chat("Short", &format!("Question {n}?"), "Yes."));
    alice.contribute(&world.file("large.jsonl", jsonl(&large.collect::<Vec<_>>())));
    alice.contribute(&world.file("small.jsonl", jsonl(&small.collect::<Vec<_>>())));
    let dataset = world.path().join("dataset");
    let built = eve.ok(&["dataset", "build", node.tcp(), "-o", text(&dataset), "--yes"]);
    assert_eq!(built["rows"], 140, "{built}");
    let left: Vec<_> = files_below(&eve.path).into_iter().filter(|f| is_scratch(f)).collect();
    assert!(left.is_empty(), "nothing of them stays behind: {left:?}");
}

fn is_scratch(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str().to_string_lossy().starts_with("scratch"))
}
