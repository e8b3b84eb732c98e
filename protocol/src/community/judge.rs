//! Verdicts: by the entry alone, then by the statement and what stands before it.

use super::{Accepted, Chartered, Community, Evidence, Status, VoidReason};
use crate::id::{PublicKey, TreeHash};
use crate::log::Entry;
use crate::policy::{JoinRule, Policy};
use crate::sign::Signed;
use crate::statement::{
    Acceptance, Admission, Attribution, Body, Charter, Invitation, InvitationUse, Kind, LogEnd,
    Manifest, Membership, PolicyRef, Role, SignedStatement, Statement,
};
use sha2::{Digest, Sha256};

type Verdict = Result<(), VoidReason>;

impl Community {
    /// The verdict on a statement that arrives after its entry was folded as
    /// [`Status::Missing`]: the same as if it had been there. For kinds that may become holes; all
    /// others are judged in [`Community::apply`], and are [`Status::Missing`] here.
    pub fn judge(&self, index: u64, entry: &Entry, evidence: &Evidence) -> Status {
        if Kind(entry.kind).may_become_hole() && index < self.size() {
            self.verdict(index, entry, evidence)
        } else {
            Status::Missing
        }
    }

    /// [`Community::judge`], and lets a membership take effect. Also answers whether
    /// [`Community::encode`] gives other bytes than before.
    pub fn arrive(&mut self, index: u64, entry: &Entry, evidence: &Evidence) -> (Status, bool) {
        let status = self.judge(index, entry, evidence);
        let changed = match (&status, evidence) {
            (Status::Live, Evidence::Statement { statement: Ok(statement), .. }) => {
                self.take_effect(index, entry, statement)
            }
            _ => false,
        };
        (status, changed)
    }

    /// Drops what the entry at `index` left in the state, when it becomes a hole. Answers whether
    /// there was anything (only memberships leave something).
    pub fn forget(&mut self, index: u64) -> bool {
        self.memberships.forget(index)
    }

    pub(super) fn verdict(&self, index: u64, entry: &Entry, evidence: &Evidence) -> Status {
        if let Err(reason) = shape(entry) {
            return Status::Void(reason);
        }
        match evidence {
            Evidence::Missing => Status::Missing,
            Evidence::Gone(explanation) => {
                self.explained_in_form(entry, explanation).map_or(Status::Missing, Status::Hole)
            }
            Evidence::Statement { .. } if evidence.check(entry).is_err() => Status::Missing,
            Evidence::Statement { statement: Err(_), .. } => Status::Void(VoidReason::Malformed),
            Evidence::Statement { statement: Ok(statement), .. } => {
                self.examine(index, entry, statement).map_or_else(Status::Void, |()| Status::Live)
            }
        }
    }

    fn examine(&self, index: u64, entry: &Entry, signed: &SignedStatement) -> Verdict {
        let statement = signed.content();
        let signer = signed.signer();
        // What was decoded is valid; what this process has made itself may not be.
        statement.validate().map_err(|_| VoidReason::Malformed)?;
        let fields = (Kind(entry.kind), (entry.control, entry.due));
        ensure((statement.kind(), statement.entry_fields()) == fields, VoidReason::Mismatch)?;
        let here = statement.community == self.id && statement.epoch == self.epoch;
        ensure(here, VoidReason::Elsewhere)?;
        let under = self.named_policy(index, statement.policy.as_ref())?;
        let steward = self.stewards_before(index).contains(&signer);
        match &statement.body {
            Body::Charter(body) => self.examine_charter(index, signer, body),
            Body::Membership(body) => self.examine_membership(index, signer, statement, body),
            Body::Acceptance(body) => examine_acceptance(signer, body, under),
            Body::Manifest(body) => examine_manifest(signer, statement, body, under),
            Body::Policy(_) | Body::Takedown(_) => ensure(steward, VoidReason::Signer),
            Body::Withdrawal(body) => ensure(body.control == signer, VoidReason::Signer),
            Body::Erasure(_) => {
                let log_key = self.charter_before(index).map(|charter| charter.log_key);
                ensure(log_key == Some(signer), VoidReason::Signer)
            }
            Body::Receipt(_) => ensure(self.is_replica_before(index, &signer), VoidReason::Signer),
            Body::Unknown(..) => Err(VoidReason::UnknownKind),
        }
    }

    /// The policy that a statement names, if it names one.
    fn named_policy(
        &self,
        index: u64,
        named: Option<&PolicyRef>,
    ) -> Result<Option<&Policy>, VoidReason> {
        let Some(named) = named else { return Ok(None) };
        ensure(named.index < index, VoidReason::Policy)?;
        self.policy_at(named).map(Some).ok_or(VoidReason::Policy)
    }

    fn policy_before(&self, index: u64) -> Option<&Policy> {
        self.policies.iter().rev().find(|(at, _)| at.index < index).map(|(_, policy)| policy)
    }

    fn stewards_before(&self, index: u64) -> &[PublicKey] {
        self.charter_before(index).map_or(&[], |charter| &charter.stewards)
    }

    fn is_replica_before(&self, index: u64, key: &PublicKey) -> bool {
        let accepted = |a: &Accepted| a.index < index && a.key == *key && a.role == Role::Replica;
        self.register.iter().any(accepted)
    }

