//! Peers that speak our protocols well, and lie: about heads, and about chats.

use std::sync::Arc;
use std::time::Duration;

use sheaf_node::net::framing::{read_frame, write_frame};
use sheaf_node::net::{self, NetConfig, NetEvent, NetHandle, NetLimits, Stream};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{
    ChatBlob, Hosted, Item, ItemState, LARGE, MEMBER, PULL, PullReply, PullRequest, Served,
};
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};
use sheaf_protocol::limits::REPLY_BYTES_MAX;
use sheaf_protocol::log::{Checkpoint, Entry, SignedCheckpoint};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Acceptance, Body, Role};
use sheaf_tests::{Home, World, chat, eventually, jsonl};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Runtime;

use crate::attacker::{MARK, fresh_key};
use crate::honest::{Honest, now};
use crate::village::{LOGGED, Village, is_clean};

const SOON: Duration = Duration::from_secs(20);

/// What a liar answers to a request: frames, or nothing more.
type Lie = Arc<dyn Fn(PullRequest) -> Vec<Vec<u8>> + Send + Sync>;

/// Answers every pull request of whoever is connected.
fn lie(mut events: tokio::sync::mpsc::Receiver<NetEvent>, lie: Lie) {
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if let NetEvent::Inbound { protocol: PULL, stream, .. } = event {
                tokio::spawn(answer(stream, lie.clone()));
            }
        }
    });
}

async fn answer(mut stream: Stream, lie: Lie) {
    let Ok(Some(frame)) = read_frame(&mut stream, REPLY_BYTES_MAX, SOON).await else { return };
    let Ok(request) = cbor::from_slice(&frame) else { return };
    for frame in lie(request) {
        let _ = write_frame(&mut stream, &frame, SOON).await;
    }
    let _ = stream.shutdown().await;
}

async fn peer(key: SecretKey) -> (NetHandle, tokio::sync::mpsc::Receiver<NetEvent>) {
    let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
    let protocols = vec![PULL, MEMBER, LARGE];
    net::start(NetConfig { key, listen, protocols, limits: NetLimits::node() }).await.unwrap()
}

fn checkpoint(community: CommunityId, size: u64, root: [u8; 32]) -> Checkpoint {
    Checkpoint { community, epoch: 0, size, root: TreeHash(root) }
}

/// A head of any size, signed by a key.
fn head(community: CommunityId, size: u64, root: [u8; 32], key: &SecretKey) -> PullReply {
    let signed = SignedCheckpoint::sign(checkpoint(community, size, root), key, now());
    PullReply::Head { checkpoint: Some(signed.text()) }
}

/// Lies about a log of which nobody gave it the key.
fn about_heads(community: CommunityId) -> Lie {
    let rogue = fresh_key();
    let turn = std::sync::atomic::AtomicU64::new(0);
    Arc::new(move |request| {
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let reply = match request {
            PullRequest::Hosted => {
                let size = u64::MAX >> 24;
                let hosted = Hosted { community, name: "Tea".into(), home: true, size };
                PullReply::Hosted { communities: vec![hosted] }
            }
            // Far ahead, a little ahead, at the beginning; each with a root of its own.
            PullRequest::Head { .. } => {
                let sizes = [1 << 39, 100_000, 1, 2, 3];
                head(community, sizes[(turn % 5) as usize], [turn as u8; 32], &rogue)
            }
            PullRequest::Entries { max, .. } => {
                let entry = Entry {
                    kind: 5,
                    commitment: sheaf_protocol::id::EntryCommitment([turn as u8; 32]),
                    control: Some(rogue.public()),
                    due: None,
                };
                let entries = vec![Bytes(entry.to_bytes()); max.min(1024) as usize];
                PullReply::Entries { entries, consistency: vec![TreeHash([1; 32]); 40] }
            }
            PullRequest::Explanations { .. } => {
                PullReply::Explanations { statements: vec![Bytes(MARK.to_vec())] }
            }
            PullRequest::Items { indices, .. } => {
                PullReply::Items { count: indices.len() as u64 + 1 }
            }
            _ => PullReply::Done,
        };
        vec![cbor::to_vec(&reply)]
    })
}

