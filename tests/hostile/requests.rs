//! Requests that read well and are wrong all the same: out of place, signed by nobody's friend, or
//! made again and again.

use std::time::{Duration, Instant};

use futures::io::{AsyncReadExt as _, AsyncWriteExt as _};
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{
    LargeRequest, MemberRequest, Parts, PullRequest, StewardRequest, Submission,
};
use sheaf_protocol::id::{CommunityId, EntryCommitment};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Acceptance, Body, Role, Takedown, TakedownReason, Withdrawal};
use sheaf_tests::DEADLINE;

use crate::attacker::{Attacker, MARK, fresh_key, host, keypair};
use crate::honest::{now, sealed_as};
use crate::village::Village;
use crate::wire::{Peer, ask, frame};

/// Streams that break off together: more than a stranger would be forgiven.
const STREAMS: usize = 30;

fn signed(info: &CommunityInfo, body: Body, key: &SecretKey) -> Bytes {
    Bytes(Signed::sign(info.statement(body, now()), key).bytes().to_vec())
}

fn acceptance(info: &CommunityInfo, key: &SecretKey) -> Vec<u8> {
    let body = Body::Acceptance(Acceptance { role: Role::Reader, name: None });
    cbor::to_vec(&PullRequest::Accept { statement: signed(info, body, key) })
}

