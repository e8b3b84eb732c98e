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
fn a_file_that_is_no_database_is_named() {
    for name in ["log.redb", "statements.redb", "keys.redb", "blobs.redb", "pending.redb"] {
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
        let store = Store::open(dir.path(), StoreOptions { cache_bytes: 1 << 20 })?;
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
