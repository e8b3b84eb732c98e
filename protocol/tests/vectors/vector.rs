//! Vector files: reading, judging and writing them.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The output of an accepted input, or the text of the error that refused it.
pub(crate) type Outcome = Result<Value, String>;

/// One file of `docs/spec/vectors`.
pub(crate) struct Vector {
    name: String,
    folder: &'static str,
    content: Value,
}

/// The `input` of a vector. A member that is missing or of another type is a fault of the vector,
/// never a refusal: the test fails.
pub(crate) struct Input<'a>(&'a Value);

impl<'a> Input<'a> {
    /// A part of an input.
    pub(crate) fn of(value: &'a Value) -> Self {
        Self(value)
    }

    /// Bytes written in lowercase hexadecimal.
    pub(crate) fn hex(&self, name: &str) -> Vec<u8> {
        hex(self.text(name))
    }

    /// A list of byte strings in hexadecimal.
    pub(crate) fn hexes(&self, name: &str) -> Vec<Vec<u8>> {
        let items = self.0[name].as_array().unwrap_or_else(|| panic!("input.{name}: not a list"));
        items.iter().map(|item| hex(item.as_str().unwrap())).collect()
    }

    /// Exactly `N` bytes in hexadecimal.
    pub(crate) fn fixed<const N: usize>(&self, name: &str) -> [u8; N] {
        self.hex(name).try_into().unwrap_or_else(|_| panic!("input.{name}: not {N} bytes"))
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("input.{name}: not a text"))
    }

    /// An unsigned integer.
    pub(crate) fn uint(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("input.{name}: not an unsigned integer"))
    }

    /// A member as it stands.
    pub(crate) fn value(&self, name: &str) -> &Value {
        &self.0[name]
    }
}

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

/// Bytes as vectors write them.
pub(crate) fn to_hex(bytes: impl AsRef<[u8]>) -> Value {
    HEXLOWER.encode(bytes.as_ref()).into()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/vectors").join(name)
}

/// Every vector file, in the order of their names.
pub(crate) fn all() -> Vec<Vector> {
    ["accept", "reject"].into_iter().flat_map(read_folder).collect()
}

fn read_folder(name: &'static str) -> Vec<Vector> {
    let entries = std::fs::read_dir(folder(name)).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|file| file != ".gitkeep");
    names.sort();
    names.into_iter().map(|file| read(name, file)).collect()
}

fn read(folder_name: &'static str, name: String) -> Vector {
    let text = std::fs::read_to_string(folder(folder_name).join(&name)).unwrap();
    let content = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
    Vector { name, folder: folder_name, content }
}

/// What is wrong with a vector, or `None`.
pub(crate) fn failure(vector: &Vector) -> Option<String> {
    let wrong = |what: String| Some(format!("{}/{}: {what}", vector.folder, vector.name));
    let content = &vector.content;
    let Some(format) = content["format"].as_str() else { return wrong("no format".into()) };
    let page = format.split('/').next().unwrap_or_default();
    if !(vector.name.starts_with(&format!("{page}-")) && vector.name.ends_with(".json")) {
        return wrong(format!("its name should be {page}-….json"));
    }
    if content["expect"] != vector.folder {
        return wrong("\"expect\" differs from its folder".into());
    }
    if !content["why"].is_string() {
        return wrong("does not say why".into());
    }
    let Some(outcome) = crate::run(format, &Input(&content["input"])) else {
        return wrong(format!("unknown format {format:?}"));
    };
    let (verdict, output) = judged(outcome);
    if verdict != vector.folder || output != content["output"] {
        return wrong(format!("{verdict} {output}, expected {}", content["output"]));
    }
    None
}

fn judged(outcome: Outcome) -> (&'static str, Value) {
    match outcome {
        Ok(output) => ("accept", output),
        Err(error) => ("reject", json!({ "error": error })),
    }
}

/// A vector to be written: its output comes from running it.
#[derive(Clone)]
pub(crate) struct Draft {
    /// `accept` or `reject`.
    pub(crate) expect: &'static str,
    /// File name without page and ending: `checkpoint-wrong-key`.
    pub(crate) name: &'static str,
    /// What the page's `run` dispatches on: `checkpoint`.
    pub(crate) what: &'static str,
    /// Which rule this vector is about.
    pub(crate) why: &'static str,
    /// The input.
    pub(crate) input: Value,
}

/// A vector whose input must be accepted.
pub(crate) fn accept(
    name: &'static str,
    what: &'static str,
    why: &'static str,
    input: Value,
) -> Draft {
    Draft { expect: "accept", name, what, why, input }
}

/// A vector whose input must be refused.
pub(crate) fn reject(
    name: &'static str,
    what: &'static str,
    why: &'static str,
    input: Value,
) -> Draft {
    Draft { expect: "reject", name, what, why, input }
}

/// Replaces all vectors of `page` by `drafts`. Fails on a draft that does not do what it expects.
pub(crate) fn rewrite(page: &str, drafts: &[Draft]) {
    // By name and not by content: another page may be rewriting its files at the same time.
    for folder in ["accept", "reject"].map(folder) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with(&format!("{page}-")) {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
    for draft in drafts {
        write(page, draft);
    }
}

fn write(page: &str, draft: &Draft) {
    let format = format!("{page}/{}", draft.what);
    let outcome = crate::run(&format, &Input(&draft.input)).expect("a known format");
    let (verdict, output) = judged(outcome);
    assert_eq!(verdict, draft.expect, "{}: {output}", draft.name);
    let mut content = Map::new();
    content.insert("format".into(), format.into());
    content.insert("expect".into(), draft.expect.into());
    content.insert("why".into(), draft.why.into());
    content.insert("input".into(), draft.input.clone());
    content.insert("output".into(), output);
    let path = folder(draft.expect).join(format!("{page}-{}.json", draft.name));
    assert!(!path.exists(), "two vectors named {}", draft.name);
    std::fs::write(path, serde_json::to_string_pretty(&content).unwrap() + "\n").unwrap();
}
