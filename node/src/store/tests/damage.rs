use super::*;
use std::path::PathBuf;

/// The file that an error of opening names.
fn named(error: &OpenError) -> Option<PathBuf> {
    let OpenError::Store(error) = error else { return None };
    match error {
        StoreError::Corrupt { file, .. }
        | StoreError::Version { file, .. }
        | StoreError::InUse { file }
        | StoreError::Permission { file }
        | StoreError::Io { file, .. }
        | StoreError::Engine { file, .. } => Some(file.clone()),
        _ => None,
    }
}

#[test]
fn a_log_that_is_no_database_is_named() {
    for name in ["log.redb", "statements.redb"] {
        let (dir, store, slot) = fresh();
        append(&store, slot, 0..3);
        drop(store);
        std::fs::write(dir.path().join(name), b"this is not a database, but a text").unwrap();
        let error = Store::open(dir.path(), StoreOptions::default()).unwrap_err();
        assert_eq!(named(&error), Some(dir.path().join(name)), "{error}");
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}

#[test]
fn a_file_that_a_node_can_do_without_costs_what_is_in_it() {
    for name in ["keys.redb", "blobs.redb", "pending.redb"] {
        let (dir, store, slot) = fresh();
        append(&store, slot, 0..3);
        drop(store);
        let text = b"this is not a database, but a text";
        std::fs::write(dir.path().join(name), text).unwrap();
        let store = opened(&dir);
        let unreadable = store.unreadable();
        assert_eq!(unreadable.len(), 1, "{unreadable:?}");
        assert_eq!(unreadable[0].0, dir.path().join(name));
        assert!(unreadable[0].1.contains("damaged"), "{unreadable:?}");
        assert_eq!(store.entries(slot, 0, 9).unwrap().len(), 3, "{name}: the log is served");
        let contents = store.contents(slot, &[1]).unwrap().remove(0);
        assert_eq!(contents.statement, Some(held(1)), "{name}: and the statements");
        assert_eq!(contents.key.is_none(), name == "keys.redb");
        assert_eq!(contents.blob.is_none(), name == "blobs.redb");
        let more = store.append(append_to(&store, slot, vec![new_entry(3)]));
        if name != "pending.redb" {
            let refused = more.unwrap_err().to_string();
            assert!(refused.contains(name) && refused.contains("sheaf doctor"), "{refused}");
            assert_eq!(store.head(slot).unwrap().unwrap().size, 3, "nothing half appended");
        }
        drop(store);
        let found = std::fs::read(dir.path().join(name)).unwrap();
        assert_eq!(found, text, "a damaged file is evidence, and left as it is");
    }
}

#[test]
fn a_lost_log_is_not_taken_for_an_empty_one() {
    for name in ["log.redb", "statements.redb"] {
        let (dir, store, slot) = fresh();
        append(&store, slot, 0..3);
        drop(store);
        let away = dir.path().join("away");
        std::fs::rename(dir.path().join(name), &away).unwrap();
        for _ in 0..2 {
            let error = Store::open(dir.path(), StoreOptions::default()).unwrap_err();
            assert_eq!(named(&error), Some(dir.path().join(name)), "{error}");
        }
        std::fs::rename(&away, dir.path().join(name)).unwrap();
        let contents = opened(&dir).contents(slot, &[2]).unwrap().remove(0);
        assert_eq!(contents.key, Some(key(2)), "nothing was removed meanwhile");
    }
}

#[test]
fn what_was_in_a_file_that_was_taken_away_is_wanted_again() {
    for name in ["keys.redb", "blobs.redb"] {
        let (dir, store, slot) = fresh();
        let mut entries: Vec<_> = (0..3).map(new_entry).collect();
        entries[1].entry.kind = sheaf_protocol::statement::Kind::MANIFEST.0;
        store.append(append_to(&store, slot, entries)).unwrap();
        assert_eq!(store.wanted(slot, 0, 9).unwrap(), [0_u64; 0]);
        drop(store);
        std::fs::remove_file(dir.path().join(name)).unwrap();
        assert_eq!(opened(&dir).wanted(slot, 0, 9).unwrap(), [1], "{name}: chats, and no others");
        assert_eq!(opened(&dir).wanted(slot, 0, 9).unwrap(), [1], "{name}: until they came");
    }
}

#[test]
fn an_inspection_changes_nothing() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..3);
    // Not closed in order, as after a crash.
    std::mem::forget(store);
    let copy = tempfile::tempdir().unwrap();
    let files = || {
        let mut files: Vec<_> =
            std::fs::read_dir(copy.path()).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| (std::fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
    };
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let before = files();
    let store = Store::inspect(copy.path()).unwrap();
    assert_eq!(store.entries(slot, 0, 9).unwrap().len(), 3);
    append(&store, slot, 3..5);
    assert_eq!(store.contents(slot, &[4]).unwrap()[0].key, Some(key(4)), "in memory");
    drop(store);
    assert!(files() == before, "a file was changed");
}

