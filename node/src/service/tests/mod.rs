//! Stories of whole nodes, simulated: many seeds, no sockets, no waiting.

mod converge;
mod gossip;
mod memory;
mod restart;
mod stale;
mod submit;
mod village;
mod world;
