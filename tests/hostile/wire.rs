//! What attackers are built from: sockets, handshakes, and frames made by hand.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use libp2p::core::muxing::{StreamMuxer, StreamMuxerBox, SubstreamBox};
use libp2p::core::transport::{DialOpts, PortUse};
use libp2p::core::upgrade::OutboundConnectionUpgrade as _;
use libp2p::core::{Endpoint, Transport as _};
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, noise, quic, yamux};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt as _};

use crate::attacker::Target;

/// Longest wait for anything of the node.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A TCP connection from one of our hosts.
pub(crate) async fn tcp(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
    let stream = tokio::time::timeout(PATIENCE, socket.connect(to)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub(crate) type Secured = noise::Output<Compat<TcpStream>>;

/// A connection that is encrypted, on which yamux was agreed on, and no more.
pub(crate) async fn secured(
    from: Ipv4Addr,
    target: &Target,
    keypair: &Keypair,
) -> io::Result<Secured> {
    let mut wire = tcp(from, target.tcp).await?.compat();
    agree(&mut wire, "/noise").await?;
    let noise = noise::Config::new(keypair).map_err(io::Error::other)?;
    let (peer, mut wire) =
        noise.upgrade_outbound(wire, "/noise").await.map_err(io::Error::other)?;
    assert_eq!(peer, target.peer, "the node proves its key");
    agree(&mut wire, "/yamux/1.0.0").await?;
    Ok(wire)
}

/// Agrees on a protocol, as the dialling side of multistream-select.
pub(crate) async fn agree<W: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut W,
    protocol: &str,
) -> io::Result<()> {
    wire.write_all(&[line("/multistream/1.0.0"), line(protocol)].concat()).await?;
    wire.flush().await?;
    for expected in ["/multistream/1.0.0", protocol] {
        let expected = line(expected);
        let mut told = vec![0; expected.len()];
        wire.read_exact(&mut told).await?;
        if told != expected {
            return Err(io::Error::other(format!("the node does not agree to {protocol}")));
        }
    }
    Ok(())
}

/// A line of multistream-select.
pub(crate) fn line(text: &str) -> Vec<u8> {
    [varint(text.len() as u64 + 1), text.as_bytes().to_vec(), vec![b'\n']].concat()
}

/// An unsigned LEB128.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A yamux frame with any header.
pub(crate) fn yamux_frame(kind: u8, flags: u16, stream: u32, len: u32, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, kind];
    frame.extend(flags.to_be_bytes());
    frame.extend(stream.to_be_bytes());
    frame.extend(len.to_be_bytes());
    frame.extend(body);
    frame
}

/// A connection with streams, over TCP or QUIC; what the node opens is dropped.
pub(crate) struct Peer {
    opens: mpsc::Sender<oneshot::Sender<SubstreamBox>>,
}

impl Peer {
    pub(crate) async fn over_tcp(
        from: Ipv4Addr,
        target: &Target,
        keypair: &Keypair,
    ) -> io::Result<Self> {
        let wire = secured(from, target, keypair).await?;
        let config = yamux::Config::default();
        let muxer = config.upgrade_outbound(wire, "/yamux/1.0.0").await?;
        Ok(Self::on(StreamMuxerBox::new(muxer)))
    }

    pub(crate) async fn over_quic(
        from: Ipv4Addr,
        target: &Target,
        keypair: &Keypair,
    ) -> io::Result<Self> {
        let mut transport = quic::tokio::Transport::new(quic::Config::new(keypair));
        // Listening there makes it dial from there.
        let own: Multiaddr = format!("/ip4/{from}/udp/0/quic-v1").parse().unwrap();
        transport
            .listen_on(libp2p::core::transport::ListenerId::next(), own)
            .map_err(io::Error::other)?;
        let to: Multiaddr =
            format!("/ip4/127.0.0.1/udp/{}/quic-v1", target.quic.port()).parse().unwrap();
        let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::Reuse };
        let dial = transport.dial(to, options).map_err(io::Error::other)?;
        let mut transport = Box::pin(transport);
        tokio::pin!(dial);
        let (_, connection) = std::future::poll_fn(|cx| {
            // The listener must be polled for its socket to live.
            let _ = transport.as_mut().poll(cx);
            dial.as_mut().poll(cx)
        })
        .await
        .map_err(io::Error::other)?;
        tokio::spawn(async move {
            let mut transport = transport;
            std::future::poll_fn(move |cx| {
                while transport.as_mut().poll(cx).is_ready() {}
                Poll::<()>::Pending
            })
            .await;
        });
        Ok(Self::on(StreamMuxerBox::new(connection)))
    }

    fn on(mut muxer: StreamMuxerBox) -> Self {
        let (opens, mut asked) = mpsc::channel::<oneshot::Sender<SubstreamBox>>(256);
        tokio::spawn(async move {
            let mut waiting: Option<oneshot::Sender<SubstreamBox>> = None;
            std::future::poll_fn(|cx| {
                loop {
                    let mut busy = false;
                    if let Poll::Ready(Err(_)) = Pin::new(&mut muxer).poll(cx) {
                        return Poll::Ready(());
                    }
                    match Pin::new(&mut muxer).poll_inbound(cx) {
                        Poll::Ready(Ok(unwanted)) => {
                            drop(unwanted);
                            busy = true;
                        }
                        Poll::Ready(Err(_)) => return Poll::Ready(()),
                        Poll::Pending => {}
                    }
                    if waiting.is_none() {
                        match asked.poll_recv(cx) {
                            Poll::Ready(None) => return Poll::Ready(()),
                            Poll::Ready(Some(reply)) => waiting = Some(reply),
                            Poll::Pending => {}
                        }
                    }
                    if waiting.is_some() {
                        match Pin::new(&mut muxer).poll_outbound(cx) {
                            Poll::Ready(Ok(stream)) => {
                                let _ = waiting.take().map(|reply| reply.send(stream));
                                busy = true;
                            }
                            Poll::Ready(Err(_)) => return Poll::Ready(()),
                            Poll::Pending => {}
                        }
                    }
                    if !busy {
                        return Poll::Pending;
                    }
                }
            })
            .await;
        });
        Self { opens }
    }

    /// A stream on which nothing was agreed on yet; `None` once the connection is gone.
    pub(crate) async fn open(&self) -> Option<SubstreamBox> {
        let (reply, opened) = oneshot::channel();
        self.opens.send(reply).await.ok()?;
        tokio::time::timeout(PATIENCE, opened).await.ok()?.ok()
    }

    /// A stream under a protocol.
    pub(crate) async fn speak(&self, protocol: &str) -> Option<SubstreamBox> {
        let mut stream = self.open().await?;
        let agreed = tokio::time::timeout(PATIENCE, agree(&mut stream, protocol)).await;
        agreed.ok()?.ok()?;
        Some(stream)
    }
}

/// A frame of our protocols.
pub(crate) fn frame(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// Sends one request and reads the first frame of the answer.
pub(crate) async fn ask(stream: &mut SubstreamBox, request: &[u8]) -> io::Result<Vec<u8>> {
    let talk = async {
        stream.write_all(&frame(request)).await?;
        stream.flush().await?;
        let mut len = [0; 4];
        stream.read_exact(&mut len).await?;
        let mut answer = vec![0; u32::from_be_bytes(len) as usize];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    };
    tokio::time::timeout(PATIENCE, talk).await?
}
