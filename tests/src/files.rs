//! Exports to contribute, and datasets to look into.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// One chat as an OpenAI-messages row.
pub fn chat(title: &str, question: &str, answer: &str) -> Value {
    json!({"title": title, "messages": [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer},
    ]})
}

/// Rows as a JSONL file.
pub fn jsonl(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Every file below a folder, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Changes a file with `change` while `look` looks, and puts it back.
pub fn damage<T>(file: &Path, change: impl FnOnce(&mut Vec<u8>), look: impl FnOnce() -> T) -> T {
    let whole = fs::read(file).unwrap();
    let mut bytes = whole.clone();
    change(&mut bytes);
    assert_ne!(bytes, whole, "nothing was changed in {}", file.display());
    fs::write(file, bytes).unwrap();
    let seen = look();
    fs::write(file, whole).unwrap();
    seen
}
