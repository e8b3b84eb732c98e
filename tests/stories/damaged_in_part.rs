//! A node that holds two communities, and of one of them something does not read: the other is served.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use sheaf_node::store::Store;
use sheaf_tests::{Home, Node, World, chat, files_below, jsonl};

/// Tea and Coffee, each on a node of its own with one chat, and bob's node, which follows both.
struct Federation {
    world: World,
    bob: Home,
    tea: String,
    coffee: String,
    homes: Vec<Node>,
}

impl Federation {
    /// `tea_answer` decides how large Tea's chat is.
    fn new(tea_answer: &str) -> Self {
        let world = World::new();
        let bob = world.home("bob");
        let at_bob = bob.serve();
        let mut homes = Vec::new();
        let mut found = |who: &str, name: &str, answer: &str| {
            let home = world.home(who);
            let community = home.found(name);
            let node = home.serve();
            let rows = jsonl(&[chat(name, "How long?", answer)]);
            home.contribute(&world.file(&format!("{who}.jsonl"), rows));
            bob.ok(&["follow", node.tcp(), "--yes"]);
            bob.until_live(&community, 1);
            homes.push(node);
            community
        };
        let tea = found("alice", "Tea", tea_answer);
        let coffee = found("carol", "Coffee", "Four minutes.");
        at_bob.stop();
        Self { world, bob, tea, coffee, homes }
    }

    /// Coffee, which is sound, is served: its log, and its chat to whoever asks bob for it.
    fn coffee_is_served(&self, at_bob: &Node) {
        let coffee = self.bob.status(&self.coffee);
        assert_eq!(coffee["live"], 1, "{coffee}");
        let log = self.bob.ok(&["log", "verify", "--community", &self.coffee]);
        assert_eq!(log["size"], coffee["entries"], "{log}");
        assert_eq!(self.handed_out(&self.coffee, at_bob, "eve"), 1, "the sound community's chat");
    }

    /// How many chats of a community bob's node hands out to a newcomer called `reader`.
    fn handed_out(&self, community: &str, at_bob: &Node, reader: &str) -> u64 {
        let reader = self.world.home(reader);
        let to = self.world.path().join("dataset").join(community).display().to_string();
        let address = at_bob.tcp();
        let recipe =
            format!("[[communities]]\nid = \"{community}\"\naddresses = [\"{address}\"]\n");
        let recipe = self.world.file("recipe.toml", recipe).display().to_string();
        let args = ["dataset", "build", "--recipe", &recipe, "-o", &to, "--yes"];
        let built = reader.run(&args).built();
        built["rows"].as_u64().unwrap_or_else(|| panic!("no rows: {built}"))
    }
}

fn doctor(home: &Home) -> (Option<i32>, Value) {
    let ran = home.run(&["doctor"]);
    let text = ran.stdout.lines().next().unwrap_or_else(|| panic!("doctor says nothing: {ran}"));
    (ran.code, serde_json::from_str(text).unwrap())
}

/// Doctor counts this file among what is damaged, says what to do, and finds Coffee whole.
fn doctor_names(federation: &Federation, file: &Path) {
    let (code, found) = doctor(&federation.bob);
    assert_eq!(code, Some(7), "damage has an exit code of its own: {found}");
    let findings = found["findings"].as_array().unwrap();
    let named = findings
        .iter()
        .find(|f| f["severity"] == "damage" && Path::new(f["file"].as_str().unwrap()) == file);
    let named = named.unwrap_or_else(|| panic!("{} is not named: {found}", file.display()));
    assert!(!named["advice"].as_str().unwrap().is_empty(), "it says what to do: {named}");
    let logs = found["logs"].as_array().unwrap();
    let coffee = logs.iter().find(|log| log["community"] == federation.coffee.as_str());
    assert_eq!(coffee.unwrap()["chats"], 1, "the other community is found whole: {found}");
}

#[test]
fn a_community_whose_state_does_not_read_is_left_out_and_the_other_is_served() {
    let federation = Federation::new("Two minutes.");
    let (bob, tea) = (&federation.bob, &federation.tea);
    let log = bob.path.join("store/log.redb");
    let state = {
        let store = Store::open(&bob.path.join("store"), Default::default()).unwrap();
        let slot = store.slot(&tea.parse().unwrap()).unwrap().unwrap();
        store.head(slot).unwrap().unwrap().snapshot
    };
    let mut bytes = fs::read(&log).unwrap();
    let needle = &state[..state.len().min(64)];
    let places: Vec<usize> =
        (0..bytes.len() - needle.len()).filter(|at| bytes[*at..].starts_with(needle)).collect();
    assert!(!places.is_empty(), "the state stands in the file");
    places.into_iter().for_each(|at| bytes[at] ^= 0x20);
    fs::write(&log, bytes).unwrap();

    let at_bob = bob.serve();
    assert!(at_bob.log().contains("log.redb"), "the log names the file: {}", at_bob.log());
    let line = bob.status(tea);
    let attention = line["attention"].to_string();
    assert!(attention.contains("log.redb") && attention.contains("not served"), "{line}");
    assert!(attention.contains("sheaf doctor"), "and what to do: {line}");
    federation.coffee_is_served(&at_bob);
    let refused = bob.fails(&["follow", federation.homes[0].tcp(), "--yes"]);
    assert!(refused.message.contains("log.redb"), "following again mends nothing: {refused:?}");
    at_bob.stop();
    doctor_names(&federation, &log);
}

