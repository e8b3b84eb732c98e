//! Eve changes a dataset.

use super::commons::three_towns;
use super::folder::{Folder, position};
use super::{check, trainable};
use sheaf_protocol::dataset::Row;

fn built() -> Folder {
    let folder = Folder::new();
    let commons = three_towns();
    commons.build(folder.path(), trainable(&commons)).unwrap();
    folder
}

fn problems(folder: &Folder) -> String {
    let verdict = check(folder.path());
    assert!(!verdict.good, "nothing was noticed");
    verdict.problems.join("\n")
}

#[test]
fn a_byte_changed_anywhere_is_found_and_its_file_is_named() {
    let folder = built();
    for (name, content) in folder.files() {
        for at in (0..content.len()).step_by(content.len() / 23 + 1) {
            let mut changed = content.clone();
            changed[at] ^= 1 << (at % 8);
            folder.write(&name, &changed);
            let found = problems(&folder);
            assert!(found.contains(&name), "byte {at} of {name}: {found}");
        }
        folder.write(&name, &content);
    }
    assert!(check(folder.path()).good, "everything was put back");
}

#[test]
fn a_file_cut_short_or_missing_is_named() {
    let folder = built();
    for (name, content) in folder.files() {
        folder.write(&name, &content[..content.len() - 1]);
        let found = problems(&folder);
        assert!(found.contains(&name), "{name} was cut: {found}");
        std::fs::remove_file(folder.path().join(&name)).unwrap();
        assert!(problems(&folder).contains(&name), "{name} was removed");
        folder.write(&name, &content);
    }
    folder.write("more.txt", "hello");
    assert!(problems(&folder).contains("more.txt: the lock does not name this file"));
}

#[test]
fn a_changed_row_is_named_by_line() {
    let folder = built();
    let good = folder.text("chats.jsonl");
    folder.write("chats.jsonl", good.replace("A bowline", "A granny"));
    let found = problems(&folder);
    let line = 1 + good.lines().position(|line| line.contains("A bowline")).unwrap();
    assert!(found.contains(&format!("chats.jsonl, line {line}: the row has changed")), "{found}");
    assert!(found.contains(&format!("chats.jsonl, line {line}: the chat or its opening")));
}

#[test]
fn a_line_taken_out_or_put_in_is_named_and_nothing_else() {
    let folder = built();
    let (good, listed) = (folder.text("chats.jsonl"), folder.text("rows"));
    let lines: Vec<&str> = good.lines().collect();
    let gone = position(lines[1]);
    let without = |text: &str| {
        text.lines()
            .enumerate()
            .filter(|(n, _)| *n != 1)
            .map(|(_, l)| format!("{l}\n"))
            .collect::<String>()
    };
    folder.write("chats.jsonl", without(&good));
    let found = problems(&folder);
    assert!(found.contains(&format!("the row of {gone} was left out")), "{found}");
    assert!(!found.contains("chats.jsonl, line 2:"), "the next row is as it was: {found}");

    let twice: String =
        [lines[0], lines[0]].iter().chain(&lines[1..]).map(|l| format!("{l}\n")).collect();
    folder.write("chats.jsonl", twice);
    let found = problems(&folder);
    let added = format!("a row was added, for {}", position(lines[0]));
    assert!(found.contains(&added), "{found}");
    assert!(!found.contains("line 3:"), "the rows after it are as they were: {found}");

    let last = *lines.last().unwrap();
    folder.write("chats.jsonl", format!("{good}{last}\n"));
    let found = problems(&folder);
    assert!(found.contains(&format!("line {}: a row was added", lines.len() + 1)), "{found}");

    folder.write("chats.jsonl", good);
    folder.write("rows", without(&listed));
    let found = problems(&folder);
    assert!(found.contains("rows, line 2: the line has changed"), "{found}");
    assert!(!found.contains("chats.jsonl, line"), "the chats are as they were: {found}");
}

