//! How a builder gets chats.

use sheaf_protocol::dataset::{LeftOutReason, Position};
use sheaf_protocol::seal::ChatKey;

/// Why nothing can be fetched any more; ends the build.
pub type FetchFailure = Box<dyn std::error::Error + Send + Sync>;

/// Gets the keys and sealed blobs of selected chats. A closure will do.
pub trait Fetch {
    /// Chats that [`Fetch::fetch`] will be asked for, after those named before and in this order:
    /// their bytes may already be on their way.
    fn announce(&mut self, wanted: &[Wanted]) {
        let _ = wanted;
    }

    /// The chat that was announced next.
    ///
    /// # Errors
    /// [`FetchFailure`] ends the build; what is refused is [`Fetched::LeftOut`].
    fn fetch(&mut self, position: Position) -> Result<Fetched, FetchFailure>;
}

impl<F: FnMut(Position) -> Result<Fetched, FetchFailure>> Fetch for F {
    fn fetch(&mut self, position: Position) -> Result<Fetched, FetchFailure> {
        self(position)
    }
}

/// A chat that a builder will ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub position: Position,
    /// The length of its blob, as its manifest says.
    pub sealed_bytes: u64,
}

/// What the caller could get of a chat.
#[derive(Debug)]
pub enum Fetched {
    /// Its key and its sealed bytes. Both are checked by the builder.
    Chat {
        /// The chat key.
        key: ChatKey,
        /// The sealed blob.
        blob: Vec<u8>,
    },
    /// Nothing, and why.
    LeftOut(LeftOutReason),
}
