use super::*;
use sheaf_protocol::time::Day;

#[test]
fn what_was_appended_is_read_back_after_a_restart() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..5);
    append(&store, slot, 5..7);
    let appended = store.head(slot).unwrap().unwrap();
    drop(store);

    let store = opened(&dir);
    let head = store.head(slot).unwrap().unwrap();
    assert_eq!(head, appended);
    assert_eq!((head.size, head.checkpoint.as_str()), (7, "checkpoint 7"));
    let entries = store.entries(slot, 2, 4).unwrap();
    assert_eq!(entries.len(), 4, "as many as asked for");
    assert_eq!(entries[0].entry, new_entry(2).entry, "from the index asked for");
    assert_eq!(store.entries(slot, 7, 10).unwrap(), [], "nothing beyond the head");
    let contents = store.contents(slot, &[6, 0, 99]).unwrap();
    assert_eq!(contents[0].statement, Some(held(6)));
    assert_eq!(contents[1].key, Some(key(0)));
    assert_eq!(contents[1].blob, new_entry(0).blob);
    assert_eq!(contents[2], Contents::default());
    assert_eq!(store.statements(slot, 5, 10).unwrap(), [(5, held(5)), (6, held(6))]);
    assert_eq!(store.index_of_control(slot, &control(3)).unwrap(), Some(3));
    let commitment = new_entry(4).entry.commitment;
    assert_eq!(store.index_of_commitment(slot, &commitment).unwrap(), Some(4));
    let leaf = NodeId { level: 0, index: 6 };
    assert_eq!(store.node_hash(slot, leaf).unwrap(), Some(new_entry(6).entry.leaf_hash()));
    assert_eq!(store.node_hash(slot, NodeId { level: 3, index: 0 }).unwrap(), None);
}

#[test]
fn a_head_that_moved_refuses_the_append_and_changes_nothing() {
    let (_dir, store, slot) = fresh();
    let late = append_to(&store, slot, vec![new_entry(50)]);
    append(&store, slot, 0..2);
    let refused = store.append(late);
    assert!(
        matches!(refused, Err(AppendError::HeadMoved { expected: 0, found: 2 })),
        "{refused:?}"
    );
    assert_eq!(store.statement(slot, 0).unwrap(), Some(held(0)), "the first one stays");
    let mut wrong = append_to(&store, slot, vec![new_entry(50)]);
    wrong.head.size = 9;
    assert!(matches!(store.append(wrong), Err(AppendError::HeadMiscounts { head: 9, made: 3 })));
}

#[test]
fn a_head_can_be_renewed_without_entries() {
    let (_dir, store, slot) = fresh();
    append(&store, slot, 0..2);
    let mut renewed = append_to(&store, slot, Vec::new());
    renewed.head.checkpoint = "cosigned again".to_owned();
    store.append(renewed).unwrap();
    assert_eq!(store.head(slot).unwrap().unwrap().checkpoint, "cosigned again");
}

#[test]
fn two_communities_do_not_see_each_other() {
    let (_dir, store, one) = fresh();
    let two = store.add_community(community(2)).unwrap();
    append(&store, one, 0..2);
    append(&store, two, 10..11);
    assert_eq!(store.entries(two, 0, 10).unwrap().len(), 1);
    assert_eq!(store.index_of_control(two, &control(0)).unwrap(), None);
    assert_eq!(store.statements(one, 0, 10).unwrap().len(), 2);
}

#[test]
fn contents_beyond_the_head_go_at_the_next_start() {
    let (dir, store, slot) = fresh();
    append(&store, slot, 0..2);
    // A crash after the contents, before the head: exactly what append does first.
    let cut = new_entry(2);
    let incoming = contents::Incoming {
        index: 2,
        statement: cut.statement.as_ref(),
        key: cut.key.as_ref(),
        blob: cut.blob.as_ref(),
    };
    put_contents(&store, slot, std::slice::from_ref(&incoming)).unwrap();
    put_contents(&store, Slot(9), &[incoming]).unwrap();
    assert!(store.statement(slot, 2).unwrap().is_some());
    drop(store);

    let store = opened(&dir);
    for (slot, index) in [(slot, 2), (Slot(9), 2)] {
        assert_eq!(store.contents(slot, &[index]).unwrap(), [Contents::default()], "{slot:?}");
    }
    assert_eq!(store.statement(slot, 1).unwrap(), Some(held(1)), "what the head names stays");
    append(&store, slot, 2..3);
    assert_eq!(store.key(slot, 2).unwrap(), Some(key(2)));
}

#[test]
fn late_arrivals_are_filled_in_and_leave_the_list() {
    let (_dir, store, slot) = fresh();
    let mut wanted = new_entry(1);
    let full = wanted.clone();
    (wanted.statement, wanted.key, wanted.blob) = (None, None, None);
    (wanted.status, wanted.holding) = (Status::Missing, Holding::Wanted);
    store.append(append_to(&store, slot, vec![new_entry(0), wanted])).unwrap();
    assert_eq!(store.wanted(slot, 0, 10).unwrap(), [1]);

    let fill = |index| Fill {
        index,
        status: Status::Live,
        statement: full.statement.clone(),
        key: full.key.clone(),
        blob: full.blob.clone(),
        holding: Holding::Full,
    };
    assert!(matches!(
        store.fill(slot, vec![fill(2)]),
        Err(StoreError::NotInLog { index: 2, size: 2, .. })
    ));
    assert!(store.fill(slot, vec![fill(1)]).unwrap().is_empty(), "nothing was refused");
    assert!(store.wanted(slot, 0, 10).unwrap().is_empty());
    let row = store.entry(slot, 1).unwrap().unwrap();
    assert_eq!((row.status, row.holding), (Status::Live, Holding::Full));
    assert_eq!(store.key(slot, 1).unwrap(), Some(key(1)));
}

#[test]
fn due_entries_are_listed_by_day() {
    let (_dir, store, slot) = fresh();
    let entries = [300, 100, 200].map(|day| {
        let mut new = new_entry(u64::from(day));
        new.entry.due = Some(Day(day));
        new
    });
    store.append(append_to(&store, slot, entries.to_vec())).unwrap();
    assert!(store.due(slot, Day(99), 10).unwrap().is_empty());
    assert_eq!(store.due(slot, Day(200), 10).unwrap(), [1, 2]);
    assert_eq!(store.due(slot, Day(u32::MAX), 2).unwrap(), [1, 2]);
    assert_eq!(store.due(slot, Day(u32::MAX), 10).unwrap(), [1, 2, 0]);
}
