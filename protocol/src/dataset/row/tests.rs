use super::*;
use crate::chat::strategy::chats;
use proptest::prelude::*;

fn row(chat: Chat, rest: (u64, Option<String>, bool)) -> Row {
    let (index, attribution, is_group) = rest;
    let community = CommunityId(crate::sign::SecretKey::from_bytes([7; 32]).public());
    let terms = RowTerms {
        licence: "CC-BY-4.0".into(),
        usage: Usage::parse("search=n, train-ai=y").unwrap(),
        due: is_group.then_some(Day(20_000)),
    };
    let duplicate = Duplicate { community, index: 9, attribution: attribution.clone() };
    Row {
        position: Position { community, index },
        entry: EntryCommitment([1; 32]),
        opening: Opening([2; 32]),
        terms,
        attribution,
        labels: Labels { languages: vec!["de".into()], messages: 3, ..Labels::default() },
        policy: PolicyRef { index: 1, commitment: EntryCommitment([3; 32]) },
        duplicates: is_group.then_some(duplicate).into_iter().collect(),
        chat,
    }
}

proptest! {
    #[test]
    fn the_short_way_reads_and_writes_what_the_long_way_does(
        chat in chats(),
        rest in (0..1_u64 << 53, any::<Option<String>>(), any::<bool>()),
    ) {
        let row = row(chat, rest);
        let line = row.to_line();
        prop_assert_eq!(line::write(&row, 0), Ok(line.clone()), "the short way serves");
        prop_assert_eq!(&line, &json::canonical(&row.to_json()));
        let (short, long) = (line::read(&line), Row::from_any(&line).unwrap());
        let plain = row.chat.to_cbor();
        prop_assert_eq!(short, Some((row.clone(), plain)), "the short way serves");
        prop_assert_eq!(long, row);
    }

    #[test]
    fn what_the_long_way_refuses_the_short_way_does_not_take(
        chat in chats(),
        rest in (0..1_u64 << 53, any::<Option<String>>(), any::<bool>()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = row(chat, rest).to_line().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(line) = String::from_utf8(bytes) else { return Ok(()) };
        let (short, long) = (line::read(&line), Row::from_any(&line).ok());
        prop_assert_eq!(short.map(|(row, _)| row), long);
    }
}

#[test]
fn a_number_that_is_not_exact_is_refused_on_both_ways() {
    let mut row = row(short(), (5, None, false));
    row.position.index = 1 << 53;
    let line = row.to_line();
    assert!(matches!(Row::from_line(&line), Err(RowError::Json(JsonError::Number(_)))));
}

fn short() -> Chat {
    let says = vec![crate::chat::Part::text("so")];
    Chat {
        messages: vec![crate::chat::Message::new(crate::chat::Role::User, None, says)],
        ..Chat::default()
    }
}