/// Asks all of `requests` again and again, under a new key whenever the node will have no more.
async fn ask_for_ever(
    me: &Attacker,
    requests: impl Fn(&SecretKey) -> Vec<(&'static str, Vec<u8>)> + Copy,
) {
    me.many(4, |me, host| async move {
        loop {
            let key = fresh_key();
            let Ok(peer) = Peer::over_tcp(host, &me.target, &keypair(&key)).await else {
                me.pace().await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            'connected: loop {
                for (protocol, request) in requests(&key) {
                    me.pace().await;
                    let Some(mut stream) = peer.speak(protocol).await else { break 'connected };
                    let _ = ask(&mut stream, &request).await;
                }
            }
        }
    })
    .await;
}

#[test]
fn valid_messages_in_the_wrong_state() {
    let mut village = Village::new();
    let info = village.honest.info().clone();
    village.survives(3, 200, &["it asks for what it may not"], move |me| {
        let info = info.clone();
        async move {
            let (tea, info) = (me.target.community, &info);
            ask_for_ever(&me, |key| {
                let (submission, _) = sealed_as(info, key);
                let elsewhere = CommunityId(key.public());
                let pull = |request: PullRequest| ("/sheaf/pull/1", cbor::to_vec(&request));
                let member = |request: MemberRequest| ("/sheaf/member/1", cbor::to_vec(&request));
                let steward = |request: StewardRequest| ("/sheaf/member/1", cbor::to_vec(&request));
                let large =
                    LargeRequest { community: tea, index: 0, commitment: EntryCommitment([7; 32]) };
                vec![
                    // A blob announced that never follows, by one who is not a member.
                    member(MemberRequest::Submit { submission }),
                    // A request of one protocol on the other's stream.
                    ("/sheaf/pull/1", cbor::to_vec(&MemberRequest::Community { community: None })),
                    ("/sheaf/member/1", cbor::to_vec(&large)),
                    ("/sheaf/large/1", cbor::to_vec(&large)),
                    // Before any acceptance, beyond the end, backwards, of another community.
                    pull(PullRequest::Items {
                        community: tea,
                        indices: (0..1024).collect(),
                        parts: Parts::Chats,
                    }),
                    pull(PullRequest::Items {
                        community: tea,
                        indices: vec![9, 1],
                        parts: Parts::Chats,
                    }),
                    pull(PullRequest::Entries {
                        community: tea,
                        from: u64::MAX,
                        max: u64::MAX,
                        size: u64::MAX,
                    }),
                    pull(PullRequest::Head { community: elsewhere }),
                    // The operator's and the stewards' own.
                    steward(StewardRequest::Status),
                    steward(StewardRequest::Members),
                    steward(StewardRequest::Unfollow { community: tea }),
                    steward(StewardRequest::Waiting { after: None, max: u64::MAX }),
                    steward(StewardRequest::Review { control: key.public() }),
                    steward(StewardRequest::Admit { control: key.public() }),
                    steward(StewardRequest::Block { peer: key.public(), blocked: true }),
                ]
            })
            .await;
        }
    });
    village.stays_unharmed();
}

#[test]
fn statements_signed_by_strangers() {
    let mut village = Village::new();
    let info = village.honest.info().clone();
    village.survives(3, 200, &["refused for a while"], move |me| {
        let info = info.clone();
        async move {
            let info = &info;
            ask_for_ever(&me, |key| {
                let control = fresh_key().public();
                let withdrawal = || Body::Withdrawal(Withdrawal { control });
                let takedown = Body::Takedown(Takedown { control, reason: TakedownReason::Policy });
                let pull = |request: PullRequest| ("/sheaf/pull/1", cbor::to_vec(&request));
                let member = |request: MemberRequest| ("/sheaf/member/1", cbor::to_vec(&request));
                let (manifest, _) = sealed_as(info, key);
                vec![
                    member(MemberRequest::Withdraw { statement: signed(info, withdrawal(), key) }),
                    pull(PullRequest::Offer { statement: signed(info, withdrawal(), key) }),
                    pull(PullRequest::Offer { statement: signed(info, takedown.clone(), key) }),
                    pull(PullRequest::Offer { statement: manifest.statement.clone() }),
                    pull(PullRequest::Accept { statement: manifest.statement.clone() }),
                    member(MemberRequest::Join { statement: manifest.statement.clone() }),
                    (
                        "/sheaf/member/1",
                        cbor::to_vec(&StewardRequest::Append {
                            statement: signed(info, takedown, key),
                        }),
                    ),
                    pull(PullRequest::Fork { community: info.id(), proof: Bytes(MARK.to_vec()) }),
                    member(MemberRequest::Submit {
                        submission: Submission { statement: Bytes(MARK.to_vec()), key: [7; 32] },
                    }),
                ]
            })
            .await;
        }
    });
    village.stays_unharmed();
}

#[test]
fn everything_again_and_again() {
    let mut village = Village::new();
    let info = village.honest.info().clone();
    let all = village.honest.given;
    // A reader may take every log several times over, and anew when it has doubled: beside a member who
    // gives fast, nobody comes to the end of that. Who does is named in the next story.
    village.survives(5, 60, &[], move |me| {
        let info = info.clone();
        async move { take_everything(&me, &info, all).await }
    });
    village.stays_unharmed();
}

#[test]
fn who_has_taken_everything_again_and_again_is_named() {
    let village = Village::new();
    let info = village.honest.info().clone();
    let all = village.honest.given;
    let attack = move |me| async move { take_everything(&me, &info, all).await };
    let attack = Attacker::start(village.target.clone(), attack);
    let started = Instant::now();
    while !village.log().contains("again and again") {
        assert!(started.elapsed() < DEADLINE, "nobody is named:\n{}", village.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    attack.stop();
    let lines = village.log().lines().count();
    assert!(lines <= 8, "each of four is named once, not {lines} times:\n{}", village.log());
    village.stays_unharmed();
}

/// Readers like others, for the policy is open to everybody, who ask for all there is without end.
async fn take_everything(me: &Attacker, info: &CommunityInfo, all: u64) {
    me.many(4, |me, host| async move {
        let key = fresh_key();
        let Ok(peer) = Peer::over_tcp(host, &me.target, &keypair(&key)).await else { return };
        let Some(mut stream) = peer.speak("/sheaf/pull/1").await else { return };
        let _ = ask(&mut stream, &acceptance(info, &key)).await;
        let everything = cbor::to_vec(&PullRequest::Items {
            community: info.id(),
            // As many as may be asked for at once, over and over.
            indices: (0..1024).map(|n| n * all / 1024).collect(),
            parts: Parts::Chats,
        });
        let counts = cbor::to_vec(&PullRequest::Counts { community: info.id() });
        let mut unread = Vec::new();
        for number in 0_u32.. {
            me.pace().await;
            let Some(mut stream) = peer.speak("/sheaf/pull/1").await else { break };
            if number % 8 == 0 {
                let _ = ask(&mut stream, &counts).await;
                continue;
            }
            let _ = stream.write_all(&frame(&everything)).await;
            let _ = stream.flush().await;
            // Some answers are read, and some left in the node's hands.
            match number % 4 {
                0 => unread.push(stream),
                _ => read_to_end(&me, &mut stream).await,
            }
        }
    })
    .await;
}

async fn read_to_end(me: &Attacker, stream: &mut libp2p::core::muxing::SubstreamBox) {
    let mut buffer = vec![0; 64 * 1024];
    let quiet = Duration::from_secs(1);
    while let Ok(Ok(1..)) = tokio::time::timeout(quiet, stream.read(&mut buffer)).await {
        me.pace().await;
    }
}

#[test]
fn a_blocked_peer_is_told_so_in_one_message() {
    let village = Village::new();
    let eve = fresh_key();
    let name = eve.public().to_string();
    village.alice.ok(&["peer", "block", &name]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let target = village.target.clone();
    let answer = runtime.block_on(async {
        let peer = Peer::over_tcp([127, 0, 66, 9].into(), &target, &keypair(&eve)).await.unwrap();
        let mut stream = peer.speak("/sheaf/pull/1").await.unwrap();
        ask(&mut stream, &cbor::to_vec(&PullRequest::Hosted)).await.unwrap()
    });
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.contains("the operator of this node refuses your key"), "{answer:?}");
    assert!(village.log().lines().count() <= 2, "{}", village.log());
}

/// As a machine leaves them that falls asleep in the middle of giving.
#[test]
fn a_member_whose_requests_break_off_stays_welcome() {
    let mut village = Village::new();
    let (target, key) = (village.target.clone(), keypair(village.honest.key()));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let peer = Peer::over_quic(host(9), &target, &key).await.unwrap();
        let mut asleep = Vec::new();
        for _ in 0..STREAMS {
            let mut stream = peer.speak("/sheaf/member/1").await.expect("a stream is opened");
            stream.write_all(&frame(&[7; 100])[..50]).await.unwrap();
            stream.flush().await.unwrap();
            asleep.push(stream);
        }
        for mut stream in asleep {
            let ended = tokio::time::timeout(DEADLINE, stream.read(&mut [0; 8])).await;
            assert!(!matches!(ended, Ok(Ok(1..))), "no answer to half a request: {ended:?}");
        }
    });
    let started = Instant::now();
    let (given, _) = village.honest.contribute_while(|| started.elapsed().as_secs() < 1);
    assert!(given > 0, "who broke off is served as before");
    let log = village.log();
    assert!(!log.contains("refused for a while"), "and was not refused: {log}");
    village.stays_unharmed();
}
