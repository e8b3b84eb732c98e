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
