//! What our sources must not contain: the invariants of `docs/ARCHITECTURE.md` that a reader of
//! the text can check. Lines that are comments do not count.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

#[test]
fn protocol_does_no_io_and_reads_no_clock() {
    let words = ["std::fs", "std::net", "process::Command", "env::var", "SystemTime", "Instant"];
    absent("protocol/src", &words, &[]);
}

#[test]
fn protocol_spawns_nothing_draws_nothing_and_holds_no_unsafe() {
    absent("protocol/src", &["std::thread", "tokio", "rayon", "getrandom", "OsRng", "unsafe"], &[]);
}

#[test]
fn no_source_of_ours_holds_unsafe() {
    for folder in ["protocol/src", "node/src", "cli/src"] {
        absent(folder, &["unsafe"], &[]);
    }
}

#[test]
fn no_float_enters_a_format() {
    // serde asks every serializer by name what it does with floats: this one refuses them.
    absent("protocol/src", &["f32", "f64"], &["protocol/src/json/write"]);
}

#[test]
fn only_net_knows_libp2p() {
    absent("node/src", &["libp2p", "quinn"], &["node/src/net"]);
}

#[test]
fn only_the_store_knows_redb() {
    absent("node/src", &["redb"], &["node/src/store"]);
}

#[test]
fn only_blobs_knows_iroh() {
    absent("node/src", &["iroh", "iroh_blobs"], &["node/src/blobs"]);
}

#[test]
fn the_service_does_no_io_and_reads_no_clock() {
    let words =
        ["std::fs", "std::net", "std::thread", "tokio", "SystemTime", "Instant", "getrandom"];
    // The tests' own runner plays seeds on all cores; what it plays is held to the same.
    absent("node/src/service", &words, &["node/src/service/tests/seeds"]);
}

#[test]
fn the_scrubber_does_no_io_and_reads_no_clock() {
    // It reads addresses, and opens none.
    let sockets = ["TcpStream", "TcpListener", "UdpSocket"];
    let words = ["std::fs", "std::thread", "tokio", "SystemTime", "Instant"];
    let words: Vec<&str> = words.into_iter().chain(sockets).collect();
    // A test measures what a scan takes.
    absent("node/src/scrub", &words, &["node/src/scrub/tests"]);
}

#[test]
fn only_plugins_start_programs() {
    // The simulations' runner starts itself.
    let except = ["node/src/plugin", "node/src/service/tests/seeds"];
    absent("node/src", &["process::Command"], &except);
}

#[test]
fn a_word_is_found_whole_and_outside_comments() {
    assert!(holds("use std::fs;", "std::fs") && holds("let x: Instant = y", "Instant"));
    assert!(!holds("let x = \"aef64b\";", "f64"), "a part of a word is another word");
    assert!(
        !holds("    // no unsafe here", "unsafe")
            && !holds("//! reads no clock: Instant", "Instant")
    );
}

/// Fails with file and line if a source below `folder`, but not below `except`, holds one of `words`.
fn absent(folder: &str, words: &[&str], except: &[&str]) {
    let sources = sources(&root().join(folder));
    assert!(!sources.is_empty(), "{folder} holds no source: mend this test");
    for path in sources {
        let name = path.strip_prefix(root()).unwrap().to_owned();
        if except
            .iter()
            .any(|room| name.starts_with(room) || name == Path::new(&format!("{room}.rs")))
        {
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for word in words {
                assert!(
                    !holds(line, word),
                    "{}:{}: {word} has no place here: {line}",
                    name.display(),
                    number + 1
                );
            }
        }
    }
}

/// Whether `line` is not a comment and holds `word`, not as a part of a longer one.
fn holds(line: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: usize| {
        !line[..at].chars().next_back().is_some_and(letter)
            && !line[at + word.len()..].chars().next().is_some_and(letter)
    };
    !line.trim_start().starts_with("//") && line.match_indices(word).any(|(at, _)| whole(at))
}

/// Every Rust source below `folder`.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
