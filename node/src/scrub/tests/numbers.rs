//! Texts that nobody writes, for numbers, addresses and names: nothing panics, spans stay whole, and time grows with the length alone.

use super::Stopwatch;
use crate::scrub::folded::{Folded, Form};
use crate::scrub::found::Finds;
use crate::scrub::{Scanner, numbers, person};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::Duration;

/// Pieces that the detectors look for, and what cuts them.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "+49 (0)",
        "00",
        "(212) ",
        "4111 1111 ",
        "DE89 3704 ",
        "x401",
        " ext. 5",
        "born ",
        "my name is ",
        "Dr. ",
        "Anna ",
        "Street",
        " 12",
        ", ",
        "\n",
        "〒",
        "東京都",
        "1丁目",
        "号",
        "さん",
        "王先生",
        "김민수 씨",
        "ул. ",
        "д. ",
        "عنواني ",
        "۱۲۳",
        "P.O. Box ",
        "Best regards,\n",
        "RSSMRA85T10A562S",
        "1985年3月",
        "12 March ",
        "1985",
        "-",
        ".",
        "/",
        ")",
        "(",
        "İ",
        "ß",
        "\u{301}",
        "\u{200b}",
        "’",
        "№",
        "#",
        "$",
        "http://",
        "passport ",
        "SSN ",
        "0x",
        "APO AE ",
        "PSC 12, Box ",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => "[0-9]{1,12}", 1 => ".{0,3}"]
}

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

proptest! {
    #[test]
    fn whatever_is_written_spans_are_whole_apart_and_in_order(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let mut done = 0;
        for span in SCANNER.scan(&text) {
            prop_assert!(span.start >= done && span.start < span.end, "spans stand apart and in order");
            prop_assert!(text.get(span.range()).is_some(), "a span begins and ends between characters");
            done = span.end;
        }
    }
}

fn time(text: &str) -> Duration {
    let text = Folded::new(text, Form::Plain);
    let run = || {
        let (start, mut found) = (Stopwatch::start(), Finds::default());
        numbers::find(&text, &mut found);
        person::find(&text, &mut found);
        start.passed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

#[test]
fn ten_times_the_text_takes_ten_times_as_long() {
    for piece in [
        "1 ",
        "7",
        "1234567,",
        "+49 (0) ",
        "(212) ",
        "4111 1111 1111 ",
        "DE89",
        "Street 12 Main ",
        "Anna ",
        "my name is ",
        "born 1 March ",
        "A1",
        "12-",
        "東京都1",
        "王",
        "김",
        "a.b-c/1(",
        "اسمي ",
        "my address is 1, ",
        "+",
        "１２３",
        "Dr. ",
    ] {
        let small = piece.repeat(8_000 / piece.len());
        let large = piece.repeat(80_000 / piece.len());
        let (small, large) = (time(&small), time(&large));
        let floor = Duration::from_millis(1);
        assert!(
            large < small.max(floor) * 60,
            "{piece:?}: {small:?}, and {large:?} for ten times as much"
        );
    }
}

#[test]
fn what_mutated_texts_broke_stays_mended() {
    let scanner = Scanner::new();
    let long_word = format!("ผมชื่อปา {}", "ร".repeat(60));
    for text in
        [&long_word, "0 (0) 12345678901234567890", "0 (0)", "call 0 (0) 1", "+ 0 (0) 123456"]
    {
        for span in scanner.scan(text) {
            assert!(text.get(span.range()).is_some(), "{text}");
        }
    }
}