    fn examine_charter(&self, index: u64, signer: PublicKey, body: &Charter) -> Verdict {
        let Some(current) = self.charter() else {
            ensure(signer == self.root_key, VoidReason::Signer)?;
            return ensure(self.opens_epoch(body), VoidReason::Charter);
        };
        let next = || current.next_root == Some(TreeHash(Sha256::digest(signer.0).into()));
        ensure(signer == self.root_key || next(), VoidReason::Signer)?;
        let here = LogEnd { size: index, root: self.frontier.root() };
        let ends = (body.log_key != current.log_key).then_some(here);
        ensure(body.ends == ends && body.previous.is_none(), VoidReason::Charter)
    }

    /// Whether a first charter names the right end of the epoch before.
    fn opens_epoch(&self, body: &Charter) -> bool {
        let follows = match (&self.before, &body.previous) {
            (None, None) => true,
            (Some(known), Some(named)) if named.size == known.size => named == known,
            // The last common checkpoint: whoever has more entries has them from a fork.
            (Some(known), Some(named)) => named.size < known.size,
            _ => false,
        };
        follows && body.ends.is_none()
    }

    fn examine_membership(
        &self,
        index: u64,
        signer: PublicKey,
        statement: &Statement,
        body: &Membership,
    ) -> Verdict {
        let rule = self.policy_before(index).map_or(JoinRule::Invitation, |policy| policy.join);
        let signed_well = match body.admission {
            Admission::Join => signer == body.member,
            Admission::Admit | Admission::Remove => self.stewards_before(index).contains(&signer),
        };
        ensure(signed_well, VoidReason::Signer)?;
        let allowed = match (body.admission, rule) {
            (Admission::Remove, _) => true,
            (_, JoinRule::Closed) => false,
            (Admission::Admit, _) => true,
            (Admission::Join, JoinRule::Open) if body.invitation.is_none() => true,
            (Admission::Join, _) => self.invited(index, statement, body),
        };
        ensure(allowed, VoidReason::Invitation)
    }

    /// Whether a join carries a steward's invitation for this member, not expired when it was
    /// signed.
    fn invited(&self, index: u64, statement: &Statement, body: &Membership) -> bool {
        let Some((invitation, used)) = invitation_of(body) else { return false };
        let (leave, usage) = (invitation.content(), used.content());
        self.stewards_before(index).contains(&invitation.signer())
            && leave.community == self.id
            && statement.at < leave.expires
            && used.signer() == leave.key
            && usage.community == self.id
            && usage.member == body.member
    }

    /// Writes a live statement into the state; whether anything changed.
    pub(super) fn take_effect(
        &mut self,
        index: u64,
        entry: &Entry,
        signed: &SignedStatement,
    ) -> bool {
        match &signed.content().body {
            Body::Charter(charter) => {
                self.root_key = signed.signer();
                self.charters.push(Chartered { index, charter: charter.clone() });
            }
            Body::Policy(policy) => {
                let at = PolicyRef { index, commitment: entry.commitment };
                self.policies.push((at, policy.clone()));
            }
            Body::Membership(body) => self.take_membership(index, body),
            Body::Acceptance(Acceptance { role, name }) => {
                let Some(policy) = signed.content().policy else { return false };
                let (key, role, name) = (signed.signer(), *role, name.clone());
                self.register.push(Accepted { index, key, role, policy, name });
            }
            _ => return false,
        }
        true
    }

    fn take_membership(&mut self, index: u64, body: &Membership) {
        if let Some((invitation, _)) = invitation_of(body) {
            self.memberships.use_invitation(invitation.content().key);
        }
        self.memberships.insert(index, body.member, body.admission, body.name.clone());
    }
}

/// What an entry may show, by its kind.
fn shape(entry: &Entry) -> Verdict {
    let kind = Kind(entry.kind);
    ensure(kind.is_defined(), VoidReason::UnknownKind)?;
    let good = match kind {
        Kind::MANIFEST => entry.control.is_some(),
        Kind::MEMBERSHIP => entry.due.is_none(),
        _ => entry.control.is_none() && entry.due.is_none(),
    };
    ensure(good, VoidReason::Shape)
}

fn examine_acceptance(signer: PublicKey, body: &Acceptance, under: Option<&Policy>) -> Verdict {
    let policy = under.ok_or(VoidReason::Policy)?;
    ensure(policy.gives_role(&signer, body.role), VoidReason::Role)
}

fn examine_manifest(
    signer: PublicKey,
    statement: &Statement,
    body: &Manifest,
    under: Option<&Policy>,
) -> Verdict {
    let policy = under.ok_or(VoidReason::Policy)?;
    let nameless = body.consent.attribution == Attribution::None;
    ensure(nameless == (signer == body.control), VoidReason::Signer)?;
    let refusals = policy.refusals(&body.consent, body.blob.plain_bytes, statement.at.day());
    refusals.first().map_or(Ok(()), |refusal| Err(refusal.void_reason()))
}

fn invitation_of(body: &Membership) -> Option<(Signed<Invitation>, Signed<InvitationUse>)> {
    let (invitation, used) = (body.invitation.as_ref()?, body.invitation_use.as_ref()?);
    Some((Signed::verify(&invitation.0).ok()?, Signed::verify(&used.0).ok()?))
}

fn ensure(holds: bool, reason: VoidReason) -> Verdict {
    if holds { Ok(()) } else { Err(reason) }
}
