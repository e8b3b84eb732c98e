//! Floods of gossip, made by hand.

use std::time::Duration;

use futures::io::AsyncWriteExt as _;
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{Announcement, topic};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Body, Statement, Withdrawal};

use crate::attacker::{Attacker, MARK, fresh_key, keypair};
use crate::honest::now;
use crate::village::Village;
use crate::wire::{Peer, varint};

/// A control message of gossipsub.
pub(crate) enum Control<'a> {
    Graft(&'a str),
    Prune(&'a str, u64),
    IHave(&'a str, u64),
}

/// A field of protobuf that has a length.
fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn control(control: &Control<'_>) -> Vec<u8> {
    match control {
        Control::IHave(topic, number) => {
            let id = blake3::hash(&number.to_be_bytes());
            field(1, &[field(1, topic.as_bytes()), field(2, id.as_bytes())].concat())
        }
        Control::Graft(topic) => field(3, &field(1, topic.as_bytes())),
        Control::Prune(topic, backoff) => {
            let backoff = [varint(3 << 3), varint(*backoff)].concat();
            field(4, &[field(1, topic.as_bytes()), backoff].concat())
        }
    }
}

/// An RPC of gossipsub, with its length before it.
pub(crate) fn rpc(
    subscriptions: &[(&str, bool)],
    messages: &[(&str, &[u8])],
    controls: &[Control<'_>],
) -> Vec<u8> {
    let mut rpc = Vec::new();
    for (topic, subscribe) in subscriptions {
        let subscribe = [varint(1 << 3), varint(u64::from(*subscribe))].concat();
        rpc.extend(field(1, &[subscribe, field(2, topic.as_bytes())].concat()));
    }
    for (topic, data) in messages {
        rpc.extend(field(2, &[field(2, data), field(4, topic.as_bytes())].concat()));
    }
    if !controls.is_empty() {
        let controls: Vec<u8> = controls.iter().flat_map(control).collect();
        rpc.extend(field(3, &controls));
    }
    [varint(rpc.len() as u64), rpc].concat()
}

/// Goes on sending what `next` makes, under a new key whenever the node will have no more.
async fn flood(me: &Attacker, next: impl Fn(&Attacker, u64) -> Vec<u8> + Copy) {
    me.many(4, |me, host| async move {
        loop {
            let keys = keypair(&fresh_key());
            let Ok(peer) = Peer::over_tcp(host, &me.target, &keys).await else {
                me.pace().await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Some(mut stream) = peer.speak("/meshsub/1.1.0").await else { continue };
            let topic = topic(&me.target.community);
            let _ = stream.write_all(&rpc(&[(&topic, true)], &[], &[Control::Graft(&topic)])).await;
            for number in 0.. {
                me.pace().await;
                if stream.write_all(&next(&me, number)).await.is_err() {
                    break;
                }
                let _ = stream.flush().await;
            }
        }
    })
    .await;
}

#[test]
fn gossip_that_is_junk() {
    let mut village = Village::new();
    let told = ["gossips what does not hold", "refused for a while"];
    village.survives(4, 60, &told, |me| async move {
        flood(&me, |me, number| {
            let topic = topic(&me.target.community);
            let salt: u64 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let large = [&salt.to_be_bytes(), &MARK.repeat(2500)[..]].concat();
            let small = [&salt.to_le_bytes(), MARK].concat();
            match number % 2 {
                0 => rpc(&[], &[(&topic, &large)], &[]),
                _ => {
                    // A thousand messages in one frame.
                    let many: Vec<Vec<u8>> =
                        (0..500_u64).map(|n| [&small[..], &n.to_be_bytes()].concat()).collect();
                    let many: Vec<(&str, &[u8])> =
                        many.iter().map(|data| (topic.as_str(), data.as_slice())).collect();
                    rpc(&[], &many, &[])
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn gossip_that_is_signed_and_concerns_nobody() {
    let mut village = Village::new();
    village.survives(4, 150, &["gossips too much"], |me| async move {
        flood(&me, |me, _| {
            let topic = topic(&me.target.community);
            let control = fresh_key();
            let statement = Statement {
                community: me.target.community,
                epoch: 0,
                policy: None,
                at: now(),
                body: Body::Withdrawal(Withdrawal { control: control.public() }),
            };
            let statement = Bytes(Signed::sign(statement, &control).bytes().to_vec());
            let data = cbor::to_vec(&Announcement::Explanation { statement });
            // The same again costs its sender nothing.
            rpc(&[], &[(&topic, &data)], &[]).repeat(10)
        })
        .await;
    });
    village.stays_unharmed();
}
