//! What a node finds in a chat that arrives, in the words of the wire.

use super::chat::walk_mut;
use super::{ChatFind, Kind, Scanner, scan_each};
use sheaf_protocol::chat::Chat;
use sheaf_protocol::exchange::{Finding, Findings};
use std::collections::BTreeMap;
use std::ops::Range;

/// What is private in a chat, as far as is known here. Masks are no finds.
pub fn arrival(scanner: &Scanner, chat: &Chat) -> Findings {
    let mut findings = Findings::default();
    scan_each(scanner, chat, &mut |find| add_find(&mut findings, &find));
    findings
}

/// Finds of one chat, in its order and without overlaps.
pub fn told(finds: &[ChatFind]) -> Findings {
    let mut findings = Findings::default();
    finds.iter().for_each(|find| add_find(&mut findings, find));
    findings
}

/// Adds a find to what is told of a chat: counted by the family of its kind, as policies name it.
fn add_find(findings: &mut Findings, find: &ChatFind) {
    let range = |start: usize, end: usize| (start as u64, end as u64);
    let finding = Finding {
        at: find.place.to_string(),
        bytes: range(find.span.start, find.span.end),
        code_points: range(find.code_points.start, find.code_points.end),
        kind: find.span.kind.name().into_owned(),
        confidence: find.span.confidence,
        continues: find.continues,
    };
    findings.add(&find.span.kind.family().name(), finding);
}

/// The kind that a policy or a finding names, without its country; `None` for what is no name.
pub fn kind_of(name: &str) -> Option<Kind> {
    Kind::from_name(name).map(Kind::family)
}

/// The chat with every finding as `mark` writes it: given what it is, and the text. A finding that does
/// not fit the chat, or overlaps one before, leaves it as it is. `clean` sees every text before.
pub fn marked(
    chat: &Chat,
    findings: &[Finding],
    clean: &dyn Fn(&str) -> String,
    mark: &dyn Fn(&Finding, &str) -> String,
) -> Chat {
    let mut places = BTreeMap::<&str, Vec<&Finding>>::new();
    findings.iter().for_each(|finding| places.entry(&finding.at).or_default().push(finding));
    places.values_mut().for_each(|here| here.sort_by_key(|finding| finding.bytes));
    let mut chat = chat.clone();
    walk_mut(&mut chat, &mut |place, text| {
        let here = places.get(place.to_string().as_str());
        *text = mark_text(text, here.map_or(&[], Vec::as_slice), clean, mark);
    });
    chat
}

fn mark_text(
    text: &str,
    findings: &[&Finding],
    clean: &dyn Fn(&str) -> String,
    mark: &dyn Fn(&Finding, &str) -> String,
) -> String {
    let (mut marked, mut at) = (String::with_capacity(text.len()), 0);
    for finding in findings {
        let Some(range) = range_in(text, finding).filter(|range| range.start >= at) else {
            continue;
        };
        marked.push_str(&clean(&text[at..range.start]));
        marked.push_str(&mark(finding, &clean(&text[range.clone()])));
        at = range.end;
    }
    marked.push_str(&clean(&text[at..]));
    marked
}

/// The bytes of a finding, if they are some of this text's.
fn range_in(text: &str, finding: &Finding) -> Option<Range<usize>> {
    let (start, end) = finding.bytes;
    let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    text.get(range.clone()).filter(|value| !value.is_empty()).map(|_| range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::chat::{Message, Part, Role};

    fn chat() -> Chat {
        let parts = vec![Part::text("Grüße an alice@example.org, und an bob@example.org.")];
        Chat { messages: vec![Message::new(Role::User, None, parts)], ..Chat::default() }
    }

    fn text_of(chat: &Chat) -> &str {
        chat.messages[0].parts[0].body()
    }

    #[test]
    fn what_is_found_on_arrival_has_its_place_and_is_counted_by_family() {
        let findings = arrival(&Scanner::new(), &chat());
        let kinds: Vec<_> = findings.kinds.iter().map(|k| (k.kind.as_str(), k.times)).collect();
        assert_eq!(kinds, [("email", 2)]);
        let first = &findings.places[0];
        assert_eq!((first.at.as_str(), first.bytes), ("messages[0].parts[0].text", (11, 28)));
        assert_eq!(first.code_points, (9, 26), "ü and ß have two bytes each");
        assert_eq!(findings.unlisted(), 0);
        let masked = Chat { title: Some("[EMAIL_1]".into()), ..Chat::default() };
        assert_eq!(arrival(&Scanner::new(), &masked), Findings::default(), "a mask is no find");
    }

    #[test]
    fn every_finding_is_marked_where_it_stands_and_nothing_else_is() {
        let chat = chat();
        let mut findings = arrival(&Scanner::new(), &chat).places;
        let keep = |text: &str| text.to_owned();
        let mark = |finding: &Finding, value: &str| format!("<{} {value}>", finding.kind);
        let shown = marked(&chat, &findings, &keep, &mark);
        let words = "Grüße an <email alice@example.org>, und an <email bob@example.org>.";
        assert_eq!(text_of(&shown), words);
        let whole = text_of(&chat).len() as u64;
        for bytes in [(12, whole + 1), (3, 4), (28, 11), (11, 11), (0, u64::MAX)] {
            findings[0].bytes = bytes;
            let shown = marked(&chat, &findings[..1], &keep, &mark);
            assert_eq!(text_of(&shown), text_of(&chat), "{bytes:?} is no place in this text");
        }
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let mut findings = Findings::default();
        let place = arrival(&Scanner::new(), &chat()).places.remove(0);
        let max = sheaf_protocol::limits::FINDINGS_MAX;
        (0..max + 5).for_each(|_| findings.add("email", place.clone()));
        assert_eq!((findings.places.len(), findings.unlisted()), (max, 5));
        assert_eq!(findings.kinds[0].times, max as u64 + 5);
    }
}
