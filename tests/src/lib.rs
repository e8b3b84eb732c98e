//! The harness of the stories: named homes, nodes as real processes of the real `sheaf` binary,
//! and a network that can be cut.
//!
//! A [`World`] owns a folder and everything in it. A [`Home`] is one person's or node's home folder;
//! its methods run commands with `--json` and fail the test with everything that was said. A
//! [`Node`] is a running `sheaf serve`; it is killed when dropped, and ends by itself when the test
//! process ends, however it ends. When a test fails, the nodes' logs are printed and the folder
//! stays.

#![allow(clippy::unwrap_used, clippy::panic)]

mod binary;
mod disk;
mod files;
mod home;
mod node;
mod proxy;
mod run;
mod wait;
mod world;

pub use binary::sheaf;
pub use disk::SmallDisk;
pub use files::{chat, damage, files_below, jsonl};
pub use home::Home;
pub use node::Node;
pub use proxy::Proxy;
pub use run::{Failure, Ran, Running, run_with};
pub use wait::{DEADLINE, eventually};
pub use world::World;
