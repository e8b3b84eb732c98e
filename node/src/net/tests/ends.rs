//! How a network begins and ends, and dials that come to nothing.

use super::*;

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
