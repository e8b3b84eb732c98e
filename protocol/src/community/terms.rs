use super::{Community, VoidReason};
use crate::id::PublicKey;
use crate::policy::{Policy, ReaderRule, ReplicaRule};
use crate::statement::{Body, PolicyRef, SignedStatement};
use crate::time::Day;
use crate::usage::{Usage, combine};

/// On which terms a chat may be held and used now: those of its manifest and of the policy it was
/// signed under, and where the policy in force is stricter, that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The policy that the manifest was signed under.
    pub policy: PolicyRef,
    /// The manifest's SPDX expression.
    pub licence: String,
    /// The three preferences combined: any n wins, then y.
    pub usage: Usage,
    /// The manifest's due day.
    pub due: Option<Day>,
    /// Who may receive the chat key as a reader.
    pub readers: ReaderRule,
    /// Node keys that may hold it as replicas; `None`: anyone who accepts.
    pub replicas: Option<Vec<PublicKey>>,
    /// Greatest age, in seconds, of a head by which the chat key may be handed out.
    pub head_age_max_secs: u64,
    /// Seconds within which a withdrawal must be carried out.
    pub erase_within_secs: u64,
}

impl Community {
    /// The terms of a manifest of this log.
    ///
    /// # Errors
    /// [`VoidReason::Mismatch`] for another kind of statement, [`VoidReason::Policy`] if the
    /// policy it names is not of this log.
    pub fn terms(&self, manifest: &SignedStatement) -> Result<Terms, VoidReason> {
        let statement = manifest.content();
        let Body::Manifest(body) = &statement.body else { return Err(VoidReason::Mismatch) };
        let at = statement.policy.ok_or(VoidReason::Policy)?;
        let signed = self.policy_at(&at).ok_or(VoidReason::Policy)?;
        let current = self.policy().map_or(signed, |(_, policy)| policy);
        let usages = [&body.consent.usage, &signed.usage, &current.usage]
            .map(|raw| Usage::parse(raw).map_err(|_| VoidReason::Malformed));
        let [own, then, now] = usages;
        Ok(Terms {
            policy: at,
            licence: body.consent.licence.clone(),
            usage: combine([&own?, &then?, &now?]),
            due: body.consent.due,
            readers: signed.readers.max(current.readers),
            replicas: replicas(signed, current),
            head_age_max_secs: signed.head_age_max_secs.min(current.head_age_max_secs),
            erase_within_secs: signed.erase_within_secs.min(current.erase_within_secs),
        })
    }
}

fn replicas(signed: &Policy, current: &Policy) -> Option<Vec<PublicKey>> {
    match (signed.replicas, current.replicas) {
        (ReplicaRule::Anyone, ReplicaRule::Anyone) => None,
        (ReplicaRule::Listed, ReplicaRule::Anyone) => Some(signed.replica_keys.clone()),
        (ReplicaRule::Anyone, ReplicaRule::Listed) => Some(current.replica_keys.clone()),
        (ReplicaRule::Listed, ReplicaRule::Listed) => {
            let both = |key: &&PublicKey| current.replica_keys.contains(key);
            Some(signed.replica_keys.iter().filter(both).copied().collect())
        }
    }
}
