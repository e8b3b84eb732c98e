//! Texts that are made to hide something, to cost time, or to break offsets.

use super::{SCANNER, Stopwatch, found_of};
use crate::limits::SCRUB_PIECE_BYTES;
use crate::scrub::CodePoints;
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn an_address_is_found_through_what_hides_it() {
    for text in [
        "аlice@ехаmple.org",
        "al\u{200B}ice@exam\u{AD}ple.o\u{2060}rg",
        "\u{202E}alice@example.org\u{202C}",
        "ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "𝐚𝐥𝐢𝐜𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐨𝐫𝐠",
        "alice\u{FE6B}example\u{2024}org",
    ] {
        let found = found_of("email", text);
        assert_eq!(found.len(), 1, "{text:?}");
        let visible: String = text.chars().filter(|c| !"\u{202E}\u{202C}".contains(*c)).collect();
        assert_eq!(found[0].trim_matches(['\u{202E}', '\u{202C}']), visible);
    }
    let rtl = "\u{202B}הכתובת שלי alice@example.org תודה";
    assert_eq!(found_of("email", rtl), ["alice@example.org"]);
}

/// Bytes of a line: what grows with the square of these takes minutes.
const LINE_BYTES: usize = 60_000;

/// Lines of which each is nearly something, without an end.
fn lines() -> Vec<(&'static str, String)> {
    let of = |part: &str| part.repeat(LINE_BYTES / part.len());
    [
        "a",
        "@",
        "a@",
        "a.a@a.",
        "1",
        "1.",
        "1.1.1.1 ",
        ":",
        "a:",
        "::",
        "a:b:",
        "-",
        "ab-",
        "://",
        "://a:a@",
        "eyJ",
        "eyJ.",
        "eyJa.b",
        "sk-",
        "sk-a1B2c3D4",
        "glrt-",
        "glpat-a1b2-",
        "token=",
        "token:",
        "secret: a1B2c3D4e5F6g7H8 ",
        "password is ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "AKIA",
        "AKIAABCDEFGHIJKLMNOP ",
        "cookie:",
        "cookie: sid=a1b2c3d4e5f6;",
        "bearer ",
        "basic ",
        "Q~",
        ":AA",
        "abandon ",
        "abandon, ",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa ",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ",
        "bc1q",
        "52.5200, 13.4050 ",
        "1.2345, ",
        "°",
        "1°1'1\"N ",
        "\u{200B}",
        "a\u{200B}",
        "а",
        "аa",
        "٣",
        "é",
        "你",
        "\\u0041",
        "\\",
        "\\\\n",
        "\\ud83d",
        "%40",
        "aaaaaa.aaaaaa.",
        "ab.cd.ef.",
        "00-11-22-33-44-55-",
        "password of the new router is ",
        "пароль от ",
        "密码",
        "seed: ",
        "full_name\": \"",
        "present: Ana Moura, ",
        "\nHi Anna,",
        "Anna Rossi <a@b.de> ",
        "a@b.de,0171,",
        "|0171234567|a@b",
        "12345678 NHS ",
        "692 446 753 ",
        "1.2.3.4 a version ",
        "番号1234567、",
        "-us1",
    ]
    .map(|part| (part, of(part)))
    .to_vec()
}

/// How long a scan takes, the better of two.
fn time(text: &str) -> Duration {
    let once = || {
        let start = Stopwatch::start();
        SCANNER.scan(text);
        start.passed()
    };
    (0..2).map(|_| once()).min().unwrap()
}

/// Four times the text takes about four times as long: what grows with the square takes sixteen.
#[test]
fn every_line_is_scanned_in_linear_time() {
    for (part, line) in lines() {
        let mut end = line.len() / 4;
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        let (short, long) = (time(&line[..end]), time(&line));
        let bound = short * 10 + Duration::from_millis(20);
        assert!(long < bound, "{part:?}: {short:?} for a quarter, {long:?} for all");
    }
}

fn checked(text: &str) -> Result<(), TestCaseError> {
    let mut last = 0;
    let mut code_points = CodePoints::new(text);
    for span in SCANNER.scan(text) {
        prop_assert!(span.start >= last && span.start < span.end, "in order, apart, not empty");
        prop_assert!(text.get(span.range()).is_some(), "on boundaries of characters");
        let expected = text[..span.start].chars().count()..text[..span.end].chars().count();
        prop_assert_eq!(code_points.range(span.range()), expected);
        last = span.end;
    }
    Ok(())
}

/// Pieces of what is looked for, which a random text would never hold.
const PIECES: &[&str] = &[
    r"\n",
    r"\u300c",
    r"\\",
    "alice@example.org",
    "@",
    ".",
    "45.77.12.9",
    "://",
    "bob:x9!k@",
    "password",
    "=",
    ": ",
    "is ",
    "'",
    "\"",
    "eyJhbGciOiJIUzI1NiJ9.",
    "sk-",
    "AKIA",
    "-----BEGIN PRIVATE KEY-----",
    "00:1b:63:84:45:e6",
    "::",
    "2a02:908::17",
    "abandon ",
    "about ",
    "0x",
    "bc1",
    "52.5200, 13.4050",
    "°",
    "N ",
    "a1B2c3D4e5F6g7H8i9J0",
    "\u{200B}",
    "\u{AD}",
    "٣",
    "А",
    "é",
    "你",
    "🎈",
    "\n",
    " ",
    "\\u0040",
    "\\",
    "cookie: sid=",
    "bearer ",
    ":AA",
    "Q~",
    "-",
    "1",
    "f",
];

proptest! {
    #[test]
    fn any_text_is_scanned_and_every_span_lies_in_it(text in any::<String>()) {
        checked(&text)?;
    }

    #[test]
    fn any_pieces_are_scanned_and_every_span_lies_in_them(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40),
    ) {
        let text = pieces.concat();
        checked(&text)?;
        let spans = SCANNER.scan_json(&text);
        prop_assert!(spans.iter().all(|span| text.get(span.range()).is_some()));
    }
}

#[test]
fn a_value_at_the_border_of_two_pieces_is_found_once_and_whole() {
    let address = "alice@example.org";
    for (before, filler) in
        [(0, "é"), (1, "é"), (8, "中"), (16, "a "), (17, "\u{200B}"), (40, "a ")]
    {
        let len = SCRUB_PIECE_BYTES - before;
        let filler = filler.repeat(len / filler.len());
        let text = format!("{filler} {address} {filler} {address}");
        assert_eq!(found_of("email", &text), [address; 2], "{before} bytes before the border");
    }
}
