//! Versions below which something is known to be broken, licences, and which way arrows point.
//! Advisory databases cannot be fetched where CI runs: a floor here is how we remember one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::root;

/// Crate, the lowest version that may be locked, and what is wrong below it. Every locked version
/// of the crate counts, and the crate must be there: a floor under nothing guards nothing.
const FLOORS: &[(&str, &str, &str)] = &[
    ("redb", "4.2.0", "loses commits after a double crash"),
    ("yamux", "0.13.10", "one frame of a stranger makes it panic (CVE-2026-32314)"),
    (
        "quinn-proto",
        "0.11.15",
        "pieces of streams out of order fill the memory (RUSTSEC-2026-0185; also -0037)",
    ),
    (
        "libp2p-gossipsub",
        "0.50.1",
        "grows for topics never joined (GHSA-vrx6-jcp8-vm7m, GHSA-g3g5-x568-qvqx), and before \
         panics at a PRUNE's back-off (GHSA-gc42-3jg7-rxr2)",
    ),
    ("libp2p-quic", "0.13.1", "a certificate of a stranger makes it panic (GHSA-5hq8-qhww-jm7q)"),
    ("ed25519-dalek", "3.0.0", "two versions of it could disagree on what a signature is"),
    ("curve25519-dalek", "4.1.3", "its arithmetic is not constant-time (RUSTSEC-2024-0344)"),
    ("rustls", "0.23.18", "a handshake makes the acceptor panic (RUSTSEC-2024-0399)"),
    ("tokio", "1.44.2", "its broadcast channel is unsound (RUSTSEC-2025-0023)"),
    ("bytes", "1.11.1", "BytesMut::reserve overflows (RUSTSEC-2026-0007)"),
];

/// Licences under which everything we build with may come. All permissive.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What no code that verifies may bring along: sockets, runtimes, clocks, databases, randomness.
const NOT_IN_PROTOCOL: &[&str] = &[
    "async-std",
    "chrono",
    "getrandom",
    "iroh",
    "libp2p",
    "mio",
    "rand",
    "rayon",
    "redb",
    "socket2",
    "tokio",
];

#[test]
fn no_crate_is_locked_below_its_floor() {
    let locked = locked("Cargo.lock");
    for (name, floor, why) in FLOORS {
        let versions = locked
            .get(*name)
            .unwrap_or_else(|| panic!("{name} has a floor but is not in Cargo.lock"));
        for version in versions {
            assert!(
                numbers(version) >= numbers(floor),
                "{name} {version} is locked, but below {floor}: {why}"
            );
        }
    }
}

/// The fuzz targets are a workspace of their own: what they try must be what is built.
#[test]
fn what_is_fuzzed_is_what_is_built() {
    let built = locked("Cargo.lock");
    let fuzzed = locked("tests/fuzz/Cargo.lock");
    assert!(fuzzed.contains_key("sheaf-protocol"), "the walk found nothing: {fuzzed:?}");
    for (name, versions) in &fuzzed {
        let Some(known) = built.get(name) else { continue };
        for version in versions {
            assert!(
                known.contains(version),
                "tests/fuzz/Cargo.lock has {name} {version}, Cargo.lock has {known:?}: run \
                 cargo update --manifest-path tests/fuzz/Cargo.toml --precise VERSION {name}"
            );
        }
    }
}

#[test]
fn a_version_below_a_floor_would_be_seen() {
    assert!(numbers("4.1.9") < numbers("4.2.0"));
    assert!(numbers("0.13.9") < numbers("0.13.10"), "numbers are compared, not text");
    assert!(numbers("0.14.1") >= numbers("0.13.10"));
    assert!(
        numbers("2.0.0-rc.1+meta") >= numbers("2.0.0"),
        "what follows the numbers does not count"
    );
}

#[test]
fn every_crate_comes_under_a_permissive_licence() {
    let lines = tree(&["--workspace", "--format={p}\t{l}"]);
    assert!(lines.len() > 100, "cargo tree named {} crates only", lines.len());
    for line in lines {
        let (name, licence) = line.split_once('\t').unwrap();
        assert!(
            permissive(licence),
            "{name} is under {licence:?}, which docs/decisions/0002-dependencies.md does not allow"
        );
    }
}

#[test]
fn a_licence_that_is_not_permissive_would_be_seen() {
    assert!(permissive("MIT/Apache-2.0"), "the old way of writing OR");
    assert!(permissive("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only"), "one branch is enough");
    for refused in ["GPL-3.0-only", "MIT AND MPL-2.0", "LicenseRef-own", "", "AGPL-3.0-or-later"] {
        assert!(!permissive(refused), "{refused:?}");
    }
}

#[test]
fn protocol_brings_no_socket_clock_or_randomness() {
    let brought = brought_by("sheaf-protocol");
    assert!(brought.contains("ed25519-dalek"), "the walk found nothing: {brought:?}");
    for name in NOT_IN_PROTOCOL {
        assert!(!brought.contains(*name), "sheaf-protocol depends on {name}");
    }
}

#[test]
fn arrows_point_from_cli_to_node_to_protocol() {
    let protocol = direct("sheaf-protocol");
    let node = direct("sheaf-node");
    let cli = direct("sheaf-cli");
    assert!(!protocol.contains("sheaf-node") && !protocol.contains("sheaf-cli"), "{protocol:?}");
    assert!(node.contains("sheaf-protocol") && !node.contains("sheaf-cli"), "{node:?}");
    for name in ["libp2p", "redb", "iroh-blobs", "ed25519-dalek"] {
        assert!(!cli.contains(name), "the command line goes through the node for {name}");
    }
}

/// Every version of every crate in a lock file.
fn locked(file: &str) -> BTreeMap<String, Vec<String>> {
    let lock: toml::Table = fs::read_to_string(root().join(file)).unwrap().parse().unwrap();
    let mut locked = BTreeMap::<String, Vec<String>>::new();
    for package in lock["package"].as_array().unwrap() {
        let field = |name: &str| package[name].as_str().unwrap().to_owned();
        locked.entry(field("name")).or_default().push(field("version"));
    }
    locked
}

/// The three numbers of a version.
fn numbers(version: &str) -> [u64; 3] {
    let plain = version.split(['-', '+']).next().unwrap();
    let mut parts = plain.split('.').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

/// Whether one can keep `licence` by keeping permissive licences alone.
fn permissive(licence: &str) -> bool {
    let Ok(expression) = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) else {
        return false;
    };
    expression
        .evaluate(|required| required.license.id().is_some_and(|id| LICENCES.contains(&id.name)))
}

/// The crates that `package` names itself, without those for its tests.
fn direct(package: &str) -> BTreeSet<String> {
    names(&["--package", package, "--edges=normal,build", "--depth=1"])
}

/// The crates that a build of `package` brings along, without those for tests.
fn brought_by(package: &str) -> BTreeSet<String> {
    names(&["--package", package, "--edges=normal,build"])
}

fn names(args: &[&str]) -> BTreeSet<String> {
    tree(args).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

/// The lines of `cargo tree` for this machine, each once. Nothing is fetched.
fn tree(args: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix=none", "--no-dedupe"])
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
