//! Peers that are refused.

use super::*;
use std::time::Instant;

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
            .refusal(&super::super::address::peer_id(&eve.key).unwrap(), Instant::now())
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
async fn when_many_come_over_quic_each_proves_its_address_and_comes_in() {
    use crate::limits::HANDSHAKES_STRANGERS_BURST;
    let bob = node(1, &[QUIC]).await;
    let (addr, key) = (bob.addr().await, bob.key);
    bob.echo();
    // Beyond the half of the measure from which on a datagram without a proof is sent back for one.
    for number in 0..HANDSHAKES_STRANGERS_BURST * 3 / 4 {
        let alice = node(2 + number as u8, &[]).await;
        assert_eq!(alice.net.dial(&addr).await.unwrap(), key, "stranger {number} comes in");
        if number % 8 == 0 {
            let stream = alice.net.open(key, ECHO).await.unwrap();
            assert_eq!(echoed(stream, b"hello").await.unwrap(), b"hello");
        }
        alice.net.shutdown().await;
    }
}
