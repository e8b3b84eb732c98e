//! The home folder of a node or a person.

mod durable;

pub(crate) use durable::sync_dir;
