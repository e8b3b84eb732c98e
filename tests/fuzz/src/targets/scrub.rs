//! The scrubber, on texts and chats of any kind; and the answers of scrubbers that are not ours.

use super::{Decoder, sure, with_text};
use crate::scrub::{
    Answered, ChatFind, CodePoints, Kind, Scanner, Span, mask, merge, question, read_answer,
    scan_chat, with_texts,
};
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::sync::LazyLock;

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "scrub/text", check: text },
    Decoder { name: "scrub/chat", check: chat },
    Decoder { name: "scrub/answer", check: answer },
    Decoder { name: "scrub/spans", check: spans },
];

/// Parts two texts of a chat: a byte that no text holds.
pub const NEXT_TEXT: u8 = 0xFF;
/// Parts a chat from what is answered about it.
pub const ANSWER: u8 = 0xFE;
/// Bytes that say one span for `scrub/spans`.
const SPAN_BYTES: usize = 6;

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// A text, read as it is and as JSON.
fn text(input: &[u8]) {
    with_text(input, |text| {
        for spans in [SCANNER.scan(text), SCANNER.scan_json(text)] {
            let mut code_points = CodePoints::new(text);
            let counted = spans.iter().map(|span| (*span, code_points.range(span.range())));
            lie_well(text, counted);
        }
    });
}

/// Spans follow each other, lie on characters, and are counted rightly.
fn lie_well(text: &str, spans: impl Iterator<Item = (Span, std::ops::Range<usize>)>) {
    let (mut byte, mut code_point) = (0, 0);
    for (span, code_points) in spans {
        assert!(
            byte <= span.start && span.start < span.end,
            "in order, apart, not empty: {span:?}"
        );
        let (before, inside) = (text.get(byte..span.start), text.get(span.range()));
        let (before, inside) = before.zip(inside).unwrap_or_else(|| panic!("cuts one: {span:?}"));
        let start = code_point + before.chars().count();
        code_point = start + inside.chars().count();
        assert_eq!(code_points, start..code_point, "in code points: {span:?}");
        assert!(span.confidence <= 100, "percent: {span:?}");
        byte = span.end;
    }
}

/// A chat of the texts that lie in `input`, each in a part of another type. Two that follow each
/// other may be one text that a tool cut.
fn chat_of(input: &[u8]) -> Chat {
    let texts = input.split(|byte| *byte == NEXT_TEXT).map(String::from_utf8_lossy);
    let parts = texts.enumerate().map(|(number, text)| {
        let text = text.into_owned();
        match number % 6 {
            0 | 1 => Part::Text { text },
            2 => Part::ToolCall { id: None, name: "f".into(), arguments: text },
            3 => Part::ToolResult { id: None, name: None, output: text, is_error: false },
            4 => Part::Other { kind: "o".into(), json: text },
            _ => Part::Code { language: None, text },
        }
    });
    let messages = vec![Message::new(Role::User, None, parts.collect())];
    Chat { title: Some("A title".into()), messages, ..Chat::default() }
}

fn chat(input: &[u8]) {
    let chat = chat_of(input);
    let finds = scan_chat(&SCANNER, &chat);
    fit(&chat, &finds);
    let masked = masked(&chat, &finds);
    // What stands apart once something between is gone may be new; a mask is nothing to find.
    let again = scan_chat(&SCANNER, &masked);
    fit(&masked, &again);
    with_texts(&masked, &again, &mut |find, text| {
        let value = &text[find.span.range()];
        let inside = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        let is_mask = inside
            .and_then(|inside| inside.rsplit_once('_'))
            .is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        assert!(!is_mask, "a mask was found: {value:?} as {}", find.span.kind);
    });
    self::masked(&masked, &again);
}

/// Finds are in the order of the chat, and each lies well in its text.
fn fit(chat: &Chat, finds: &[ChatFind]) {
    let mut seen: Vec<(&str, Vec<&ChatFind>)> = Vec::new();
    let (mut number, mut last) = (0, None);
    with_texts(chat, finds, &mut |find, text| {
        assert_eq!(*find, finds[number], "in their order");
        if last != Some(find.place) {
            seen.push((text, Vec::new()));
        }
        seen.last_mut().into_iter().for_each(|(_, here)| here.push(&finds[number]));
        (number, last) = (number + 1, Some(find.place));
    });
    assert_eq!(number, finds.len(), "every find has its text, in the order of the chat");
    for (text, here) in seen {
        lie_well(text, here.iter().map(|find| (find.span, find.code_points.clone())));
    }
}

/// The chat without what was found: what is JSON stays JSON.
fn masked(chat: &Chat, finds: &[ChatFind]) -> Chat {
    let masked = mask(chat, finds).chat;
    for (before, after) in bodies(chat).zip(bodies(&masked)) {
        assert!(!is_json(before) || is_json(after), "JSON before: {before:?}, and not: {after:?}");
    }
    masked
}

fn bodies(chat: &Chat) -> impl Iterator<Item = &str> {
    let parts = chat.messages.iter().flat_map(|message| &message.parts);
    parts.filter(|part| !matches!(part, Part::Text { .. } | Part::Code { .. })).map(Part::body)
}