#[test]
fn checkpoints_of_a_rogue_key() {
    let mut village = Village::new();
    village.survives(5, 20, &["its answers do not hold"], |me| async move {
        let mut kept = Vec::new();
        for _ in 0..6 {
            let (net, events) = peer(fresh_key()).await;
            lie(events, about_heads(me.target.community));
            kept.push(net);
        }
        // Each comes, is asked, lies, and comes again.
        loop {
            for net in &kept {
                me.pace().await;
                if let Ok(alice) = net.dial(&me.target.addresses[0]).await {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    net.disconnect(alice).await;
                }
            }
        }
    });
    village.stays_unharmed();
}

/// Alice's community, followed by Bob, with some chats.
struct Followed {
    alice: Home,
    bob: Home,
    tea: String,
    nodes: (sheaf_tests::Node, sheaf_tests::Node),
    chats: u64,
    _world: World,
}

impl Followed {
    fn new(follow: bool) -> Self {
        let world = World::new();
        let (alice, bob) = (world.home("alice"), world.home("bob"));
        let tea = alice.found("Tea");
        let nodes = (alice.serve_logging(LOGGED), bob.serve_logging(LOGGED));
        let chats = 5;
        let rows: Vec<_> =
            (0..chats).map(|n| chat(&format!("Cup {n}"), "Another?", "Gladly.")).collect();
        alice.contribute(&world.file("cups.jsonl", jsonl(&rows)));
        if follow {
            bob.ok(&["follow", nodes.0.tcp(), "--yes"]);
            bob.until_live(&tea, chats);
        }
        Self { alice, bob, tea, nodes, chats, _world: world }
    }

    fn contribute(&self, title: &str) {
        let rows = jsonl(&[chat(title, "Another?", "Gladly.")]);
        self.alice.contribute(&self._world.file("more.jsonl", rows));
    }
}

#[test]
fn a_follower_is_not_led_away_by_a_rogue_head() {
    let followed = Followed::new(true);
    let tea: CommunityId = followed.tea.parse().unwrap();
    let runtime = Runtime::new().unwrap();
    let net = runtime.block_on(async {
        let (net, events) = peer(fresh_key()).await;
        lie(events, about_heads(tea));
        net.dial(followed.nodes.1.tcp()).await.unwrap();
        net
    });
    followed.contribute("Later");
    followed.bob.until_live(&followed.tea, followed.chats + 1);
    let line = followed.bob.status(&followed.tea);
    assert_eq!(line["entries"], followed.alice.status(&followed.tea)["entries"], "{line}");
    followed.bob.ok(&["log", "verify", "--community", &followed.tea]);
    let log = eventually("the log says who lies", || {
        let log = followed.nodes.1.log();
        if log.contains("its answers do not hold") { Ok(log) } else { Err(log) }
    });
    assert!(log.lines().count() <= 6, "and not again and again: {log}");
    runtime.block_on(net.shutdown());
}

#[test]
fn a_fork_signed_by_the_log_s_own_key_is_convicted_and_kept() {
    let followed = Followed::new(true);
    let tea: CommunityId = followed.tea.parse().unwrap();
    // Mallory has stolen the key of the log.
    let key = sheaf_node::home::Home::open(&followed.alice.path).unwrap().log_key().unwrap();
    let key = key.unwrap();
    let size = followed.bob.status(&followed.tea)["entries"].as_u64().unwrap();
    let runtime = Runtime::new().unwrap();
    let net = runtime.block_on(async {
        let (net, events) = peer(fresh_key()).await;
        lie(
            events,
            Arc::new(move |request| {
                let hosted = Hosted { community: tea, name: "Tea".into(), home: false, size };
                let reply = match request {
                    PullRequest::Hosted => PullReply::Hosted { communities: vec![hosted] },
                    PullRequest::Head { .. } => head(tea, size, [7; 32], &key),
                    _ => PullReply::Done,
                };
                vec![cbor::to_vec(&reply)]
            }),
        );
        net.dial(followed.nodes.1.tcp()).await.unwrap();
        net
    });
    for home in [&followed.bob, &followed.alice] {
        home.until("two histories are on record", &followed.tea, |line| {
            line["attention"].to_string().contains("two histories")
        });
    }
    let live = followed.bob.status(&followed.tea)["live"].clone();
    assert_eq!(live, followed.chats, "what was there before stays");
    let log = followed.nodes.1.log();
    let told = log.lines().filter(|line| line.contains("fork of")).count();
    assert_eq!(told, 1, "said once: {log}");
    runtime.block_on(net.shutdown());
}

