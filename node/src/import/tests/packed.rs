//! Archives, folders and streams: whole, and made to harm.

use super::super::*;
use super::row;
use super::zips::{Entry, entry, gzip, zip};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What was opened, and the titles of the chats in it.
fn open(bytes: impl Into<Vec<u8>>) -> (Opened, Vec<String>) {
    let mut titles = Vec::new();
    let sink = &mut |imported: Imported| titles.push(imported.chat.title.unwrap_or_default());
    let opened = read_source("file", Cursor::new(bytes.into()), sink);
    (opened, titles)
}

fn stream(bytes: &[u8]) -> (Opened, u64) {
    let mut chats = 0;
    let opened = read_stream("standard input", bytes, &mut |_| chats += 1);
    (opened, chats)
}

/// The errors of all inputs, by name.
fn errors(opened: &Opened) -> BTreeMap<&str, String> {
    let error = |input: &InputReport| match &input.result {
        Ok(report) => report.broken.as_ref().map(ToString::to_string),
        Err(error) => Some(error.to_string()),
    };
    let named = opened.inputs.iter().filter_map(|input| Some((&input.name[..], error(input)?)));
    named.collect()
}

fn only_error(opened: &Opened) -> String {
    let errors = errors(opened);
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.into_values().next().unwrap()
}

fn rows(count: usize) -> String {
    (0..count).map(|n| row(&format!("chat {n}")) + "\n").collect()
}

/// Text that does not shrink.
fn noise(seed: u64, len: usize) -> String {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 59) as u8 % 26)
    };
    (0..len).map(|_| draw()).collect()
}

#[test]
fn a_gzip_file_may_have_many_members() {
    let (opened, titles) = open([gzip(rows(2)), gzip(rows(1))].concat());
    assert_eq!((titles.len(), opened.inputs.len()), (3, 1));
    assert!(errors(&opened).is_empty());
    let (opened, chats) = stream(&gzip(rows(3)));
    assert_eq!((chats, errors(&opened).len()), (3, 0), "from standard input too");
}

#[test]
fn a_gzip_file_cut_short_gives_what_came_before() {
    let text: String = (0..40).map(|n| row(&format!("{n} {}", noise(n, 4000))) + "\n").collect();
    let packed = gzip(text);
    let (opened, titles) = open(&packed[..packed.len() / 2]);
    assert!((5..35).contains(&titles.len()), "{}", titles.len());
    assert!(only_error(&opened).contains("gzip file ends too early"), "{opened:?}");
    let (opened, titles) = open([&gzip(rows(2))[..], b"rubbish after the end"].concat());
    assert_eq!(titles.len(), 2);
    assert!(only_error(&opened).contains("gzip file is damaged"), "{opened:?}");
    let mut wrong = gzip(rows(2));
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    let (opened, _) = open(wrong);
    assert!(only_error(&opened).contains("gzip file is damaged"), "a wrong checksum: {opened:?}");
    for end in 0..12 {
        let (opened, titles) = open(&packed[..end]);
        assert_eq!((titles.len(), errors(&opened).len()), (0, 1), "{end}: {opened:?}");
    }
}

