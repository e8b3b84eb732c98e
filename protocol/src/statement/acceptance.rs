/// A signed promise to keep the policy that the statement names. The register of acceptances says
/// who may hold chat keys. The accepting key is the statement's signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What the key is used for.
    pub role: Role,
    /// A name for people, if the accepting party gives one.
    pub name: Option<String>,
}
crate::record!(Acceptance { role, name });

/// What an accepting key does with chat keys.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Holds the community's data, serves it on, and sends receipts for erasures.
    Replica,
    /// Reads for a dataset of its own.
    Reader,
}
crate::codes!(Role { Replica = 1, Reader = 2 });
