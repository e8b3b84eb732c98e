//! The home node's own rules for who may do what; the fold's come after.

use sheaf_protocol::community::Community;
use sheaf_protocol::exchange::{Refusal, RefusalCode};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::CLOCK_SKEW_SECS;
use sheaf_protocol::policy::{self, Policy, Request};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{
    Admission, Attribution, Body, Invitation, Membership, SignedStatement,
};
use sheaf_protocol::time::Time;

/// The rules of the home node for joining; the fold checks the invitation.
pub(super) fn may_join(
    fold: &Community,
    from: &PublicKey,
    statement: &SignedStatement,
    now: Time,
) -> Result<(), Refusal> {
    let refusal = |code, text: &str| Err(Refusal::new(code, text));
    let Body::Membership(membership) = &statement.content().body else {
        return refusal(RefusalCode::Malformed, "joining takes a signed membership");
    };
    if membership.admission != Admission::Join || membership.member != *from {
        return refusal(RefusalCode::Malformed, "one joins with one's own key");
    }
    if fold.is_member(from) {
        return refusal(RefusalCode::Duplicate, "you are a member of this community already");
    }
    if statement.content().at.ms().abs_diff(now.ms()) > CLOCK_SKEW_SECS * 1000 {
        let text = format!("your clock says {}, the node's {now}", statement.content().at);
        return refusal(RefusalCode::Clock, &text);
    }
    let used = invitation_key(membership);
    if used.is_some_and(|key| fold.invitation_used(&key)) {
        return refusal(RefusalCode::Policy, "this invitation was used before: ask for a new one");
    }
    let Some((_, policy)) = fold.policy() else {
        return refusal(RefusalCode::ReadOnly, "the community has no policy yet");
    };
    allowed(policy, &Request::Join { invited: used.is_some() }, now)
}

/// What the policy says, as a refusal in its own sentences.
pub(super) fn allowed(policy: &Policy, request: &Request<'_>, now: Time) -> Result<(), Refusal> {
    let decision = policy::decide(policy, request, now);
    if decision.is_allowed() {
        return Ok(());
    }
    let sentences: Vec<String> = decision.reasons.iter().map(ToString::to_string).collect();
    Err(Refusal::new(RefusalCode::Policy, sentences.join(" ")))
}

/// The fresh key of the invitation in a membership; the fold checks the invitation itself.
fn invitation_key(membership: &Membership) -> Option<PublicKey> {
    let bytes = membership.invitation.as_ref()?;
    Signed::<Invitation>::verify(&bytes.0).ok().map(|invitation| invitation.content().key)
}

/// Whether who asks is a member.
pub(super) fn known_here(fold: &Community, from: &PublicKey) -> Result<(), Refusal> {
    if fold.is_member(from) || fold.is_steward(from) {
        return Ok(());
    }
    let text = "you are not a member of this community: ask a steward for an invitation";
    Err(Refusal::new(RefusalCode::NotMember, text))
}

/// The rules of the home node for a contribution; the fold's own rules come after.
pub(super) fn admit(
    fold: &Community,
    from: &PublicKey,
    statement: &SignedStatement,
    now: Time,
) -> Result<(), Refusal> {
    let content = statement.content();
    let Body::Manifest(manifest) = &content.body else {
        return Err(Refusal::new(RefusalCode::Malformed, "a contribution is a signed manifest"));
    };
    known_here(fold, from)?;
    let Some((policy_ref, policy)) = fold.policy() else {
        return Err(Refusal::new(RefusalCode::ReadOnly, "the community has no policy yet"));
    };
    if content.epoch != fold.epoch() || content.policy != Some(policy_ref) {
        let text =
            "the community's policy changed since this was prepared: look at it and decide again";
        return Err(Refusal::new(RefusalCode::PolicyChanged, text));
    }
    if content.at.ms().abs_diff(now.ms()) > CLOCK_SKEW_SECS * 1000 + RETRY_MS {
        let text = format!("your clock says {}, the node's {now}: set it right", content.at);
        return Err(Refusal::new(RefusalCode::Clock, text));
    }
    if manifest.consent.attribution != Attribution::None && statement.signer() != *from {
        let text = "a chat under a name is signed with the key of the member who sends it";
        return Err(Refusal::new(RefusalCode::Malformed, text));
    }
    let request =
        Request::Contribute { consent: &manifest.consent, plain_bytes: manifest.blob.plain_bytes };
    allowed(policy, &request, now)
}

/// A chat that waited for review comes in if its last day is not over, and the policy in force admits it
/// as well as the one it was signed under, which the fold looks at.
pub(super) fn readmit(
    fold: &Community,
    statement: &SignedStatement,
    now: Time,
) -> Result<(), Refusal> {
    let Body::Manifest(manifest) = &statement.content().body else {
        return Err(Refusal::new(RefusalCode::Malformed, "a contribution is a signed manifest"));
    };
    if let Some(due) = manifest.consent.due.filter(|due| due.end() <= now) {
        let text = format!("its last day, {due}, is over: it will be erased");
        return Err(Refusal::new(RefusalCode::Gone, text));
    }
    let Some((_, policy)) = fold.policy() else {
        return Err(Refusal::new(RefusalCode::ReadOnly, "the community has no policy yet"));
    };
    let request =
        Request::Contribute { consent: &manifest.consent, plain_bytes: manifest.blob.plain_bytes };
    allowed(policy, &request, now).map_err(|refusal| {
        let text = format!("the policy in force does not admit it: {}", refusal.sentence);
        Refusal::new(refusal.code, text)
    })
}

/// A sealed bundle that was kept while the network was away may be that old.
const RETRY_MS: u64 = 7 * 86_400_000;
