//! A community with members, on a real node, to which chats are given.

use crate::args::Args;
use crate::corpus::Corpus;
use crate::cpu::{Measured, Meter, Watched};
use crate::prepare::{Ready, Signer, now, prepare};
use serde_json::Value;
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::flow::gather;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::exchange::{ItemState, Logged, MemberReply, Parts};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::Seed;
use sheaf_tests::{Home, Node, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Members who give at once. One member has at most 48 calls under way.
const MEMBERS: usize = 2;

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) home: Home,
    pub(crate) node: Node,
    pub(crate) community: CommunityId,
    pub(crate) runtime: Runtime,
    corpus: Corpus,
    members: Vec<Member>,
    in_flight: usize,
    pause: bool,
    log: String,
    /// Index of the last chat given.
    last: u64,
    /// Chats given so far.
    pub(crate) given: u64,
    /// Bytes of their text.
    pub(crate) text_bytes: u64,
}

/// Somebody who gives chats.
struct Member {
    seed: Seed,
    info: CommunityInfo,
    client: Arc<Client>,
}

/// Chats that were given, as they were acknowledged.
pub(crate) struct Given {
    pub(crate) chats: Arc<Vec<Ready>>,
    pub(crate) measured: Measured,
    /// Sizes of the batches in which the node made them durable.
    pub(crate) batches: Vec<usize>,
}

/// Somebody who reads at one node.
pub(crate) struct Reader {
    client: Client,
    community: CommunityId,
}

impl Stage {
    /// Founds a community and lets its members in.
    pub(crate) fn new(args: &Args) -> Self {
        Self::founded(args, |_| {})
    }

    /// The same, after its policy was changed.
    pub(crate) fn under(args: &Args, change: impl FnOnce(&mut Value)) -> Self {
        Self::founded(args, |home| drop(home.change_policy(change)))
    }

    fn founded(args: &Args, prepare: impl FnOnce(&Home)) -> Self {
        let world = World::new();
        let home = world.home("home");
        let community = home.found("Bench");
        let node = home.serve_logging(&args.log);
        prepare(&home);
        let runtime = Runtime::new().unwrap();
        let mut stage = Self {
            world,
            home,
            node,
            community: community.parse().unwrap(),
            runtime,
            corpus: Corpus::new(args.chats.as_deref()),
            members: Vec::new(),
            in_flight: args.in_flight,
            pause: args.pause,
            log: args.log.clone(),
            last: 0,
            given: 0,
            text_bytes: 0,
        };
        stage.members = (0..MEMBERS).map(|n| stage.admit(&format!("member-{n}"))).collect();
        stage
    }

    fn admit(&self, name: &str) -> Member {
        let person = self.world.home(name);
        self.home.admit(&person);
        let seed = sheaf_node::home::Home::open(&person.path).unwrap().seed().unwrap();
        self.connect(seed)
    }

    fn connect(&self, seed: Seed) -> Member {
        let address = vec![self.node.tcp().to_owned()];
        self.runtime.block_on(async {
            let client = Client::connect(seed.member_key(&self.community), &address).await.unwrap();
            let info = client.community(Some(self.community)).await.unwrap();
            assert!(info.is_member());
            Member { seed, info, client: Arc::new(client) }
        })
    }

    /// What the chats are.
    pub(crate) fn chats(&self) -> String {
        self.corpus.name()
    }

    /// The chat of a number.
    pub(crate) fn chat(&self, number: u64) -> Chat {
        self.corpus.chat(number)
    }

    /// The home node, to be watched.
    pub(crate) fn watched(&self) -> Watched {
        Watched { name: "node".into(), pid: self.node.pid() }
    }

    /// Prepares `count` chats of one member, ready to be sent: they count as given.
    pub(crate) fn prepare(&mut self, member: usize, count: u64) -> Vec<Ready> {
        let numbers = self.given..self.given + count;
        self.given = numbers.end;
        let chats = prepare(&self.corpus, &self.members[member].signer(), numbers);
        self.text_bytes += chats.iter().map(|chat| chat.text_bytes).sum::<u64>();
        chats
    }

    /// Gives `count` more chats: prepares them, then sends them with as many requests under way as
    /// asked for, and waits until all are acknowledged. Afterwards every proof is checked.
    pub(crate) fn give(&mut self, count: usize) -> Given {
        let share = count.div_ceil(self.members.len()) as u64;
        let prepared: Vec<_> = (0..MEMBERS).map(|member| self.prepare(member, share)).collect();
        self.pause("giving chats");
        let meter = Meter::start(&[self.watched()]);
        let senders = self.members.iter().zip(prepared).map(|(member, chats)| {
            send(member.client.clone(), Arc::new(chats), self.in_flight.div_ceil(MEMBERS))
        });
        let sent = self.runtime.block_on(futures_of(senders));
        let measured = meter.stop();
        let mut sizes = Vec::new();
        let mut chats = Vec::new();
        for (member, (given, logged)) in self.members.iter().zip(sent) {
            for (place, logged) in logged {
                let signed = member.info.check_logged(&given[place].statement, &logged).unwrap();
                sizes.push(signed.checkpoint().size);
                self.last = self.last.max(logged.index);
            }
            chats.extend(Arc::try_unwrap(given).ok().unwrap());
        }
        Given { batches: batches(sizes, chats.len()), chats: Arc::new(chats), measured }
    }

