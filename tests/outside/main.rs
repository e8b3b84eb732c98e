//! The formats checked by another language: `check.py` and the modules beside it know the
//! specification and third-party libraries, and none of our code. And Microsoft Presidio as a scrubber.
//!
//! It needs the packages of `requirements.txt` and `presidio.txt`; `SHEAF_PYTHON` names a Python that has them.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

#[path = "../dataset/commons.rs"]
mod commons;
#[path = "../dataset/folder.rs"]
mod folder;
mod presidio;

use commons::{chat, consent, three_towns};
use folder::Folder;
use std::path::Path;
use std::process::{Command, Output};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/outside");
const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/spec/vectors");

/// How many vectors another language agreed with when this was written: never fewer.
const ACCEPTED_MIN: usize = 169;
const REFUSED_MIN: usize = 1107;

fn python_path() -> String {
    std::env::var("SHEAF_PYTHON").unwrap_or_else(|_| "python3".into())
}

fn python() -> Command {
    Command::new(python_path())
}

/// Whether the packages are there. Their absence fails where CI runs and is said elsewhere.
fn is_ready() -> bool {
    let ready = python().args(["-c", "import blake3, cryptography, mnemonic, zstandard"]).output();
    if ready.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let how =
        format!("pip install -r {HERE}/requirements.txt, and name that Python in SHEAF_PYTHON");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "Python packages are missing: {how}");
    println!("skipped: Python packages are missing: {how}");
    false
}

fn check(arguments: &[&Path]) -> Output {
    python().arg(format!("{HERE}/check.py")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn the_vectors_mean_the_same_in_python() {
    if !is_ready() {
        return;
    }
    let output = check(&[Path::new("--vectors"), Path::new(SPEC)]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    print!("{said}");
    let [mut accepted, mut refused] = [0; 2];
    for page in said.lines().filter(|line| line.ends_with(" refused")) {
        let numbers: Vec<usize> = page.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [here, not_here] = numbers[..] else { panic!("a page's line should count: {page}") };
        assert!(not_here > here, "of every page more is refused: {page}");
        (accepted, refused) = (accepted + here, refused + not_here);
    }
    let files = |folder: &str| Path::new(SPEC).join(folder).read_dir().unwrap().count();
    assert_eq!((accepted, refused), (files("accept"), files("reject")), "every vector is run");
    assert!(accepted >= ACCEPTED_MIN && refused >= REFUSED_MIN, "fewer than there were: {said}");
}

#[test]
fn a_dataset_verifies_in_python_and_a_changed_one_does_not() {
    if !is_ready() {
        return;
    }
    let folder = Folder::new();
    let mut commons = three_towns();
    commons.0[0].give(&chat("\u{1d11e} \u{7f}\u{1f}\t\"\\/", "escapes: é \u{2028}"), consent());
    commons.build(folder.path(), commons.recipe()).unwrap();
    let output = check(&[folder.path()]);
    assert!(output.status.success(), "{}", said(&output));
    for (name, content) in folder.files() {
        let mut changed = content.clone();
        changed[content.len() / 2] ^= 1;
        folder.write(&name, &changed);
        let output = check(&[folder.path()]);
        assert_eq!(output.status.code(), Some(1), "{name} was changed: {}", said(&output));
        folder.write(&name, &content);
    }
}
