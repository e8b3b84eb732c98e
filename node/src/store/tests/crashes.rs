//! One story, cut off at every sync, and its recovery cut off at every sync again.

use super::disk::{Fault, SimDisk, Stop};
use super::*;
use std::path::PathBuf;

/// How far the story was told to whoever waited for it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    size: u64,
    erased: bool,
    queued: bool,
    refused: bool,
}

fn open(disk: &SimDisk) -> Result<Store, OpenError> {
    let options = StoreOptions::small(1 << 20);
    Store::open_on(Arc::new(disk.clone()), Path::new("store"), options)
}

/// Founds, gives three chats in two batches, queues another, erases one and refuses the queued.
fn story(disk: &SimDisk) -> Told {
    let mut told = Told::default();
    tell(disk, &mut told);
    told
}

fn tell(disk: &SimDisk, told: &mut Told) -> Option<()> {
    let store = open(disk).ok()?;
    let slot = store.add_community(community(1)).ok()?;
    for (range, size) in [(0..2, 2), (2..3, 3)] {
        let append = append_to(&store, slot, range.map(new_entry).collect());
        store.append(append).ok()?;
        told.size = size;
    }
    let queued = store.put_pending(slot, &[erasing::queued(5)]).ok()?;
    told.queued = queued == [Queueing::Taken];
    let reports = store.erase(slot, vec![erasing::erase(1)]).ok()?;
    told.erased = reports[0].is_complete();
    assert!(told.erased, "what did not fail is seen through");
    told.refused = store.erase_pending(slot, &[(control(5), None)]).ok()? == [true];
    assert!(told.refused, "so is what was refused");
    Some(())
}

/// Opens what a crash left and finishes what was begun, checking against what was told.
fn recovered(disk: &SimDisk, told: Told, at: &str) -> Option<()> {
    let store = open(disk).map_err(|e| assert!(disk.has_stopped(), "{at}: {e}")).ok()?;
    let resumed = store.resume_erasures();
    let reports = resumed.map_err(|e| assert!(disk.has_stopped(), "{at}: {e}")).ok()?;
    assert!(reports.iter().all(|(_, report)| report.is_complete()), "{at}: {reports:?}");
    let head = store.head(Slot(0)).ok()?;
    let size = head.as_ref().map_or(0, |head| head.size);
    assert!(size >= told.size, "{at}: {} were told of, {size} are there", told.size);
    let rows = store.entries(Slot(0), 0, 10).ok()?;
    assert_eq!(rows.len() as u64, size, "{at}: the head names what is there");
    let mut frontier = Frontier::new();
    rows.iter().for_each(|row| frontier.append(row.entry.leaf_hash()));
    assert_eq!(head.map(|h| h.frontier.root()), (size > 0).then(|| frontier.root()), "{at}");
    for n in 0..3 {
        let contents = store.contents(Slot(0), &[n]).ok()?.remove(0);
        let whole = NewEntry { status: Status::Live, ..new_entry(n) };
        match rows.get(n as usize).map(|row| row.holding) {
            Some(Holding::Full) => {
                assert_eq!((contents.statement, contents.key), (whole.statement, whole.key));
                assert_eq!(contents.blob, whole.blob, "{at}: {n} is whole");
            }
            _ => assert_eq!(contents, Contents::default(), "{at}: nothing is left of {n}"),
        }
    }
    let waiting = store.pending(Slot(0), &control(5)).ok()?;
    match (told.queued, told.refused) {
        (_, true) => assert_eq!(disk.holding(&[noise("key", 5)]), [] as [PathBuf; 0], "{at}"),
        // It may have been refused, and nobody was told.
        (true, false) if told.erased => {}
        (true, false) => assert_eq!(waiting, Some(erasing::queued(5)), "{at}: it waits"),
        (false, false) => {}
    }
    assert!(!told.refused || waiting.is_none(), "{at}: what was refused stays away");
    if told.erased {
        assert_eq!(rows[1].holding, Holding::Gone, "{at}: what was erased stays erased");
        assert_eq!(disk.holding(&[noise("key", 1)]), [] as [PathBuf; 0], "{at}");
    }
    Some(())
}

/// All of them takes two minutes; a part that meets every sync of a recovery takes some seconds.
fn step() -> usize {
    if std::env::var_os("SHEAF_EVERY_CUT").is_some() { 1 } else { 16 }
}

