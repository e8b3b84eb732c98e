//! Whole nodes in one process, over real sockets on loopback.

use super::{Running, ServeOptions, serve};
use crate::book::{Book, Choices};
use crate::client::Client;
use crate::flow::contribute::{Contributor, Said, Sent, Settings, send};
use crate::flow::found::{Founding, found};
use crate::flow::withdraw::{Taken, watch, withdraw};
use crate::home::Home;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::exchange::{NodeStatus, StewardReply, StewardRequest};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::statement::Attribution;
use sheaf_protocol::time::Time;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Node {
    dir: TempDir,
    running: Running,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

fn now() -> Time {
    super::driver::now()
}

async fn start(dir: TempDir, options: ServeOptions) -> Node {
    let (ready, up) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let home = Home::create(dir.path()).unwrap();
    let task = tokio::spawn(async move {
        let ready = |running: &Running| drop(ready.send(running.clone()));
        let shutdown = async { drop(stopped.await) };
        serve(home, options, ready, shutdown).await.unwrap();
    });
    let running = tokio::time::timeout(Duration::from_secs(20), up).await.unwrap().unwrap();
    Node { dir, running, stop: Some(stop), task }
}

fn options() -> ServeOptions {
    ServeOptions { listen: vec!["/ip4/127.0.0.1/tcp/0".into()], sign_unconfirmed: false }
}

impl Node {
    async fn found(name: &str) -> (Self, CommunityId) {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::create(dir.path()).unwrap();
        let policy = Policy::preset(Preset::Open);
        let founding = Founding { name: name.into(), policy, listen: Vec::new(), now: now() };
        let community = found(&home, founding).unwrap().community;
        (start(dir, options()).await, community)
    }

    async fn empty() -> Self {
        start(tempfile::tempdir().unwrap(), options()).await
    }

    fn home(&self) -> Home {
        Home::open(self.dir.path()).unwrap()
    }

    async fn steward(&self) -> Client {
        let key = self.home().seed().unwrap().operator_key();
        Client::connect(key, &self.running.addresses).await.unwrap()
    }

    async fn status(&self) -> NodeStatus {
        let client = self.steward().await;
        let reply = client.steward(&StewardRequest::Status).await.unwrap();
        client.close().await;
        match reply {
            StewardReply::Status { status } => status,
            other => panic!("a status was due, not {other:?}"),
        }
    }

    async fn follow(&self, other: &Self, community: CommunityId) {
        let client = self.steward().await;
        let address = other.running.addresses[0].clone();
        let look = StewardRequest::Look { address: address.clone() };
        let StewardReply::Found { communities } = client.steward(&look).await.unwrap() else {
            panic!("the other node should have been found");
        };
        let policy = communities.iter().find(|c| c.community == community).unwrap().policy;
        let follow = StewardRequest::Follow { address, community, policy };
        let reply = client.steward(&follow).await.unwrap();
        assert!(matches!(reply, StewardReply::Following { .. }), "{reply:?}");
        client.close().await;
    }

    async fn until(&self, community: CommunityId, why: &str, is: impl Fn(u64, u64) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let status = self.status().await;
            let line = status.communities.iter().find(|c| c.community == community);
            if line.is_some_and(|line| is(line.live, line.withdrawn)) {
                return;
            }
            assert!(Instant::now() < deadline, "{why}: {line:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn until_size(&self, community: CommunityId, size: u64, why: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let status = self.status().await;
            let line = status.communities.iter().find(|c| c.community == community);
            if line.is_some_and(|line| line.size == size) {
                return;
            }
            assert!(Instant::now() < deadline, "{why}: {line:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn stop(mut self) -> TempDir {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.task).await.unwrap().unwrap();
        self.dir
    }
}

fn chat(text: &str) -> Chat {
    let question = Message::new(Role::User, None, vec![Part::text(text)]);
    let answer = Message::new(Role::Assistant, Some(0), vec![Part::text("An answer.")]);
    Chat { messages: vec![question, answer], ..Chat::default() }
}

fn terms() -> Settings {
    Settings {
        choices: Choices {
            licence: "CC0-1.0".into(),
            usage: "train-ai=y".into(),
            attribution: Attribution::None,
            keep: None,
        },
        due: None,
    }
}

fn english() -> Said {
    Said { languages: vec!["en".into()], ..Said::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_travels_and_is_taken_back_everywhere() {
    let (alice, community) = Node::found("Riverside Library").await;
    let bob = Node::empty().await;
    bob.follow(&alice, community).await;

    let home = alice.home();
    let seed = home.seed().unwrap();
    let client =
        Client::connect(seed.member_key(&community), &alice.running.addresses).await.unwrap();
    let info = client.community(Some(community)).await.unwrap();
    assert!(info.is_member(), "the founder is a member");
    let book = Book::new(home.dir().join("member")).of(&community);
    let mut contributor = Contributor::new(&book, &seed, &info).unwrap();
    let draft = contributor.draft(&chat("What is a sheaf?"), &terms(), &english(), now()).unwrap();
    let mut records = contributor.sign(vec![draft], now()).unwrap();
    let sent = send(&client, &info, &book, &mut records[0]).await.unwrap();
    assert!(matches!(sent, Sent::Logged { already: false, .. }), "{sent:?}");
    bob.until(community, "bob should hold the chat", |live, _| live == 1).await;

    let taken = withdraw(&client, &info, &book, &seed, &mut records[0], now()).await.unwrap();
    assert!(matches!(taken, Taken::Back { index: Some(_) }), "{taken:?}");
    let places = watch(&client, &info, &[records[0].control], Duration::from_secs(30), |_| {})
        .await
        .unwrap();
    assert!(places.iter().all(crate::flow::withdraw::is_gone), "{places:?}");
    bob.until(community, "bob should show the hole", |live, gone| (live, gone) == (0, 1)).await;
    client.close().await;
    // Charter, policy, two acceptances, membership, manifest, withdrawal, erasure, receipt.
    bob.until_size(community, 9, "each thing is logged once").await;
    bob.stop().await;
    alice.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_waits_for_its_partner_after_a_restart() {
    let (alice, community) = Node::found("Riverside Library").await;
    let bob = Node::empty().await;
    bob.follow(&alice, community).await;
    bob.until(community, "bob should hold the log", |live, _| live == 0).await;
    let listen = alice.running.addresses[0].split("/p2p/").next().unwrap().to_owned();
    let bob_dir = bob.stop().await;
    let alice_dir = alice.stop().await;

    let again = ServeOptions { listen: vec![listen], sign_unconfirmed: false };
    let alice = start(alice_dir, again).await;
    let line = alice.status().await.communities.remove(0);
    assert!(line.attention.iter().any(|a| a.contains("read-only")), "{:?}", line.attention);
    let bob = start(bob_dir, options()).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    while !alice.status().await.communities[0].attention.is_empty() {
        assert!(Instant::now() < deadline, "bob's head should let alice sign again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bob.stop().await;
    alice.stop().await;
}
