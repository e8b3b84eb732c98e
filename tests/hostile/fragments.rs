//! QUIC streams in pieces: with gaps that are never filled, and broken off as soon as they are open.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use quinn::congestion::CubicConfig;
use quinn::udp::{RecvMeta, Transmit};
use quinn::{
    AsyncUdpSocket, Connection, Endpoint, EndpointConfig, Runtime as _, TokioRuntime,
    TransportConfig, UdpPoller,
};

use crate::attacker::{Attacker, MARK};
use crate::certificates::sound;
use crate::village::Village;
use crate::wire::PATIENCE;

/// Streams at once on one connection.
const STREAMS: usize = 8;

/// A socket that, once told to, swallows every other datagram, and all that come back: what was
/// swallowed is then never known to be lost, and never sent again.
#[derive(Debug)]
struct Gaps {
    socket: Arc<dyn AsyncUdpSocket>,
    lossy: AtomicBool,
    sent: AtomicU64,
}

impl AsyncUdpSocket for Gaps {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        self.socket.clone().create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let odd = self.sent.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        match odd && self.lossy.load(Ordering::Relaxed) {
            true => Ok(()),
            false => self.socket.try_send(transmit),
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            let came = std::task::ready!(self.socket.poll_recv(cx, buffers, meta));
            if !self.lossy.load(Ordering::Relaxed) {
                return Poll::Ready(came);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

fn gaps(host: Ipv4Addr) -> Arc<Gaps> {
    let socket = UdpSocket::bind((host, 0)).unwrap();
    let socket = TokioRuntime.wrap_udp_socket(socket).unwrap();
    Arc::new(Gaps { socket, lossy: AtomicBool::new(false), sent: AtomicU64::new(0) })
}

/// A connection over a socket, which sends whatever it has without waiting for anybody.
async fn connect(me: &Attacker, socket: Arc<Gaps>) -> Option<(Endpoint, Connection)> {
    let runtime = Arc::new(TokioRuntime);
    let config = EndpointConfig::default();
    let endpoint = Endpoint::new_with_abstract_socket(config, None, socket, runtime).unwrap();
    let mut cubic = CubicConfig::default();
    cubic.initial_window(1 << 30);
    let mut transport = TransportConfig::default();
    transport.congestion_controller_factory(Arc::new(cubic));
    let mut config = sound();
    config.transport_config(Arc::new(transport));
    let connecting = endpoint.connect_with(config, me.target.quic, "l").unwrap();
    let connection = tokio::time::timeout(PATIENCE, connecting).await.ok()?.ok()?;
    Some((endpoint, connection))
}

/// RUSTSEC-2026-0185: each piece that cannot be joined to what came before once held a whole
/// datagram.
#[test]
fn pieces_of_streams_that_never_join() {
    let mut village = Village::new();
    village.survives(4, 2000, &[], |me| async move {
        me.many(4, |me, host| async move {
            loop {
                me.pace().await;
                let socket = gaps(host);
                let Some((_endpoint, connection)) = connect(&me, socket.clone()).await else {
                    continue;
                };
                let mut streams = Vec::new();
                for _ in 0..STREAMS {
                    streams.extend(connection.open_bi().await.ok());
                }
                socket.lossy.store(true, Ordering::Relaxed);
                let (before, mut pieces) = (socket.sent.load(Ordering::Relaxed), 0);
                'full: for byte in MARK.iter().cycle() {
                    for (stream, _) in &mut streams {
                        me.pace().await;
                        pieces += 1;
                        let write = stream.write_all(std::slice::from_ref(byte));
                        let brief = Duration::from_millis(100);
                        if !matches!(tokio::time::timeout(brief, write).await, Ok(Ok(()))) {
                            break 'full;
                        }
                    }
                }
                let datagrams = socket.sent.load(Ordering::Relaxed) - before;
                assert!(2 * datagrams > pieces, "{pieces} pieces went in {datagrams} datagrams");
            }
        })
        .await;
    });
    village.stays_unharmed();
}

#[test]
fn streams_opened_and_broken_off() {
    let mut village = Village::new();
    // So many can be opened at once; more only as slowly as the node takes them.
    village.survives(4, 1000, &[], |me| async move {
        me.many(4, |me, host| async move {
            loop {
                me.pace().await;
                let Some((_endpoint, connection)) = connect(&me, gaps(host)).await else {
                    continue;
                };
                let brief = Duration::from_millis(300);
                while let Ok(Ok((mut stream, mut back))) =
                    tokio::time::timeout(brief, connection.open_bi()).await
                {
                    me.pace().await;
                    let _ = stream.write_all(MARK).await;
                    tokio::task::yield_now().await;
                    let _ = stream.reset(7_u32.into());
                    let _ = back.stop(7_u32.into());
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}
