//! Bytes that are no protocol, too few of them, and too many connections.

use std::time::Duration;

use futures::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UdpSocket;

use crate::attacker::{MARK, fresh_key, host, keypair};
use crate::village::Village;
use crate::wire::{Peer, frame, line, secured, tcp, varint};

/// Bytes that look like nothing, different each time.
fn garbage(len: usize) -> Vec<u8> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    let mut bytes = vec![0; len];
    blake3::Hasher::new_keyed(&seed).finalize_xof().fill(&mut bytes);
    bytes
}

#[test]
fn garbage_on_every_port() {
    let mut village = Village::new();
    village.survives(3, 2000, &["too many from one host"], |me| async move {
        me.many(8, |me, host| async move {
            let udp = UdpSocket::bind((host, 0)).await.unwrap();
            loop {
                me.pace().await;
                if let Ok(mut wire) = tcp(host, me.target.tcp).await {
                    let _ = wire.write_all(&garbage(4096)).await;
                }
                for len in [1, 20, 1200, 1472] {
                    me.pace().await;
                    // The first byte says "long header": the node looks at the rest.
                    let mut packet = garbage(len);
                    packet[0] |= 0xc0;
                    let _ = udp.send_to(&packet, me.target.quic).await;
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn huge_lengths_announced_at_every_layer() {
    let mut village = Village::new();
    village.survives(3, 60, &["without a whole request", "4294967295"], |me| async move {
        me.many(4, |me, host| async move {
            loop {
                me.pace().await;
                // To multistream-select, in the clear.
                if let Ok(mut wire) = tcp(host, me.target.tcp).await {
                    let _ = wire.write_all(&varint(u64::MAX)).await;
                }
                // To noise: the longest frame, and nothing in it.
                if let Ok(mut wire) = tcp(host, me.target.tcp).await {
                    let hello = [line("/multistream/1.0.0"), line("/noise")].concat();
                    let _ = wire.write_all(&[&hello[..], &[0xff, 0xff, 1, 2, 3]].concat()).await;
                }
                // To our own protocols, and to gossip and identify.
                let Ok(peer) = Peer::over_tcp(host, &me.target, &keypair(&fresh_key())).await
                else {
                    continue;
                };
                for protocol in
                    ["/sheaf/pull/1", "/sheaf/member/1", "/meshsub/1.1.0", "/ipfs/id/1.0.0"]
                {
                    me.pace().await;
                    let Some(mut stream) = peer.speak(protocol).await else { break };
                    let huge = match protocol.starts_with("/sheaf/") {
                        true => vec![0xff; 4],
                        false => varint(u64::MAX),
                    };
                    let _ = stream.write_all(&huge).await;
                    let _ = stream.flush().await;
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn half_open_streams_and_one_byte_a_second() {
    let mut village = Village::new();
    village.survives(13, 500, &["without a whole request"], |me| async move {
        me.many(8, |me, host| async move {
            let mut held = Vec::new();
            // Handshakes that never end …
            for _ in 0..4 {
                me.pace().await;
                held.extend(tcp(host, me.target.tcp).await.ok());
            }
            // … and requests that never end.
            let keys = keypair(&fresh_key());
            let over_tcp = Peer::over_tcp(host, &me.target, &keys).await;
            let over_quic = Peer::over_quic(host, &me.target, &keypair(&fresh_key())).await;
            let mut streams = Vec::new();
            for peer in [&over_tcp, &over_quic].into_iter().flatten() {
                for number in 0..120 {
                    me.pace().await;
                    let protocol =
                        ["/sheaf/pull/1", "/sheaf/member/1", "/sheaf/large/1"][number % 3];
                    let opened = match number % 2 {
                        0 => peer.speak(protocol).await,
                        _ => peer.open().await,
                    };
                    streams.extend(opened);
                }
            }
            let slow = frame(&[7; 60_000]);
            for byte in slow {
                for stream in &mut streams {
                    let _ = stream.write_all(&[byte]).await;
                    let _ = stream.flush().await;
                }
                for wire in &mut held {
                    let _ = wire.write_all(&[byte]).await;
                }
                me.pace().await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn thousands_of_connections() {
    let mut village = Village::new();
    village.survives(5, 800, &["too many from one host"], |me| async move {
        me.many(16, |me, host| async move {
            let mut wires = std::collections::VecDeque::new();
            let mut peers = std::collections::VecDeque::new();
            for number in 0_u32.. {
                me.pace().await;
                wires.extend(tcp(host, me.target.tcp).await.ok());
                if number % 20 == 0 {
                    let keys = keypair(&fresh_key());
                    peers.extend(Peer::over_tcp(host, &me.target, &keys).await.ok());
                    let keys = keypair(&fresh_key());
                    peers.extend(Peer::over_quic(host, &me.target, &keys).await.ok());
                }
                // Many, but no more than a process may have here.
                if wires.len() > 40 {
                    wires.pop_front();
                }
                if peers.len() > 8 {
                    peers.pop_front();
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn streams_filled_and_never_finished() {
    let mut village = Village::new();
    village.survives(4, 500, &["nobody had asked for"], |me| async move {
        me.many(12, |me, at| async move {
            loop {
                let keys = keypair(&fresh_key());
                let quic = host(0) == at;
                let peer = match quic {
                    true => Peer::over_quic(at, &me.target, &keys).await,
                    false => Peer::over_tcp(at, &me.target, &keys).await,
                };
                let Ok(peer) = peer else {
                    me.pace().await;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let mut streams = Vec::new();
                while let Some(mut stream) = peer.open().await {
                    // It fills what it may; nobody reads beyond the first line.
                    let full = async {
                        for _ in 0..16 {
                            me.pace().await;
                            stream.write_all(&MARK.repeat(800)).await?;
                            stream.flush().await?;
                        }
                        std::io::Result::Ok(())
                    };
                    let _ = tokio::time::timeout(Duration::from_millis(500), full).await;
                    streams.push(stream);
                    if streams.len() > 200 {
                        break;
                    }
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn noise_within_noise() {
    let mut village = Village::new();
    village.survives(3, 20, &[], |me| async move {
        me.many(4, |me, host| async move {
            loop {
                me.pace().await;
                let keys = keypair(&fresh_key());
                let Ok(mut wire) = secured(host, &me.target, &keys).await else { continue };
                let _ = wire.write_all(&garbage(60_000)).await;
                let _ = wire.flush().await;
                let mut rest = Vec::new();
                let _ =
                    tokio::time::timeout(Duration::from_secs(1), wire.read_to_end(&mut rest)).await;
            }
        })
        .await;
    });
    village.stays_unharmed();
}
