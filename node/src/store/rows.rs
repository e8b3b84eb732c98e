//! What goes into the store and comes out of it.

use sheaf_protocol::cbor::{self, Decode, Encode, Error, Reader, Reason, Writer};
use sheaf_protocol::community::Status;
use sheaf_protocol::id::{BlobHash, CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{Entry, Frontier, NodeId};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::statement::Cause;

/// A community's number in this store, given when it is first added; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// A community that this node knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityRow {
    /// Its number here.
    pub slot: Slot,
    /// Its identity.
    pub id: CommunityId,
    /// Whether this node writes its log.
    pub home: bool,
    /// Whether this node replicates it.
    pub followed: bool,
    /// Where its node was last found, as multiaddresses.
    pub addresses: Vec<String>,
    /// Why nothing may be signed for it at the moment, if so.
    pub read_only: Option<String>,
}

/// The newest state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Entries of the log.
    pub size: u64,
    /// The signed checkpoint over them (C2SP signed note).
    pub checkpoint: String,
    /// The right edge of the tree.
    pub frontier: Frontier,
    /// The encoded fold. Written only when it differs from what is stored.
    pub snapshot: Vec<u8>,
}

/// A statement with the salt that hides it in its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The salt of the entry's commitment.
    pub salt: Salt,
    /// The signed statement, whole.
    pub bytes: Vec<u8>,
}

/// A sealed blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blob {
    /// Its bytes, at most `BLOB_SMALL_BYTES_MAX`.
    Small(Vec<u8>),
    /// It lies in [`LargeBlobs`](crate::blobs::LargeBlobs), durable before it is named here.
    Large(BlobHash),
}

/// What this node has of an entry besides the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// All that it wants.
    Full,
    /// Statement, key or blob are still to be fetched.
    Wanted,
    /// Our policy does not want the rest.
    Unwanted,
    /// Erased; never to be stored again.
    Gone,
}
sheaf_protocol::codes!(Holding { Full = 1, Wanted = 2, Unwanted = 3, Gone = 4 });

/// An entry to append, with what belongs to it.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The entry.
    pub entry: Entry,
    /// The verdict of the fold.
    pub status: Status,
    /// The statement it commits to.
    pub statement: Option<Held>,
    /// The key of its chat.
    pub key: Option<ChatKey>,
    /// The sealed chat.
    pub blob: Option<Blob>,
    /// How much of it is here.
    pub holding: Holding,
}

/// Entries to append to one log, and the head that they make.
#[derive(Debug, Clone)]
pub struct Append {
    /// The community.
    pub slot: Slot,
    /// The size of the log that this was made for; another size refuses it.
    pub expected_size: u64,
    /// The entries, in order.
    pub entries: Vec<NewEntry>,
    /// The tree nodes that became complete.
    pub nodes: Vec<(NodeId, TreeHash)>,
    /// The new head.
    pub head: Head,
    /// Marks set in the same transaction as the head; see [`Store::is_marked`](super::Store::is_marked).
    pub marks: Vec<(Mark, [u8; 32])>,
    /// Erased entries that the appended statements tell of: off the list of
    /// [`Store::owed`](super::Store::owed) in the same transaction as the head.
    pub settled: Vec<u64>,
    /// Explanations that these entries put in force, by control key: a crash does not forget what
    /// is to be erased; see [`Store::explain`](super::Store::explain).
    pub acts: Vec<(PublicKey, Explained)>,
}

/// What a home node remembers in order to refuse it a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The keyed fingerprint of a member's text.
    Fingerprint,
    /// A blob hash or a chat commitment that was used once.
    Used,
}

/// What arrived late for an entry. Absent parts stay as they are.
#[derive(Debug, Clone)]
pub struct Fill {
    /// The entry.
    pub index: u64,
    /// The verdict of the fold, now.
    pub status: Status,
    /// The statement it commits to.
    pub statement: Option<Held>,
    /// The key of its chat.
    pub key: Option<ChatKey>,
    /// The sealed chat.
    pub blob: Option<Blob>,
    /// How much of it is here now.
    pub holding: Holding,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The entry.
    pub entry: Entry,
    /// The verdict of the fold.
    pub status: Status,
    /// How much of it is here.
    pub holding: Holding,
}
sheaf_protocol::record!(EntryRow { entry, status, holding });

/// What is held for an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The statement and its salt.
    pub statement: Option<Held>,
    /// The key of the chat.
    pub key: Option<ChatKey>,
    /// The sealed chat.
    pub blob: Option<Blob>,
}

/// Why something is gone, with the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The kind of reason.
    pub cause: Cause,
    /// The encoded explanation.
    pub explanation: Vec<u8>,
}

/// An entry to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// The entry.
    pub index: u64,
    /// Its control key, if it has one.
    pub control: Option<PublicKey>,
    /// Why.
    pub cause: Cause,
    /// The encoded explanation, remembered for ever under the control key.
    pub explanation: Vec<u8>,
}

/// What was observed after erasing one entry.
///
/// A receipt may be made only when [`is_complete`](Self::is_complete).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedReport {
    /// The entry.
    pub index: u64,
    /// Its control key, if it has one.
    pub control: Option<PublicKey>,
    /// The chat key stands in none of our files.
    pub key_gone: bool,
    /// Neither statement nor salt stand in any of our files.
    pub statement_gone: bool,
    /// No row leads to the sealed blob any more; of a small one, noise may stay in free pages.
    pub blob_unreferenced: bool,
    /// A large blob that nothing refers to now: its file is still to be deleted, by
    /// [`LargeBlobs::delete`](crate::blobs::LargeBlobs::delete), and then to be reported with
    /// [`Store::large_deleted`](super::Store::large_deleted).
    pub large_file: Option<BlobHash>,
}

impl ErasedReport {
    /// Whether everything was seen to be gone, so that a receipt may be signed.
    pub fn is_complete(&self) -> bool {
        self.key_gone && self.statement_gone && self.blob_unreferenced && self.large_file.is_none()
    }
}

impl Encode for Slot {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
}

impl Decode for Slot {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        u32::decode(r).map(Self)
    }
}

sheaf_protocol::record!(CommunityRow { slot, id, home, followed, addresses, read_only });

impl Encode for Held {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        w.value(&self.salt);
        w.bytes(&self.bytes);
    }
}

impl Decode for Held {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        let salt = r.value()?;
        Ok(Self { salt, bytes: r.bytes()?.to_vec() })
    }
}

const SMALL: u64 = 1;
const LARGE: u64 = 2;

impl Encode for Blob {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        match self {
            Self::Small(bytes) => {
                w.uint(SMALL);
                w.bytes(bytes);
            }
            Self::Large(hash) => {
                w.uint(LARGE);
                w.value(hash);
            }
        }
    }
}

impl Decode for Blob {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        match r.uint()? {
            SMALL => r.bytes().map(|b| Self::Small(b.to_vec())),
            LARGE => r.value().map(Self::Large),
            other => Err(r.error(Reason::UnknownCode(other))),
        }
    }
}

impl Encode for Explained {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        w.value(&self.cause);
        w.bytes(&self.explanation);
    }
}

impl Decode for Explained {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        let cause = r.value()?;
        Ok(Self { cause, explanation: r.value::<cbor::Bytes>()?.0 })
    }
}