#[test]
fn a_row_left_out_and_locked_again_is_named() {
    let folder = built();
    let mut rows = folder.rows();
    let gone = position(&rows.remove(2));
    folder.relock(&rows);
    let found = problems(&folder);
    assert!(found.contains(&format!("a row is missing: the recipe selects {gone}")), "{found}");
}

#[test]
fn a_row_added_and_locked_again_is_named() {
    let commons = three_towns();
    let all = Folder::new();
    commons.build(all.path(), commons.recipe()).unwrap();
    let folder = built();
    let extra = all.rows().into_iter().find(|line| line.contains("Not for training.")).unwrap();
    let mut rows = folder.rows();
    rows.push(extra.clone());
    rows.sort_by_key(|line| position(line));
    folder.relock(&rows);
    let found = problems(&folder);
    let added = format!("a row was added: the recipe does not select {}", position(&extra));
    assert!(found.contains(&added), "{found}");
}

#[test]
fn an_invented_row_has_no_manifest() {
    let folder = built();
    let mut rows = folder.rows();
    let mut row = Row::from_line(&rows[0]).unwrap();
    row.position.index = 0;
    row.chat.title = Some("Invented".into());
    row.chat.messages.truncate(1);
    rows.insert(0, row.to_line());
    folder.relock(&rows);
    assert!(problems(&folder).contains("is no chat"), "entry 0 is the charter");
}

#[test]
fn changed_terms_are_named_by_field_even_when_locked_again() {
    let folder = built();
    let rows = folder.rows();
    let fog = rows.iter().position(|line| line.contains("one long")).unwrap();
    let change = |edit: &dyn Fn(&mut Row)| {
        let mut row = Row::from_line(&rows[fog]).unwrap();
        edit(&mut row);
        let mut changed = rows.clone();
        changed[fog] = row.to_line();
        folder.relock(&changed);
        let found = problems(&folder);
        assert!(found.contains(&format!("chats.jsonl, line {}", fog + 1)), "{found}");
        found
    };
    assert!(change(&|row| row.terms.licence = "CC0-1.0".into()).contains("licence is CC0-1.0"));
    assert!(change(&|row| row.terms.due = None).contains("due is None"));
    assert!(change(&|row| row.attribution = None).contains("attribution is None"));
    assert!(change(&|row| row.labels.messages = 7).contains("labels is"));
    assert!(change(&|row| row.opening.0[3] ^= 1).contains("its opening has changed"));
    assert!(change(&|row| row.chat.title = None).contains("the chat or its opening"));
}

#[test]
fn rows_out_of_order_are_found() {
    let folder = built();
    let mut rows = folder.rows();
    rows.swap(0, 1);
    folder.relock(&rows);
    assert!(problems(&folder).contains("out of order"));
}

#[test]
fn a_group_that_forgets_a_member_omits_it() {
    let folder = built();
    let mut rows = folder.rows();
    let tides = rows.iter().position(|line| line.contains("The moon")).unwrap();
    let mut row = Row::from_line(&rows[tides]).unwrap();
    let forgotten = row.duplicates.remove(0).position();
    rows[tides] = row.to_line();
    folder.relock(&rows);
    let found = problems(&folder);
    assert!(found.contains(&format!("the recipe selects {forgotten}")), "{found}");
    assert!(found.contains("licence is CC-BY-4.0 AND CC0-1.0, but"), "{found}");
}

#[test]
fn a_lock_that_leaves_out_what_it_likes_must_name_it() {
    let folder = built();
    let mut lock = folder.lock();
    lock.as_of = sheaf_protocol::time::Time::from_ms(lock.as_of.ms() + 1000).unwrap();
    folder.write("sheaf.lock", lock.to_text());
    assert!(problems(&folder).contains("as-of is"));
    let mut lock = folder.lock();
    lock.recipe.communities.pop();
    folder.write("sheaf.lock", lock.to_text());
    assert!(problems(&folder).contains("other communities than the lock pins"));
}