#[test]
fn a_crash_at_any_sync_and_at_any_sync_of_the_recovery_loses_nothing_told() {
    let whole = SimDisk::new(0);
    story(&whole);
    let mut cuts = 0;
    for sync in 1..=whole.syncs() {
        let disk = SimDisk::new(sync);
        disk.stop_at(Stop::Sync(sync));
        let told = story(&disk);
        let first = 1 + sync % step() as u64;
        for again in (first..).step_by(step()) {
            let at = format!("crash at sync {sync}, and again at sync {again}");
            let second = disk.crash();
            second.stop_at(Stop::Sync(again));
            recovered(&second, told, &at);
            let ended = !second.has_stopped();
            recovered(&second.crash(), told, &at).expect("nothing stops the last start");
            cuts += 1;
            if ended {
                break;
            }
        }
    }
    println!("{} syncs, {cuts} recoveries cut off", whole.syncs());
    assert!(cuts > 2 * whole.syncs(), "recoveries were cut too: {cuts}");
}

#[test]
fn a_crash_at_any_write_loses_nothing_told() {
    let whole = SimDisk::new(0);
    story(&whole);
    for operation in (1..=whole.operations()).step_by(step() / 4 + 1) {
        let disk = SimDisk::new(operation);
        disk.stop_at(Stop::Operation(operation));
        let told = story(&disk);
        recovered(&disk.crash(), told, &format!("crash at operation {operation}"));
    }
}

#[test]
fn a_full_disk_is_called_full_and_loses_nothing() {
    for room in [0, 4_096, 20_000, 60_000, 200_000] {
        let disk = SimDisk::new(room);
        let told = story(&disk);
        let disk = disk.kill();
        let store = open(&disk).unwrap();
        disk.leave_room(room);
        let mut size = told.size;
        let error = loop {
            let new = (size * 100..size * 100 + 20).map(new_entry).collect();
            match store.append(append_to(&store, Slot(0), new)) {
                Ok(()) => size += 20,
                Err(AppendError::Store(error)) => break error,
                Err(other) => panic!("{other}"),
            }
        };
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
        let store = open(&disk.kill()).unwrap();
        let head = store.head(Slot(0)).unwrap().unwrap();
        assert_eq!(head.size, size, "what was told is there, and nothing else");
        assert_eq!(store.key(Slot(0), 0).unwrap(), Some(key(0)));
    }
}

#[test]
fn a_head_that_failed_but_was_kept_keeps_its_own_rows() {
    for operation in 1..60 {
        let disk = SimDisk::new(operation);
        let store = open(&disk).unwrap();
        let slot = store.add_community(community(1)).unwrap();
        append(&store, slot, 0..1);
        disk.fault_in(operation, Fault::FailsButKept);
        let first = store.append(append_to(&store, slot, vec![new_entry(1)]));
        disk.heal();
        let second = store.append(append_to(&store, slot, vec![new_entry(2)]));
        drop(store);
        let store = open(&disk.kill()).unwrap();
        let rows = store.entries(slot, 0, 10).unwrap();
        let told = 1 + u64::from(first.is_ok()) + u64::from(second.is_ok());
        assert!(rows.len() as u64 >= told, "{operation}: what was told is there");
        for (index, row) in (0..).zip(&rows) {
            let n = (0..3).find(|n| new_entry(*n).entry == row.entry).unwrap();
            let statement = store.statement(slot, index).unwrap();
            assert_eq!(statement, Some(held(n)), "{operation}: entry {index} has its own");
        }
    }
}

#[test]
fn what_a_compaction_cut_off_does_not_come_back() {
    for n in 0..8 {
        let disk = SimDisk::new(n);
        let store = open(&disk).unwrap();
        let slot = store.add_community(community(1)).unwrap();
        append(&store, slot, 0..40);
        append(&store, slot, 40..41);
        let report = store.erase(slot, vec![erasing::erase(5 * n)]).unwrap().remove(0);
        assert!(report.is_complete(), "{report:?}");
        let left = disk.holding(&[noise("key", 5 * n), noise("salt", 5 * n)]);
        assert!(left.is_empty(), "{n}: a crash now brings it back in {left:?}");
    }
}

