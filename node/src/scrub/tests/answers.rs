//! What another scrubber answers.

use super::SCANNER;
use super::chats::{chat, says};
use crate::scrub::{AnswerError, ChatFind, Finder, mask, merge, question, scan_chat, with_texts};
use sheaf_protocol::chat::{Chat, Part};

const PAGE: &str = include_str!("../../../../docs/spec/scrubber.md");

/// The examples of the specification, in their order.
fn examples() -> Vec<&'static str> {
    let blocks = PAGE.split("```json\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().trim_end()).collect()
}

/// What was found where, and by whom.
fn told(chat: &Chat, finds: &[ChatFind]) -> Vec<(String, String, Finder)> {
    let mut told = Vec::new();
    with_texts(chat, finds, &mut |find, text| {
        told.push((find.span.kind.to_string(), text[find.span.range()].to_owned(), find.by));
    });
    told
}

/// What an answer says, without what we find.
fn read_answer(chat: &Chat, answer: &[u8]) -> Result<Vec<ChatFind>, AnswerError> {
    Ok(merge(chat, Vec::new(), crate::scrub::read_answer(chat, answer)?))
}

/// An answer with spans in the first part of a chat.
fn answer(field: &str, spans: &[(usize, usize, &str, u8)]) -> String {
    let spans = spans.iter().map(|(start, end, kind, confidence)| {
        let at = format!("messages[0].parts[0].{field}");
        serde_json::json!({
            "at": at, "start": start, "end": end, "kind": kind, "confidence": confidence,
        })
    });
    serde_json::json!({ "spans": spans.collect::<Vec<_>>() }).to_string()
}

#[test]
fn the_examples_of_the_specification_mean_what_it_says() {
    let [asked, answered] = examples()[..] else { panic!("two examples: {:?}", examples()) };
    let chat = Chat::from_json(&serde_json::from_str(asked).unwrap()).unwrap();
    assert_eq!(question(&chat), asked, "a program is given exactly this line");
    let finds = read_answer(&chat, answered.as_bytes()).unwrap();
    let word = ("codeword".into(), "Zauberwort".into(), Finder::Plugin);
    assert_eq!(told(&chat, &finds), [word]);
    for bound in
        ["16 MiB (`PLUGIN_ANSWER_BYTES_MAX`)", "100,000 spans", "30 seconds", "(80 at most)"]
    {
        assert!(PAGE.contains(bound), "{bound}");
    }
}

#[test]
fn what_both_found_is_told_once_and_nothing_is_lost() {
    let text = "Dr Alice Miller <alice@mail.test.com> pays by 4111 1111 1111 1111 today";
    let chat = chat(vec![says(vec![Part::text(text)])]);
    let ours = scan_chat(&SCANNER, &chat);
    let kinds: Vec<_> = told(&chat, &ours).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["person", "email", "card"], "as this test begins");
    let spans = [
        (0, 15, "person", 40),
        (3, 37, "sender", 50),
        (66, 71, "day", 80),
        (48, 50, "api-key", 10),
    ];
    let others = crate::scrub::read_answer(&chat, answer("text", &spans).as_bytes()).unwrap();
    let merged = told(&chat, &merge(&chat, ours, others));
    let expected = [
        ("person", "Dr Alice Miller", Finder::Sheaf),
        ("email", "alice@mail.test.com", Finder::Sheaf),
        ("card", "41", Finder::Sheaf),
        ("api-key", "11", Finder::Plugin),
        ("card", " 1111 1111 1111", Finder::Sheaf),
        ("day", "today", Finder::Plugin),
    ];
    let expected = expected.map(|(kind, value, by)| (kind.to_owned(), value.to_owned(), by));
    assert_eq!(merged, expected, "of one kind they are one; a secret comes first; signs alone go");
}

#[test]
fn json_stays_json_wherever_a_span_begins() {
    let arguments = r#"{"a":"x\ny\ud83c\udf88z","b":[1.5,""]}"#;
    let call = Part::ToolCall { id: None, name: "f".into(), arguments: arguments.into() };
    let chat = chat(vec![says(vec![call])]);
    let length = arguments.len();
    for (start, end) in
        (0..length).flat_map(|start| (start + 1..=length).map(move |end| (start, end)))
    {
        let spans = answer("arguments", &[(start, end, "codeword", 90)]);
        let finds = read_answer(&chat, spans.as_bytes()).unwrap();
        let masked = mask(&chat, &finds).chat;
        let body = masked.messages[0].parts[0].body();
        let is_json = serde_json::from_str::<serde_json::Value>(body).is_ok();
        assert!(is_json, "from {start} to {end}: {body}");
    }
}

#[test]
fn a_mask_is_not_found_again() {
    let chat = chat(vec![says(vec![Part::text("to [EMAIL_1] and Zauberwort")])]);
    let spans = [(3, 12, "organization", 85), (4, 9, "person", 85), (17, 27, "codeword", 85)];
    let finds = read_answer(&chat, answer("text", &spans).as_bytes()).unwrap();
    assert_eq!(told(&chat, &finds).len(), 1, "only what is not masked");
}

#[test]
fn what_is_wrong_is_named_without_quoting_the_chat() {
    let chat = chat(vec![says(vec![Part::text("alice@mail.test.com")])]);
    let fails = |answer: &str| read_answer(&chat, answer.as_bytes()).unwrap_err();
    let inside = |span: &str| fails(&format!(r#"{{"spans":[{span}]}}"#));
    assert_eq!(fails("{\"spans\":[]"), AnswerError::NotJson { line: 1, column: 11 });
    let typed = inside(r#"{"at":"title","start":"alice@mail.test.com","end":1,"kind":"a"}"#);
    assert!(matches!(typed, AnswerError::Form { .. }), "{typed:?}");
    assert!(!typed.to_string().contains("alice"), "a log keeps what is said here: {typed}");
    let at = r#""at":"messages[0].parts[0].text""#;
    for range in [(0, 0), (5, 4), (0, 20), (19, 20), (usize::MAX - 1, usize::MAX)] {
        let (start, end) = range;
        let error = inside(&format!(r#"{{{at},"start":{start},"end":{end},"kind":"a"}}"#));
        assert!(matches!(error, AnswerError::Range { length: 19, .. }), "{range:?}: {error}");
    }
    for kind in ["", "E-Mail", "größe", "a-kind-of-25-letters-long", "a_b"] {
        let error = inside(&format!(r#"{{{at},"start":0,"end":1,"kind":"{kind}"}}"#));
        assert!(matches!(error, AnswerError::Kind { span: 0, .. }), "{kind:?}: {error}");
    }
    let error = inside(&format!(r#"{{{at},"start":0,"end":1,"kind":"a","confidence":101}}"#));
    assert_eq!(error, AnswerError::Confidence { span: 0, confidence: 101 });
    let error = inside(&format!(r#"{{"at":"{}","start":0,"end":1,"kind":"a"}}"#, "x".repeat(500)));
    assert!(matches!(error, AnswerError::Place { span: 0, .. }) && error.to_string().len() < 200);
}
