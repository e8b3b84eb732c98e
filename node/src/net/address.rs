//! Addresses and identities at the edge: text and our own keys outside, libp2p's types inside.

use crate::limits::ADDRESS_BYTES_MAX;
use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};
use sheaf_protocol::id::PublicKey;
use std::{fmt, net::IpAddr, str::FromStr};

/// Where to dial a peer, and whom to expect there:
/// `/ip4/192.0.2.7/udp/4101/quic-v1/p2p/12D3…` or `/ip4/192.0.2.7/tcp/4101/p2p/12D3…`
/// (also `/ip6/…`). Names are not looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PeerAddr {
    pub(super) socket: Multiaddr,
    pub(super) peer: PeerId,
    key: PublicKey,
}

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Longer than any address of a known form.
    #[error("the address is longer than {ADDRESS_BYTES_MAX} bytes")]
    TooLong,
    /// Not a multiaddr.
    #[error("{0:?} is not an address; one looks like /ip4/192.0.2.7/tcp/4101/p2p/12D3…")]
    Syntax(String),
    /// A multiaddr of another form.
    #[error(
        "{0} is not a direct address: only /ip4 or /ip6 with /tcp/PORT or /udp/PORT/quic-v1 can be used"
    )]
    Form(String),
    /// Nobody named at the end.
    #[error("{0} does not say whom to expect there: /p2p/12D3… is missing at its end")]
    NoPeer(String),
    /// The peer named has no Ed25519 key.
    #[error("the peer named in {0} has no Ed25519 key")]
    PeerKey(String),
    /// Nothing can be reached at port 0 or at the unspecified address.
    #[error("{0} can be listened on, not dialled")]
    NotDialable(String),
}

impl PeerAddr {
    /// The key that the peer must prove to hold.
    pub fn peer(&self) -> PublicKey {
        self.key
    }
}

impl FromStr for PeerAddr {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut socket = parse(text)?;
        let Some(Protocol::P2p(peer)) = socket.pop() else {
            return Err(AddressError::NoPeer(text.to_owned()));
        };
        let key = public_key(&peer).ok_or_else(|| AddressError::PeerKey(text.to_owned()))?;
        let (ip, port, _) =
            socket_of(&socket).ok_or_else(|| AddressError::Form(text.to_owned()))?;
        if port == 0 || ip.is_unspecified() {
            return Err(AddressError::NotDialable(text.to_owned()));
        }
        Ok(Self { socket, peer, key })
    }
}

impl fmt::Display for PeerAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/p2p/{}", self.socket, self.peer)
    }
}

/// An address to listen on, of the same forms without a peer; port 0 lets the system choose.
pub(super) fn parse_listen(text: &str) -> Result<Multiaddr, AddressError> {
    let addr = parse(text)?;
    match socket_of(&addr) {
        Some(_) => Ok(addr),
        None => Err(AddressError::Form(text.to_owned())),
    }
}

fn parse(text: &str) -> Result<Multiaddr, AddressError> {
    if text.len() > ADDRESS_BYTES_MAX {
        return Err(AddressError::TooLong);
    }
    text.parse().map_err(|_| AddressError::Syntax(text.to_owned()))
}

/// The transport of a direct address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Tcp,
    Quic,
}

/// Host, port and transport, if the address has exactly these.
pub(super) fn socket_of(addr: &Multiaddr) -> Option<(IpAddr, u16, Wire)> {
    let mut parts = addr.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    let found = match (parts.next()?, parts.next()) {
        (Protocol::Tcp(port), None) => (ip, port, Wire::Tcp),
        (Protocol::Udp(port), Some(Protocol::QuicV1)) => (ip, port, Wire::Quic),
        _ => return None,
    };
    parts.next().is_none().then_some(found)
}

/// What precedes the 32 key bytes in the peer id of an Ed25519 key: identity multihash of 36 bytes,
/// then the key's protobuf (libp2p peer-ids specification).
const PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The key in a peer id; `None` for other kinds of key.
pub(super) fn public_key(peer: &PeerId) -> Option<PublicKey> {
    let bytes = peer.to_bytes();
    let key = bytes.strip_prefix(&PEER_ID_PREFIX)?;
    key.try_into().ok().map(PublicKey)
}

/// A peer as the log names it: by its key, in our own spelling.
pub(super) fn name(peer: &PeerId) -> String {
    public_key(peer).map_or_else(|| peer.to_string(), |key| key.to_string())
}

/// The peer id of a key.
pub(super) fn peer_id(key: &PublicKey) -> Option<PeerId> {
    let mut bytes = PEER_ID_PREFIX.to_vec();
    bytes.extend(key.0);
    PeerId::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::sign::SecretKey;

    #[test]
    fn a_key_and_its_peer_id_are_the_same_bytes() {
        let secret = SecretKey::from_bytes([7; 32]);
        let keypair =
            libp2p::identity::Keypair::ed25519_from_bytes(secret.to_bytes().to_vec()).unwrap();
        let peer = keypair.public().to_peer_id();
        assert_eq!(public_key(&peer), Some(secret.public()));
        assert_eq!(peer_id(&secret.public()), Some(peer));
    }

    #[test]
    fn an_address_reads_back() {
        let peer = peer_id(&SecretKey::from_bytes([7; 32]).public()).unwrap();
        for socket in ["/ip4/192.0.2.7/tcp/4101", "/ip6/2001:db8::1/udp/4101/quic-v1"] {
            let text = format!("{socket}/p2p/{peer}");
            let addr: PeerAddr = text.parse().unwrap();
            assert_eq!(addr.to_string(), text);
        }
    }

    #[test]
    fn what_cannot_be_dialled_directly_is_refused() {
        let peer = peer_id(&SecretKey::from_bytes([7; 32]).public()).unwrap();
        for (socket, why) in [
            ("localhost:4101", "Syntax"),
            ("/dns4/example.org/tcp/4101", "Form"),
            ("/ip4/192.0.2.7/udp/4101", "Form"),
            ("/ip4/192.0.2.7/tcp/4101/ws", "Form"),
            ("/ip4/0.0.0.0/tcp/4101", "NotDialable"),
            ("/ip4/192.0.2.7/tcp/0", "NotDialable"),
        ] {
            let text = format!("{socket}/p2p/{peer}");
            let error = text.parse::<PeerAddr>().unwrap_err();
            assert!(format!("{error:?}").starts_with(why), "{text}: {error:?}");
        }
        let nobody = "/ip4/192.0.2.7/tcp/4101".parse::<PeerAddr>();
        assert!(matches!(nobody, Err(AddressError::NoPeer(_))), "{nobody:?}");
    }
}
