//! A dataset folder in a temporary place, and what an attacker may do to it.

use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::{FileDigest, Lock, Position, Row, RowRef, row_leaf};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::Frontier;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub struct Folder {
    _temporary: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    /// A place where nothing stands yet.
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("dataset");
        Self { _temporary: temporary, path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path.join(name), content).unwrap();
    }

    /// Every file, by its name within the folder.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path, &self.path, &mut files);
        files
    }

    pub fn lock(&self) -> Lock {
        Lock::parse(self.text("sheaf.lock").as_bytes()).unwrap()
    }

    pub fn rows(&self) -> Vec<String> {
        self.text("chats.jsonl").lines().map(str::to_owned).collect()
    }

    /// Puts these rows in place of the old ones and makes everything else agree: what somebody
    /// does who wants not to be noticed.
    pub fn relock(&self, rows: &[String]) {
        let mut tree = Frontier::new();
        let mut list = String::new();
        for line in rows {
            let leaf = row_leaf(line);
            tree.append(leaf);
            list += &format!("{}\n", RowRef { leaf, position: position(line) });
        }
        let chats: String = rows.iter().map(|line| format!("{line}\n")).collect();
        let mut lock = self.lock();
        lock.rows.count = tree.len();
        lock.rows.root = tree.root();
        for (name, text) in [("chats.jsonl", &chats), ("rows", &list)] {
            self.write(name, text);
            let sha256 = TreeHash(Sha256::digest(text).into());
            lock.files.insert(name.into(), FileDigest { bytes: text.len() as u64, sha256 });
        }
        self.write("sheaf.lock", lock.to_text());
    }
}

pub fn position(line: &str) -> Position {
    Row::from_line(line).unwrap().position
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}
