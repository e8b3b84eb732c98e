//! The honest peer beside: a member who goes on contributing.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::stream::{FuturesUnordered, StreamExt as _};
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::home;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::exchange::{MemberReply, Submission};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Attribution, BlobRef, Body, Consent, Labels, Manifest};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;
use sheaf_tests::Home;
use tokio::runtime::Runtime;

use crate::attacker::fresh_key;

/// Chats under way at once.
const IN_FLIGHT: usize = 4;

/// A member with sealed chats, ready to be sent.
pub(crate) struct Honest {
    runtime: Runtime,
    client: Client,
    info: CommunityInfo,
    key: SecretKey,
    sealed: VecDeque<(Submission, Vec<u8>)>,
    /// Chats acknowledged so far.
    pub(crate) given: u64,
}

impl Honest {
    /// The founder, through the node's own door.
    pub(crate) fn new(founder: &Home, address: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let seed = home::Home::open(&founder.path).unwrap().seed().unwrap();
        let addresses = [address.to_owned()];
        let anybody = runtime.block_on(Client::connect(fresh_key(), &addresses)).unwrap();
        let info = runtime.block_on(anybody.community(None)).unwrap();
        runtime.block_on(anybody.close());
        let key = seed.member_key(&info.id());
        let client = runtime.block_on(Client::connect(key.clone(), &addresses)).unwrap();
        Self { runtime, client, info, key, sealed: VecDeque::new(), given: 0 }
    }

    pub(crate) fn key(&self) -> &SecretKey {
        &self.key
    }

    pub(crate) fn info(&self) -> &CommunityInfo {
        &self.info
    }

    /// Seals so many chats, so that sealing is no part of what is measured.
    pub(crate) fn prepare(&mut self, chats: u64) {
        while (self.sealed.len() as u64) < chats {
            self.sealed.push_back(sealed_as(&self.info, &self.key));
        }
    }

    /// Contributes so many chats; gives the number acknowledged, which is the same.
    pub(crate) fn contribute_some(&mut self, chats: u64) -> u64 {
        let left = std::cell::Cell::new(chats);
        let next = || {
            let before = left.get();
            left.set(before.saturating_sub(1));
            before > 0
        };
        self.contribute_while(next).0
    }

    /// Contributes as long as it is `time` to; gives the number of chats acknowledged, and how long
    /// that took. None may be refused.
    pub(crate) fn contribute_while(&mut self, time: impl Fn() -> bool) -> (u64, Duration) {
        let started = Instant::now();
        let (client, sealed) = (&self.client, &mut self.sealed);
        let (info, key) = (&self.info, &self.key);
        let done = self.runtime.block_on(async {
            let mut under_way = FuturesUnordered::new();
            let mut done = 0_u64;
            loop {
                while under_way.len() < IN_FLIGHT && time() {
                    let next = sealed.pop_front();
                    let (submission, blob) = next.unwrap_or_else(|| sealed_as(info, key));
                    under_way.push(async move { client.submit(submission, &blob).await });
                }
                match under_way.next().await {
                    Some(Ok(MemberReply::Logged { .. })) => done += 1,
                    Some(other) => panic!("an honest member's chat was not logged: {other:?}"),
                    None => return done,
                }
            }
        });
        self.given += done;
        (done, started.elapsed())
    }
}

/// A chat of a few KB that nobody gave before, sealed and signed under a key, whoever's it is.
pub(crate) fn sealed_as(info: &CommunityInfo, key: &SecretKey) -> (Submission, Vec<u8>) {
    sealed_with(info, key, &chat())
}

/// The same of this chat.
pub(crate) fn sealed_with(
    info: &CommunityInfo,
    key: &SecretKey,
    chat: &Chat,
) -> (Submission, Vec<u8>) {
    let control = fresh_key();
    let chat_key = ChatKey::from_bytes(*fresh_key().to_bytes());
    let plain = chat.to_cbor();
    let sealed = seal(&chat_key, &info.id(), &key.public(), &plain).unwrap();
    let manifest = Manifest {
        control: control.public(),
        blob: BlobRef {
            hash: sealed.hash,
            sealed_bytes: sealed.blob.len() as u64,
            plain_bytes: sealed.plain_bytes,
        },
        commitment: sealed.commitment,
        check: sealed.check,
        consent: Consent {
            licence: "CC-BY-4.0".into(),
            usage: "train-ai=y".into(),
            vocabulary: VOCABULARY.into(),
            attribution: Attribution::Name("Alice".into()),
            due: None,
        },
        labels: Labels { messages: 2, ..Labels::default() },
    };
    let statement = Signed::sign(info.statement(Body::Manifest(manifest), now()), key);
    let statement = Bytes(statement.bytes().to_vec());
    (Submission { statement, key: *chat_key.to_bytes() }, sealed.blob)
}

fn chat() -> Chat {
    let number = fresh_key().public();
    let say = |role, parent, text: String| Message::new(role, parent, vec![Part::Text { text }]);
    // What does not compress well, as conversations do not.
    let answer: String = (0..100)
        .map(|n| blake3::hash(format!("{number} {n}").as_bytes()).to_hex()[..40].to_owned())
        .collect();
    let messages = vec![
        say(Role::User, None, format!("Question {number}?")),
        say(Role::Assistant, Some(0), answer),
    ];
    Chat { messages, ..Chat::default() }
}

pub(crate) fn now() -> Time {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    Time::from_ms(u64::try_from(ms).unwrap()).unwrap()
}