/// On a disk with little room: what is to be written is refused, everything else goes on, and so
/// does writing when there is room again; without a restart.
#[test]
fn a_full_disk_refuses_what_is_written_and_nothing_else() {
    for room in [0, 4 << 10, 20 << 10, 50 << 10, 100 << 10, 300 << 10] {
        let disk = disk::SimDisk::new(room);
        let options = StoreOptions::small(1 << 20);
        let store = Store::open_on(Arc::new(disk.clone()), "store".as_ref(), options).unwrap();
        let slot = store.add_community(community(1)).unwrap();
        append(&store, slot, 0..5);
        disk.leave_room(room);
        let mut size = 5;
        let refused = loop {
            let entries = (size..size + 20).map(new_entry).collect();
            match store.append(append_to(&store, slot, entries)) {
                Ok(()) => size += 20,
                Err(error) => break error,
            }
            assert!(size < 10_000, "the disk never became full");
        };
        let why = refused.to_string();
        assert!(
            matches!(refused, AppendError::Store(StoreError::DiskFull { .. })),
            "{room}: {why}"
        );
        assert_eq!(store.head(slot).unwrap().unwrap().size, size, "{room}: not half appended");
        assert_eq!(store.contents(slot, &[3]).unwrap()[0].key, Some(key(3)), "{room}: still read");
        let again =
            store.append(append_to(&store, slot, (size..size + 20).map(new_entry).collect()));
        assert!(again.is_err(), "{room}: still no room");
        disk.heal();
        append(&store, slot, size..size + 20);
        assert_eq!(store.head(slot).unwrap().unwrap().size, size + 20, "{room}: room again");
        let last = store.contents(slot, &[size + 19]).unwrap().remove(0);
        assert_eq!(last.key, Some(key(size + 19)), "{room}");
    }
}

#[test]
fn a_store_in_use_is_named() {
    let (dir, store, _) = fresh();
    let error = Store::open(dir.path(), StoreOptions::default()).unwrap_err();
    assert!(matches!(&error, OpenError::Store(StoreError::InUse { .. })), "{error}");
    drop(store);
    Store::open(dir.path(), StoreOptions::default()).unwrap();
}

#[test]
fn a_row_of_another_version_is_named() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..1);
    drop(store);
    let db = redb::Database::open(dir.path().join("statements.redb")).unwrap();
    let write = db.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("statements");
    let row = table::row_key(slot, 0);
    write.open_table(table).unwrap().insert(&row[..], &[9, 1, 2][..]).unwrap();
    write.commit().unwrap();
    drop(db);

    let error = opened(&dir).statement(slot, 0).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Version { found: 9, known: 1, .. }), "{text}");
    assert!(text.contains("statements.redb") && text.contains("table statements"), "{text}");
}

#[test]
fn what_an_interrupted_rewriting_left_is_removed() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..1);
    drop(store);
    let left = dir.path().join("keys.redb.new");
    std::fs::write(&left, b"half a copy").unwrap();
    let store = opened(&dir);
    assert!(!left.exists());
    assert_eq!(store.key(slot, 0).unwrap(), Some(key(0)));
}

/// redb 4.5 panics on some of these; nothing of that reaches a caller.
#[test]
fn a_flipped_byte_anywhere_is_an_answer_or_an_error() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..10);
    drop(store);
    let read = || {
        let store = Store::open(dir.path(), StoreOptions::small(1 << 20))?;
        store.head(slot)?;
        store.entries(slot, 0, 100)?;
        store.contents(slot, &[0, 3, 9])?;
        Ok::<_, OpenError>(())
    };
    for name in ["log.redb", "statements.redb", "keys.redb"] {
        let path = dir.path().join(name);
        let good = std::fs::read(&path).unwrap();
        for n in 0..40_u64 {
            let mut bytes = good.clone();
            // Half of them in the first pages, where the roots of the trees are.
            let range = if n % 2 == 0 { bytes.len() } else { 8192.min(bytes.len()) };
            let at = u64::from_be_bytes(noise(name, n)) as usize % range;
            bytes[at] ^= noise::<1>("bit", n)[0].max(1);
            std::fs::write(&path, &bytes).unwrap();
            if let Err(error) = read() {
                let error = error.to_string();
                assert!(error.contains(".redb"), "byte {at} of {name}: it names no file: {error}");
            }
            std::fs::write(&path, &good).unwrap();
        }
    }
    read().unwrap();
}
