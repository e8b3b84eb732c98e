use crate::cbor::Bytes;
use crate::id::PublicKey;

/// How somebody becomes a member, or stops being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Signed by the member, with an invitation (or none where the policy lets anyone join).
    Join,
    /// Signed by a steward.
    Admit,
    /// Signed by a steward.
    Remove,
}
crate::codes!(Admission { Join = 1, Admit = 2, Remove = 3 });

/// A change of membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// What happens.
    pub admission: Admission,
    /// The member's key for this community.
    pub member: PublicKey,
    /// The name the member chose to be known by here, if any.
    pub name: Option<String>,
    /// The control key under which the member may take this record back.
    pub control: Option<PublicKey>,
    /// A `Signed<Invitation>`, in a join by invitation.
    pub invitation: Option<Bytes>,
    /// A `Signed<InvitationUse>` by the invitation's fresh key, in a join by invitation.
    pub invitation_use: Option<Bytes>,
}
crate::record!(Membership { admission, member, name, control, invitation, invitation_use });
