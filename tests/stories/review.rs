//! Chats that wait until a steward has looked at them.

use std::fs;

use serde_json::Value;
use sheaf_node::client::{CallError, Client};
use sheaf_node::flow::review::{look, waiting};
use sheaf_node::home::Home as Folder;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::{RefusalCode, ReviewChat, StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Body, Takedown, TakedownReason};
use sheaf_protocol::time::Time;
use sheaf_tests::{Home, Node, World, chat, files_below, jsonl};
use tokio::runtime::Runtime;

/// Alice's community with bob, who gives three chats with an address that he keeps, and a clean one.
struct Tea {
    world: World,
    alice: Home,
    bob: Home,
    id: String,
    given: Value,
}

impl Tea {
    fn given() -> (Self, Node) {
        let world = World::new();
        let (alice, bob) = (world.home("alice"), world.home("bob"));
        let id = alice.found("Tea");
        let node = alice.serve();
        alice.admit(&bob);
        let write = |to: &str| format!("Write to {to}@example.org, please.");
        let rows = [
            chat("Mail", &write("quince"), "Gladly."),
            chat("Tea", "How hot?", "75 degrees."),
            chat("Post", &write("medlar"), "Sent."),
            chat("Regret", &write("sorb"), "Done."),
        ];
        let file = world.file("chats.jsonl", jsonl(&rows));
        let given = bob.ok(&["contribute", file.to_str().unwrap(), "--yes", "--keep", "email"]);
        (Self { world, alice, bob, id, given }, node)
    }

    /// The id of a chat, as bob knows it.
    fn id_of(&self, title: &str) -> &str {
        let given = self.given["given"].as_array().unwrap();
        let one = given.iter().find(|given| given["title"] == title);
        one.and_then(|given| given["id"].as_str()).unwrap()
    }

    /// How one of bob's chats stands, as he sees it.
    fn at_bobs(&self, title: &str) -> Value {
        let chats = self.bob.ok(&["chats"]);
        let chats = chats["communities"][0]["chats"].as_array().unwrap();
        chats.iter().find(|chat| chat["title"] == title).unwrap().clone()
    }

    /// What waits, as alice sees it.
    fn waiting(&self) -> Vec<Value> {
        self.alice.ok(&["review", "list"])["chats"].as_array().unwrap().clone()
    }

    fn community(&self) -> CommunityId {
        self.id.parse().unwrap()
    }
}

#[test]
fn a_steward_looks_at_what_the_node_found_and_decides() {
    let (tea, node) = Tea::given();
    let states: Vec<_> =
        tea.given["given"].as_array().unwrap().iter().map(|given| &given["state"]).collect();
    assert_eq!(states, ["pending", "logged", "pending", "pending"], "{}", tea.given);
    assert_eq!(tea.at_bobs("Mail")["state"], "pending", "bob sees that it waits");
    let status = tea.alice.status(&tea.id);
    assert_eq!((&status["live"], &status["pending"]), (&1.into(), &3.into()), "{status}");

    let dave = tea.world.home("dave");
    let at_dave = dave.serve();
    dave.ok(&["follow", node.tcp(), "--yes"]);
    dave.until_live(&tea.id, 1);
    for (who, node) in [("eve", &node), ("frida", &at_dave)] {
        let rows = tea.world.home(who).dataset(node);
        assert!(rows.contains("How hot?"), "the clean chat is there for all: {rows}");
        assert!(!rows.contains("@example.org"), "what waits is with nobody: {rows}");
    }

    node.stop();
    let _node = tea.alice.serve();
    let waiting = tea.waiting();
    assert_eq!(waiting.len(), 3, "a restart keeps the queue: {waiting:?}");
    let found = &waiting[0]["found"][0];
    let found = (&found["kind"], &found["times"], &found["review"]);
    assert_eq!(found, (&"email".into(), &1.into(), &true.into()), "{waiting:?}");

    let id = tea.id_of("Mail");
    let shown = tea.alice.ok(&["review", "show", &id[..10]]);
    let key = shown["control"].as_str().unwrap();
    assert_eq!(tea.alice.ok(&["review", "show", key])["id"], id, "the key names it too: {key}");
    assert_eq!(shown["places"][0]["at"], "messages[0].parts[0].text", "{shown}");
    assert_eq!(shown["places"][0]["bytes"], serde_json::json!([9, 27]), "{shown}");
    assert!(shown["chat"].to_string().contains("quince@example.org"), "the whole chat: {shown}");
    let page = tea.alice.on_a_terminal(&["review", "show", &id[..10]], |_| None).stdout;
    let plain = without_colours(&page);
    assert!(plain.contains("⟦email: quince@example.org⟧"), "the span is marked: {plain}");
    assert!(plain.contains("CC-BY-4.0") && plain.contains("review accept"), "{plain}");

    tea.alice.until("dave has told her newest head", &tea.id, |line| {
        !line["attention"].to_string().contains("read-only")
    });
    let accepted = tea.alice.ok(&["review", "accept", id, "--yes"]);
    assert_eq!(accepted["accepted"][0]["id"], id, "{accepted}");
    dave.until_live(&tea.id, 2);
    let at_bobs = tea.at_bobs("Mail");
    assert_eq!(at_bobs["state"], "live", "{at_bobs}");
    assert!(at_bobs["slip"].is_string(), "its slip has come: {at_bobs}");
    tea.bob.ok(&["consent", "verify"]);

    let post = tea.id_of("Post");
    let post = tea.alice.ok(&["review", "show", post])["control"].as_str().unwrap().to_owned();
    tea.alice.ok(&["review", "reject", &post, "--reason", "privacy", "--yes"]);
    let at_bobs = tea.at_bobs("Post");
    let told = (&at_bobs["state"], &at_bobs["reason"], &at_bobs["index"]);
    assert_eq!(told, (&"taken-down".into(), &"privacy".into(), &Value::Null), "{at_bobs}");
    let page = tea.bob.on_a_terminal(&["chats"], |_| None).stdout;
    let said = "not accepted, erased: somebody's private data";
    assert!(without_colours(&page).contains(said), "bob reads why: {page}");

    let rest = tea.waiting();
    assert_eq!((rest.len(), &rest[0]["id"]), (1, &tea.id_of("Regret").into()), "{rest:?}");
    tea.alice.ok(&["log", "verify"]);
}

