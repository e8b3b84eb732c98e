//! Streams: their ends, their number, their pace, their names and their frames.

use super::super::framing::{FrameError, read_frame, write_frame};
use super::*;
use std::time::Instant;
use tokio::task::JoinSet;

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
