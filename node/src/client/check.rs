//! What a node answers is checked before anybody acts on it. Pure: bytes in, verdict out.
//!
//! Not checked here, because the answer does not carry it: that the policy's entry is in the log,
//! and that it is the newest one. A node that shows an older policy is found out when it logs.

use sheaf_protocol::{
    cbor,
    exchange::{Community, Logged, Salted},
    id::{CommunityId, PublicKey},
    limits::CLOCK_SKEW_SECS,
    log::{CheckpointError, Entry, SignedCheckpoint, VerifyProofError, commit, verify_inclusion},
    policy::Policy,
    sign::SignedError,
    statement::{Body, Charter, PolicyRef, SignedStatement, Statement},
    time::Time,
};

/// Why an answer is not believed: the node errs or lies.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It speaks of another community than the one asked for.
    #[error("it answers for the community {found}, not for {expected}")]
    OtherCommunity {
        /// The one asked for.
        expected: CommunityId,
        /// The one found.
        found: CommunityId,
    },
    /// Charter or policy is not a signed statement.
    #[error("its {what} does not verify: {error}")]
    Signed {
        /// Which of them.
        what: &'static str,
        /// Why.
        error: SignedError,
    },
    /// Signed, but by another key, of another kind, or for another log.
    #[error("its {what} {why}")]
    Statement {
        /// Charter or policy.
        what: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// The checkpoint is not the log key's.
    #[error("its checkpoint does not verify: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// What it calls an entry is none.
    #[error("its log entry is malformed: {0}")]
    Entry(cbor::Error),
    /// The entry is of another statement, or shows another kind, control key or due day.
    #[error("its log entry is not that of the statement sent")]
    EntryOf,
    /// The entry is not in the log that the checkpoint names.
    #[error("its inclusion proof fails: {0}")]
    Inclusion(#[from] VerifyProofError),
    /// Two checkpoints of one size and different roots: a second history.
    #[error("it has signed two different logs of {size} entries")]
    TwoHistories {
        /// Their size.
        size: u64,
    },
}

/// A node's description of a community after the checks: root key → charter → log key →
/// checkpoint; steward → policy.
#[derive(Debug, Clone)]
pub struct CommunityInfo {
    said: Community,
    charter_statement: SignedStatement,
    charter: Charter,
    policy: Policy,
    head: Option<SignedCheckpoint>,
}

impl CommunityInfo {
    /// Checks an answer about `expected`, or about whatever the node is home to.
    ///
    /// # Errors
    /// [`CheckError`].
    pub fn check(said: Community, expected: Option<&CommunityId>) -> Result<Self, CheckError> {
        let found = said.community;
        if let Some(expected) = expected.copied().filter(|expected| *expected != found) {
            return Err(CheckError::OtherCommunity { expected, found });
        }
        let (charter_statement, charter) =
            check_charter(&found, said.epoch, &said.charter.statement.0)?;
        let policy =
            check_policy((&charter_statement, &charter), &said.policy, &said.policy_statement)?;
        let head = match &said.checkpoint {
            Some(text) => {
                Some(SignedCheckpoint::verify(text, &found, said.epoch, &charter.log_key)?)
            }
            None => None,
        };
        Ok(Self { said, charter_statement, charter, policy, head })
    }

    /// The community.
    pub fn id(&self) -> CommunityId {
        self.said.community
    }

    /// Its name, as its charter has it.
    pub fn name(&self) -> &str {
        &self.charter.name
    }

    /// The epoch of its log.
    pub fn epoch(&self) -> u64 {
        self.said.epoch
    }

    /// The policy that the node says is in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Which entry it is.
    pub fn policy_ref(&self) -> PolicyRef {
        self.said.policy
    }

    /// The key that signs its checkpoints.
    pub fn log_key(&self) -> PublicKey {
        self.charter.log_key
    }

    /// Who may admit and publish.
    pub fn stewards(&self) -> &[PublicKey] {
        &self.charter.stewards
    }

    /// The newest checkpoint shown.
    pub fn head(&self) -> Option<&SignedCheckpoint> {
        self.head.as_ref()
    }

    /// What the node said, statements and salts included.
    pub fn said(&self) -> &Community {
        &self.said
    }

    /// The charter as it was signed.
    pub fn charter(&self) -> &SignedStatement {
        &self.charter_statement
    }

    /// Whether the node counts the asking key as a member.
    pub fn is_member(&self) -> bool {
        self.said.member
    }

    /// Whether the asking key is a steward.
    pub fn is_steward(&self) -> bool {
        self.said.steward
    }

    /// Whether the node is the community's home.
    pub fn is_home(&self) -> bool {
        self.said.home
    }

    /// The node's clock when it answered.
    pub fn node_clock(&self) -> Time {
        self.said.now
    }

    /// A statement for this community under the policy shown.
    pub fn statement(&self, body: Body, at: Time) -> Statement {
        let (community, epoch) = (self.id(), self.epoch());
        Statement { community, epoch, policy: Some(self.policy_ref()), at, body }
    }

    /// By how many seconds the node's clock and `now` differ, if that is too much for both to agree
    /// on a signature's time.
    pub fn clock_off(&self, now: Time) -> Option<u64> {
        let node = self.node_clock();
        let off = now.secs_since(node).max(node.secs_since(now));
        (off > CLOCK_SKEW_SECS).then_some(off)
    }

    /// Checks that `statement` is in the log as `logged` says.
    ///
    /// # Errors
    /// [`CheckError`].
    pub fn check_logged(
        &self,
        statement: &SignedStatement,
        logged: &Logged,
    ) -> Result<SignedCheckpoint, CheckError> {
        let checkpoint = check_logged(&self.id(), &self.log_key(), statement, logged)?;
        let (new, shown) = (checkpoint.checkpoint(), self.head().map(SignedCheckpoint::checkpoint));
        match shown {
            Some(old) if old.size == new.size && old.root != new.root => {
                Err(CheckError::TwoHistories { size: new.size })
            }
            _ => Ok(checkpoint),
        }
    }
}

/// Checks that the entry commits to `statement` and lies in the log that `log_key` signs.
///
/// # Errors
/// [`CheckError`].
pub fn check_logged(
    community: &CommunityId,
    log_key: &PublicKey,
    statement: &SignedStatement,
    logged: &Logged,
) -> Result<SignedCheckpoint, CheckError> {
    let entry = Entry::from_bytes(&logged.entry.0).map_err(CheckError::Entry)?;
    if statement.entry(&logged.salt) != entry {
        return Err(CheckError::EntryOf);
    }
    let epoch = statement.content().epoch;
    let signed = SignedCheckpoint::verify(&logged.checkpoint, community, epoch, log_key)?;
    let (leaf, head) = (entry.leaf_hash(), signed.checkpoint());
    verify_inclusion(head.size, logged.index, &leaf, &logged.inclusion, &head.root)?;
    Ok(signed)
}

/// Checks that `bytes` are the charter of `epoch` by which the root key `community` opened the log.
///
/// # Errors
/// [`CheckError`].
pub(crate) fn check_charter(
    community: &CommunityId,
    epoch: u64,
    bytes: &[u8],
) -> Result<(SignedStatement, Charter), CheckError> {
    let what = "charter";
    let signed = verified(what, bytes)?;
    of_this_log(what, &signed, community, epoch)?;
    if signed.signer() != community.0 {
        return Err(CheckError::Statement {
            what,
            why: "is not signed by the community's root key",
        });
    }
    match signed.content().body.clone() {
        Body::Charter(charter) => Ok((signed, charter)),
        _ => Err(CheckError::Statement { what, why: "is a statement of another kind" }),
    }
}

/// Checks that `salted` is the policy that a steward of `charter` signed and `entry` commits to.
///
/// # Errors
/// [`CheckError`].
pub(crate) fn check_policy(
    charter: (&SignedStatement, &Charter),
    entry: &PolicyRef,
    salted: &Salted,
) -> Result<Policy, CheckError> {
    let what = "policy";
    let (signed_charter, charter) = charter;
    let log = signed_charter.content();
    let signed = verified(what, &salted.statement.0)?;
    of_this_log(what, &signed, &log.community, log.epoch)?;
    if !charter.stewards.contains(&signed.signer()) {
        return Err(CheckError::Statement { what, why: "is not signed by a steward" });
    }
    if commit(&salted.salt, signed.bytes()) != entry.commitment {
        return Err(CheckError::Statement { what, why: "is not the one its entry commits to" });
    }
    match signed.content().body.clone() {
        Body::Policy(policy) => Ok(policy),
        _ => Err(CheckError::Statement { what, why: "is a statement of another kind" }),
    }
}

fn verified(what: &'static str, bytes: &[u8]) -> Result<SignedStatement, CheckError> {
    SignedStatement::verify(bytes).map_err(|error| CheckError::Signed { what, error })
}

fn of_this_log(
    what: &'static str,
    signed: &SignedStatement,
    community: &CommunityId,
    epoch: u64,
) -> Result<(), CheckError> {
    let content = signed.content();
    if content.community == *community && content.epoch == epoch {
        Ok(())
    } else {
        Err(CheckError::Statement { what, why: "is of another community or epoch" })
    }
}
