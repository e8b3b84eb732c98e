//! The review queue: whether each chat that waits is the one that its manifest names, and was looked
//! through.

use super::finding::{Findings, of_file};
use crate::blobs;
use crate::home::Home;
use crate::limits::ITEMS_PER_READ;
use crate::store::{Blob, Pending, Slot, Store, StoreError, name};
use sheaf_protocol::statement::{Body, SignedStatement};

const REFUSE: &str = "start the node and refuse them (`sheaf review list` shows what waits); their \
    members may give them again";

const LOOK: &str = "start the node: `sheaf review show ID` says of each why not; if a scrubber of your \
    own fails, mend it, or start the node without it (sheaf serve --no-scrubber)";

/// What is to be told of the chats that wait.
#[derive(Default)]
struct Seen {
    /// They cannot be shown or accepted as they are.
    unfit: u64,
    /// A scrubber could not look through them.
    unscanned: u64,
}

/// Notes what waits and is not as it should be.
pub(super) fn examine(home: &Home, store: &Store, findings: &mut Findings) {
    let file = home.store_dir().join(name::PENDING);
    if !store.is_readable(name::PENDING) {
        return;
    }
    let seen = match seen(home, store) {
        Ok(seen) => seen,
        Err(error) => return findings.damage(&file, error, of_file(&file)),
    };
    match seen.unfit {
        0 => {}
        1 => findings.damage(&file, "1 chat that waits for review is not whole", REFUSE),
        more => {
            let what = format!("{more} chats that wait for review are not whole");
            findings.damage(&file, what, REFUSE);
        }
    }
    if seen.unscanned > 0 {
        let what = match seen.unscanned {
            1 => "1 chat that waits for review could not be looked through".to_owned(),
            more => format!("{more} chats that wait for review could not be looked through"),
        };
        findings.warning(&file, what, LOOK);
    }
}

fn seen(home: &Home, store: &Store) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    for row in store.communities()? {
        each(store, row.slot, &mut |chat| {
            seen.unfit += u64::from(!fits(home, chat));
            seen.unscanned += u64::from(chat.findings.failed.is_some());
        })?;
    }
    Ok(seen)
}

fn each(store: &Store, slot: Slot, see: &mut dyn FnMut(&Pending)) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let chats = store.pending_after(slot, after.as_ref(), ITEMS_PER_READ)?;
        let Some(last) = chats.last() else { return Ok(()) };
        after = Some(last.control);
        chats.iter().for_each(&mut *see);
    }
}

fn fits(home: &Home, chat: &Pending) -> bool {
    let Ok(statement) = SignedStatement::verify(&chat.manifest) else { return false };
    let Body::Manifest(manifest) = &statement.content().body else { return false };
    let blob = match &chat.blob {
        Blob::Small(bytes) => *blake3::hash(bytes).as_bytes() == manifest.blob.hash.0,
        Blob::Large(hash) => {
            *hash == manifest.blob.hash
                && blobs::check_file(&home.large_dir(), hash).is_ok_and(|same| same)
        }
    };
    blob && manifest.control == chat.control && chat.key.check() == manifest.check
}

#[cfg(test)]
mod tests {
    use crate::doctor::{Severity, examine};
    use crate::home::Home;
    use crate::store::tests::queued;
    use crate::store::{Store, StoreOptions, name};
    use sheaf_protocol::id::{CommunityId, PublicKey};

    #[test]
    fn waiting_chats_that_are_not_whole_or_were_not_looked_through_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::create(&folder.path().join("home")).unwrap();
        let store = Store::open(&home.store_dir(), StoreOptions::small(1 << 20)).unwrap();
        let slot = store.add_community(CommunityId(PublicKey([1; 32]))).unwrap();
        // Its manifest is none.
        let mut unscanned = queued(2);
        unscanned.findings.failed = Some("it hangs".into());
        store.put_pending(slot, &[queued(1), unscanned]).unwrap();
        drop(store);
        let findings = examine(&home).unwrap().findings;
        let told = findings.iter().filter(|finding| finding.file.ends_with(name::PENDING));
        let told: Vec<_> = told.map(|f| (f.severity, f.what.as_str())).collect();
        let expected = [
            (Severity::Damage, "2 chats that wait for review are not whole"),
            (Severity::Warning, "1 chat that waits for review could not be looked through"),
        ];
        assert_eq!(told, expected, "{findings:?}");
    }
}
