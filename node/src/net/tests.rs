//! Stories over real sockets on loopback. Each ends by a deadline.

use super::{
    framing::{FrameError, read_frame, write_frame},
    *,
};
use sheaf_protocol::limits::GOSSIP_BYTES_MAX;
use std::{collections::HashMap, io, time::Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    task::JoinSet,
    time::timeout,
};

const ECHO: &str = "/sheaf/echo/1";
const SOON: Duration = Duration::from_secs(10);
const TCP: &str = "/ip4/127.0.0.1/tcp/0";
const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

struct Node {
    net: NetHandle,
    key: PublicKey,
    events: mpsc::Receiver<NetEvent>,
}

fn config(seed: u8, listen: &[&str]) -> NetConfig {
    NetConfig {
        key: SecretKey::from_bytes([seed; 32]),
        listen: listen.iter().map(|&addr| addr.to_owned()).collect(),
        protocols: vec![ECHO],
        limits: NetLimits::node(),
    }
}

async fn node(seed: u8, listen: &[&str]) -> Node {
    let config = config(seed, listen);
    let key = config.key.public();
    let (net, events) = start(config).await.unwrap();
    Node { net, key, events }
}

impl Node {
    async fn addr(&self) -> String {
        self.net.listening().await.remove(0)
    }

    /// The next event that `wanted` takes.
    async fn wait<T>(&mut self, mut wanted: impl FnMut(NetEvent) -> Option<T>) -> T {
        timeout(SOON, async {
            loop {
                let event = self.events.recv().await.unwrap();
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        })
        .await
        .unwrap()
    }

    async fn gossip(&mut self) -> (MessageToken, PublicKey, Vec<u8>) {
        self.wait(|event| match event {
            NetEvent::Gossip { token, from, data, .. } => Some((token, from, data)),
            _ => None,
        })
        .await
    }

    async fn disconnected(&mut self) -> PublicKey {
        self.wait(|event| match event {
            NetEvent::Disconnected { peer } => Some(peer),
            _ => None,
        })
        .await
    }

    /// Sends back whatever comes on any inbound stream, for as long as the node lives.
    fn echo(self) {
        let Self { net, mut events, .. } = self;
        tokio::spawn(async move {
            let _running = net;
            while let Some(event) = events.recv().await {
                if let NetEvent::Inbound { stream, .. } = event {
                    tokio::spawn(async move {
                        let (mut reader, mut writer) = tokio::io::split(stream);
                        tokio::io::copy(&mut reader, &mut writer).await.unwrap();
                        writer.shutdown().await.unwrap();
                    });
                }
            }
        });
    }
}

async fn echoed(mut stream: Stream, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (mut reader, mut writer) = tokio::io::split(&mut stream);
    let mut answer = Vec::new();
    let (sent, read) = tokio::join!(
        async {
            writer.write_all(bytes).await?;
            writer.shutdown().await
        },
        reader.read_to_end(&mut answer)
    );
    sent?;
    read?;
    Ok(answer)
}

#[tokio::test]
async fn a_stream_echoes_over_quic_and_over_tcp() {
    for listen in [QUIC, TCP] {
        let alice = node(1, &[]).await;
        let mut bob = node(2, &[listen]).await;
        let (addr, key) = (bob.addr().await, bob.key);
        bob.net.know(alice.key, true).await;
        assert_eq!(alice.net.dial(&addr).await.unwrap(), key);
        let (peer, inbound) = bob
            .wait(|event| match event {
                NetEvent::Connected { peer, inbound, .. } => Some((peer, inbound)),
                _ => None,
            })
            .await;
        assert_eq!((peer, inbound), (alice.key, true), "the connection says who dials");
        bob.echo();
        let stream = alice.net.open(key, ECHO).await.unwrap();
        let bytes = vec![7; 3_000_000];
        let answer = timeout(SOON, echoed(stream, &bytes)).await.unwrap().unwrap();
        assert!(answer == bytes, "over {listen}: ending our direction leaves the other open");
        alice.net.shutdown().await;
    }
}

#[tokio::test]
async fn a_burst_of_streams_is_answered_to_the_last() {
    for listen in [QUIC, TCP] {
        let alice = node(1, &[]).await;
        let bob = node(2, &[listen]).await;
        let (addr, key, bob_net) = (bob.addr().await, bob.key, bob.net.clone());
        bob.net.know(alice.key, true).await;
        alice.net.dial(&addr).await.unwrap();
        bob.echo();
        let mut opens = JoinSet::new();
        for number in 0..200_u32 {
            let net = alice.net.clone();
            opens.spawn(async move {
                let bytes = number.to_be_bytes();
                let stream = net.open(key, ECHO).await.unwrap();
                assert_eq!(echoed(stream, &bytes).await.unwrap(), bytes);
            });
        }
        let all = timeout(SOON, opens.join_all()).await;
        assert_eq!(all.unwrap().len(), 200, "over {listen}");
        assert_eq!(bob_net.streams_refused(), 0, "our own nodes keep to the limit");
    }
}

#[tokio::test]
async fn a_stranger_opens_streams_at_a_pace_and_a_member_does_not() {
    use crate::limits::{STREAMS_STRANGER_BURST, STREAMS_STRANGER_PER_SEC};
    for listen in [QUIC, TCP] {
        let alice = node(1, &[]).await;
        let bob = node(2, &[listen]).await;
        let (addr, key, bob_net) = (bob.addr().await, bob.key, bob.net.clone());
        let started = Instant::now();
        alice.net.dial(&addr).await.unwrap();
        bob.echo();
        let ask =
            async || echoed(alice.net.open(key, ECHO).await.unwrap(), b"hello").await.unwrap();
        let asked = STREAMS_STRANGER_BURST + STREAMS_STRANGER_PER_SEC;
        for _ in 0..asked {
            ask().await;
        }
        // Some of the burst went to the streams that libp2p opens by itself.
        let passed = started.elapsed();
        assert!(
            passed >= Duration::from_millis(900),
            "{asked} streams took {passed:?} over {listen}"
        );
        bob_net.know(alice.key, true).await;
        let started = Instant::now();
        for _ in 0..asked {
            ask().await;
        }
        let passed = started.elapsed();
        assert!(passed < Duration::from_millis(900), "the member waited {passed:?} over {listen}");
    }
}

#[tokio::test]
async fn streams_beyond_the_places_wait_for_one() {
    use crate::limits::STREAMS_OUTBOUND_MAX;
    let alice = node(1, &[]).await;
    let bob = node(2, &[QUIC]).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..STREAMS_OUTBOUND_MAX {
        held.push(alice.net.open(key, ECHO).await.unwrap());
    }
    let next = alice.net.open(key, ECHO);
    tokio::pin!(next);
    let early = timeout(Duration::from_millis(200), &mut next).await;
    assert!(early.is_err(), "no place is free");
    held.pop();
    assert!(timeout(SOON, next).await.unwrap().is_ok(), "the freed place is given on");
}

#[tokio::test]
async fn streams_that_nobody_takes_are_closed_and_counted() {
    use crate::limits::{STREAMS_INBOUND_MAX, STREAMS_WAITING_MAX};
    let alice = node(1, &[]).await;
    // bob takes no events, so each stream keeps its place, whatever alice does with her end.
    let bob = node(2, &[QUIC]).await;
    bob.net.know(alice.key, true).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    let kept = STREAMS_INBOUND_MAX + STREAMS_WAITING_MAX;
    for _ in 0..kept + 10 {
        alice.net.open(key, ECHO).await.unwrap();
    }
    let counted = timeout(SOON, async {
        while bob.net.streams_refused() < 10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(counted.await.is_ok(), "{} counted", bob.net.streams_refused());
    assert_eq!(bob.net.streams_refused(), 10, "all others have a place or wait for one");
}

#[tokio::test]
async fn an_unknown_version_is_named_with_what_is_offered() {
    let alice = node(1, &[]).await;
    let bob = node(2, &[QUIC]).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    let error = alice.net.open(key, "/sheaf/echo/2").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the peer does not speak /sheaf/echo/2; it offers /sheaf/echo/1",
        "{error:?}"
    );
}

#[tokio::test]
async fn a_stranger_cannot_be_asked_for_a_stream() {
    let alice = node(1, &[]).await;
    let nobody = SecretKey::from_bytes([9; 32]).public();
    let error = alice.net.open(nobody, ECHO).await.unwrap_err();
    assert!(matches!(error, OpenError::NotConnected(peer) if peer == nobody), "{error:?}");
}

/// alice – bob – eve: what alice says reaches eve only through bob.
async fn three_in_a_line(topic: &str) -> [Node; 3] {
    let (alice, bob, eve) = (node(1, &[]).await, node(2, &[TCP]).await, node(3, &[]).await);
    for one in [&alice, &bob, &eve] {
        one.net.subscribe(topic).await;
    }
    let addr = bob.addr().await;
    alice.net.dial(&addr).await.unwrap();
    eve.net.dial(&addr).await.unwrap();
    [alice, bob, eve]
}

/// Publishes as soon as a peer is known to listen.
async fn publish(node: &Node, topic: &str, data: &[u8]) {
    timeout(SOON, async {
        while node.net.publish(topic, data.to_vec()).await == Err(PublishError::NoPeers) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn gossip_goes_on_only_after_a_good_verdict() {
    let topic = "sheaf/test/1";
    let [alice, mut bob, mut eve] = three_in_a_line(topic).await;
    let verdicts = HashMap::from([
        (b"bad".to_vec(), Some(Verdict::Reject)),
        (b"odd".to_vec(), Some(Verdict::Ignore)),
        (b"undecided".to_vec(), None),
        (b"good".to_vec(), Some(Verdict::Accept)),
    ]);
    // Only when bob reaches eve does her silence mean anything.
    let hello = timeout(SOON, async {
        for number in 0_u8.. {
            publish(&bob, topic, &[number]).await;
            if timeout(Duration::from_millis(100), eve.gossip()).await.is_ok() {
                return;
            }
        }
    });
    hello.await.unwrap();
    for said in [&b"bad"[..], b"odd", b"undecided", b"good"] {
        publish(&alice, topic, said).await;
        let (token, from, data) = loop {
            let next = bob.gossip().await;
            if verdicts.contains_key(&next.2) {
                break next;
            }
        };
        assert_eq!((from, &data[..]), (alice.key, said));
        if let Some(verdict) = verdicts[said] {
            bob.net.verdict(token, verdict).await;
        }
    }
    assert_eq!(eve.gossip().await.2, b"good", "only the accepted one goes on");
    // The message without verdict is overdue by now or soon; it must not appear late either.
    let late = timeout(crate::limits::VERDICT_TIMEOUT + Duration::from_millis(500), eve.gossip());
    assert!(late.await.is_err(), "a message without verdict is ignored, not forwarded");
}

#[tokio::test]
async fn gossip_is_bounded_and_known_by_content() {
    let topic = "sheaf/test/1";
    let [alice, mut bob, _eve] = three_in_a_line(topic).await;
    let largest = vec![1; GOSSIP_BYTES_MAX];
    publish(&alice, topic, &largest).await;
    assert_eq!(bob.gossip().await.2.len(), GOSSIP_BYTES_MAX, "the largest allowed arrives");
    assert_eq!(alice.net.publish(topic, largest).await, Err(PublishError::Duplicate));
    let too_long = alice.net.publish(topic, vec![1; GOSSIP_BYTES_MAX + 1]).await;
    assert!(matches!(too_long, Err(PublishError::TooLong { .. })), "{too_long:?}");
    let unheard = alice.net.publish("sheaf/nobody/1", vec![1]).await;
    assert_eq!(unheard, Err(PublishError::NoPeers));
}

#[tokio::test]
async fn a_taken_port_is_an_error_at_the_start() {
    for listen in [QUIC, TCP] {
        let alice = node(1, &[listen]).await;
        let addr = alice.addr().await;
        let taken = addr.split("/p2p/").next().unwrap();
        match start(config(2, &[taken])).await {
            Err(NetError::Listen { addr, source }) => {
                assert_eq!(addr, taken);
                assert_eq!(source.kind(), io::ErrorKind::AddrInUse, "{source}");
            }
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("two nodes listen at {taken}"),
        }
    }
}

#[tokio::test]
async fn a_port_is_free_again_after_the_shutdown() {
    let bob = node(2, &[QUIC, TCP]).await;
    let eve = node(3, &[]).await;
    let addrs = bob.net.listening().await;
    let sockets: Vec<&str> = addrs.iter().map(|addr| addr.split("/p2p/").next().unwrap()).collect();
    eve.net.dial(&addrs[0]).await.unwrap();
    let last = bob.net.clone();
    bob.net.shutdown().await;
    assert!(last.listening().await.is_empty(), "the task has ended");
    let again = timeout(SOON, async {
        loop {
            match start(config(2, &sockets)).await {
                Ok(_) => return,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    });
    assert!(again.await.is_ok(), "the sockets are closed");
}

#[tokio::test]
async fn a_peer_hears_of_a_shutdown() {
    let mut alice = node(1, &[]).await;
    let bob = node(2, &[TCP]).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    bob.net.shutdown().await;
    assert_eq!(alice.disconnected().await, key);
}

#[tokio::test]
async fn a_network_without_handles_ends() {
    let mut alice = node(1, &[]).await;
    let bob = node(2, &[QUIC]).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    let Node { net, mut events, .. } = bob;
    drop(net);
    assert_eq!(alice.disconnected().await, key, "the peer is told");
    let ended = timeout(SOON, async { while events.recv().await.is_some() {} });
    assert!(ended.await.is_ok(), "the task has ended");
}

#[tokio::test]
async fn a_failed_dial_says_why() {
    let alice = node(1, &[]).await;
    let bob = node(2, &[QUIC]).await;
    let addr = bob.addr().await;
    let eve = SecretKey::from_bytes([3; 32]).public();
    let socket = addr.split("/p2p/").next().unwrap();
    let at =
        |socket: &str, key: &PublicKey| format!("{socket}/p2p/{}", address::peer_id(key).unwrap());

    let error = alice.net.dial(&at(socket, &eve)).await.unwrap_err();
    assert!(
        matches!(error, DialError::WrongPeer { expected, found: Some(found), .. }
            if expected == eve && found == bob.key),
        "{error:?}"
    );

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = at(&format!("/ip4/127.0.0.1/tcp/{}", closed.port()), &eve);
    let error = alice.net.dial(&nobody).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{nobody} cannot be reached: nothing listens there"));

    let error = alice.net.dial(socket).await.unwrap_err();
    assert!(matches!(error, DialError::BadAddress(_)), "{error:?}");

    let myself = bob.net.dial(&addr).await.unwrap_err();
    assert!(matches!(myself, DialError::Unreachable { .. }), "{myself:?}");
}

#[tokio::test]
async fn a_banned_peer_is_told_why_and_shown_out() {
    let mut alice = node(1, &[TCP]).await;
    let bob = node(2, &[]).await;
    alice.net.ban(bob.key).await;
    let key = bob.net.dial(&alice.addr().await).await.unwrap();
    let _stream = bob.net.open(key, ECHO).await.unwrap();
    let why = alice
        .wait(|event| match event {
            NetEvent::Inbound { refused, .. } => Some(refused),
            NetEvent::Connected { .. } => panic!("the application is not told of refused peers"),
            _ => None,
        })
        .await;
    assert!(why.is_some_and(|why| why.contains("operator")), "who refuses, in words");
    let mut bob = bob;
    assert_eq!(bob.disconnected().await, key, "it leaves soon after");
}

#[tokio::test]
async fn a_stranger_that_fills_streams_is_cut_and_then_refused() {
    let alice = node(1, &[TCP]).await;
    let mut eve = node(2, &[]).await;
    let addr = alice.addr().await;
    // Eve opens streams and fills them; nobody reads.
    for _ in 0..3 {
        let key = eve.net.dial(&addr).await.unwrap();
        let net = eve.net.clone();
        let fill = async {
            while let Ok(mut stream) = net.open(key, ECHO).await {
                let junk = [7; 200_000];
                tokio::spawn(async move {
                    let _ = stream.write_all(&junk).await;
                    std::future::pending::<()>().await;
                });
            }
        };
        let cut = timeout(SOON, async { tokio::join!(fill, eve_is_cut(&mut eve.events)) });
        cut.await.expect("a connection with so much unread is closed");
    }
    let refused = timeout(SOON, async {
        while alice
            .net
            .shared
            .reputation
            .refusal(&super::address::peer_id(&eve.key).unwrap(), Instant::now())
            .is_none()
        {
            tokio::task::yield_now().await;
        }
    });
    refused.await.expect("whoever does so again and again is refused");
}

async fn eve_is_cut(events: &mut mpsc::Receiver<NetEvent>) {
    while let Some(event) = events.recv().await {
        if matches!(event, NetEvent::Disconnected { .. }) {
            return;
        }
    }
}

#[tokio::test]
async fn a_banned_peer_is_cut_and_kept_out_until_unbanned() {
    let mut alice = node(1, &[TCP]).await;
    let mut bob = node(2, &[TCP]).await;
    let addr = bob.addr().await;
    alice.net.dial(&addr).await.unwrap();
    alice.net.ban(bob.key).await;
    assert_eq!(bob.disconnected().await, alice.key);
    assert_eq!(alice.disconnected().await, bob.key);
    let error = alice.net.dial(&addr).await.unwrap_err();
    assert!(matches!(error, DialError::Banned { .. }), "{error:?}");
    alice.net.unban(bob.key).await;
    assert_eq!(alice.net.dial(&addr).await.unwrap(), bob.key);
}

#[tokio::test]
async fn listening_everywhere_gives_addresses_to_dial() {
    let mut bob = node(2, &["/ip4/0.0.0.0/tcp/0", "/ip4/0.0.0.0/udp/0/quic-v1"]).await;
    for wire in ["/tcp/", "/udp/"] {
        let known = bob.net.listening().await;
        let local = |addr: &String| addr.starts_with("/ip4/127.0.0.1/") && addr.contains(wire);
        let addr = match known.into_iter().find(local) {
            Some(addr) => addr,
            None => {
                bob.wait(|event| match event {
                    NetEvent::Listening { addr } => local(&addr).then_some(addr),
                    _ => None,
                })
                .await
            }
        };
        let alice = node(1, &[]).await;
        assert_eq!(alice.net.dial(&addr).await.unwrap(), bob.key, "at {addr}");
    }
}

#[tokio::test]
async fn a_swarm_that_only_dials_is_not_listening() {
    let alice = node(1, &[]).await;
    assert!(alice.net.listening().await.is_empty());
}

#[tokio::test]
async fn a_frame_too_long_is_refused_on_a_real_stream() {
    let alice = node(1, &[]).await;
    let mut bob = node(2, &[TCP]).await;
    let key = alice.net.dial(&bob.addr().await).await.unwrap();
    let mut stream = alice.net.open(key, ECHO).await.unwrap();
    write_frame(&mut stream, &[1; 1000], SOON).await.unwrap();
    let mut inbound = bob
        .wait(|event| match event {
            NetEvent::Inbound { stream, .. } => Some(stream),
            _ => None,
        })
        .await;
    let result = read_frame(&mut inbound, 999, SOON).await;
    assert!(matches!(result, Err(FrameError::TooLong { len: 1000, max: 999 })), "{result:?}");
}
