//! Nodes and what travels between them.

use serde_json::Value;
use sheaf_node::net::{self, NetConfig, NetHandle, NetLimits};
use sheaf_protocol::sign::SecretKey;
use sheaf_tests::{World, chat, jsonl};
use tokio::runtime::Runtime;

#[test]
fn two_communities_exchange() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    let (tea, boats) = (alice.found("Tea"), bob.found("Boats"));
    let (at_alice, at_bob) = (alice.serve(), bob.serve());
    alice.ok(&["follow", at_bob.quic(), "--yes"]);
    bob.ok(&["follow", at_alice.tcp(), "--yes"]);

    let about_tea = jsonl(&[
        chat("Sencha", "How hot should the water be?", "About 75 degrees."),
        chat("Assam", "With milk?", "If you like."),
    ]);
    let given = alice.contribute(&world.file("tea.jsonl", about_tea));
    assert_eq!(given["given"].as_array().unwrap().len(), 2, "both chats are fine: {given}");
    let about_boats = jsonl(&[chat("Keel", "What is a keel for?", "To keep the course.")]);
    bob.contribute(&world.file("boats.jsonl", about_boats));

    alice.until_live(&tea, 2);
    bob.until_live(&boats, 1);
    bob.until_live(&tea, 2);
    alice.until_live(&boats, 1);
    for home in [&alice, &bob] {
        for community in [&tea, &boats] {
            let verified = home.ok(&["log", "verify", "--community", community]);
            assert_eq!(
                verified["size"],
                home.status(community)["entries"],
                "every node can check every log that it holds, up to its head"
            );
        }
    }
    assert_eq!(alice.status(&tea)["replicas"], 1, "who holds a community's chats is on its record");
    at_alice.stop();
    at_bob.interrupt();
}

#[test]
fn a_newcomer_catches_up_from_zero() {
    let world = World::new();
    let (alice, eve) = (world.home("alice"), world.home("eve"));
    let tea = alice.found("Tea");
    let at_alice = alice.serve();
    let rows: Vec<Value> = (0..20)
        .map(|n| chat(&format!("Cup {n}"), "Another?", &format!("Cup {n}, gladly.")))
        .collect();
    let given = alice.contribute(&world.file("cups.jsonl", jsonl(&rows)));
    let first = given["given"][0]["id"].as_str().unwrap();
    alice.ok(&["withdraw", first, "--yes"]);
    let there = alice.until("one of 20 is gone", &tea, |line| line["withdrawn"] == 1);

    let _at_eve = eve.serve();
    eve.ok(&["follow", at_alice.quic(), "--yes"]);
    eve.until_live(&tea, 19);
    let here = eve.until("the whole log is here", &tea, |line| {
        line["entries"].as_u64() >= there["entries"].as_u64()
    });
    assert_eq!(here["withdrawn"], 1, "the hole in the log came with its explanation: {here}");
    eve.ok(&["log", "verify", "--community", &tea]);
}

#[test]
fn a_node_that_ends_in_order_leaves_its_home_free() {
    let world = World::new();
    let alice = world.home("alice");
    alice.found("Tea");
    let at_alice = alice.serve();
    let second = alice.fails(&["serve", "--listen", "/ip4/127.0.0.1/tcp/0"]);
    assert_eq!(second.kind, "home-in-use", "one process at a time: {second:?}");
    assert!(!second.hint.is_empty(), "an error says what to do next");
    at_alice.stop();
    let unanswered = alice.fails(&["status"]);
    assert_eq!(unanswered.kind, "node-not-running", "{unanswered:?}");
    alice.serve().interrupt();
}

#[test]
fn an_unknown_protocol_version_is_named() {
    let world = World::new();
    let bob = world.home("bob");
    let _node = bob.serve();
    let stranger = Stranger::speaking("/sheaf/pull/7");
    let refused = bob.fails(&["follow", &stranger.address, "--yes"]);
    assert!(
        refused.message.contains("/sheaf/pull/7"),
        "it names the version that the other side speaks: {refused:?}"
    );
    let eve = world.home("eve");
    let folder = world.path().join("dataset");
    let folder = folder.to_str().unwrap();
    let refused = eve.fails(&["dataset", "build", &stranger.address, "-o", folder, "--yes"]);
    assert!(refused.message.contains("/sheaf/pull/7"), "a reader is told, too: {refused:?}");
    assert!(refused.hint.contains("release"), "and what to do: {refused:?}");
}

/// A peer of another release: it is there, and speaks something else.
struct Stranger {
    address: String,
    _runtime: Runtime,
    _net: NetHandle,
}

impl Stranger {
    fn speaking(protocol: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = NetConfig {
            key: SecretKey::from_bytes([7; 32]),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            protocols: vec![protocol],
            limits: NetLimits::node(),
        };
        let (net, mut events) = runtime.block_on(net::start(config)).unwrap();
        let address = runtime.block_on(net.listening()).remove(0);
        runtime.spawn(async move { while events.recv().await.is_some() {} });
        Self { address, _runtime: runtime, _net: net }
    }
}

#[test]
fn a_taken_port_is_named() {
    let world = World::new();
    let (alice, bob) = (world.home("alice"), world.home("bob"));
    alice.found("Tea");
    let at_alice = alice.serve();
    let taken = at_alice.tcp().split("/p2p/").next().unwrap();
    let refused = bob.fails(&["serve", "--listen", taken]);
    assert_eq!(refused.kind, "port-taken", "{refused:?}");
    assert!(refused.message.contains(taken), "it names the port: {refused:?}");
}
