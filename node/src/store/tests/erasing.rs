use super::*;
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::id::BlobHash;
use sheaf_protocol::statement::Cause;
use sheaf_protocol::time::Time;
use std::path::Path;

pub(super) fn erase(n: u64) -> Erase {
    let explanation = format!("withdrawal {n}").into_bytes();
    Erase { index: n, control: Some(control(n)), cause: Cause::Withdrawn, explanation }
}

/// How many of these pieces stand in some file of the folder.
fn found(dir: &Path, pieces: &[[u8; 32]]) -> usize {
    let finder = scan::Finder::new(pieces.iter().copied());
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let found: Vec<_> =
        files.map(|path| finder.in_file(std::fs::File::open(path).unwrap()).unwrap()).collect();
    pieces.iter().filter(|p| found.iter().any(|f| finder.has(f, p))).count()
}

fn pieces_of(n: u64) -> Vec<[u8; 32]> {
    let held = held(n);
    let own = held.bytes[300..].chunks_exact(32).map(|c| c.try_into().unwrap());
    own.chain([held.salt.0, noise("key", n)]).collect()
}

#[test]
fn what_is_erased_is_in_no_file_and_the_rest_stays() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..200);
    append(&store, slot, 200..230);
    let erased = [0, 7, 8, 9, 150, 229];
    let pieces: Vec<_> = erased.into_iter().flat_map(pieces_of).collect();
    assert_eq!(found(dir.path(), &pieces), pieces.len(), "all are there before");
    let reports = store.erase(slot, erased.map(erase).to_vec()).unwrap();
    assert!(reports.iter().all(ErasedReport::is_complete), "{reports:?}");
    assert_eq!(found(dir.path(), &pieces), 0, "they are in no file");
    for n in erased {
        assert_eq!(store.contents(slot, &[n]).unwrap(), [Contents::default()]);
        let row = store.entry(slot, n).unwrap().unwrap();
        assert_eq!(row.entry, new_entry(n).entry, "the entry stays");
        assert_eq!((row.status, row.holding), (Status::Hole(Cause::Withdrawn), Holding::Gone));
        let explained = store.explanation(slot, &control(n)).unwrap().unwrap();
        assert_eq!(explained.explanation, format!("withdrawal {n}").into_bytes());
    }
    for n in (0..230).filter(|n| !erased.contains(n)) {
        let expected = new_entry(n);
        let contents = store.contents(slot, &[n]).unwrap().remove(0);
        assert_eq!(contents.statement, expected.statement, "{n} is untouched");
        assert_eq!((contents.key, contents.blob), (expected.key, expected.blob), "{n}");
    }
    assert_eq!(store.pending_erasures().unwrap(), []);
    let again = store.erase(slot, vec![erase(7)]).unwrap();
    assert!(again[0].is_complete(), "erasing again reports the same");
    drop(store);
    let store = opened(&dir);
    assert_eq!(store.key(slot, 7).unwrap(), None, "and after a restart");
    assert_eq!(found(dir.path(), &pieces_of(7)), 0);
}

#[test]
fn what_is_explained_is_never_stored_again() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..2);
    store.erase(slot, vec![erase(1)]).unwrap();
    let full = new_entry(1);
    let fill = Fill {
        index: 1,
        status: Status::Live,
        statement: full.statement.clone(),
        key: full.key.clone(),
        blob: full.blob.clone(),
        holding: Holding::Full,
    };
    assert_eq!(store.fill(slot, vec![fill]).unwrap(), [1], "it says what it refused");
    // A withdrawal can arrive before the chat that it withdraws.
    let explained = Explained { cause: Cause::TakenDown, explanation: vec![1] };
    store.explain(slot, &control(2), &explained).unwrap();
    append(&store, slot, 2..3);
    for n in [1, 2] {
        assert_eq!(store.contents(slot, &[n]).unwrap(), [Contents::default()], "{n}");
        assert_eq!(found(dir.path(), &pieces_of(n)), 0, "{n} was not written");
        assert_eq!(store.entry(slot, n).unwrap().unwrap().holding, Holding::Gone);
    }
    assert_eq!(store.entry(slot, 2).unwrap().unwrap().status, Status::Hole(Cause::TakenDown));
    let second = Explained { cause: Cause::Due, explanation: vec![2] };
    store.explain(slot, &control(2), &second).unwrap();
    assert_eq!(store.explanation(slot, &control(2)).unwrap(), Some(explained), "the first stays");
}

