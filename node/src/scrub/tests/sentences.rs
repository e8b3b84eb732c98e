//! Sentences in many languages, with what is private in them marked: `[[kind:value]]`. Numbers and names
//! are made up. Each mark is found as it stands, and nothing else of these kinds.

use crate::scrub::{Kind, Scanner};

/// A line without its marks, and the marks: kind, start, end.
struct Sentence {
    text: String,
    marks: Vec<(String, usize, usize)>,
}

fn sentences(file: &str) -> impl Iterator<Item = Sentence> + '_ {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(read)
}

fn read(line: &str) -> Sentence {
    let line = line.replace("\\n", "\n");
    let mut parts = line.split("[[");
    let mut sentence = Sentence { text: parts.next().unwrap().to_owned(), marks: Vec::new() };
    for part in parts {
        let (mark, rest) = part.split_once("]]").unwrap();
        let (kind, value) = mark.split_once(':').unwrap();
        let start = sentence.text.len();
        sentence.text.push_str(value);
        sentence.marks.push((kind.to_owned(), start, sentence.text.len()));
        sentence.text.push_str(rest);
    }
    sentence
}

fn is_ours(kind: Kind) -> bool {
    matches!(
        kind.family(),
        Kind::Phone
            | Kind::Card
            | Kind::Iban
            | Kind::Passport
            | Kind::BirthDate
            | Kind::Address
            | Kind::Person
    ) || matches!(kind, Kind::NationalId(_) | Kind::TaxId(_))
}

fn found(scanner: &Scanner, text: &str) -> Vec<(String, usize, usize)> {
    let spans = scanner.scan(text).into_iter().filter(|span| is_ours(span.kind));
    spans.map(|span| (span.kind.family().name().into_owned(), span.start, span.end)).collect()
}

fn check(file: &str) {
    let scanner = Scanner::new();
    let wrong = sentences(file).filter_map(|sentence| {
        let found = found(&scanner, &sentence.text);
        let shown = |spans: &[(String, usize, usize)]| {
            spans
                .iter()
                .map(|(kind, start, end)| format!("{kind} {:?}", &sentence.text[*start..*end]))
                .collect::<Vec<_>>()
        };
        (found != sentence.marks).then(|| format!("{:?}: {:?}", sentence.text, shown(&found)))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{} sentences are read otherwise:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn numbers_are_found_in_many_languages() {
    check(include_str!("sentences/numbers.txt"));
}

#[test]
fn people_are_found_where_a_word_leads_to_them() {
    check(include_str!("sentences/people.txt"));
}

#[test]
fn addresses_are_found_in_many_languages() {
    check(include_str!("sentences/places.txt"));
}

#[test]
fn what_is_nobodys_is_left_alone() {
    check(include_str!("sentences/nothing.txt"));
}
