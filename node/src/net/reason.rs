//! Why a connection was not made, told in plain words.

use super::{
    address::{AddressError, PeerAddr, public_key},
    door::NotIn,
    error::DialError,
};
use crate::limits::HANDSHAKE_REASON_CHARS_MAX;
use libp2p::{
    TransportError,
    connection_limits::Exceeded,
    swarm::{self, ListenError},
};
use std::io;

/// Translates libp2p's error about dialling `target`.
pub(super) fn dial_error(target: &PeerAddr, error: swarm::DialError) -> DialError {
    use swarm::DialError as Swarm;
    let addr = target.to_string();
    let unreachable =
        |why: &str| DialError::Unreachable { addr: addr.clone(), why: why.to_owned() };
    match error {
        Swarm::WrongPeerId { obtained, .. } => {
            DialError::WrongPeer { addr, expected: target.peer(), found: public_key(&obtained) }
        }
        Swarm::LocalPeerId { .. } | Swarm::NoAddresses => unreachable("it is this node itself"),
        Swarm::DialPeerConditionFalse(_) | Swarm::Aborted => {
            unreachable("the attempt was given up")
        }
        Swarm::Denied { cause } if cause.downcast_ref::<NotIn>().is_some() => {
            DialError::Banned { addr }
        }
        Swarm::Denied { cause } => match cause.downcast_ref::<Exceeded>() {
            Some(exceeded) => unreachable(&exceeded.to_string()),
            None => unreachable("the connection is not wanted here"),
        },
        Swarm::Transport(errors) => match errors.into_iter().next() {
            Some((_, TransportError::Other(error))) => transport_error(addr, &error),
            Some((_, TransportError::MultiaddrNotSupported(_))) => {
                DialError::BadAddress(AddressError::Form(addr))
            }
            None => unreachable("no reason was given"),
        },
    }
}

fn transport_error(addr: String, error: &io::Error) -> DialError {
    if is_timeout(error) {
        return DialError::Timeout { addr };
    }
    let why = match system_error(error).map(|system| system.kind()) {
        Some(io::ErrorKind::TimedOut) => return DialError::Timeout { addr },
        Some(io::ErrorKind::ConnectionRefused) => "nothing listens there".to_owned(),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            "there is no route to it".to_owned()
        }
        Some(io::ErrorKind::ConnectionReset) => "what listens there hung up".to_owned(),
        _ => error.to_string(),
    };
    DialError::Unreachable { addr, why }
}

/// What is wrong with a handshake from outside. Nothing, if the other side only hung up or fell
/// silent: networks do that, and whoever looks whether a port is open.
pub(super) fn bad_handshake(error: &ListenError) -> Option<String> {
    let ListenError::Transport(TransportError::Other(error)) = error else { return None };
    let text = error.to_string();
    let hung_up = system_error(error).is_some() || text.to_lowercase().contains("end of file");
    if hung_up || is_timeout(error) {
        return None;
    }
    // Some of it may be the other side's own words.
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    Some(text.chars().take(HANDSHAKE_REASON_CHARS_MAX).map(plain).collect())
}

/// The system's error within libp2p's. Its wrappers (`Either`, transparent errors, `io::Error`
/// itself) hand out the source of what they wrap, never the wrapped, so only the text is left:
/// the standard library ends it with the number.
pub(super) fn system_error(error: &io::Error) -> Option<io::Error> {
    let text = error.to_string();
    let (_, number) = text.rsplit_once("(os error ")?;
    let (number, _) = number.split_once(')')?;
    number.parse().ok().map(io::Error::from_raw_os_error)
}

/// Timeouts are known by their text alone, for the same reason.
fn is_timeout(error: &io::Error) -> bool {
    let text = error.to_string();
    ["Timeout has been reached", "Handshake with the remote timed out.", "timed out"]
        .iter()
        .any(|known| text.ends_with(known))
}