#[test]
fn an_explained_entry_waits_for_its_erasure() {
    let (_dir, store, slot) = fresh();
    append(&store, slot, 0..3);
    let explained = Explained { cause: Cause::Withdrawn, explanation: b"withdrawal 1".to_vec() };
    store.explain(slot, &control(1), &explained).unwrap();
    assert_eq!(store.pending_erasures().unwrap(), [PendingErasure { slot, erase: erase(1) }]);
    let reports = store.resume_erasures().unwrap();
    assert!(reports.len() == 1 && reports[0].1.is_complete(), "{reports:?}");
    assert_eq!(store.pending_erasures().unwrap(), []);
    assert_eq!(store.key(slot, 1).unwrap(), None);
}

/// Steps of an erasure that a crash can come after.
#[test]
fn an_erasure_cut_short_anywhere_is_finished_at_the_next_start() {
    for steps in 0..4 {
        let (dir, store, slot) = fresh();
        append(&store, slot, 0..20);
        let row = table::row_key(slot, 5);
        store.make_holes(slot, &[erase(5)]).unwrap();
        let remove = |file: &File, table| file.write(|w| w.open(table)?.remove(&row).map(drop));
        if steps > 0 {
            // Removed, and still in the free pages: nobody knows the key any more.
            remove(&store.0.keys, &contents::KEYS).unwrap();
        }
        if steps > 1 {
            remove(&store.0.statements, &contents::STATEMENTS).unwrap();
        }
        if steps > 2 {
            remove(&store.0.blobs, &contents::BLOBS).unwrap();
        }
        drop(store);
        let store = opened(&dir);
        assert_eq!(store.pending_erasures().unwrap().len(), 1, "after step {steps}");
        let reports = store.resume_erasures().unwrap();
        assert!(reports[0].1.is_complete(), "after step {steps}: {reports:?}");
        assert_eq!(found(dir.path(), &pieces_of(5)), 0, "after step {steps}");
        assert_eq!(store.blob(slot, 5).unwrap(), None);
        assert_eq!(store.key(slot, 6).unwrap(), Some(key(6)), "its neighbour stays");
        assert_eq!(store.pending_erasures().unwrap(), []);
    }
}

#[test]
fn an_erasure_is_owed_a_statement_until_one_is_kept() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..4);
    store.erase(slot, vec![erase(1), erase(2), erase(3)]).unwrap();
    let owed = |store: &Store| -> Vec<u64> {
        store.owed(slot).unwrap().into_iter().map(|erased| erased.index).collect()
    };
    drop(store);
    let store = opened(&dir);
    assert_eq!(owed(&store), [1, 2, 3], "a restart does not forget what was not said");
    let said = append_to(&store, slot, vec![new_entry(4)]);
    store.append(Append { settled: vec![1], ..said }).unwrap();
    assert_eq!(owed(&store), [2, 3], "the log says it");
    store.put_receipts(slot, &control(70), &[2, 3], b"another's", false).unwrap();
    assert_eq!(owed(&store), [2, 3], "another's receipt is not ours");
    store.put_receipts(slot, &control(71), &[2], b"ours", true).unwrap();
    assert_eq!(owed(&store), [3], "a receipt says it");
    store.erase(slot, vec![erase(1), erase(2)]).unwrap();
    assert_eq!(owed(&store), [3], "what is gone already is said once");
}

#[test]
fn a_receipt_is_kept_only_for_what_is_to_go() {
    let (_dir, store, slot) = fresh();
    append(&store, slot, 0..3);
    store.erase(slot, vec![erase(1)]).unwrap();
    let explained = Explained { cause: Cause::Withdrawn, explanation: vec![1] };
    store.explain(slot, &control(2), &explained).unwrap();
    // Eve is on the register, and sends receipts for whatever she likes.
    store.put_receipts(slot, &control(9), &[0, 1, 2, 3, u64::MAX], b"eve's", false).unwrap();
    store.put_receipts(slot, &control(8), &[1], b"bob's", false).unwrap();
    let kept: Vec<u64> =
        store.all_receipts(slot, 10).unwrap().into_iter().map(|receipt| receipt.index).collect();
    assert_eq!(kept, [1, 1, 2]);
    assert_eq!(store.receipts(slot, 1).unwrap().len(), 2);
}

