//! Small bodies of statements, each changed as a vector needs it.

use super::log::Log;
use crate::sample::{self, key};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{
    Acceptance, Admission, Body, Cause, Charter, Erased, Erasure, Manifest, Membership, Receipt,
    Role, Takedown, TakedownReason,
};

pub(super) fn manifest(n: u8) -> Body {
    Body::Manifest(sample::manifest(n))
}

pub(super) fn changed(n: u8, change: impl FnOnce(&mut Manifest)) -> Body {
    let mut manifest = sample::manifest(n);
    change(&mut manifest);
    Body::Manifest(manifest)
}

pub(super) fn charter(change: impl FnOnce(&mut Charter)) -> Body {
    let mut charter = sample::charter();
    change(&mut charter);
    Body::Charter(charter)
}

pub(super) fn join(change: impl FnOnce(&mut Membership)) -> Body {
    let mut join = sample::join();
    change(&mut join);
    Body::Membership(join)
}

/// A membership without an invitation.
pub(super) fn bare(admission: Admission) -> Body {
    let bare = admission == Admission::Remove;
    join(|m| {
        m.admission = admission;
        (m.invitation, m.invitation_use) = (None, None);
        if bare {
            (m.name, m.control) = (None, None);
        }
    })
}

pub(super) fn acceptance(role: Role) -> Body {
    Body::Acceptance(Acceptance { role, name: None })
}

pub(super) fn takedown() -> Body {
    let reason = TakedownReason::Legal;
    Body::Takedown(Takedown { control: key(101).public(), reason })
}

pub(super) fn erased() -> Vec<Erased> {
    vec![Erased { index: 2, control: key(101).public(), cause: Cause::Withdrawn }]
}

pub(super) fn erasure() -> Body {
    Body::Erasure(Erasure { items: erased() })
}

pub(super) fn receipt() -> Body {
    Body::Receipt(Receipt { items: erased(), listed: vec![] })
}

pub(super) fn policy(change: impl FnOnce(&mut Policy)) -> Body {
    let mut policy = sample::policy();
    change(&mut policy);
    Body::Policy(policy)
}

/// The log of the herons, in whose next epoch the charter is `change`d.
pub(super) fn next_epoch(change: impl FnOnce(&mut Charter)) -> Log {
    let herons = Log::herons();
    herons.next_epoch().with(
        charter(|c| {
            c.previous = Some(herons.end());
            change(c)
        }),
        1,
    )
}
