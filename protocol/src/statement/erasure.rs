use crate::id::PublicKey;

/// Why an entry's statement went.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A withdrawal under its control key.
    Withdrawn,
    /// Its due day ended.
    Due,
    /// A steward's takedown.
    TakenDown,
}
crate::codes!(Cause { Withdrawn = 1, Due = 2, TakenDown = 3 });

/// One erased entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Erased {
    /// Its index in the log.
    pub index: u64,
    /// Its control key.
    pub control: PublicKey,
    /// Why.
    pub cause: Cause,
}
crate::record!(Erased { index, control, cause });

/// The origin says that it has erased: chat key and statement were observed gone from its
/// compacted files, the blob is unreferenced, and both are refused on the wire. Sealed bytes may
/// stay in free pages until the next compaction. Signed by the log key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// What was erased.
    pub items: Vec<Erased>,
}
crate::record!(Erasure { items });

/// A replica says the same of its own files, and lists the acceptances it holds that the origin
/// may not know. Signed by the replica's node key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What was erased.
    pub items: Vec<Erased>,
    /// Keys to which this replica has released chat keys.
    pub listed: Vec<PublicKey>,
}
crate::record!(Receipt { items, listed });