#[test]
fn an_erasure_that_failed_costs_no_file_after_a_kill_and_a_power_cut() {
    let mut failed = 0;
    for operation in 1.. {
        let disk = SimDisk::new(operation);
        let store = open(&disk).unwrap();
        let slot = store.add_community(community(1)).unwrap();
        append(&store, slot, 0..40);
        disk.fault_in(operation, Fault::Fails);
        failed += u32::from(store.erase(slot, vec![erasing::erase(7)]).is_err());
        if !disk.has_faulted() {
            break;
        }
        drop(store);
        // The next process sees in the system's memory what a failed sync did not bring to the disk.
        let disk = disk.kill();
        drop(open(&disk).unwrap());
        let at = format!("operation {operation} of an erasure failed");
        let store = open(&disk.crash()).unwrap_or_else(|e| panic!("{at}: {e}"));
        assert_eq!(store.unreadable(), [], "{at}: all files read");
        assert_eq!(store.key(slot, 8).unwrap(), Some(key(8)), "{at}: nothing else is lost");
    }
    assert!(failed > 50, "{failed} erasures failed");
}

#[test]
fn a_chat_that_came_in_a_failed_write_is_erased_like_any_other() {
    let mut left_behind = 0;
    for operation in 1..60 {
        let disk = SimDisk::new(operation);
        let store = open(&disk).unwrap();
        let slot = store.add_community(community(1)).unwrap();
        let NewEntry { statement, key, blob, .. } = new_entry(0);
        let wanted = NewEntry { statement: None, key: None, blob: None, ..new_entry(0) };
        let wanted = NewEntry { status: Status::Missing, holding: Holding::Wanted, ..wanted };
        store.append(append_to(&store, slot, vec![wanted])).unwrap();
        // The second: what failed cannot be cleaned up either.
        disk.fault_in(operation, Fault::Fails);
        disk.fault_in(operation + 1, Fault::Fails);
        let (status, holding) = (Status::Live, Holding::Full);
        let fill = Fill { index: 0, status, statement, key, blob, holding };
        let filled = store.fill(slot, vec![fill]);
        disk.heal();
        left_behind += usize::from(filled.is_err() && !disk.holding(&[noise("key", 0)]).is_empty());
        let erased = |store: &Store, disk: &SimDisk| {
            let reports = store.erase(slot, vec![erasing::erase(0)]);
            let complete = reports.is_ok_and(|reports| reports[0].is_complete());
            let left = disk.holding(&[noise("key", 0)]);
            assert!(!complete || left.is_empty(), "{operation}: it was not looked for in {left:?}");
            complete
        };
        erased(&store, &disk);
        let disk = disk.kill();
        assert!(erased(&open(&disk).unwrap(), &disk), "{operation}: after a restart at the latest");
    }
    assert!(left_behind > 0, "some writes fail with the key on the disk");
}

#[test]
fn a_head_made_durable_before_its_rows_is_found_out() {
    let wrong = |disk: &SimDisk, told: &mut Told| {
        let store = open(disk).ok()?;
        let slot = store.add_community(community(1)).ok()?;
        let append = append_to(&store, slot, vec![new_entry(0)]);
        store.0.log.write::<_, AppendError>(|w| append::commit(w, &append)).ok()?;
        let NewEntry { statement, key, blob, .. } = &append.entries[0];
        let (statement, key, blob) = (statement.as_ref(), key.as_ref(), blob.as_ref());
        put_contents(&store, slot, &[contents::Incoming { index: 0, statement, key, blob }])
            .ok()?;
        told.size = 1;
        Some(())
    };
    let whole = SimDisk::new(0);
    wrong(&whole, &mut Told::default());
    let cuts = (1..=whole.syncs()).flat_map(|sync| (0..8).map(move |seed| (sync, seed)));
    let found = cuts.filter(|(sync, seed)| {
        let (disk, mut told) = (SimDisk::new(*seed), Told::default());
        disk.stop_at(Stop::Sync(*sync));
        wrong(&disk, &mut told);
        let after = disk.crash();
        std::panic::catch_unwind(|| recovered(&after, told, "wrong order")).is_err()
    });
    assert!(found.count() > 3, "or these tests could not fail");
}

#[test]
fn a_disk_that_only_pretends_to_sync_is_found_out() {
    let lost = (0..20).filter(|seed| {
        let disk = SimDisk::new(*seed);
        disk.pretend();
        let told = story(&disk);
        let after = disk.crash();
        std::panic::catch_unwind(|| recovered(&after, told, "pretending")).is_err()
    });
    assert!(lost.count() > 10, "or these tests could not fail");
}

#[test]
fn one_seed_is_one_run() {
    let run = || {
        let disk = SimDisk::new(7);
        disk.stop_at(Stop::Sync(30));
        story(&disk);
        disk.crash().digest()
    };
    assert_eq!(run(), run());
}
