//! The shapes of known flaws in what we build with; those of QUIC are in `certificates` and
//! `fragments`. Each was mended upstream (a guard holds the versions); a node that is hit by one of
//! them here goes on.

use futures::io::{AsyncReadExt as _, AsyncWriteExt as _};
use std::time::Duration;

use crate::attacker::{fresh_key, keypair};
use crate::gossip::{Control, rpc};
use crate::village::Village;
use crate::wire::{Peer, secured, yamux_frame};

const DATA: u8 = 0;
const WINDOW_UPDATE: u8 = 1;
const PING: u8 = 2;
const GO_AWAY: u8 = 3;
const SYN: u16 = 1;
const FIN: u16 = 4;
const RST: u16 = 8;
const CREDIT: u32 = 256 * 1024;

/// CVE-2026-32314: a first frame longer than the credit. CVE-2026-31814: credit beyond 32 bits.
/// And others that a reader of frames must not stumble over.
#[test]
fn yamux_frames_that_panicked_once() {
    let mut village = Village::new();
    village.survives(3, 100, &[], |me| async move {
        me.many(4, |me, host| async move {
            let body = vec![7; CREDIT as usize + 1];
            let shapes = [
                yamux_frame(DATA, SYN, 1, CREDIT + 1, &body),
                yamux_frame(DATA, SYN, 1, u32::MAX, &[]),
                [
                    yamux_frame(WINDOW_UPDATE, SYN, 1, u32::MAX, &[]),
                    yamux_frame(WINDOW_UPDATE, 0, 1, u32::MAX, &[]),
                ]
                .concat(),
                yamux_frame(DATA, SYN, 0, 1, &[7]),
                yamux_frame(DATA, SYN, 2, 1, &[7]),
                [yamux_frame(DATA, SYN, 1, 0, &[]), yamux_frame(DATA, SYN, 1, 0, &[])].concat(),
                yamux_frame(DATA, SYN | FIN | RST, 1, 5, b"hello"),
                yamux_frame(DATA, 0xffff, 1, 0, &[]),
                yamux_frame(PING, 0, 7, 1, &[]),
                yamux_frame(GO_AWAY, 0, 0, 77, &[]),
                yamux_frame(9, 0, 1, 0, &[]),
                vec![9; 12],
            ];
            for shape in shapes.iter().cycle() {
                me.pace().await;
                let keys = keypair(&fresh_key());
                let Ok(mut wire) = secured(host, &me.target, &keys).await else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let _ = wire.write_all(shape).await;
                let _ = wire.flush().await;
                let mut answer = [0; 64];
                let _ =
                    tokio::time::timeout(Duration::from_millis(20), wire.read(&mut answer)).await;
            }
        })
        .await;
    });
    village.stays_unharmed();
}

/// GHSA-gc42-3jg7-rxr2: a PRUNE with a back-off that no clock can add. GHSA-vrx6-jcp8-vm7m and
/// GHSA-g3g5-x568-qvqx: GRAFT and PRUNE of topics that nobody joined, without end.
#[test]
fn gossip_control_messages_that_overflowed_once() {
    let mut village = Village::new();
    village.survives(3, 150, &["gossips too much"], |me| async move {
        me.many(4, |me, host| async move {
            loop {
                let keys = keypair(&fresh_key());
                let Ok(peer) = Peer::over_tcp(host, &me.target, &keys).await else {
                    me.pace().await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let Some(mut stream) = peer.speak("/meshsub/1.1.0").await else { continue };
                let topic = sheaf_protocol::exchange::topic(&me.target.community);
                let hello = rpc(&[(&topic, true)], &[], &[Control::Graft(&topic)]);
                let _ = stream.write_all(&hello).await;
                for number in 0_u64.. {
                    me.pace().await;
                    let nowhere = format!("/nowhere/{number}");
                    let controls = [
                        Control::Graft(&topic),
                        Control::Prune(&topic, u64::MAX),
                        Control::Prune(&topic, u64::MAX / 2),
                        Control::Prune(&topic, i64::MAX as u64),
                        Control::Graft(&nowhere),
                        Control::Prune(&nowhere, u64::MAX),
                        Control::IHave(&topic, number),
                    ];
                    if stream.write_all(&rpc(&[], &[], &controls).repeat(10)).await.is_err() {
                        break;
                    }
                    let _ = stream.flush().await;
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}
