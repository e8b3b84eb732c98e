//! The card: what a person reads first.

use sheaf_protocol::dataset::{CHATS, Lock};
use std::fmt::Write as _;

/// The text of `README.md`. Depends on the lock's fields alone, so that the same lock gives the
/// same card.
pub(super) fn text(lock: &Lock) -> String {
    let mut text = String::new();
    let names: Vec<_> = lock.communities.iter().map(|log| log.name.as_str()).collect();
    let purpose = &lock.recipe.purpose;
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "# A dataset of AI chats\n\n\
         {} chats that people gave to {}, as of {}.\n\n",
        lock.rows.count,
        names.join(", "),
        lock.as_of,
    );
    if !purpose.is_empty() {
        let _ = write!(text, "Made for: {purpose}\n\n");
    }
    let _ = write!(
        text,
        "- Every row has its own `licence` (SPDX) and `usage` (what its contributor says about \
         training and search). Keep to both. Where there is a `due` date, delete the row after \
         that day.\n\
         - Contributors may withdraw. Ask again before you publish or train: \
         `sheaf dataset build --locked` names rows that were withdrawn, `--less` takes exactly \
         those away.\n\
         - Cite it by its root: `{}`.\n\n\
         ```python\n\
         from datasets import load_dataset\n\
         chats = load_dataset(\"json\", data_files=\"{CHATS}\", split=\"train\")\n\
         ```\n\n\
         `sheaf dataset verify FOLDER` checks every row against what its contributor signed, \
         without a network.\n\n\
         | community | entries | key |\n|---|---|---|\n",
        lock.rows.root,
    );
    for log in &lock.communities {
        let _ = writeln!(text, "| {} | {} | `{}` |", log.name, log.size, log.id);
    }
    text
}