#[test]
fn what_is_taken_back_or_refused_is_gone_from_the_disk() {
    let (tea, node) = Tea::given();
    let secrets = ["Post", "Regret"].map(|title| {
        let chat = whole(&tea, &node, title);
        let signature = chat.manifest.0.last_chunk::<32>().unwrap();
        (title, chat.key, *signature)
    });
    let size = tea.alice.status(&tea.id)["entries"].clone();
    tea.bob.ok(&["withdraw", tea.id_of("Regret"), "--yes"]);
    tea.alice.ok(&["review", "reject", tea.id_of("Post"), "--reason", "policy", "--yes"]);
    assert_eq!(tea.at_bobs("Regret")["state"], "withdrawn");
    let late = tea.alice.fails(&["review", "accept", tea.id_of("Regret"), "--yes"]);
    assert_eq!(late.kind, "not-found", "it does not come in any more: {late:?}");
    node.stop();
    let _node = tea.alice.serve();
    assert_eq!(tea.waiting().len(), 1, "only the other one waits");
    assert_eq!(tea.alice.status(&tea.id)["entries"], size, "the log was never told of them");
    for file in files_below(&tea.alice.path) {
        let bytes = fs::read(&file).unwrap();
        let holds = |piece: &[u8]| bytes.windows(piece.len()).any(|window| window == piece);
        for (title, key, signature) in &secrets {
            assert!(!holds(key), "the key of {title} is gone: {}", file.display());
            assert!(!holds(signature), "so is its manifest: {}", file.display());
        }
    }
}

#[test]
fn a_member_who_is_no_steward_may_do_none_of_it() {
    let (tea, node) = Tea::given();
    let eve = tea.world.home("eve");
    tea.alice.admit(&eve);
    let id = tea.id_of("Mail").to_owned();
    let control = tea.waiting()[0]["control"].as_str().unwrap().parse::<PublicKey>().unwrap();
    let at_home = eve.fails(&["review", "list"]);
    assert_eq!(at_home.kind, "node-not-running", "the command is for the node's own home");
    Runtime::new().unwrap().block_on(async {
        let key = Folder::open(&eve.path).unwrap().seed().unwrap().member_key(&tea.community());
        let client = Client::connect(key.clone(), &[node.tcp().to_owned()]).await.unwrap();
        let info = client.community(None).await.unwrap();
        let takedown = Takedown { control, reason: TakedownReason::Privacy };
        let takedown = info.statement(Body::Takedown(takedown), now());
        let statement = Bytes(Signed::sign(takedown, &key).bytes().to_vec());
        let requests = [
            StewardRequest::Waiting { after: None, max: 10 },
            StewardRequest::Review { control },
            StewardRequest::Admit { control },
            StewardRequest::Append { statement },
        ];
        for request in requests {
            match client.steward(&request).await {
                Err(CallError::Refused(refusal)) => {
                    assert_eq!(refusal.code, RefusalCode::NotSteward, "{refusal}");
                }
                other => panic!("eve asked for {request:?} and got {other:?}"),
            }
        }
        client.close().await;
    });
    assert_eq!(tea.waiting().len(), 3, "nothing was done");
    tea.alice.ok(&["review", "accept", &id, "--yes"]);
}