    /// Gives chats until the community has `count`, without measuring.
    pub(crate) fn fill_up_to(&mut self, count: u64) {
        while self.given < count {
            self.give((count - self.given).min(20_000) as usize);
        }
    }

    /// A new, empty node that is ready to follow.
    pub(crate) fn other_node(&self, name: &str) -> (Home, Node) {
        let home = self.world.home(name);
        let node = home.serve_logging(&self.log);
        (home, node)
    }

    /// Lets a node follow the community.
    pub(crate) fn follow(&self, home: &Home) {
        home.ok(&["follow", self.node.tcp(), "--yes"]);
    }

    /// Somebody who has accepted the policy, at the home node, and reads at `node`.
    pub(crate) fn reader(&self, node: &Node) -> Reader {
        let (community, seed) = (self.community, Seed::from_bytes([7; 32]));
        let key = seed.member_key(&community);
        self.runtime.block_on(async {
            let home = Client::connect(key.clone(), &[self.node.tcp().to_owned()]).await.unwrap();
            let info = home.community(Some(community)).await.unwrap();
            gather::accept(&home, &info, &key, None, now()).await.unwrap();
            home.close().await;
            let client = Client::connect(key, &[node.tcp().to_owned()]).await.unwrap();
            Reader { client, community }
        })
    }

    /// Waits until the node at which `reader` reads hands out the last chat given.
    pub(crate) fn until_taken(&self, reader: &Reader, pause: Duration) {
        if self.given > 0 {
            self.runtime.block_on(reader.until_seen(self.last, pause));
        }
    }

    /// Chats like those given, prepared but never sent.
    pub(crate) fn samples(&self, count: usize) -> Vec<Ready> {
        prepare(&self.corpus, &self.members[0].signer(), 0..count as u64)
    }

    /// Sends one chat and gives its index.
    pub(crate) async fn give_one(&self, chat: &Ready) -> u64 {
        submit(&self.members[0].client, chat).await.index
    }

    /// For a profiler: waits until somebody presses Enter.
    pub(crate) fn pause(&self, what: &str) {
        if self.pause {
            eprintln!("before {what}: the node's process is {}; Enter goes on", self.node.pid());
            let _ = std::io::stdin().read_line(&mut String::new());
        }
    }
}

impl Member {
    fn signer(&self) -> Signer<'_> {
        Signer { seed: &self.seed, info: &self.info }
    }
}

impl Reader {
    /// Whether the node hands out the chat at `index`: statement, key and sealed blob.
    pub(crate) async fn sees(&self, index: u64) -> bool {
        let asked = self.client.items(self.community, vec![index], Parts::Chats).await;
        let Ok(mut items) = asked else { return false };
        match items.next().await {
            Ok(Some(item)) => matches!(item.state, ItemState::Here { chat: Some(_), .. }),
            _ => false,
        }
    }

    /// Asks again and again until the node hands out the chat at `index`.
    pub(crate) async fn until_seen(&self, index: u64, pause: Duration) {
        while !self.sees(index).await {
            tokio::time::sleep(pause).await;
        }
    }
}

async fn futures_of<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

/// Sends `chats`, `in_flight` at a time; gives each acknowledgement with its chat's place.
async fn send(
    client: Arc<Client>,
    chats: Arc<Vec<Ready>>,
    in_flight: usize,
) -> (Arc<Vec<Ready>>, Vec<(usize, Logged)>) {
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..in_flight).map(|_| {
        let (client, chats, next) = (client.clone(), chats.clone(), next.clone());
        async move {
            let mut logged = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(chat) = chats.get(place) else { return logged };
                logged.push((place, submit(&client, chat).await));
            }
        }
    });
    let logged = futures_of(workers).await.into_iter().flatten().collect();
    (chats, logged)
}

async fn submit(client: &Client, chat: &Ready) -> Logged {
    match client.submit(chat.submission(), &chat.blob).await {
        Ok(MemberReply::Logged { logged }) if !logged.already => logged,
        other => panic!("the node did not log a chat: {other:?}"),
    }
}

/// The batches that the node made, from the sizes of the logs that acknowledged.
fn batches(mut sizes: Vec<u64>, chats: usize) -> Vec<usize> {
    sizes.sort_unstable();
    sizes.dedup();
    let last = sizes.last().copied().unwrap_or(0);
    let mut from = last.saturating_sub(chats as u64);
    let mut made = Vec::new();
    for size in sizes {
        made.push((size - from) as usize);
        from = size;
    }
    assert_eq!(made.iter().sum::<usize>(), chats, "the acknowledgements cover every chat");
    made
}
