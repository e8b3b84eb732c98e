//! A chat that is to be given, with what its member says about it alone.

use sheaf_node::import::Imported;
use sheaf_protocol::statement::Verdict;
use std::sync::Arc;

/// A chat that is to be given.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// As it was read.
    pub(crate) chat: Arc<Imported>,
    /// What its member thinks of it; else what holds for all chats of the run.
    pub(crate) verdict: Option<Verdict>,
    /// Words for it, beside those that all chats of the run get.
    pub(crate) tags: Vec<String>,
}

impl From<Arc<Imported>> for Chosen {
    /// Nothing is said about it alone.
    fn from(chat: Arc<Imported>) -> Self {
        Self { chat, verdict: None, tags: Vec::new() }
    }
}
