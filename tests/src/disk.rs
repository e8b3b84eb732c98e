//! A disk of a few MiB, that can be filled: a file system in memory, seen only by those who enter its
//! namespace.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A small disk. It is gone when dropped, and when the test process ends, however it ends.
#[derive(Debug)]
pub struct SmallDisk {
    /// Holds the namespace open until its standard input ends.
    keeper: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// A disk of `mib` at `folder`. `None`, and the reason is printed, where the system does not let
    /// tests mount anything.
    pub(crate) fn mount(folder: &Path, mib: u64) -> Option<Self> {
        std::fs::create_dir(folder).unwrap();
        let script = format!("mount -t tmpfs -o size={mib}m tmpfs \"$0\" && echo mounted && cat");
        let mut keeper = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        let disk = Self { keeper, folder: folder.to_owned() };
        if said == "mounted\n" && disk.runs(&["test", "-d", &disk.path("")]) {
            return Some(disk);
        }
        eprintln!("skipped: this system lets no test mount a disk of its own (unshare, nsenter)");
        None
    }

    /// Takes every byte that is free.
    pub fn fill(&self) {
        let file = format!("of={}", self.path("filler"));
        // It ends when there is no room left, which is an error to it.
        self.runs(&["dd", "if=/dev/zero", &file, "bs=4096", "status=none"]);
    }

    /// Gives back what was taken.
    pub fn make_room(&self) {
        assert!(self.runs(&["rm", &self.path("filler")]), "the filler is removed");
    }

    /// What stands before a command that is to see this disk.
    pub(crate) fn enter(&self) -> Vec<String> {
        let target = format!("--target={}", self.keeper.id());
        let words = ["nsenter", &target, "--user", "--mount", "--preserve-credentials", "--"];
        words.map(str::to_owned).to_vec()
    }

    fn runs(&self, words: &[&str]) -> bool {
        let before = self.enter();
        let mut command = Command::new(&before[0]);
        let status = command.args(&before[1..]).args(words).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Either it has ended already, or it ends now.
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}