/// Stands between Bob and Alice: passes on what Alice says, except that chats do not fit.
struct Between {
    net: NetHandle,
    alice: PublicKey,
}

impl Between {
    async fn start(runtime_address: &str, accept: impl Fn(&SecretKey) -> PullRequest) -> Arc<Self> {
        let key = fresh_key();
        let request = cbor::to_vec(&accept(&key));
        let (net, mut events) = peer(key).await;
        let alice = net.dial(runtime_address).await.unwrap();
        let between = Arc::new(Self { net, alice });
        let accepted = between.ask_alice(PULL, &request).await;
        assert_eq!(accepted, [cbor::to_vec(&PullReply::Done)], "Mallory accepts, as anybody may");
        let serving = between.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if let NetEvent::Inbound { peer, protocol, stream, .. } = event
                    && peer != serving.alice
                {
                    tokio::spawn(serving.clone().pass_on(protocol, stream));
                }
            }
        });
        between
    }

    async fn ask_alice(&self, protocol: &'static str, request: &[u8]) -> Vec<Vec<u8>> {
        let mut stream = self.net.open(self.alice, protocol).await.unwrap();
        write_frame(&mut stream, request, SOON).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut frames = Vec::new();
        while let Ok(Some(frame)) = read_frame(&mut stream, REPLY_BYTES_MAX, SOON).await {
            frames.push(frame);
        }
        frames
    }

    async fn pass_on(self: Arc<Self>, protocol: &'static str, mut stream: Stream) {
        let Ok(Some(frame)) = read_frame(&mut stream, REPLY_BYTES_MAX, SOON).await else { return };
        let accepts = matches!(cbor::from_slice(&frame), Ok(PullRequest::Accept { .. }));
        let frames = match protocol == PULL && accepts {
            true => vec![cbor::to_vec(&PullReply::Done)],
            false => self.ask_alice(protocol, &frame).await,
        };
        for frame in frames {
            let _ = write_frame(&mut stream, &spoil(frame), SOON).await;
        }
        let _ = stream.shutdown().await;
    }
}

/// A key that is not the chat's, a blob that is not, or both of another chat.
fn spoil(frame: Vec<u8>) -> Vec<u8> {
    let Ok(mut item) = cbor::from_slice::<Item>(&frame) else { return frame };
    if let ItemState::Here { chat: Some(Served { key, blob: ChatBlob::Small { bytes } }), .. } =
        &mut item.state
    {
        match item.index % 3 {
            0 => key[7] ^= 1,
            1 => bytes.0[100] ^= 1,
            _ => bytes.0 = MARK.repeat(bytes.0.len() / MARK.len()),
        }
    }
    cbor::to_vec(&item)
}

#[test]
fn a_replica_whose_keys_and_blobs_do_not_fit() {
    let followed = Followed::new(false);
    let (alice, bob) = (&followed.alice, &followed.bob);
    let founder = Honest::new(alice, followed.nodes.0.tcp());
    let info = founder.info().clone();
    let runtime = Runtime::new().unwrap();
    let between = runtime.block_on(Between::start(followed.nodes.0.tcp(), |key| {
        let body = Body::Acceptance(Acceptance { role: Role::Replica, name: None });
        let statement = Signed::sign(info.statement(body, now()), key);
        PullRequest::Accept { statement: Bytes(statement.bytes().to_vec()) }
    }));
    let address = runtime.block_on(between.net.listening()).remove(0);
    bob.ok(&["follow", &address, "--yes"]);
    let line = bob.until("the log is there, and no chat fits", &followed.tea, |line| {
        line["wanted"] == followed.chats
    });
    assert_eq!(line["live"], 0, "nothing is served that was not opened: {line}");
    let log = eventually("the log says who lies", || {
        let log = followed.nodes.1.log();
        if log.contains("its answers do not hold") { Ok(log) } else { Err(log) }
    });
    assert!(log.lines().count() <= 6, "and not again and again: {log}");
    is_clean(bob);
    // Then Bob finds the home itself.
    bob.ok(&["follow", followed.nodes.0.tcp(), "--yes"]);
    bob.until_live(&followed.tea, followed.chats);
    runtime.block_on(between.net.clone().shutdown());
}
