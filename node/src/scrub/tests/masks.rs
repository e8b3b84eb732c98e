//! Masks.

use super::SCANNER;
use super::chats::{chat, says};
use crate::scrub::{
    ChatFind, Finder, Kind, Span, Text, Value, find_texts, longer_words, mask, mentions,
    merge_named, replace, scan_chat, sought,
};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use sheaf_protocol::chat::{Chat, Part};
use std::ops::Range;

fn masked(chat: &Chat) -> Chat {
    let masked = mask(chat, &scan_chat(&SCANNER, chat));
    assert_eq!(scan_chat(&SCANNER, &masked.chat), [], "nothing is left: {:?}", masked.chat);
    masked.chat
}

fn bodies(chat: &Chat) -> Vec<&str> {
    chat.messages.iter().flat_map(|m| &m.parts).map(Part::body).collect()
}

#[test]
fn the_same_value_has_the_same_number_throughout_a_chat() {
    let call = |arguments: &str| Part::ToolCall {
        id: None,
        name: "mail".into(),
        arguments: arguments.to_owned(),
    };
    let result = Part::ToolResult {
        id: None,
        name: None,
        output: "sent to ALICE@example.org and bob@example.org".into(),
        is_error: false,
    };
    let chat = chat(vec![
        says(vec![Part::text("I am alice@example.org, log in from 45.77.12.9")]),
        says(vec![call("{\"to\":\"alice\\u0040example.org\",\"cc\":\"bob@example.org\"}")]),
        says(vec![result]),
        says(vec![Part::text("al\u{200B}ice@example.org or bob@example.org?")]),
    ]);
    assert_eq!(
        bodies(&masked(&chat)),
        [
            "I am [EMAIL_1], log in from [IP_1]",
            "{\"to\":\"[EMAIL_1]\",\"cc\":\"[EMAIL_2]\"}",
            "sent to [EMAIL_1] and [EMAIL_2]",
            "[EMAIL_1] or [EMAIL_2]?",
        ]
    );
    let tally = mask(&chat, &scan_chat(&SCANNER, &chat)).tally();
    assert_eq!((tally[&Kind::Email].values, tally[&Kind::Email].places), (2, 7));
}

#[test]
fn a_mask_that_a_chat_has_already_is_not_given_again() {
    let chat = chat(vec![says(vec![Part::text("[EMAIL_4] wrote to alice@example.org [x] [_]")])]);
    assert_eq!(bodies(&masked(&chat)), ["[EMAIL_4] wrote to [EMAIL_5] [x] [_]"]);
}