#[test]
fn an_archive_is_read_as_the_vendor_ships_it() {
    let archive = zip(&[
        Entry { mode: 0o040_755, ..entry("export/", "") },
        entry("export/chat.html", "<html><body>…"),
        entry("export/user.json", r#"{"id":"u","email":"amina@example.org"}"#),
        entry("export/conversations.json", format!("[{},{}]", row("a"), row("b"))),
        entry("export/file-1.png", b"\x89PNG\r\n\x1a\n\0\0"),
        entry("export/notes.txt", "remember the milk"),
        entry("__MACOSX/._conversations.json", "\0\x05\x16\x07"),
        entry("export/more.jsonl.gz", gzip(rows(1))),
        entry("export/empty.json", ""),
    ]);
    let (opened, titles) = open(archive);
    assert_eq!(titles, ["a", "b", "chat 0"]);
    let names: Vec<&str> = opened.inputs.iter().map(|input| &input.name[..]).collect();
    assert_eq!(names, ["file/export/conversations.json", "file/export/more.jsonl.gz"]);
    assert!(errors(&opened).is_empty(), "{opened:?}");
    let passed: Vec<(&str, u64)> =
        opened.passed_over.iter().map(|(kind, count)| (&kind[..], *count)).collect();
    assert_eq!(
        passed,
        [
            ("JSON of another kind", 1),
            ("a picture", 1),
            ("a web page; take the .json file of the export", 1),
            ("empty file", 1),
            ("hidden file", 1),
            ("other text", 1),
        ]
    );
}

#[test]
fn each_bad_entry_is_named_and_the_others_are_read() {
    let good = entry("good.json", row("good"));
    let lying = |len| Entry { unpacked_len: len, ..entry("lying.json", row("lying")) };
    for (bad, error) in [
        (Entry { flags: 1, ..entry("secret.json", "x") }, "encrypted"),
        (Entry { mode: 0o120_777, ..entry("link.json", "/etc/passwd") }, "symbolic link"),
        (entry("inner.zip", zip(&[entry("a.json", row("inner"))])), "this is a zip archive"),
        (entry("twice.gz", gzip(gzip(row("x")))), "this is a gzip archive"),
        (entry("rows.parquet", b"PAR1\0\0\0\0PAR1"), "Parquet file is damaged"),
        (entry("x.tar.zst", b"\x28\xb5\x2f\xfd"), "this is a zstd archive"),
        (Entry { method: 12, ..entry("bzip2.json", "x") }, "compressed by method 12"),
        (Entry { crc: 1, ..entry("wrong.json", row("wrong")) }, "zip file is damaged"),
        (Entry { packed: vec![0xff; 40], ..entry("broken.json", "x") }, "zip file is damaged"),
        (entry("broken.json", r#"{"messages":[{"role":"#), "cannot be read as JSON"),
    ] {
        let (opened, titles) = open(zip(&[good.clone(), bad.clone(), good_again()]));
        assert!(titles.iter().filter(|title| title.starts_with("good")).count() == 2, "{error}");
        let found = only_error(&opened);
        assert!(found.contains(error), "{error}: {found}");
    }
    for len in [0, 1, 10_000_000] {
        let (opened, titles) = open(zip(&[lying(len), good_again()]));
        assert!(titles.contains(&"good again".to_owned()), "{len}: {opened:?}");
        assert!(titles.len() == 2 || errors(&opened).len() == 1, "{len}: {opened:?}");
    }
}

fn good_again() -> Entry {
    entry("again.json", row("good again"))
}

#[test]
fn names_of_entries_are_labels_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("export.zip");
    let names =
        ["../escaped.json", "/etc/escaped.json", "a/../../b.json", "C:\\x.json", "\u{202e}x"];
    let mut entries: Vec<Entry> = names.iter().map(|name| entry(name, row("x"))).collect();
    entries.push(Entry { name: vec![0xff, 0xfe, b'x'], ..entry("", row("no text")) });
    fs::write(&path, zip(&entries)).unwrap();
    let mut chats = 0;
    let opened = read_path(&path, &mut |_| chats += 1);
    assert_eq!((chats, opened.inputs.len()), (6, 6), "{opened:?}");
    assert!(opened.inputs[0].name.ends_with("export.zip/../escaped.json"));
    let left = |path: &PathBuf| fs::read_dir(path).unwrap().count();
    assert_eq!((left(&inner), left(&folder.path().into())), (1, 1), "nothing beside the archive");
}

#[test]
fn archives_that_are_no_archives_are_refused_once() {
    let whole = zip(&[entry("a.json", row("a"))]);
    for end in [4, whole.len() / 2, whole.len() - 1] {
        let (opened, titles) = open(&whole[..end]);
        assert!(titles.is_empty());
        assert!(only_error(&opened).contains("zip file"), "{opened:?}");
    }
    let (opened, _) = open(zip(&[entry("a.png", b"\x89PNG")]));
    assert!(only_error(&opened).contains("no chats in it"));
    let (opened, _) = open(zip(&[]));
    assert!(only_error(&opened).contains("no chats in it"), "{opened:?}");
    let (opened, _) = open(gzip(&whole));
    assert!(only_error(&opened).contains("this is a zip archive"), "an archive within: {opened:?}");
    let twice = [entry("a.json", row("first")), entry("a.json", row("second"))];
    let (opened, titles) = open(zip(&twice));
    assert_eq!(titles, ["second"]);
    assert!(only_error(&opened).contains("same name"));
}

/// What is read from its end comes from a pipe as well, up to a bound.
#[test]
fn an_archive_from_a_pipe_is_held_in_memory() {
    let (opened, chats) = stream(&zip(&[entry("a.json", row("a")), entry("b.jsonl", rows(2))]));
    assert_eq!((chats, errors(&opened).len()), (3, 0), "{opened:?}");
    let mut large = io::Cursor::new(b"PK\x03\x04").chain(io::repeat(b'x'));
    let opened = read_stream("standard input", &mut large, &mut |_| {});
    assert!(only_error(&opened).contains("more than 64 MiB can be read only by itself"));
    let mut read = [0; 1];
    assert_eq!(large.read(&mut read).unwrap(), 1, "the rest is not read");
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let shared = |n: usize| Entry { shares_place: n > 0, ..entry("a.json", row("x")) };
    let (opened, titles) = open(zip(&(0..50)
        .map(|n| Entry { name: format!("{n:06}").into_bytes(), ..shared(n) })
        .collect::<Vec<_>>()));
    assert!(titles.is_empty());
    assert!(only_error(&opened).contains("overlap"), "{opened:?}");
}

#[test]
fn twenty_thousand_entries_are_read() {
    let entries: Vec<Entry> =
        (0..20_000).map(|n| entry(&format!("{n}.json"), row(&n.to_string()))).collect();
    let started = Instant::now();
    let (opened, titles) = open(zip(&entries));
    assert_eq!((titles.len(), opened.inputs.len()), (20_000, 20_000));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// The first is what a chat may honestly be; the second is not.
#[test]
fn bombs_are_bounded() {
    let message = |len: usize| {
        format!(
            r#"{{"title":"long","messages":[{{"role":"user","content":"{}"}}]}}"#,
            "x".repeat(len)
        )
    };
    let (small, large) = (message(10_000_000), message(100_000_000));
    for packed in [gzip(&small), zip(&[entry("a.json", &small)])] {
        assert!(packed.len() < 100_000);
        let (opened, titles) = open(packed);
        assert_eq!(titles, ["long"], "{opened:?}");
    }
    for packed in [gzip(&large), zip(&[entry("a.json", &large), good_again()])] {
        assert!(packed.len() < 1_000_000);
        let (opened, titles) = open(packed);
        assert!(titles.is_empty());
        let named = errors(&opened).into_values().any(|error| error.contains("200 times its size"));
        assert!(named, "{opened:?}");
    }
    let repeated = gzip((row(&"y".repeat(20_000)) + "\n").repeat(4000));
    assert!(repeated.len() < 700_000);
    let (opened, titles) = open(repeated);
    assert!(titles.len() > 1000, "chats before the bound are given");
    assert!(only_error(&opened).contains("200 times its size"));
    let (opened, titles) = open(gzip(vec![b' '; 100_000_000]));
    assert!(titles.is_empty() && only_error(&opened).contains("200 times its size"));
}

#[test]
fn a_folder_is_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("b.json", row("b").as_bytes());
    write("a/2.json", row("a2").as_bytes());
    write("a/1.jsonl", rows(2).as_bytes());
    write("c.zip", &zip(&[entry("x.json", row("zipped"))]));
    write("docs.zip", &zip(&[entry("x.xml", "<x>")]));
    write(".hidden.json", row("hidden").as_bytes());
    write("picture.jpg", b"\xff\xd8\xff\xe0");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", folder.path().join("outside")).unwrap();
    let mut titles = Vec::new();
    let opened = read_path(folder.path(), &mut |imported| {
        titles.push(imported.chat.title.unwrap_or_default());
    });
    assert_eq!(titles, ["chat 0", "chat 1", "a2", "b", "zipped"]);
    assert!(errors(&opened).is_empty(), "{opened:?}");
    assert_eq!(opened.passed_over["hidden file"], 1);
    assert_eq!(opened.passed_over["a picture"], 1);
    assert_eq!(opened.passed_over["archive without chats"], 1);
    #[cfg(unix)]
    assert_eq!(opened.passed_over["symbolic link, not followed"], 1);
}

#[test]
fn folders_have_bounds_and_may_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &std::path::Path| only_error(&read_path(path, &mut |_| {}));
    assert!(refused(folder.path()).contains("no chats in it"));
    assert!(refused(&folder.path().join("missing")).contains("reading failed"));
    let deep: PathBuf = (0..40).map(|_| "d").collect();
    fs::create_dir_all(folder.path().join(deep)).unwrap();
    assert!(refused(folder.path()).contains("32 deep"));
}

#[test]
fn text_in_utf16_is_read() {
    let text = format!("\u{feff}[{},{}]", row("eins"), row("zwei 😀"));
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (opened, titles) = open(bytes.clone());
    assert_eq!(titles, ["eins", "zwei 😀"], "{opened:?}");
    let (_, titles) = open(gzip(bytes));
    assert_eq!(titles.len(), 2);
    let half: Vec<u16> = [0xfeff].into_iter().chain(row("#").encode_utf16()).collect();
    let half = half.into_iter().map(|unit| if unit == u16::from(b'#') { 0xd83d } else { unit });
    let half: Vec<u8> = half.flat_map(u16::to_be_bytes).collect();
    let (opened, _) = open(half);
    assert!(only_error(&opened).contains("lone surrogate"), "{opened:?}");
}
