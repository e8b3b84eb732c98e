//! Pages that point at each other, and at files, point at something.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;
use crate::sources::sources;

#[test]
fn links_between_our_pages_lead_somewhere() {
    let pages = pages();
    assert!(pages.len() > 5, "found {pages:?} only");
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            let path = page.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(path.exists(), "{} links to {target}, which is not there", page.display());
        }
    }
}

#[test]
fn every_decision_is_in_the_index() {
    let folder = root().join("docs/decisions");
    let index = fs::read_to_string(folder.join("0001-decisions.md")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name.starts_with("0001") || index.contains(&format!("({name})")),
            "{name} is not in the index"
        );
    }
}

#[test]
fn tests_that_the_architecture_names_exist() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let folders = ["protocol", "node", "cli", "tests"];
    let sources = folders.iter().flat_map(|folder| sources(&root().join(folder)));
    let sources: String = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut named = 0;
    for row in rows {
        let tests = row.split('|').nth(2).unwrap().split('`').skip(1).step_by(2);
        for test in tests {
            assert!(sources.contains(&format!("fn {test}(")), "there is no test {test}");
            named += 1;
        }
    }
    assert!(named > 30, "found {named} tests only");
}

/// Local targets of Markdown links in `text`.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let local = |target: &&str| {
        !target.contains("://") && !target.starts_with('#') && !target.contains(' ')
    };
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(local)
}

/// The README and its neighbours, and every page under docs.
fn pages() -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/spec", "docs/decisions", "docs/guides"];
    folders.iter().flat_map(|folder| markdown(&root().join(folder))).collect()
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}
