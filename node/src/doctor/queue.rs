//! The review queue: whether each chat that waits is the one that its manifest names.

use super::finding::{Findings, of_file};
use crate::blobs;
use crate::home::Home;
use crate::limits::ITEMS_PER_READ;
use crate::store::{Blob, Pending, Slot, Store, StoreError, name};
use sheaf_protocol::statement::{Body, SignedStatement};

const REFUSE: &str = "start the node and refuse them (`sheaf review list` shows what waits); their \
    members may give them again";

/// Notes what waits and can not be shown or accepted as it is.
pub(super) fn examine(home: &Home, store: &Store, findings: &mut Findings) {
    let file = home.store_dir().join(name::PENDING);
    if !store.is_readable(name::PENDING) {
        return;
    }
    match unfit(home, store) {
        Ok(0) => {}
        Ok(1) => findings.damage(&file, "1 chat that waits for review is not whole", REFUSE),
        Ok(more) => {
            let what = format!("{more} chats that wait for review are not whole");
            findings.damage(&file, what, REFUSE);
        }
        Err(error) => findings.damage(&file, error, of_file(&file)),
    }
}

fn unfit(home: &Home, store: &Store) -> Result<u64, StoreError> {
    let mut unfit = 0;
    for row in store.communities()? {
        each(store, row.slot, &mut |chat| unfit += u64::from(!fits(home, chat)))?;
    }
    Ok(unfit)
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
    use crate::doctor::examine;
    use crate::home::Home;
    use crate::store::tests::queued;
    use crate::store::{Store, StoreOptions, name};
    use sheaf_protocol::id::{CommunityId, PublicKey};

    #[test]
    fn a_waiting_chat_that_is_not_whole_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::create(&folder.path().join("home")).unwrap();
        let store = Store::open(&home.store_dir(), StoreOptions::small(1 << 20)).unwrap();
        let slot = store.add_community(CommunityId(PublicKey([1; 32]))).unwrap();
        // Its manifest is none.
        store.put_pending(slot, &[queued(1)]).unwrap();
        drop(store);
        let findings = examine(&home).unwrap().findings;
        let told = findings.iter().find(|finding| finding.file.ends_with(name::PENDING));
        let told = told.map(|finding| finding.what.as_str());
        assert_eq!(told, Some("1 chat that waits for review is not whole"), "{findings:?}");
    }
}
