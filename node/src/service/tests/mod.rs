//! Stories of whole nodes, simulated: many seeds, no sockets, no waiting.

mod chatting;
mod converge;
mod disk;
mod federation;
mod fork;
mod founding;
mod full;
mod gossip;
mod memory;
mod once;
mod restart;
mod review;
mod seeds;
mod stale;
mod submit;
mod village;
mod world;
