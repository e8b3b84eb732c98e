//! The normal form and back.

use super::super::*;
use super::import;
use proptest::prelude::*;
// What the strategy of the protocol crate builds chats from.
use sheaf_protocol::chat::{Chat, Feedback, MediaKind, Message, Part, Role, Score, Version};
use sheaf_protocol::time::Time;

#[path = "../../../../protocol/src/chat/strategy.rs"]
mod strategy;

fn lines(chats: &[Chat]) -> String {
    chats.iter().map(|chat| format!("{}\n", chat.to_json())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    /// What `sheaf import --json` writes, it reads again: every chat, every byte.
    #[test]
    fn normal_form_to_lines_and_back_is_the_identity(
        chats in proptest::collection::vec(strategy::chats(), 1..4),
    ) {
        let (read, report) = import(lines(&chats)).unwrap();
        prop_assert_eq!((report.format, report.skipped_count), ("Sheaf chats", 0));
        prop_assert!(report.dropped.is_empty(), "{:?}", report.dropped);
        let read: Vec<Chat> = read.into_iter().map(|imported| imported.chat).collect();
        prop_assert_eq!(&read, &chats);
        prop_assert_eq!(lines(&read), lines(&chats));
    }
}

#[test]
fn what_is_not_quite_the_normal_form_is_named() {
    let good = r#"{"messages":[{"parts":[{"text":"a","type":"text"}],"role":"user"}],"version":1}"#;
    for (bad, reason) in [
        (good.replace(r#""version":1"#, r#""version":2"#), "version 2"),
        (good.replace(r#""role":"user""#, r#""role":"wizard""#), "wizard"),
        (good.replace(r#""role":"user""#, r#""parent":0,"role":"user""#), "parent"),
        (good.replace(r#""version":1"#, r#""title":null,"version":1"#), "title"),
        (good.replace(r#""version":1"#, r#""sheaf":1,"version":1"#), "row"),
    ] {
        let (chats, report) = import(format!("{good}\n{bad}\n")).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (1, 1), "{bad}");
        let found = report.skipped[0].reason.to_string();
        assert!(found.contains(reason), "{bad}: {found}");
    }
}

/// The row of `docs/spec/dataset.md`.
const ROW: &str = r#"{"attribution":"Ann","community":"did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX","due":"2027-11-22","entry":"e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2","index":2,"labels":{"languages":["en"],"message_count":2},"licence":"CC-BY-4.0","messages":[{"parts":[{"text":"Hello","type":"text"}],"role":"user"},{"parent":0,"parts":[{"text":"Hi!","type":"text"}],"role":"assistant"}],"opening":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","policy":{"commitment":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","index":1},"sheaf":1,"title":"Greeting","usage":"train-ai=y","version":1}"#;

#[test]
fn a_dataset_row_gives_its_chat_and_leaves_its_terms() {
    let (chats, report) = import(ROW).unwrap();
    assert_eq!((chats.len(), report.dropped.len()), (1, 1), "{report:?}");
    assert!(report.dropped.keys().all(|what| what.contains("licence")), "{:?}", report.dropped);
    let Imported { source_id, chat, .. } = &chats[0];
    assert!(source_id.as_deref().is_some_and(|id| id.ends_with("LfLX#2")), "{source_id:?}");
    assert_eq!((chat.title.as_deref(), chat.message_count()), (Some("Greeting"), 2));
    assert_eq!((chat.source.as_deref(), chat.feedback.as_ref()), (None, None), "nothing is added");
}