#[test]
fn json_stays_json() {
    for (arguments, expected) in [
        (
            r#"{"lat": 52.520008, "lon": 13.404954}"#,
            r#"{"lat": "[POSITION_1]", "lon": "[POSITION_2]"}"#,
        ),
        (r#"["alice@example.org"]"#, r#"["[EMAIL_1]"]"#),
        (r#"{"alice@example.org": "a\\"}"#, r#"{"[EMAIL_1]": "a\\"}"#),
        (
            r#"{"path":"C:\\x","a":"say \"alice@example.org\""}"#,
            r#"{"path":"C:\\x","a":"say \"[EMAIL_1]\""}"#,
        ),
    ] {
        let call = Part::ToolCall { id: None, name: "f".into(), arguments: arguments.into() };
        let masked = mask(
            &chat(vec![says(vec![call.clone()])]),
            &scan_chat(&SCANNER, &chat(vec![says(vec![call])])),
        );
        let body = masked.chat.messages[0].parts[0].body();
        assert_eq!(body, expected);
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
    }
}

#[test]
fn a_value_in_pieces_has_one_mask() {
    let parts = ["write to ali", "ce@exam", "ple.org."].map(Part::text).to_vec();
    assert_eq!(bodies(&masked(&chat(vec![says(parts)]))), ["write to [EMAIL_1]", "", "."]);
}

#[test]
fn the_number_of_a_mask_is_not_that_of_a_house() {
    for text in [
        "I live at [ADDRESS_1], London 1978",
        "你所在位置最近的加油站是位于[ADDRESS_1]的壳牌加油站，纽约，NY 10016",
    ] {
        let chat = chat(vec![says(vec![Part::text(text)])]);
        assert_eq!(scan_chat(&SCANNER, &chat), [], "{text}");
    }
}

#[test]
fn what_was_replaced_is_told() {
    let chat = chat(vec![says(vec![Part::text("mail alice@example.org")])]);
    let masked = mask(&chat, &scan_chat(&SCANNER, &chat));
    let [change] = &masked.changes[..] else { panic!("{:?}", masked.changes) };
    assert_eq!((change.before.as_str(), change.after.as_str()), ("alice@example.org", "[EMAIL_1]"));
    assert_eq!(change.place.to_string(), "messages[0].parts[0].text");
}

/// Without what was found, wherever it stands.
fn masked_everywhere(chat: &Chat) -> Chat {
    let found = mentions(chat, &scan_chat(&SCANNER, chat));
    let all = merge_named(&found, find_texts(chat, &sought(&found)), &|_| false);
    replace(chat, &all, &|_| None).chat
}

fn call(arguments: &str) -> Part {
    Part::ToolCall { id: None, name: "f".into(), arguments: arguments.to_owned() }
}

#[test]
fn a_value_that_was_found_goes_wherever_it_stands() {
    let password = ["Xk9", "mnq", "27!z"].concat();
    let log_in =
        serde_json::json!({ "user": "ann", "with": &password, "x": format!("a{password}") });
    let chat = chat(vec![
        says(vec![Part::text(format!("My password is {password}."))]),
        says(vec![Part::text(format!("{password} is weak, \\n{password} too"))]),
        says(vec![call(&log_in.to_string())]),
        says(vec![Part::text(&password[..6]), Part::text(&password[6..])]),
    ]);
    assert_eq!(
        bodies(&masked_everywhere(&chat)),
        [
            "My password is [PASSWORD_1].",
            "[PASSWORD_1] is weak, \\n[PASSWORD_1] too",
            &format!(r#"{{"user":"ann","with":"[PASSWORD_1]","x":"a{password}"}}"#),
            "[PASSWORD_1]",
            "",
        ],
        "a longer word that holds it is another one"
    );
}

#[test]
fn of_a_name_that_is_one_word_the_case_counts() {
    let chat = chat(vec![
        says(vec![Part::text(
            "DR. WILL. My name is Will. She is Dr. Mia. He is Mr. Otto Petersen.",
        )]),
        says(vec![Part::text(
            "WILL, what will Will do? MIA to SFO, MIAMI. OTTO\nPETERSEN, otto petersen",
        )]),
    ]);
    let masked = masked_everywhere(&chat);
    assert_eq!(
        bodies(&masked)[1],
        "[PERSON_1], what will [PERSON_1] do? MIA to SFO, MIAMI. [PERSON_3], [PERSON_3]"
    );
}

#[test]
fn short_digits_are_looked_for_nowhere_else() {
    let point = call(r#"{"latitude":48.86,"longitude":2.35}"#);
    let chat = chat(vec![says(vec![point]), says(vec![Part::text("Version 2.35 costs 48.86.")])]);
    assert_eq!(bodies(&masked_everywhere(&chat))[1], "Version 2.35 costs 48.86.");
}

#[test]
fn a_number_in_json_gives_way_to_a_string_however_deep_it_stands() {
    let mut json = r#"{"card":4111111111111111,"of":["x",-1.5]}"#.to_owned();
    for depth in 0..4 {
        let masked = masked_everywhere(&chat(vec![says(vec![call(&json)])]));
        let mut value: serde_json::Value = serde_json::from_str(bodies(&masked)[0]).unwrap();
        for _ in 0..depth {
            value = serde_json::from_str(value["in"].as_str().unwrap()).unwrap();
        }
        assert_eq!(value, serde_json::json!({ "card": "[CARD_1]", "of": ["x", -1.5] }));
        json = serde_json::json!({ "in": json, "n": "José" }).to_string();
    }
    let bare = masked_everywhere(&chat(vec![says(vec![call("4111111111111111")])]));
    assert_eq!(bodies(&bare), [r#""[CARD_1]""#]);
    let within = serde_json::json!({ "in": r#"{"to":"Ann \u00e9"}"# }).to_string();
    let said = named(&chat(vec![says(vec![call(&within)])]), &[("Ann", Some("a \"b\""))]);
    assert_eq!(bodies(&said), [r#"{"in":"{\"to\":\"a \\\"b\\\" \\u00e9\"}"}"#]);
}

#[test]
fn json_within_json_stays_json() {
    let mail = "alice@example.org";
    let inner = serde_json::json!({ "to": mail, "text": format!("line\n{mail}\ttab \"{mail}\"") });
    let mut json = inner.to_string();
    for _ in 0..3 {
        let masked = masked_everywhere(&chat(vec![says(vec![call(&json), Part::text(&json)])]));
        for body in bodies(&masked) {
            assert!(!body.contains("alice") && body.contains("[EMAIL_1]"), "{body}");
            assert!(!body.contains("[EMAIL_2]"), "the end of a line is no letter of it: {body}");
            let mut value: serde_json::Value = serde_json::from_str(body).unwrap();
            while let Some(inner) = value["in"].as_str() {
                value = serde_json::from_str(inner).unwrap_or_else(|e| panic!("{e}: {inner}"));
            }
            assert_eq!(value["text"], "line\n[EMAIL_1]\ttab \"[EMAIL_1]\"", "{body}");
        }
        json = serde_json::json!({ "in": json }).to_string();
    }
}

/// Every place of these texts, masked or in other words.
fn named(chat: &Chat, texts: &[(&str, Option<&str>)]) -> Chat {
    let private = Kind::from_name("private").unwrap();
    let value = |text: &str| Value::of(private, text);
    let looked_for: Vec<_> =
        texts.iter().map(|(text, _)| Text::new(text, value(text)).unwrap()).collect();
    let words = |of: &Value| {
        texts.iter().find(|(text, _)| value(text) == *of).and_then(|(_, words)| *words)
    };
    replace(chat, &find_texts(chat, &looked_for), &words).chat
}

#[test]
fn a_text_that_a_member_names_is_found_wherever_it_stands_as_words() {
    let call = Part::ToolCall {
        id: None,
        name: "map".into(),
        arguments: r#"{"of":"Wald\u0068of \"W\"","n":12}"#.into(),
    };
    let chat = chat(vec![
        says(vec![Part::text(
            "At Waldhof: WALD\u{200B}HOF, Waldhofstr., am waldhof_2, 林Waldhof里.",
        )]),
        says(vec![call]),
        says(vec![Part::text("Old Wald"), Part::text("hof is not\n new  wood")]),
    ]);
    assert_eq!(
        bodies(&named(&chat, &[("Waldhof", None), ("new wood", Some("a \"b\""))])),
        [
            "At [PRIVATE_1]: [PRIVATE_1], Waldhofstr., am [PRIVATE_1]_2, 林[PRIVATE_1]里.",
            r#"{"of":"[PRIVATE_1] \"W\"","n":12}"#,
            "Old [PRIVATE_1]",
            " is not\n a \"b\"",
        ]
    );
    let text = Text::new("Waldhof", Value::of(Kind::Address, "Waldhof")).unwrap();
    let longer: Vec<_> = longer_words(&chat, &text).into_iter().collect();
    assert_eq!(longer, [("Waldhofstr".to_owned(), 1)], "what it is only a part of is told");
    assert_eq!(Text::new(" \u{200B}", Value::of(Kind::Address, "")), None);
}

#[test]
fn own_words_leave_json_what_it_is() {
    let call = Part::ToolCall {
        id: None,
        name: "f".into(),
        arguments: r#"{"to":"Ann","id":4711,"more":["ann"]}"#.into(),
    };
    let chat = chat(vec![says(vec![call])]);
    let said = named(&chat, &[("Ann", Some("\"my\" \\sister")), ("4711", Some("a number"))]);
    let body = said.messages[0].parts[0].body();
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(json["to"], "\"my\" \\sister");
    assert_eq!((&json["id"], &json["more"][0]), (&"a number".into(), &json["to"]), "{body}");
}

#[test]
fn what_is_named_and_what_was_found_stay_apart() {
    let chat = chat(vec![says(vec![Part::text(
        "I am Dr. Anna Waldhof, write to waldhof@example.org, not to Otto Waldhof Platz.",
    )])]);
    let found = mentions(&chat, &scan_chat(&SCANNER, &chat));
    let private = Kind::from_name("private").unwrap();
    let text = |text: &str| Text::new(text, Value::of(private, text)).unwrap();
    let texts = [text("waldhof"), text("Dr. Anna Waldhof, write")];
    let both = |stays: Kind| {
        let named = find_texts(&chat, &texts);
        merge_named(&found, named, &|value| value.kind() == stays)
    };
    let masked = replace(&chat, &both(Kind::Person), &|_| None).chat;
    let body = bodies(&masked)[0];
    assert!(body.starts_with("I am [PRIVATE_1] to [EMAIL_1], not to"), "{body}");
    let open = replace(&chat, &both(Kind::Email), &|_| None).chat;
    let body = bodies(&open)[0];
    assert!(body.contains("to [PRIVATE_2]@example.org"), "what stays may hold it: {body}");
}

#[test]
fn what_is_named_across_two_finds_joins_them() {
    let text = "aa bb cc dd ee ff gg";
    let chat = chat(vec![says(vec![Part::text(text)])]);
    let place =
        scan_chat(&SCANNER, &super::chats::chat(vec![says(vec![Part::text("a@example.org")])]))[0]
            .place;
    let find = |range: Range<usize>, kind| ChatFind {
        place,
        span: Span { start: range.start, end: range.end, kind, confidence: 90 },
        code_points: range,
        continues: false,
        by: Finder::Sheaf,
    };
    let named = Text::new("cc dd", Value::of(Kind::Address, "cc dd")).unwrap();
    for (second, masked) in [(Kind::Person, "[PERSON_1] gg"), (Kind::Email, "[PERSON_1] ee ff gg")]
    {
        let found = mentions(&chat, &[find(0..8, Kind::Person), find(9..17, second)]);
        let stays = |value: &Value| value.kind() == Kind::Email;
        let all = merge_named(&found, find_texts(&chat, std::slice::from_ref(&named)), &stays);
        assert_eq!(bodies(&replace(&chat, &all, &|_| None).chat), [masked], "{all:?}");
    }
}

#[test]
fn a_value_is_the_same_in_pieces_and_whole() {
    let parts = vec![Part::text("ali"), Part::text("ce@example.org")];
    let chat = chat(vec![says(parts), says(vec![Part::text("alice@example.org")])]);
    assert_eq!(bodies(&masked(&chat)), ["[EMAIL_1]", "", "[EMAIL_1]"]);
}

/// Pieces of which texts are put together: values, parts of them, and what looks like other letters.
const PIECES: &[&str] = &[
    "ann@example.org",
    "Ann",
    "ann",
    "ANN",
    "Dr. Ann Miller",
    "Miller",
    "84.17.45.12",
    "84",
    "17.45",
    "[EMAIL_1]",
    " ",
    "  ",
    "\u{200B}",
    "\u{a0}",
    "А",
    "Α",
    "ß",
    "İ",
    "é",
    "中",
    "한",
    "🎈",
    "\n",
    "\"",
    "\\",
    "/",
    "4111 1111 1111 1111",
    "-",
    "1",
];

fn pieces(most: usize) -> impl Strategy<Value = String> {
    let some = proptest::collection::vec(proptest::sample::select(PIECES), 1..most);
    some.prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_named_the_rest_stays_and_json_stays_json(
        said in proptest::collection::vec(pieces(12), 1..4),
        given in pieces(12),
        names in proptest::collection::vec(pieces(4), 0..4),
        own in pieces(4),
        kept in any::<bool>(),
    ) {
        let json = serde_json::json!({ &own: [given, 17, { "a": said[0] }] }).to_string();
        let call = Part::ToolCall { id: None, name: "f".into(), arguments: json };
        let parts = said.iter().map(Part::text).chain([call]).collect();
        let chat = chat(vec![says(parts)]);
        let private = Kind::from_name("private").unwrap();
        let texts: Vec<_> =
            names.iter().filter_map(|name| Text::new(name, Value::of(private, name))).collect();
        let found = mentions(&chat, &scan_chat(&SCANNER, &chat));
        let stays = |value: &Value| kept && value.kind() != private;
        let all = merge_named(&found, find_texts(&chat, &texts), &stays);
        let masked: Vec<_> = all.into_iter().filter(|mention| !stays(&mention.value)).collect();
        for pair in masked.windows(2) {
            let (one, next) = (&pair[0].find, &pair[1].find);
            prop_assert!(one.place != next.place || one.span.end <= next.span.start, "{pair:?}");
        }
        let words = |value: &Value| (value.kind() == private).then_some(own.as_str());
        let after = replace(&chat, &masked, &words);
        prop_assert_eq!(after.changes.len(), masked.len());
        let body = after.chat.messages[0].parts[said.len()].body();
        prop_assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{}", body);
    }
}
