use super::{Fault, Place, Problems};
use crate::dataset::{PARENT_ROWS, Parent, Removed, RowRef};
use crate::log::Frontier;

/// Checks that the rows are the parent's less those removed, and recomputes the parent's root from
/// its own `rows` file. Both iterators go through their files in order.
pub fn check_parent(
    parent: &Parent,
    parent_rows: impl Iterator<Item = RowRef>,
    mut rows: impl Iterator<Item = RowRef>,
    problems: &mut Problems,
) {
    let mut tree = Frontier::new();
    let mut removed = parent.removed.iter().peekable();
    for (number, row) in (0..).zip(parent_rows) {
        tree.append(row.leaf);
        let gone = removed.next_if(|item| item.row == number);
        let agrees = match gone {
            Some(item) => is(item, &row),
            None => rows.next() == Some(row),
        };
        if !agrees {
            problems.push(Place::line(PARENT_ROWS, number + 1), Fault::ParentRow(number));
        }
    }
    if tree.len() != parent.rows.count {
        let fault = Fault::Count { expected: parent.rows.count, found: tree.len() };
        problems.push(Place::file(PARENT_ROWS), fault);
    }
    if tree.root() != parent.rows.root {
        let fault = Fault::Root { expected: parent.rows.root, found: tree.root() };
        problems.push(Place::file(PARENT_ROWS), fault);
    }
    let stray = removed.map(|item| item.row);
    problems.extend(&Place::file(PARENT_ROWS), stray.map(Fault::ParentRow));
}

fn is(removed: &Removed, row: &RowRef) -> bool {
    removed.position() == row.position
}