#[test]
fn a_key_that_another_entry_holds_too_is_not_reported_gone() {
    let (_dir, store, slot) = fresh();
    let twin = NewEntry { key: Some(key(1)), ..new_entry(2) };
    store.append(append_to(&store, slot, vec![new_entry(0), new_entry(1), twin])).unwrap();
    let first = store.erase(slot, vec![erase(1)]).unwrap().remove(0);
    assert!(!first.key_gone && first.statement_gone, "it is still there: {first:?}");
    assert!(!first.is_complete());
    assert_eq!(store.pending_erasures().unwrap().len(), 1, "so it is not seen through");
    let second = store.erase(slot, vec![erase(2)]).unwrap().remove(0);
    assert!(second.is_complete(), "{second:?}");
    assert!(store.resume_erasures().unwrap()[0].1.is_complete(), "now both are gone");
}

#[test]
fn erasing_what_is_not_in_the_log_changes_nothing() {
    let (_dir, store, slot) = fresh();
    append(&store, slot, 0..2);
    let refused = store.erase(slot, vec![erase(0), erase(2)]);
    assert!(matches!(refused, Err(StoreError::NotInLog { index: 2, size: 2, .. })), "{refused:?}");
    assert_eq!(store.key(slot, 0).unwrap(), Some(key(0)), "all or nothing");
    assert_eq!(store.explanation(slot, &control(0)).unwrap(), None);
}

#[test]
fn a_large_blob_is_doomed_with_its_last_reference() {
    let (dir, store, slot) = fresh();
    let hash = BlobHash(noise("large", 0));
    let entries = [0, 1].map(|n| NewEntry { blob: Some(Blob::Large(hash)), ..new_entry(n) });
    store.append(append_to(&store, slot, entries.to_vec())).unwrap();
    assert!(store.is_large_referenced(&hash).unwrap());

    let first = store.erase(slot, vec![erase(0)]).unwrap().remove(0);
    assert!(first.is_complete(), "the other entry still refers to the file: {first:?}");
    let last = store.erase(slot, vec![erase(1)]).unwrap().remove(0);
    assert_eq!((last.large_file, last.is_complete()), (Some(hash), false));
    drop(store);
    let store = opened(&dir);
    assert_eq!(store.large_doomed(10).unwrap(), [hash], "remembered until it was deleted");
    assert!(!store.erase(slot, vec![erase(1)]).unwrap()[0].is_complete(), "not before that");
    store.large_deleted(&hash).unwrap();
    assert_eq!(store.large_doomed(10).unwrap(), []);
    assert!(store.erase(slot, vec![erase(1)]).unwrap()[0].is_complete());
}

pub(crate) fn queued(n: u64) -> Pending {
    Pending {
        control: control(n),
        manifest: held(n).bytes,
        salt: held(n).salt,
        blob: Blob::Small(noise::<1000>("blob", n).to_vec()),
        key: key(n),
        member: PublicKey(noise("member", n)),
        fingerprint: noise("fingerprint", n),
        received: Time::from_ms(1_000).unwrap(),
        findings: Findings::default(),
    }
}

#[test]
fn a_queued_chat_is_erased_like_any_other() {
    let (dir, store, slot) = fresh();
    let chats: Vec<Pending> = (0..5).map(queued).collect();
    assert_eq!(store.put_pending(slot, &chats).unwrap(), [Queueing::Taken; 5]);
    assert_eq!(store.pending(slot, &control(3)).unwrap(), Some(queued(3)));
    let explained = Explained { cause: Cause::Withdrawn, explanation: vec![7] };
    assert_eq!(store.erase_pending(slot, &[(control(3), Some(explained))]).unwrap(), [true]);
    assert_eq!(found(dir.path(), &pieces_of(3)), 0);
    let again = store.put_pending(slot, &[queued(3), queued(4)]).unwrap();
    assert_eq!(again, [Queueing::Gone, Queueing::Taken], "it does not come back");
    let left = store.pending_after(slot, None, 10).unwrap();
    assert_eq!(left.len(), 4);
    let rest = store.pending_after(slot, Some(&left[1].control), 10).unwrap();
    assert_eq!(rest, left[2..], "listing goes on after the key given");
}

