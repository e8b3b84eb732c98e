//! Vector files: reading, judging and writing them.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The output of an accepted input, or the text of the error that refused it.
pub(crate) type Outcome = Result<Value, String>;

/// One file of `docs/spec/vectors`.
pub(crate) struct Vector {
    name: String,
    folder: &'static str,
    content: Value,
}

impl Vector {
    /// The page it is about, by its name.
    pub(crate) fn page(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }

    /// Whether its input must be refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.folder == "reject"
    }
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
    of_page("")
}

/// The vectors of a page.
fn of_page(page: &str) -> Vec<Vector> {
    ["accept", "reject"].into_iter().flat_map(|folder| read_folder(folder, page)).collect()
}

fn read_folder(name: &'static str, page: &str) -> Vec<Vector> {
    let entries = std::fs::read_dir(folder(name)).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|file| file.starts_with(page));
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
    pub(crate) name: String,
    /// What the page's `run` dispatches on: `checkpoint`.
    pub(crate) what: &'static str,
    /// Which rule this vector is about.
    pub(crate) why: String,
    /// The input.
    pub(crate) input: Value,
}

/// A vector whose input must be accepted.
pub(crate) fn accept(
    name: impl Into<String>,
    what: &'static str,
    why: impl Into<String>,
    input: Value,
) -> Draft {
    Draft { expect: "accept", name: name.into(), what, why: why.into(), input }
}

/// A vector whose input must be refused.
pub(crate) fn reject(
    name: impl Into<String>,
    what: &'static str,
    why: impl Into<String>,
    input: Value,
) -> Draft {
    Draft { expect: "reject", name: name.into(), what, why: why.into(), input }
}

/// Replaces all vectors of `page` by `drafts`.
pub(crate) fn rewrite(page: &str, drafts: &[Draft]) {
    let vectors: Vec<_> = drafts.iter().map(|draft| draft.vector(page)).collect();
    for vector in of_page(page) {
        std::fs::remove_file(folder(vector.folder).join(vector.name)).unwrap();
    }
    for Vector { name, folder, content } in vectors {
        let path = self::folder(folder).join(&name);
        assert!(!path.exists(), "two vectors named {name}");
        std::fs::write(path, text_of(&content)).unwrap();
    }
}

/// A vector as its file holds it: its members in the order of the page, all else by name, whatever
/// features `serde_json` was built with.
fn text_of(content: &Value) -> String {
    let member = |name: &str| {
        let value = serde_json::to_string_pretty(&sorted(&content[name])).unwrap();
        format!("  \"{name}\": {}", value.replace('\n', "\n  "))
    };
    let members = ["format", "expect", "why", "input", "output"].map(member);
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<_, _> =
                members.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            members.into_iter().collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The drafts that do not do what they expect.
pub(crate) fn wrong(page: &str, drafts: &[Draft]) -> Vec<String> {
    let wrong = |draft: &Draft| {
        let (verdict, output) = draft.judge(page);
        (verdict != draft.expect).then(|| format!("{page}-{}: {verdict} {output}", draft.name))
    };
    drafts.iter().filter_map(wrong).collect()
}

/// What the files of `page` and its drafts do not have in common.
pub(crate) fn differences(page: &str, drafts: &[Draft]) -> Vec<String> {
    let place = |vector: Vector| ((vector.folder, vector.name), vector.content);
    let mut files: BTreeMap<_, _> = of_page(page).into_iter().map(place).collect();
    let mut different = Vec::new();
    for draft in drafts {
        let (at, content) = place(draft.vector(page));
        if files.remove(&at).is_none_or(|file| file != content) {
            different.push(format!("{}/{}: not what its draft makes", at.0, at.1));
        }
    }
    different.extend(files.into_keys().map(|at| format!("{}/{}: has no draft", at.0, at.1)));
    different
}

impl Draft {
    fn judge(&self, page: &str) -> (&'static str, Value) {
        let format = format!("{page}/{}", self.what);
        judged(crate::run(&format, &Input(&self.input)).expect("a known format"))
    }

    /// The file that this draft makes, in the folder of what it expects.
    fn vector(&self, page: &str) -> Vector {
        let mut content = Map::new();
        content.insert("format".into(), format!("{page}/{}", self.what).into());
        content.insert("expect".into(), self.expect.into());
        content.insert("why".into(), self.why.as_str().into());
        content.insert("input".into(), self.input.clone());
        content.insert("output".into(), self.judge(page).1);
        let name = format!("{page}-{}.json", self.name);
        Vector { name, folder: self.expect, content: content.into() }
    }
}
