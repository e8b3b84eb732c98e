//! A member who floods the review queue.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _};
use sheaf_node::client::{CallError, Client, CommunityInfo};
use sheaf_node::home;
use sheaf_node::limits::PENDING_PER_MEMBER_MAX;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::exchange::{MemberReply, RefusalCode};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::SecretKey;
use sheaf_tests::{Home, World, chat, jsonl};
use tokio::runtime::Runtime;

use crate::attacker::fresh_key;
use crate::honest::{Honest, sealed_with};
use crate::village::LOGGED;

/// Chats of the flood beyond what one member may have in the queue.
const BEYOND: usize = 300;
/// Chats under way at once.
const IN_FLIGHT: usize = 32;
/// No honest member waits longer, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Flood {
    waiting: usize,
    refused: usize,
}

/// Eve is a member, and signs as one: each chat holds an address that the policy wants masked.
async fn flood(client: Client, info: CommunityInfo, key: SecretKey) -> Flood {
    let (client, info, key) = (&client, &info, &key);
    let answers = stream::iter(0..PENDING_PER_MEMBER_MAX + BEYOND).map(|number| async move {
        let (submission, blob) = sealed_with(info, key, &flagged(number));
        client.submit(submission, &blob).await
    });
    let count = async |mut flood: Flood, answer| {
        match answer {
            Ok(MemberReply::Pending { .. }) => flood.waiting += 1,
            Err(CallError::Refused(refusal)) => {
                assert_eq!(refusal.code, RefusalCode::Busy, "{refusal:?}");
                assert!(refusal.sentence.contains("too many of yours"), "{refusal:?}");
                flood.refused += 1;
            }
            other => panic!("eve's chat was answered with {other:?}"),
        }
        flood
    };
    answers.buffer_unordered(IN_FLIGHT).fold(Flood::default(), count).await
}

fn flagged(number: usize) -> Chat {
    let text = format!("Write to {}-{number}@example.org.", fresh_key().public().0[0]);
    let said = Message::new(Role::User, None, vec![Part::text(text)]);
    Chat { messages: vec![said], ..Chat::default() }
}

fn member_key(of: &Home, community: &CommunityId) -> SecretKey {
    home::Home::open(&of.path).unwrap().seed().unwrap().member_key(community)
}

#[test]
fn a_member_who_floods_the_review_queue_harms_nobody_else() {
    let world = World::new();
    let (alice, bob, eve) = (world.home("alice"), world.home("bob"), world.home("eve"));
    let tea = alice.found("Tea");
    let node = alice.serve_logging(LOGGED);
    alice.admit(&bob);
    let eves_key = alice.admit(&eve);
    let mut honest = Honest::new(&alice, node.tcp());

    let runtime = Runtime::new().unwrap();
    let key = member_key(&eve, &tea.parse().unwrap());
    let (client, info) = runtime.block_on(async {
        let client = Client::connect(key.clone(), &[node.tcp().to_owned()]).await.unwrap();
        let info = client.community(None).await.unwrap();
        (client, info)
    });
    let flooding = runtime.spawn(flood(client, info, key));
    let (mut given, mut longest) = (0, Duration::ZERO);
    while !flooding.is_finished() {
        let begun = Instant::now();
        // One after the other, so that each wait counts.
        given += honest.contribute_some(1);
        longest = longest.max(begun.elapsed());
    }
    let flood = runtime.block_on(flooding).unwrap();
    println!(
        "{flood:?}; meanwhile {given} chats of an honest member, the longest took {longest:?}"
    );
    let expected = Flood { waiting: PENDING_PER_MEMBER_MAX, refused: BEYOND };
    assert_eq!(flood, expected, "so many wait, and no more");
    assert!(given > 0 && longest < PATIENCE, "an honest member is served meanwhile");

    let rows = [
        chat("Tea", "How hot?", "75 degrees."),
        chat("Mail", "Write to quince@example.org, please.", "Gladly."),
    ];
    let file = world.file("bob.jsonl", jsonl(&rows));
    let given = bob.ok(&["contribute", file.to_str().unwrap(), "--yes", "--keep", "email"]);
    let states: Vec<_> = given["given"].as_array().unwrap().iter().map(|g| &g["state"]).collect();
    assert_eq!(states, ["logged", "pending"], "bob's chats go where they went before: {given}");

    let status = alice.status(&tea);
    assert_eq!(status["pending"], PENDING_PER_MEMBER_MAX + 1, "{status}");
    let attention = status["attention"].to_string();
    assert!(attention.contains("a member has 2048 chats waiting"), "alice is told: {status}");
    let id = given["given"][1]["id"].as_str().unwrap();
    let accepted = alice.ok(&["review", "accept", id, "--yes"]);
    assert_eq!(accepted["accepted"][0]["id"], id, "bob's is found among them: {accepted}");

    alice.ok(&["member", "remove", &eves_key, "--yes"]);
    let begun = Instant::now();
    let rejected = alice.ok(&["review", "reject", "--all", "--reason", "policy", "--yes"]);
    println!("all refused in {:?}", begun.elapsed());
    let rejected = rejected["rejected"].as_array().unwrap().len();
    assert_eq!(rejected, PENDING_PER_MEMBER_MAX, "the flood goes at once");
    let status = alice.status(&tea);
    assert_eq!(status["pending"], 0, "{status}");
    assert!(!status["attention"].to_string().contains("waiting for review"), "{status}");
}
