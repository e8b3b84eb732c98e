//! `sheaf demo`, as it stands in the README.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use sheaf_tests::{World, chat, jsonl, run_with};

/// The signal of Ctrl-C.
const SIGINT: i32 = 2;

#[test]
fn the_demo_runs_twice_and_leaves_no_process() {
    let world = World::new();
    for _ in 0..2 {
        let ran = run_with(world.path(), &["demo"], &[("TMPDIR", world.path())]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.contains("What happened"), "it says so in plain words\n{ran}");
        assert!(ran.stderr.contains("erasure receipt"), "and what it saw on the way\n{ran}");
        let dataset = ran.stdout.lines().find_map(|line| line.trim().strip_prefix("dataset "));
        let dataset = dataset.unwrap_or_else(|| panic!("it says where the files are\n{ran}"));
        let verified = run_with(world.path(), &["dataset", "verify", dataset.trim()], &[]);
        assert_eq!(verified.code, Some(0), "what it left verifies\n{verified}");
        let left = processes_in(world.path());
        assert!(left.is_empty(), "nothing runs on: {left:?}");
    }
}

#[test]
fn the_demo_takes_an_export_of_ones_own() {
    let world = World::new();
    let rows = [
        chat("Mine", "Whose?", "Mine."),
        chat("Also mine", "Whose?", "Mine, too."),
        chat("Hers", "My name is Maria Schneider. Whose?", "Yours."),
    ];
    let file = world.file("mine.jsonl", jsonl(&rows));
    let args = ["demo", file.to_str().unwrap()];
    let ran = run_with(world.path(), &args, &[("TMPDIR", world.path())]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.to_string().contains("1 more waited for review"), "a name is pointed out: {ran}");
}

#[test]
fn ctrl_c_at_any_moment_of_the_demo_leaves_nothing_behind() {
    for after_ms in [50, 700, 2500, 5000] {
        let world = World::new();
        let mut demo = start(world.path());
        thread::sleep(Duration::from_millis(after_ms));
        let kill = format!("kill -INT {}", demo.id());
        // It may have ended by itself on a fast machine.
        let _ = Command::new("sh").args(["-c", &kill]).status().unwrap();
        let status = demo.wait().unwrap();
        // At first nothing is there yet that it would have to clear away: the system may end it.
        let was_early = after_ms < 100 && status.signal() == Some(SIGINT);
        let ended = status.code().is_some() || was_early;
        assert!(ended, "it ends by itself, after {after_ms} ms: {status:?}");
        let left = processes_in(world.path());
        assert!(left.is_empty(), "nothing runs on after {after_ms} ms: {left:?}");
        let files: Vec<_> =
            fs::read_dir(world.path()).unwrap().map(|f| f.unwrap().path()).collect();
        assert!(
            status.success() || files.is_empty(),
            "nothing lies about after {after_ms} ms: {files:?}"
        );
    }
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(sheaf_tests::sheaf());
    command.arg("demo").env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Command lines of running processes that name a folder.
fn processes_in(folder: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(folder.to_str().unwrap())).collect()
}