/// More than what lies in the database: it becomes a file of its own.
fn large_answer() -> String {
    let noise = (0..3000).map(|n: u64| blake3::hash(&n.to_le_bytes()).to_hex().to_string());
    noise.collect()
}

#[test]
fn a_large_chat_that_was_cut_costs_that_chat() {
    let federation = Federation::new(&large_answer());
    let large = federation.bob.path.join("large");
    let files = files_below(&large);
    let whole = files.iter().find(|file| fs::metadata(file).unwrap().len() > 64 << 10);
    let whole = whole.unwrap_or_else(|| panic!("no large file: {files:?}"));
    let bytes = fs::read(whole).unwrap();
    fs::write(whole, &bytes[..bytes.len() / 2]).unwrap();

    let at_bob = federation.bob.serve();
    federation.coffee_is_served(&at_bob);
    at_bob.stop();
    doctor_names(&federation, &large);
}

#[test]
fn a_damaged_index_of_large_chats_is_made_again_and_all_is_served() {
    let federation = Federation::new(&large_answer());
    let bob = &federation.bob;
    let index = bob.path.join("large/blobs.db");
    let bytes = fs::read(&index).unwrap();
    fs::write(&index, &bytes[..bytes.len() / 10]).unwrap();
    doctor_names(&federation, &index);

    let at_bob = bob.serve();
    assert!(at_bob.log().contains("blobs.db"), "the log names the file: {}", at_bob.log());
    federation.coffee_is_served(&at_bob);
    assert_eq!(
        federation.handed_out(&federation.tea, &at_bob, "dora"),
        1,
        "the large chat is there too"
    );
    let aside = index.with_extension("db.damaged");
    assert!(aside.exists(), "the damaged one is kept as long as the new one has not been closed");
    at_bob.stop();
    assert!(!aside.exists(), "and no longer");
    assert_eq!(doctor(bob).0, Some(0), "nothing was lost");
}

#[test]
fn an_index_of_large_chats_that_may_not_be_opened_costs_only_those() {
    let mut federation = Federation::new(&large_answer());
    federation.bob.obey_permissions();
    let bob = &federation.bob;
    let index = bob.path.join("large/blobs.db");
    let may = |mode| fs::set_permissions(&index, fs::Permissions::from_mode(mode)).unwrap();
    may(0o000);
    doctor_names(&federation, &index);

    let at_bob = bob.serve();
    let attention = bob.status(&federation.tea)["attention"].to_string();
    assert!(attention.contains("large"), "the steward sees it: {attention}");
    assert!(attention.contains("sheaf doctor"), "and what to do: {attention}");
    federation.coffee_is_served(&at_bob);
    at_bob.stop();
    assert!(!index.with_extension("db.damaged").exists(), "nobody said that it is damaged");

    may(0o600);
    let at_bob = bob.serve();
    assert_eq!(federation.handed_out(&federation.tea, &at_bob, "dora"), 1, "nothing was lost");
    at_bob.stop();
    assert_eq!(doctor(bob).0, Some(0));
}

#[test]
fn what_a_node_may_not_open_it_names_and_serves_the_rest() {
    let mut federation = Federation::new("Two minutes.");
    federation.bob.obey_permissions();
    let bob = &federation.bob;
    let may = |file: &Path, mode| {
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    };
    let keys = bob.path.join("store/keys.redb");
    may(&keys, 0o000);
    let (code, found) = doctor(bob);
    assert_eq!(code, Some(7), "{found}");
    let findings = found["findings"].as_array().unwrap();
    let advice = |found: &&Value| found["advice"].as_str().unwrap().contains("chmod u+rw");
    let named = findings.iter().find(advice).unwrap_or_else(|| panic!("no advice: {found}"));
    assert_eq!(named["file"].as_str(), keys.to_str(), "{found}");

    let at_bob = bob.serve();
    assert!(at_bob.log().contains("keys.redb"), "{}", at_bob.log());
    for community in [&federation.tea, &federation.coffee] {
        let line = bob.status(community);
        assert_eq!(line["live"], 1, "the log is served: {line}");
        let attention = line["attention"].to_string();
        assert!(attention.contains("keys.redb"), "the steward sees it: {line}");
        assert!(attention.contains("sheaf doctor"), "and what to do: {line}");
    }
    at_bob.stop();

    let log = bob.path.join("store/log.redb");
    may(&keys, 0o600);
    may(&log, 0o000);
    let refused = bob.fails(&["serve"]);
    assert!(refused.message.contains("log.redb: permission denied"), "{refused:?}");
    may(&log, 0o600);
    let at_bob = bob.serve();
    federation.coffee_is_served(&at_bob);
    at_bob.stop();
    assert_eq!(doctor(bob).0, Some(0), "nothing was lost");
}
