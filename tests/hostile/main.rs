//! Hostile peers, on real sockets, against a real `sheaf serve`.
//!
//! Each test attacks a node in one way while a member goes on contributing, and then looks at four
//! things: how much memory the node took, whether the member was served, what the log says, and
//! whether anything of the attacker remained. Attackers are sockets, or peers built from libp2p's
//! own parts that say what our code never would. They run on one thread that measures its own
//! processor time and rests so that it uses half a core.
//!
//! How fast the member is served is compared with slices of the same run in which half a core is
//! burnt for nothing. On a machine that does other things too, such a ratio is noise; so by default
//! only a share is asked for that no noise explains. `SHEAF_HOSTILE_EXACT=1` takes longer slices,
//! interleaved, and asks for the full share:
//! `SHEAF_HOSTILE_EXACT=1 cargo test -p sheaf-tests --test hostile -- --nocapture`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod advisories;
mod attacker;
mod bytes;
mod gossip;
mod honest;
mod lies;
mod requests;
mod village;
mod wire;
