//! The formats checked by another language: `check.py` knows the specification and third-party
//! libraries, and none of our code.
//!
//! It needs the packages of `requirements.txt`; `SHEAF_PYTHON` names a Python that has them.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

#[path = "../dataset/commons.rs"]
mod commons;
#[path = "../dataset/folder.rs"]
mod folder;

use commons::{chat, consent, three_towns};
use folder::Folder;
use std::path::Path;
use std::process::{Command, Output};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/outside");
const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/spec/vectors");

fn python() -> Command {
    Command::new(std::env::var_os("SHEAF_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Whether the packages are there. Their absence fails where CI runs and is said elsewhere.
fn is_ready() -> bool {
    let ready = python().args(["-c", "import blake3, cbor2, cryptography"]).output();
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
    assert!(output.status.success(), "{}", said(&output));
    print!("{}", said(&output));
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