#[test]
fn large_chats_wait_and_come_and_go_whole() {
    let world = World::new();
    let alice = world.home("alice");
    let tea = alice.found("Tea");
    let node = alice.serve();
    let rows = ["One", "Two"].map(|title| {
        let words = format!("{}, write to quince@example.org", noise(200_000));
        chat(title, &words, "Long.")
    });
    let file = world.file("large.jsonl", jsonl(&rows));
    let given = alice.ok(&["contribute", file.to_str().unwrap(), "--yes", "--keep", "email"]);
    let id = |n: usize| given["given"][n]["id"].as_str().unwrap();
    let large = || {
        let folder = Folder::open(&alice.path).unwrap().large_dir();
        let sizes = files_below(&folder).into_iter().map(|file| fs::metadata(file).unwrap().len());
        sizes.filter(|size| (64 * 1024..1024 * 1024).contains(size)).count()
    };
    assert_eq!(large(), 2, "both lie in files of their own: {given}");
    let shown = alice.ok(&["review", "show", id(0)]);
    assert!(shown["chat"].to_string().len() > 200_000, "it comes in many pieces, whole");
    alice.ok(&["review", "reject", id(1), "--reason", "policy", "--yes"]);
    assert_eq!(large(), 1, "the file of the other is gone");
    alice.ok(&["review", "accept", id(0), "--yes"]);
    alice.until_live(&tea, 1);
    node.stop();
    let node = alice.serve();
    assert_eq!(large(), 1, "what was accepted stays");
    let rows = world.home("eve").dataset(&node);
    assert!(rows.contains("quince@example.org") && rows.len() > 200_000, "and is served whole");
}

/// So many letters in words, which look drawn at random.
fn noise(letters: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let letter = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match state >> 59 {
            letter @ 0..26 => char::from(b'a' + u8::try_from(letter).unwrap()),
            _ => ' ',
        }
    };
    (0..letters).map(letter).collect()
}

#[test]
fn all_are_accepted_at_once_and_a_bad_id_is_named() {
    let (tea, _node) = Tea::given();
    let unknown = tea.alice.fails(&["review", "show", "aaaaaaaa"]);
    assert_eq!(unknown.kind, "not-found", "{unknown:?}");
    let unasked = tea.alice.fails(&["review", "accept", "--all"]);
    assert_eq!(unasked.kind, "needs-answer", "nothing goes in without a yes: {unasked:?}");
    let accepted = tea.alice.ok(&["review", "accept", "--all", "--yes"]);
    assert_eq!(accepted["accepted"].as_array().unwrap().len(), 3, "{accepted}");
    assert_eq!(tea.alice.until_live(&tea.id, 4)["pending"], 0);
    let none = tea.alice.fails(&["review", "accept", "--all", "--yes"]);
    assert_eq!(none.kind, "not-found", "{none:?}");
}

/// A waiting chat as the node shows it to its operator, key and all.
fn whole(tea: &Tea, node: &Node, title: &str) -> ReviewChat {
    let key: SecretKey = Folder::open(&tea.alice.path).unwrap().seed().unwrap().operator_key();
    Runtime::new().unwrap().block_on(async {
        let client = Client::connect(key, &[node.tcp().to_owned()]).await.unwrap();
        let info = client.community(None).await.unwrap();
        for line in waiting(&client).await.unwrap() {
            let shown = look(&client, &info, &line.control).await.unwrap();
            if shown.chat.title.as_deref() == Some(title) {
                let request = StewardRequest::Review { control: line.control };
                let reply = client.steward(&request).await.unwrap();
                let StewardReply::Review { chat } = reply else { panic!("{reply:?}") };
                client.close().await;
                return chat;
            }
        }
        panic!("{title} does not wait");
    })
}

fn now() -> Time {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Time::from_ms(u64::try_from(since.as_millis()).unwrap()).unwrap()
}

/// What a terminal shows, without the sequences that colour it.
fn without_colours(page: &str) -> String {
    let mut plain = String::new();
    let mut pieces = page.split("\x1b[");
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}
