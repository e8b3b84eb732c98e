//! The same lock, months later.

use super::check;
use super::commons::{Commons, chat, noon, three_towns};
use super::folder::Folder;
use super::trainable;
use sheaf_node::flow::assemble::{BuildError, Builder, Locked, Summary};
use sheaf_protocol::dataset::{LeftOutReason, RemovedCause};
use sheaf_protocol::statement::Cause;
use std::path::Path;

/// 40 days after the dataset was made.
const LATER_SECS: u64 = 40 * 86_400;

fn spool(commons: &Commons, target: &Path, locked: &Locked) -> Builder {
    let builder = Builder::again(target, locked).unwrap();
    for town in &commons.0 {
        let mut spool = builder.log(&town.id()).unwrap();
        for (entry, record) in &town.items {
            spool.push(entry, record).unwrap();
        }
        let later = town.checkpoint_at(noon().plus_secs(LATER_SECS));
        spool.finish(&town.checkpoint(), Some(&later)).unwrap();
    }
    builder
}

fn again(commons: &Commons, old: &Path, target: &Path) -> Result<Summary, BuildError> {
    let locked = Locked::open(old).unwrap();
    let builder = spool(commons, target, &locked);
    builder.write_locked(&locked, &mut |at| Ok(commons.fetch(at)), &mut |_| {})
}

fn less(commons: &Commons, old: &Path, target: &Path) -> Result<Summary, BuildError> {
    let locked = Locked::open(old).unwrap();
    let builder = spool(commons, target, &locked);
    builder.write_less(&locked, &mut |at| Ok(commons.fetch(at)), &mut |_| {})
}

fn built(commons: &Commons) -> Folder {
    let folder = Folder::new();
    commons.build(folder.path(), trainable(commons)).unwrap();
    folder
}

/// The number of the row that says this.
fn row(folder: &Folder, text: &str) -> usize {
    folder.rows().iter().position(|line| line.contains(text)).unwrap()
}

#[test]
fn a_lock_gives_the_same_bytes_again() {
    let commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    again(&commons, old.path(), new.path()).unwrap();
    for name in ["sheaf.lock", "chats.jsonl", "rows", "README.md"] {
        assert_eq!(old.text(name), new.text(name), "{name}");
    }
    assert!(check(new.path()).good);
}

#[test]
fn a_lock_holds_while_other_chats_go() {
    let mut commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    commons.0[1].erase(4); // not for training: no row
    again(&commons, old.path(), new.path()).unwrap();
    assert_eq!(old.text("sheaf.lock"), new.text("sheaf.lock"));
    let verdict = check(new.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
}

#[test]
fn after_a_withdrawal_a_locked_build_stops_and_names_the_row() {
    let mut commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    commons.0[0].erase(4); // knots
    let Err(BuildError::Gone(gone)) = again(&commons, old.path(), new.path()) else {
        panic!("a withdrawn chat must not come back")
    };
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].row, row(&old, "A bowline") as u64);
    assert_eq!((gone[0].position.index, gone[0].cause), (4, Cause::Withdrawn));
    assert!(!new.path().exists(), "nothing half-built stays");
}

