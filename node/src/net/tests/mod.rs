//! Stories over real sockets on loopback. Each ends by a deadline.

use super::*;
use std::io;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

mod ends;
mod gossip;
mod refused;
mod streams;

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
