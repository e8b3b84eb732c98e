//! A text as detectors read it, and the way back.

use crate::scrub::folded::{Folded, Form};
use proptest::prelude::*;

/// Where `part` of the folded text stands in the original.
fn original<'a>(text: &'a str, part: &str) -> &'a str {
    let folded = Folded::new(text, Form::Plain);
    let start = folded.as_str().find(part).unwrap_or_else(|| panic!("{:?}", folded.as_str()));
    &text[folded.original(start..start + part.len())]
}

#[test]
fn what_needs_no_folding_stays_as_it_is() {
    for text in ["plain", "Grüße an Zoë", "你好 世界", "Привет, мир", "γειά σου", "नमस्ते"]
    {
        let folded = Folded::new(text, Form::Plain);
        assert_eq!(folded.as_str(), text);
        assert_eq!(folded.original(0..text.len()), 0..text.len(), "{text}");
    }
}

#[test]
fn digits_of_every_script_are_digits() {
    assert_eq!(
        Folded::new("٠١٢ ۳۴۵ ०१२ ๓๔๕ ０１２ 𝟗", Form::Plain).as_str(),
        "012 345 012 345 012 9"
    );
    assert_eq!(original("رقم ٠١٢٣ هنا", "0123"), "٠١٢٣");
}

#[test]
fn what_is_invisible_is_passed_over_and_belongs_to_what_it_stands_in() {
    let text = "to: al\u{200B}ice\u{AD}@exam\u{2060}ple.org\u{200B} now";
    assert_eq!(original(text, "alice@example.org"), "al\u{200B}ice\u{AD}@exam\u{2060}ple.org");
}

#[test]
fn letters_that_look_latin_are_latin_among_latin_ones_only() {
    let text = "аlice@ехаmple.org и Анна";
    assert_eq!(Folded::new(text, Form::Plain).as_str(), "alice@example.org и Анна");
    assert_eq!(original(text, "alice@example.org"), "аlice@ехаmple.org");
    assert_eq!(
        Folded::new("webсайт", Form::Plain).as_str(),
        "webсайт",
        "a word of both stays as it is"
    );
}

#[test]
fn full_width_is_ascii() {
    let text = "メール：ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｏｒｇ。";
    assert_eq!(original(text, "alice@example.org"), "ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｏｒｇ");
}

#[test]
fn what_is_escaped_in_a_program_or_in_json_within_a_text_is_what_it_stands_for() {
    for text in ["print(\"to:\\nalice@example.org\\tnow\")", "{\\\\nalice@example.org\\\\t}"] {
        assert_eq!(original(text, "alice@example.org"), "alice@example.org", "{text}");
        let range = Folded::new(text, Form::Plain).original(0..1);
        assert_eq!(range, 0..1, "what stands before it stays where it is");
    }
    let json = r#"{"body":"{\"to\":\"x\\nalice@example.org\"}","d":"\\\\\n"}"#;
    let folded = Folded::new(json, Form::Json);
    assert_eq!(folded.as_str(), "{\"body\":\"{\"to\":\"x\nalice@example.org\"}\",\"d\":\"\n\"}");
    let end = folded.as_str().find('\n').unwrap();
    assert_eq!(&json[folded.original(end..end + 1)], r"\\n", "the escape is whole");
    for (text, is) in [
        (r"\u300c84.17.45.12\u300d", "「84.17.45.12」"),
        (r"Jos\u00e9 \ud83d\udc69 \u0041", "José 👩 A"),
        (r"\\\\u674e\\\\ud83d\\\\udc69", "李👩"),
        (r"\u12 \u+123 \ud83d \ud83dx \upsilon", r"\u12 \u+123 \ud83d \ud83dx \upsilon"),
    ] {
        assert_eq!(Folded::new(text, Form::Plain).as_str(), is);
        let json = serde_json::json!(text).to_string();
        assert_eq!(Folded::new(&json, Form::Json).as_str(), format!("\"{is}\""), "{json}");
    }
    let json = r#""\\u00e9\\u300c\\ud83d\\udc69!""#;
    let folded = Folded::new(json, Form::Json);
    let whole = |c: char| {
        let at = folded.as_str().find(c).unwrap();
        folded.original(at..at + c.len_utf8())
    };
    for (c, escape) in
        [('é', r"\\u00e9"), ('「', r"\\u300c"), ('👩', r"\\ud83d\\udc69"), ('!', "!")]
    {
        assert_eq!(&json[whole(c)], escape);
    }
    assert_eq!(Folded::new(r"C:\dir\data \d", Form::Plain).as_str(), r"C:\dir\data \d");
}

proptest! {
    #[test]
    fn every_range_leads_back_to_whole_characters(
        text in "[a-c@ 0аеЖ０٣你\u{200B}\u{AD}\u{FEFF}é𝐚]{0,24}",
    ) {
        let folded = Folded::new(&text, Form::Plain);
        let bounds: Vec<usize> =
            (0..=folded.as_str().len()).filter(|at| folded.as_str().is_char_boundary(*at)).collect();
        let mut last = 0;
        for pair in bounds.windows(2) {
            let range = folded.original(pair[0]..pair[1]);
            prop_assert!(text.get(range.clone()).is_some_and(|c| c.chars().count() == 1));
            prop_assert!(range.start >= last, "in order and apart");
            last = range.end;
        }
    }

    #[test]
    fn every_range_leads_back_to_whole_escapes(
        pieces in proptest::collection::vec(proptest::sample::select(ESCAPES), 0..12),
        is_json in any::<bool>(),
    ) {
        let text = pieces.concat();
        let text = if is_json { serde_json::json!(text).to_string() } else { text };
        let folded = Folded::new(&text, if is_json { Form::Json } else { Form::Plain });
        let mut last = 0;
        for (at, c) in folded.as_str().char_indices() {
            let range = folded.original(at..at + c.len_utf8());
            prop_assert!(text.get(range.clone()).is_some(), "{:?} of {:?}", range, text);
            prop_assert!(last <= range.start && range.start < range.end, "in order and apart");
            last = range.end;
        }
        prop_assert!(last <= text.len());
    }
}

/// Escapes, whole and broken, and what stands beside them.
const ESCAPES: &[&str] = &[
    r"\n",
    r"\\t",
    r"\u00e9",
    r"\\u300c",
    r"\ud83d\udc69",
    r"\\ud83d\\udc69",
    r"\ud83d",
    r"\udc69",
    r"\u12",
    r"\",
    "\"",
    "a",
    "7",
    "é",
    "你",
    "👩",
    "\u{200B}",
    "\n",
];
