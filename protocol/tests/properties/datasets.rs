//! Rows and locks: JSON in its one form.

use super::config;
use super::values::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::dataset::{
    Duplicate, LeftOut, LeftOutReason, Lock, PinnedLog, Position, Recipe, Row, RowRef, RowTerms,
    RowsDigest, row_leaf,
};
use sheaf_protocol::id::Opening;
use sheaf_protocol::statement::Labels;
use sheaf_protocol::usage::Usage;

/// An index that every reader of JSON takes exactly.
fn index() -> impl Strategy<Value = u64> {
    0..1_u64 << 53
}

fn rows() -> impl Strategy<Value = Row> {
    let terms = (line(), option::of(day())).prop_map(|(licence, due)| RowTerms {
        licence,
        usage: Usage::parse("search=n, train-ai=y").unwrap(),
        due,
    });
    let labels = (lines(), lines(), 1..9_u32, option::of(time())).prop_map(
        |(tags, languages, messages, created)| Labels {
            tags,
            languages,
            messages,
            created,
            ..Labels::default()
        },
    );
    let duplicate = (community(), index(), option::of(line()))
        .prop_map(|(community, index, attribution)| Duplicate { community, index, attribution });
    let said = (".{1,30}", option::of(line()));
    let place = (community(), index(), entry_commitment(), any::<[u8; 32]>(), index());
    (place, terms, option::of(line()), labels, vec(duplicate, 0..3), said).prop_map(
        |((community, index, entry, opening, at), terms, attribution, labels, duplicates, said)| {
            let (text, title) = said;
            let messages = vec![Message::new(Role::User, None, vec![Part::text(text)])];
            Row {
                position: Position { community, index },
                entry,
                opening: Opening(opening),
                terms,
                attribution,
                labels,
                policy: sheaf_protocol::statement::PolicyRef { index: at, commitment: entry },
                duplicates,
                chat: Chat { title, messages, ..Chat::default() },
            }
        },
    )
}

fn locks() -> impl Strategy<Value = Lock> {
    let pinned = (community(), line(), 3..9_u64, tree_hash(), ".{0,30}");
    (pinned, time(), index(), tree_hash(), option::of(0..3_u64)).prop_map(
        |((id, name, size, root, checkpoint), as_of, count, rows, left_out)| {
            let reason = LeftOutReason::Unavailable;
            let left_out = left_out.map(|index| LeftOut { community: id, index, reason });
            Lock {
                sheaf_lock: 1,
                recipe: Recipe { purpose: name.clone(), ..Recipe::default() },
                as_of,
                communities: vec![PinnedLog { id, name, epoch: 0, size, root, checkpoint }],
                rows: RowsDigest { count, root: rows },
                files: Default::default(),
                left_out: left_out.into_iter().collect(),
                parent: None,
            }
        },
    )
}

/// The text with one bit changed, where that still is a text.
fn flipped(text: &str, bit: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    String::from_utf8(bytes).ok()
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_row_has_one_line(row in rows(), bits in vec(any::<usize>(), 16)) {
        let line = row.to_line();
        prop_assert_eq!(&Row::from_line(&line).unwrap(), &row);
        for changed in bits.into_iter().filter_map(|bit| flipped(&line, bit)) {
            if let Ok(other) = Row::from_line(&changed) {
                prop_assert_ne!(&other, &row);
                prop_assert_eq!(other.to_line(), changed);
            }
        }
    }

    #[test]
    fn a_line_of_rows_has_one_form(row in rows(), bits in vec(any::<usize>(), 16)) {
        let good = RowRef { leaf: row_leaf(&row.to_line()), position: row.position };
        let line = good.to_string();
        prop_assert_eq!(line.parse(), Ok(good));
        for changed in bits.into_iter().filter_map(|bit| flipped(&line, bit)) {
            if let Ok(other) = changed.parse::<RowRef>() {
                prop_assert_ne!(other, good);
                prop_assert_eq!(other.to_string(), changed);
            }
        }
    }

    /// Its checksum notices any one bit.
    #[test]
    fn every_bit_of_a_lock_counts(lock in locks(), bits in vec(any::<usize>(), 32)) {
        let text = lock.to_text();
        prop_assert_eq!(&Lock::parse(text.as_bytes()).unwrap(), &lock);
        for bit in bits {
            let mut changed = text.clone().into_bytes();
            let bit = bit % (changed.len() * 8);
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(Lock::parse(&changed).is_err(), "bit {}", bit);
        }
    }
}
