//! Hostile peers, on real sockets, against a real `sheaf serve`.
//!
//! Each test attacks a node in one way while a member goes on contributing, and then looks at four
//! things: how much memory the node took, whether the member was served, what the log says, and
//! whether anything of the attacker remained. Attackers are sockets, or peers built from libp2p's
//! own parts that say what our code never would. They run on one thread that measures its own
//! processor time and rests so that it uses half a core.
//!
//! How fast the member is served is compared with slices of the same run in which as much of the
//! processor is burnt for nothing (`measure`). By default the slices are short, and the share asked
//! for is one that no noise explains. `SHEAF_HOSTILE_EXACT=1` takes long ones, and asks for the full
//! share; it wants the release binary, and a machine that does nothing else:
//! `SHEAF_HOSTILE_EXACT=1 SHEAF_BINARY=$PWD/target/release/sheaf cargo test -p sheaf-tests --test
//! hostile -- --nocapture --test-threads 1`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod advisories;
mod attacker;
mod bytes;
mod certificates;
mod fragments;
mod gossip;
mod honest;
mod lies;
mod measure;
mod queue;
mod requests;
mod village;
mod wire;
