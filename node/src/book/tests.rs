use super::*;
use sheaf_protocol::{seal::ChatKey, statement::Attribution, time::Time};
use std::collections::BTreeSet;

fn book() -> (tempfile::TempDir, CommunityBook) {
    let dir = tempfile::tempdir().unwrap();
    let book = Book::new(dir.path().join("member")).of(&CommunityId(PublicKey([3; 32])));
    (dir, book)
}

fn record(control: [u8; 32], state: State) -> Record {
    Record {
        control: PublicKey(control),
        counter: 1,
        title: Some("a chat".into()),
        messages: 2,
        text: Some(TextMark::of(b"text")),
        source: None,
        licence: "CC-BY-4.0".into(),
        usage: "train-ai=y".into(),
        attribution: Attribution::Name("alice".into()),
        due: None,
        signed: Time::from_ms(1).unwrap(),
        shown: vec!["You give \"a chat\".".into()],
        state,
    }
}

fn bundle() -> Bundle {
    Bundle { statement: vec![1, 2], key: Some(ChatKey::from_bytes([7; 32])), blob: vec![9; 1000] }
}

#[test]
fn a_counter_is_given_out_once_even_to_commands_that_run_at_once() {
    let (_dir, book) = book();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let book = book.clone();
            std::thread::spawn(move || {
                (0..10).flat_map(|_| book.reserve(3).unwrap()).collect::<Vec<_>>()
            })
        })
        .collect();
    let all: Vec<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), 240, "a control key used twice would bind two chats together");
    book.advance(1000).unwrap();
    book.advance(5).unwrap();
    assert_eq!(book.reserve(u64::MAX).unwrap(), 1000..1000 + COUNTER_RESERVE_MAX);
}

#[test]
fn a_chat_is_kept_until_it_is_acknowledged() {
    let (_dir, book) = book();
    let mut record = record([5; 32], State::Prepared);
    let id = record.id();
    book.keep(&record, &bundle()).unwrap();
    assert_eq!(book.bundle(&id).unwrap(), bundle());
    book.set_state(&mut record, State::Pending).unwrap();
    assert_eq!(book.bundle(&id).unwrap(), bundle(), "a pending chat is asked after with its bytes");
    book.logged(&mut record, 8, b"slip").unwrap();
    assert!(matches!(book.bundle(&id), Err(BookError::Missing { .. })));
    assert_eq!(book.slip(&id).unwrap().as_deref(), Some(&b"slip"[..]));
    assert_eq!(book.records().unwrap(), [record]);
}

#[test]
fn a_chat_is_found_by_the_beginning_of_its_id() {
    let (_dir, book) = book();
    let chats = [[1; 32], [2; 32]].map(|control| record(control, State::Prepared));
    for chat in &chats {
        book.write_record(chat).unwrap();
    }
    let id = chats[0].id();
    assert_eq!(book.find(id.short()).unwrap().unwrap(), chats[0]);
    assert_eq!(book.find(&id.to_string().to_uppercase()).unwrap().unwrap(), chats[0]);
    let key = chats[1].control.to_string();
    assert_eq!(book.find(&key).unwrap().unwrap(), chats[1], "{key}");
    let other = PublicKey([3; 32]).to_string();
    let cut = &key[..20];
    let cases =
        [("aeb", "Form"), ("a!bc", "Form"), ("zzzz", "None"), (&other, "NoKey"), (cut, "Form")];
    for (typed, wanted) in cases {
        let error = book.find(typed).unwrap().unwrap_err();
        assert!(format!("{error:?}").starts_with(wanted), "{typed}: {error:?}");
    }
    let ids = [ChatId::of(&PublicKey([0; 32])), ChatId::of(&PublicKey([0; 32]))];
    assert!(matches!(ChatId::find("aaaa", &ids), Err(FindError::Several { count: 2, .. })));
}

#[test]
fn damaged_files_are_named() {
    let (dir, book) = book();
    let known = Known { name: "c".into(), addresses: vec![], member: true, choices: None };
    book.remember(&known).unwrap();
    assert_eq!(book.known().unwrap(), Some(known));
    let books = Book::new(dir.path().join("member")).communities().unwrap();
    assert_eq!(books.iter().map(CommunityBook::id).collect::<Vec<_>>(), [book.id()]);
    let path = dir.path().join("member").join(folder_name(&book.id().0)).join("community.json");
    std::fs::write(&path, "{\"version\":2}").unwrap();
    assert!(matches!(book.known(), Err(BookError::Version { found: 2, .. })));
    std::fs::write(&path, "{\"version\":1, \"na").unwrap();
    let error = book.known().unwrap_err().to_string();
    assert!(error.contains("community.json is damaged"), "{error}");
}

#[test]
fn bundles_of_no_use_are_cleared_away_but_not_while_somebody_signs() {
    let (_dir, book) = book();
    let [open, over, unknown] = [[1; 32], [2; 32], [3; 32]].map(|c| record(c, State::Prepared));
    book.keep(&open, &bundle()).unwrap();
    book.keep(&over, &bundle()).unwrap();
    // Killed before the bundle was removed, and before a record was kept.
    book.write_record(&Record { state: State::Logged { index: 1 }, ..over.clone() }).unwrap();
    let signing = book.signing().unwrap();
    book.place_bundle(&unknown, &bundle()).unwrap();
    let others = book.signing();
    assert!(others.is_ok(), "several commands sign at once");
    assert_eq!(book.tidied().unwrap().len(), 2);
    assert!(book.bundle(&unknown.id()).is_ok(), "its record may be about to be kept");
    drop((signing, others));
    assert_eq!(book.tidied().unwrap().len(), 2);
    assert!(book.bundle(&open.id()).is_ok(), "it is still to be sent");
    for record in [over, unknown] {
        let gone = book.bundle(&record.id());
        assert!(matches!(gone, Err(BookError::Missing { .. })), "its key is of no use: {gone:?}");
    }
}