#[test]
fn many_queued_chats_are_erased_at_once() {
    let (dir, store, slot) = fresh();
    let chats: Vec<Pending> = (0..40).map(queued).collect();
    store.put_pending(slot, &chats).unwrap();
    let explained = Explained { cause: Cause::TakenDown, explanation: vec![7] };
    let doomed: Vec<_> = (0..30).map(|n| (control(n), Some(explained.clone()))).collect();
    assert_eq!(store.erase_pending(slot, &doomed).unwrap(), [true; 30]);
    for n in 0..30 {
        assert_eq!(found(dir.path(), &pieces_of(n)), 0, "nothing of number {n} is left");
        assert_eq!(store.explanation(slot, &control(n)).unwrap().as_ref(), Some(&explained));
    }
    assert_eq!(store.pending_after(slot, None, 99).unwrap().len(), 10, "the others wait on");
}

#[test]
fn an_erasure_of_the_queue_cut_short_is_finished_at_the_next_start() {
    let (dir, store, slot) = fresh();
    for n in 0..5 {
        store.put_pending(slot, &[queued(n)]).unwrap();
    }
    let row = table::named_key(slot, &control(2).0);
    store.begin_erasing_queued(slot, &[(control(2), None)]).unwrap();
    store.0.pending.write(|w| w.open(&pending::PENDING)?.remove(&row).map(drop)).unwrap();
    drop(store);
    let store = opened(&dir);
    assert_eq!(found(dir.path(), &pieces_of(2)), 0, "though nobody knew what to look for");
    assert_eq!(store.pending_after(slot, None, 10).unwrap().len(), 4);
}

#[test]
fn what_is_in_the_log_leaves_the_queue_at_the_next_start() {
    let (dir, store, slot) = fresh();
    let large = BlobHash(noise("large", 1));
    let chats = [queued(0), Pending { blob: Blob::Large(large), ..queued(1) }, queued(2)];
    store.put_pending(slot, &chats).unwrap();
    let mut entries: Vec<NewEntry> = (0..2).map(new_entry).collect();
    entries[1].blob = Some(Blob::Large(large));
    store.append(append_to(&store, slot, entries)).unwrap();
    drop(store);
    let store = opened(&dir);
    let left = store.pending_after(slot, None, 10).unwrap();
    assert_eq!(left, [queued(2)], "a crash came between the log and the queue");
    assert!(store.is_large_referenced(&large).unwrap(), "its bytes are the entry's now");
    assert_eq!(store.large_doomed(10).unwrap(), []);
}

#[test]
fn a_large_chat_that_is_refused_dooms_its_bytes() {
    let (_dir, store, slot) = fresh();
    let large = BlobHash(noise("large", 1));
    store.put_pending(slot, &[Pending { blob: Blob::Large(large), ..queued(1) }]).unwrap();
    assert!(store.is_large_referenced(&large).unwrap());
    store.erase_pending(slot, &[(control(1), None)]).unwrap();
    assert_eq!(store.large_doomed(10).unwrap(), [large], "its file is to be deleted");
}

#[test]
fn erasing_an_entry_reaches_the_queue_it_came_through() {
    let (dir, store, slot) = fresh();
    for n in 0..50 {
        store.put_pending(slot, &[queued(n)]).unwrap();
    }
    append(&store, slot, 0..2);
    // One left the queue after it was appended, one is still in both.
    store.remove_pending(slot, &[control(0)]).unwrap();
    let reports = store.erase(slot, vec![erase(0), erase(1)]).unwrap();
    assert!(reports.iter().all(ErasedReport::is_complete), "{reports:?}");
    for n in [0, 1] {
        assert_eq!(found(dir.path(), &pieces_of(n)), 0, "{n} is in no file");
    }
    assert_eq!(store.pending(slot, &control(2)).unwrap(), Some(queued(2)));
}
