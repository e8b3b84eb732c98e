//! What is durable in the journal alone.

use super::disk::SimDisk;
use super::erasing::erase;
use super::*;
use crate::store::disk::Disk;
use redb::{Builder, Database, DatabaseError, StorageBackend};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

fn open(disk: &SimDisk) -> Store {
    let options = StoreOptions::small(8 << 20);
    Store::open_on(Arc::new(disk.clone()), Path::new("store"), options).unwrap()
}

/// A folder as a process leaves it that is killed after two appends of a chat each.
fn killed() -> (TempDir, Slot) {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..1);
    append(&store, slot, 1..2);
    let left = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
    }
    (left, slot)
}

#[test]
fn a_batch_waits_for_the_disk_once_and_survives_a_crash() {
    for seed in 0..10 {
        let disk = SimDisk::new(seed);
        let store = open(&disk);
        let slot = store.add_community(community(1)).unwrap();
        for n in 0..5 {
            let before = disk.syncs();
            append(&store, slot, 10 * n..10 * n + 10);
            assert_eq!(disk.syncs(), before + 1, "one sync, whatever the number of files");
        }
        let store = open(&disk.crash());
        assert_eq!(store.head(slot).unwrap().unwrap().size, 50, "{seed}: all were told of");
        for n in 0..50 {
            let found = store.contents(slot, &[n]).unwrap().remove(0);
            let NewEntry { statement, key, blob, .. } = new_entry(n);
            assert_eq!((found.statement, found.key, found.blob), (statement, key, blob), "{n}");
        }
    }
}

#[test]
fn a_journal_grows_only_so_long() {
    let disk = SimDisk::new(1);
    let store = open(&disk);
    let slot = store.add_community(community(1)).unwrap();
    let mut longest = 0;
    for n in 0..100 {
        append(&store, slot, 10 * n..10 * n + 10);
        longest = longest.max(disk.len(Path::new("store/journal")));
    }
    assert!(longest < store.0.journal_bytes_max + 100_000, "{longest} bytes");
    assert!(longest > store.0.journal_bytes_max, "or it was never full");
}

#[test]
fn what_is_written_past_the_journal_is_not_put_back_to_what_it_was() {
    for seed in 0..20 {
        let disk = SimDisk::new(seed);
        let store = open(&disk);
        let slot = store.add_community(community(1)).unwrap();
        let (mark, value) = (Mark::Used, noise("mark", 1));
        let mut marked = append_to(&store, slot, vec![new_entry(0)]);
        marked.marks.push((mark, value));
        store.append(marked).unwrap();
        store.unmark(slot, mark, &value).unwrap();
        append(&store, slot, 1..2);
        let store = open(&disk.crash());
        assert!(!store.is_marked(slot, mark, &value).unwrap(), "{seed}: the mark was taken back");
        assert_eq!(store.head(slot).unwrap().unwrap().size, 2, "{seed}");
    }
}

#[test]
fn a_record_that_a_crash_tore_is_left_out() {
    let (dir, slot) = killed();
    let path = dir.path().join(name::JOURNAL);
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    let store = opened(&dir);
    assert_eq!(store.head(slot).unwrap().unwrap().size, 1, "the record before it counts");
    append(&store, slot, 1..2);
    drop(store);
    let store = opened(&dir);
    assert_eq!(store.contents(slot, &[1]).unwrap()[0].key, Some(key(1)), "and others follow");
}

#[test]
fn a_journal_that_is_lost_or_damaged_is_never_taken_for_an_empty_one() {
    let refused = |dir: &TempDir| {
        let error = Store::open(dir.path(), StoreOptions::default()).unwrap_err();
        assert_eq!(error.path(), dir.path().join(name::JOURNAL), "it is named: {error}");
        assert!(error.to_string().contains("damaged"), "{error}");
    };
    let (dir, _) = killed();
    std::fs::remove_file(dir.path().join(name::JOURNAL)).unwrap();
    refused(&dir);
    let (dir, _) = killed();
    let path = dir.path().join(name::JOURNAL);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    refused(&dir);
}

#[test]
fn an_orderly_end_leaves_nothing_in_the_journal() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..3);
    assert!(std::fs::metadata(dir.path().join(name::JOURNAL)).unwrap().len() > 0);
    drop(store);
    assert_eq!(std::fs::metadata(dir.path().join(name::JOURNAL)).unwrap().len(), 0);
}

/// A disk that says of the journal that it is cut, and keeps it.
#[derive(Debug, Clone)]
struct Keeping {
    disk: SimDisk,
    keeps: Arc<AtomicBool>,
}

#[derive(Debug)]
struct KeepingFile {
    file: Box<dyn StorageBackend>,
    keeps: Arc<AtomicBool>,
}

impl StorageBackend for KeepingFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }
    fn read(&self, at: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(at, out)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        match self.keeps.load(Ordering::Relaxed) {
            true => Ok(()),
            false => self.file.set_len(len),
        }
    }
    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write(at, bytes)
    }
}

impl Disk for Keeping {
    fn side_by_side(&self) -> bool {
        self.disk.side_by_side()
    }
    fn database(&self, path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
        self.disk.database(path, builder)
    }
    fn file(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        let file = self.disk.file(path)?;
        Ok(Box::new(KeepingFile { file, keeps: self.keeps.clone() }))
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.disk.exists(path)
    }
    fn read(&self, path: &Path) -> io::Result<Box<dyn io::Read>> {
        self.disk.read(path)
    }
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.copy(from, to)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.disk.sync_file(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }
}

#[test]
fn an_erasure_is_not_seen_through_while_anything_is_in_the_journal() {
    let disk = SimDisk::new(1);
    let keeps = Arc::new(AtomicBool::new(false));
    let keeping = Keeping { disk: disk.clone(), keeps: keeps.clone() };
    let options = StoreOptions::small(8 << 20);
    let store = Store::open_on(Arc::new(keeping), Path::new("store"), options).unwrap();
    let slot = store.add_community(community(1)).unwrap();
    append(&store, slot, 0..2);
    let journal = Path::new("store/journal");
    assert!(disk.len(journal) > 0, "the chat's key is in the journal");
    keeps.store(true, Ordering::Relaxed);
    let report = store.erase(slot, vec![erase(0)]).unwrap().remove(0);
    assert!(disk.len(journal) > 0, "the disk did not do what it said");
    assert!(!report.key_gone && !report.statement_gone, "so nobody may say that it is gone");
    assert_eq!(store.pending_erasures().unwrap().len(), 1, "and it is tried again");
    keeps.store(false, Ordering::Relaxed);
    let (_, report) = store.resume_erasures().unwrap().remove(0);
    assert!(report.key_gone && report.statement_gone, "{report:?}");
    assert_eq!(disk.len(journal), 0);
    assert!(store.pending_erasures().unwrap().is_empty());
}
