//! Sheaf: node.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod blobs;
pub mod book;
pub mod client;
pub mod doctor;
pub mod flow;
pub mod home;
pub mod import;
pub mod language;
pub mod limits;
pub mod net;
pub mod plugin;
pub mod runtime;
pub mod scrub;
pub mod service;
pub mod store;
