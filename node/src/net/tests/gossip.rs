//! Gossip: what goes on, and what does not.

use super::*;
use sheaf_protocol::limits::GOSSIP_BYTES_MAX;
use std::collections::HashMap;

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
