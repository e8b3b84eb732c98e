//! Numbers for people, run by hand:
//! `cargo test -p sheaf-node --lib store::tests::measure -- --ignored --nocapture`

use super::*;
use sheaf_protocol::statement::Cause;
use std::time::Instant;

#[test]
#[ignore = "measures"]
fn contributions_and_erasures_a_second() {
    let (dir, store, slot) = fresh();
    let (batch, count) = (1000, 10_000);
    let mut spent = std::time::Duration::ZERO;
    for first in (0..count).step_by(batch as usize) {
        let entries = (first..first + batch).map(new_entry).collect();
        let append = append_to(&store, slot, entries);
        let start = Instant::now();
        store.append(append).unwrap();
        spent += start.elapsed();
    }
    println!("append: {:.0} chats of 4 KB a second", count as f64 / spent.as_secs_f64());
    let start = Instant::now();
    for first in (0..count).step_by(batch as usize) {
        let indices: Vec<u64> = (first..first + batch).collect();
        assert_eq!(store.contents(slot, &indices).unwrap().len(), batch as usize);
    }
    println!("read: {:.0} a second", count as f64 / start.elapsed().as_secs_f64());
    for size in [1, 10, 1000] {
        let erase = (size..2 * size).map(|n| Erase {
            index: n,
            control: Some(control(n)),
            cause: Cause::Withdrawn,
            explanation: vec![0; 300],
        });
        let start = Instant::now();
        let reports = store.erase(slot, erase.collect()).unwrap();
        assert!(reports.iter().all(ErasedReport::is_complete));
        println!("erase {size} of {count}: {:?}", start.elapsed());
    }
    for file in std::fs::read_dir(dir.path()).unwrap().flatten() {
        println!("{:?}: {} KiB", file.file_name(), file.metadata().unwrap().len() / 1024);
    }
}
