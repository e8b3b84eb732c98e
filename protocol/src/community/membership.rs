use crate::cbor::{Decode, Encode, Error, Reader, Writer};
use crate::id::PublicKey;
use crate::statement::Admission;
use std::collections::{BTreeMap, BTreeSet};

/// A member now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Their key for this community.
    pub key: PublicKey,
    /// The name they chose, if any.
    pub name: Option<&'a str>,
    /// The entry that made them a member.
    pub index: u64,
}

/// The live membership entries. Who is a member follows from each key's last one, so the order in
/// which late statements arrive does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Memberships {
    /// By member key and index.
    rows: BTreeMap<(PublicKey, u64), Row>,
    /// Fresh keys of invitations that were used. They link to nothing once the record is gone.
    used: BTreeSet<PublicKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    admission: Admission,
    name: Option<String>,
}

struct Stored {
    index: u64,
    member: PublicKey,
    admission: Admission,
    name: Option<String>,
}
crate::record!(Stored { index, member, admission, name });

impl Memberships {
    pub(super) fn insert(
        &mut self,
        index: u64,
        member: PublicKey,
        admission: Admission,
        name: Option<String>,
    ) {
        self.rows.insert((member, index), Row { admission, name });
    }

    pub(super) fn use_invitation(&mut self, key: PublicKey) {
        self.used.insert(key);
    }

    pub(super) fn invitation_used(&self, key: &PublicKey) -> bool {
        self.used.contains(key)
    }

    /// Drops the entry at `index`; whether there was one.
    pub(super) fn forget(&mut self, index: u64) -> bool {
        let before = self.rows.len();
        self.rows.retain(|(_, at), _| *at != index);
        self.rows.len() < before
    }

    pub(super) fn is_member(&self, key: &PublicKey) -> bool {
        let last = self.rows.range((*key, 0)..=(*key, u64::MAX)).next_back();
        last.is_some_and(|(_, row)| row.admission != Admission::Remove)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = Member<'_>> {
        let mut rows = self.rows.iter().peekable();
        std::iter::from_fn(move || {
            loop {
                let ((key, index), row) = rows.next()?;
                let is_last = rows.peek().is_none_or(|((next, _), _)| next != key);
                if is_last && row.admission != Admission::Remove {
                    return Some(Member { key: *key, name: row.name.as_deref(), index: *index });
                }
            }
        })
    }
}

impl Encode for Memberships {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        w.array(self.rows.len());
        for ((member, index), Row { admission, name }) in &self.rows {
            let (index, member, admission, name) = (*index, *member, *admission, name.clone());
            w.value(&Stored { index, member, admission, name });
        }
        w.array(self.used.len());
        for key in &self.used {
            w.value(key);
        }
    }
}

impl Decode for Memberships {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        let rows = r.value::<Vec<Stored>>()?.into_iter();
        let rows = rows.map(|Stored { index, member, admission, name }| {
            ((member, index), Row { admission, name })
        });
        let rows = rows.collect();
        let used = r.value::<Vec<PublicKey>>()?.into_iter().collect();
        Ok(Self { rows, used })
    }
}