/// Whether this is JSON of which a part may be masked: an object, a list or a text.
fn is_json(text: &str) -> bool {
    let begins = text.trim_start().starts_with(['{', '[', '"']);
    begins && serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// A chat and whatever another scrubber answers about it.
fn answer(input: &[u8]) {
    let (chat, answer) = split(input);
    taken(&chat, read_answer(&chat, answer).ok());
}

/// A chat, and an answer of the right form with any numbers in it.
fn spans(input: &[u8]) {
    let (chat, numbers) = split(input);
    let texts: Vec<&str> = chat.messages.iter().flat_map(|m| &m.parts).map(Part::body).collect();
    let fields = ["text", "text", "arguments", "output", "json", "text"];
    let (mut told, mut holds) = (Vec::new(), true);
    for number in numbers.chunks_exact(SPAN_BYTES) {
        let part = usize::from(number[0]) % (texts.len() + 1);
        let length = texts.get(part).map_or(0, |text| text.chars().count());
        let start = usize::from(u16::from_be_bytes([number[1], number[2]])) % (length + 1);
        let end = start + usize::from(number[3]);
        let kind = Kind::LOOKED_FOR.get(usize::from(number[4]) % 24);
        let kind = kind.map_or_else(|| "codeword".into(), |kind| kind.name());
        holds &= part < texts.len() && start < end && end <= length && number[5] <= 100;
        told.push(serde_json::json!({
            "at": format!("messages[0].parts[{part}].{}", fields[part % 6]),
            "start": start, "end": end, "kind": kind, "confidence": number[5],
        }));
    }
    let answer = serde_json::json!({ "spans": told }).to_string();
    let read = read_answer(&chat, answer.as_bytes());
    assert_eq!(read.is_ok(), holds, "{answer}: {read:?}");
    taken(&chat, read.ok());
}

fn split(input: &[u8]) -> (Chat, &[u8]) {
    let mut halves = input.splitn(2, |byte| *byte == ANSWER);
    let chat = chat_of(halves.next().unwrap_or_default());
    assert!(!question(&chat).contains('\n'), "a question is one line");
    (chat, halves.next().unwrap_or_default())
}

/// What was answered lies in the chat, and goes together with what is found here: nothing that either
/// found is left out.
fn taken(chat: &Chat, answered: Option<Answered>) {
    let Some(answered) = answered else { return };
    let told = merge(chat, Vec::new(), answered.clone());
    fit(chat, &told);
    let ours = scan_chat(&SCANNER, chat);
    let merged = merge(chat, ours.clone(), answered);
    fit(chat, &merged);
    with_texts(chat, &ours, &mut |find, text| covered(find, text, &merged));
    with_texts(chat, &told, &mut |find, text| covered(find, text, &merged));
    masked(chat, &merged);
}

/// Every letter and digit of a find is in one of the merged ones.
fn covered(find: &ChatFind, text: &str, merged: &[ChatFind]) {
    let here: Vec<_> = merged.iter().filter(|other| other.place == find.place).collect();
    for (at, c) in text[find.span.range()].char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        let at = find.span.start + at;
        let is_covered = here.iter().any(|other| other.span.range().contains(&at));
        assert!(is_covered, "{c:?} at {at} of {find:?} was lost");
    }
}

/// Texts to begin with, of which each holds something that is looked for.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    for text in TEXTS {
        seeds.push(("scrub/text", text.as_bytes().to_vec()));
    }
    for texts in TEXTS.chunks(6) {
        let chat = texts.join("\u{1}").into_bytes();
        let chat: Vec<u8> = chat.into_iter().map(|b| if b == 1 { NEXT_TEXT } else { b }).collect();
        let behind = |more: &[u8]| [&chat[..], &[ANSWER], more].concat();
        seeds.push(("scrub/chat", chat.clone()));
        seeds.push(("scrub/answer", behind(ANSWERED.as_bytes())));
        seeds.push((
            "scrub/spans",
            behind(&[0, 0, 0, 9, 21, 85, 2, 0, 2, 4, 7, 50, 3, 0, 1, 9, 2, 100]),
        ));
        sure(read_answer(&chat_of(&chat), br#"{"spans":[]}"#), "nothing found is an answer");
    }
    seeds
}

/// What another scrubber may answer.
const ANSWERED: &str = r#"{"spans":[{"at":"messages[0].parts[0].text","start":0,"end":4,"kind":"codeword"},{"at":"title","start":2,"end":7,"kind":"person","confidence":60,"note":[null]}],"took":0.5}"#;

/// Nobody's: domains for examples, networks for documentation, sums that hold of made-up numbers.
const TEXTS: [&str; 18] = [
    "I am Alice Miller, write to ali",
    "ce@mail.test.com or call +49 30 901820, Zauberwort.",
    r#"{"to":"bob\u0040mail.test.com","lat":52.520008,"n":[1,"45.77.12.9"],"\ud83c\udf88":"a\nb"}"#,
    "user bob at 2a02:908::17, 00:1b:63:84:45:e6, [EMAIL_1] [PERSON_2]",
    r#"["password: x9!kQ27z", {"a":""}, -1.5e7]"#,
    "let secret = \"a1B2c3D4e5F6g7H8i9J0\";",
    "My name is José Größe-Łukasz, born on 1984-03-12, passport C01X00T47",
    "IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, SSN 536-90-4399",
    r#""https://bob:x9!kpq7@mail.test.com/?token=a1B2c3D4e5F6g7H8""#,
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
    r#"{"lat": 52.520008, "lon": 13.404954}"#,
    "Cookie: sessionid=a1B2c3D4e5F6; Authorization: Bearer a1B2c3D4e5F6g7H8i9J0",
    "12 Main Street, Springfield, IL 62704; Lindenstraße 5, 10115 Berlin; 北京市朝阳区建国路88号",
    "аlice@ехаmple.org al\u{200B}ice@exam\u{AD}ple.org ｂｏｂ＠ｍａｉｌ．ｃｏｍ ٠١٢٣٤٥٦٧٨٩",
    "{\"phone\":\"\\u002b49 30 901820\"}",
    "电话 138 0013 8000, מספר טלפון 050-123-4567, номер паспорта 4510 123456",
    "[\"C:\\\\x\", \"say \\\"alice@mail.test.com\\\"\"]",
    "wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
];
