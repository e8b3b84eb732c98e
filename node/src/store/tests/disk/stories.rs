//! What the simulated disk does, and that it does it again.

use super::*;

const FILE: &str = "file";

/// A disk with one synced file of one page.
fn with_file(seed: u64) -> (SimDisk, SimFile) {
    let disk = SimDisk::new(seed);
    let mut state = disk.state();
    state.files.push(Contents::default());
    state.rename(Rename::Add(FILE.into(), 0)).unwrap();
    drop(state);
    let file = SimFile { disk: disk.clone(), file: 0 };
    file.write(0, &[1; 4096]).unwrap();
    file.sync_data().unwrap();
    disk.sync_dir(Path::new("")).unwrap();
    (disk, file)
}

fn bytes(disk: &SimDisk) -> Vec<u8> {
    let mut bytes = Vec::new();
    Disk::read(disk, Path::new(FILE)).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_crash_keeps_what_was_synced_and_any_part_of_the_rest() {
    let (mut none, mut all, mut torn) = (0, 0, 0);
    for seed in 0..200 {
        let (disk, file) = with_file(seed);
        file.write(0, &[2; 4096]).unwrap();
        assert_eq!(bytes(&disk), [2; 4096], "the process sees what it wrote");
        let after = bytes(&disk.crash());
        assert!(file.write(0, &[3; 4096]).is_err(), "nothing is written after the crash");
        assert!(after.chunks(SECTOR).all(|s| s == [1; SECTOR] || s == [2; SECTOR]), "by sectors");
        let kept = after.iter().filter(|byte| **byte == 2).count();
        match kept {
            0 => none += 1,
            4096 => all += 1,
            _ => torn += 1,
        }
    }
    assert!(none > 20 && all > 20 && torn > 20, "all happen: {none} {all} {torn}");
}

#[test]
fn a_failed_sync_may_lose_what_the_process_still_sees() {
    let lost = (0..100).filter(|seed| {
        let (disk, file) = with_file(*seed);
        file.write(0, &[2; 4096]).unwrap();
        disk.fault_in(1, Fault::Fails);
        file.sync_data().unwrap_err();
        file.sync_data().unwrap();
        assert_eq!(bytes(&disk), [2; 4096], "it is in memory");
        bytes(&disk.crash()) != [2; 4096]
    });
    assert!(lost.count() > 20, "a second sync does not bring it to the disk");
}

#[test]
fn faults_do_what_they_are_called() {
    let (disk, file) = with_file(1);
    disk.fault_in(1, Fault::Fails);
    file.write(0, &[2; 4096]).unwrap_err();
    assert_eq!(bytes(&disk), [1; 4096]);
    disk.fault_in(2, Fault::FailsButKept);
    file.write(0, &[2; 4096]).unwrap();
    file.write(0, &[3; 4096]).unwrap_err();
    assert_eq!(bytes(&disk), [3; 4096]);
    disk.fault_in(1, Fault::FailsButKept);
    file.sync_data().unwrap_err();
    assert_eq!(bytes(&disk.kill().crash()), [3; 4096]);
    let (disk, file) = with_file(2);
    disk.leave_room(4096);
    file.write(4096, &[4; 4096]).unwrap();
    let full = file.write(8192, &[4; 4096]).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    disk.heal();
    file.write(8192, &[4; 4096]).unwrap();
    disk.fault_in(1, Fault::Torn);
    file.write(0, &[5; 4096]).unwrap_err();
    let torn = bytes(&disk).iter().filter(|b| **b == 5).count();
    assert!(torn < 4096 && torn % SECTOR == 0, "{torn}");
}

#[test]
fn a_name_is_durable_with_its_folder() {
    let moved = (0..50).filter(|seed| {
        let (disk, _) = with_file(*seed);
        disk.rename(Path::new(FILE), Path::new("other")).unwrap();
        let after = disk.crash();
        let names: Vec<_> = after.state().names.keys().cloned().collect();
        assert_eq!(names.len(), 1, "under one name or the other: {names:?}");
        names[0].as_os_str() == "other"
    });
    assert!((5..45).contains(&moved.count()), "either may be");
    let (disk, _) = with_file(0);
    disk.rename(Path::new(FILE), Path::new("other")).unwrap();
    disk.sync_dir(Path::new("")).unwrap();
    assert!(disk.crash().state().names.contains_key(Path::new("other")));
}

#[test]
fn a_killed_process_loses_nothing_that_it_wrote() {
    let (disk, file) = with_file(3);
    file.write(100, &[9; 10]).unwrap();
    let next = disk.kill();
    assert_eq!(bytes(&next)[95..115], [[1; 5].as_slice(), &[9; 10], &[1; 5]].concat());
    file.write(0, &[7; 10]).unwrap_err();
    assert_eq!(next.holding(&[[1; 32]]), [PathBuf::from(FILE)]);
    assert_eq!(next.holding(&[[7; 32]]), [] as [PathBuf; 0]);
}
