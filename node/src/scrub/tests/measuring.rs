//! Labelled texts.

use super::SCANNER;
use crate::scrub::Kind;
use crate::scrub::measure::{Counted, LabelsError, Measured, Row, read_labelled};

#[test]
fn both_shapes_of_files_are_read_and_ends_count_code_points() {
    let lines = "{\"text\":\"你 a@example.org\",\"spans\":[{\"start\":2,\"end\":15,\"label\":\"EMAIL\"}]}\n\n";
    let list = "[{\"full_text\":\"你 a@example.org\",\"spans\":[{\"entity_type\":\"EMAIL\",\
                \"start_position\":2,\"end_position\":15}],\"metadata\":null}]";
    let read = read_labelled(lines).unwrap();
    assert_eq!(read, read_labelled(list).unwrap());
    assert_eq!(read[0].marks[0].range, 4..17);
}

#[test]
fn what_cannot_be_read_is_named() {
    let outside = "{\"text\":\"ab\",\"spans\":[{\"start\":1,\"end\":3,\"label\":\"EMAIL\"}]}";
    assert!(matches!(read_labelled(outside), Err(LabelsError::Outside { position: 1, .. })));
    assert!(matches!(read_labelled("{}\n"), Err(LabelsError::Text { position: 1, .. })));
    assert!(matches!(read_labelled("\n"), Err(LabelsError::Empty)));
}

#[test]
fn recall_counts_labels_and_precision_counts_finds() {
    let file = "{\"text\":\"a@example.org b@example.org c at d\",\"spans\":[\
                {\"start\":0,\"end\":13,\"label\":\"EMAIL\"},\
                {\"start\":28,\"end\":34,\"label\":\"email_address\"},\
                {\"start\":0,\"end\":1,\"label\":\"ZODIAC\"}]}";
    let labelled = &read_labelled(file).unwrap()[0];
    let mut measured = Measured::default();
    let faults = measured.add(&SCANNER, labelled);
    let row = measured.rows[&Counted::Personal(Kind::Email)];
    assert_eq!(row, Row { labels: 2, found: 1, exact: 1, finds: 2, right: 1 });
    assert_eq!((row.recall(), row.precision()), (Some(0.5), Some(0.5)));
    let faults: Vec<_> =
        faults.iter().map(|fault| (fault.is_missed, &labelled.text[fault.range.clone()])).collect();
    assert_eq!(faults, [(true, "c at d"), (false, "b@example.org")]);
    assert_eq!(measured.not_looked_for["ZODIAC"], 1);
}

#[test]
fn all_secrets_count_as_one_kind() {
    for label in ["API_KEY", "private key", "jwt", "Password"] {
        assert_eq!(Counted::of_label(label), Some(Counted::Secret));
    }
    assert_eq!(Counted::of_label("US_SSN"), Counted::of_label("national-id-us"));
    assert_eq!(Counted::of_label("ORGANIZATION"), None);
}