#[test]
fn less_takes_exactly_the_withdrawn_rows() {
    let mut commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    commons.0[0].erase(4);
    let summary = less(&commons, old.path(), new.path()).unwrap();
    assert_eq!((summary.rows, summary.removed[&RemovedCause::Withdrawn]), (4, 1));
    let mut expected = old.rows();
    expected.remove(row(&old, "A bowline"));
    assert_eq!(new.rows(), expected, "every other row is the same");
    let verdict = check(new.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    let parent = new.lock().parent.unwrap();
    assert_eq!(parent.rows, old.lock().rows, "both roots are linked");
    // With the lock and the list alone, everything is fetched again, to the same rows.
    std::fs::remove_file(old.path().join("chats.jsonl")).unwrap();
    let fetched = Folder::new();
    less(&commons, old.path(), fetched.path()).unwrap();
    assert_eq!(fetched.text("sheaf.lock"), new.text("sheaf.lock"));
}

#[test]
fn less_of_less_names_the_first_dataset() {
    let mut commons = three_towns();
    let (old, second, third) = (built(&commons), Folder::new(), Folder::new());
    commons.0[0].erase(4);
    less(&commons, old.path(), second.path()).unwrap();
    commons.0[1].take_down(3); // Brot
    less(&commons, second.path(), third.path()).unwrap();
    let (a, b) = (second.lock().parent.unwrap(), third.lock().parent.unwrap());
    assert_eq!((a.lock, a.rows), (b.lock, b.rows));
    assert_eq!(b.removed.len(), 2);
    let verdict = check(third.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    let last = Folder::new();
    again(&commons, third.path(), last.path()).unwrap();
    assert_eq!(last.text("sheaf.lock"), third.text("sheaf.lock"), "it can be locked itself");
}

#[test]
fn a_due_day_takes_a_row_when_a_later_checkpoint_shows_it() {
    let mut commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    commons.0[2].fall_due(3); // fog
    let summary = less(&commons, old.path(), new.path()).unwrap();
    assert_eq!(summary.removed[&RemovedCause::Due], 1);
    assert!(check(new.path()).good);
    for number in 0..3 {
        std::fs::remove_file(new.path().join(format!("evidence/{number}/latest"))).unwrap();
    }
    let found = check(new.path()).problems.join("\n");
    assert!(found.contains("the entry's due day has not ended"), "{found}");
}

#[test]
fn a_group_outlives_its_members_and_not_its_representative() {
    let commons = three_towns();
    let old = built(&commons);
    let tides = old.rows()[row(&old, "The moon")].clone();
    let tides = sheaf_protocol::dataset::Row::from_line(&tides).unwrap();
    let town = |commons: &mut Commons, at: sheaf_protocol::dataset::Position| {
        let town = commons.0.iter_mut().find(|town| town.id() == at.community).unwrap();
        town.erase(at.index);
    };
    // A member goes: the row stays as it was, stricter than what is left of its group.
    let (mut after, new) = (commons.clone(), Folder::new());
    town(&mut after, tides.duplicates[0].position());
    assert!(less(&after, old.path(), new.path()).unwrap().removed.is_empty());
    assert_eq!(new.rows(), old.rows());
    let verdict = check(new.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    // Without the old chats the row cannot be made again.
    let bare = built(&commons);
    std::fs::remove_file(bare.path().join("chats.jsonl")).unwrap();
    let locked = again(&after, bare.path(), Folder::new().path());
    assert!(matches!(locked, Err(BuildError::Differs { .. })), "{locked:?}");
    let fetched = Folder::new();
    let summary = less(&after, bare.path(), fetched.path()).unwrap();
    assert_eq!(summary.removed[&RemovedCause::Duplicate], 1);
    let verdict = check(fetched.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    // The representative goes: the member does not step in, and that is attested.
    let (mut after, new) = (commons.clone(), Folder::new());
    town(&mut after, tides.position);
    let summary = less(&after, old.path(), new.path()).unwrap();
    assert_eq!(summary.removed[&RemovedCause::Withdrawn], 1);
    assert_eq!(summary.left_out[&LeftOutReason::Duplicate], 1);
    let verdict = check(new.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
}

#[test]
fn rows_cannot_be_taken_away_under_a_pretext() {
    let mut commons = three_towns();
    let (old, new) = (built(&commons), Folder::new());
    commons.0[0].erase(4);
    less(&commons, old.path(), new.path()).unwrap();
    let mut lock = new.lock();
    lock.parent.as_mut().unwrap().removed[0].cause = RemovedCause::Due;
    new.write("sheaf.lock", lock.to_text());
    let found = check(new.path()).problems.join("\n");
    assert!(found.contains("was removed as due, which the log does not show"), "{found}");
}

#[test]
fn logs_at_other_checkpoints_are_refused() {
    let mut commons = three_towns();
    let old = built(&commons);
    commons.0[1].give(&chat("late", "Too late."), super::consent());
    let refused = again(&commons, old.path(), Folder::new().path());
    assert!(matches!(refused, Err(BuildError::OtherLog(_))), "{refused:?}");
}
