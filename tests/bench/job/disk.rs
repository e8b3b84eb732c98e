//! What a chat takes on the disk of a node, all it keeps counted.

use super::command;
use crate::args::Args;
use crate::figure::{Figure, Unit};
use crate::stage::Stage;
use sheaf_tests::files_below;
use std::os::unix::fs::MetadataExt as _;

pub(super) fn run(stage: &mut Stage, args: &Args) -> Vec<Figure> {
    stage.fill_up_to(args.synthetic as u64);
    let files: Vec<_> = files_below(&stage.home.path)
        .into_iter()
        .map(|path| {
            let meta = std::fs::metadata(&path).unwrap();
            (path, meta.len(), meta.blocks() * 512)
        })
        .collect();
    let taken: u64 = files.iter().map(|(.., blocks)| blocks).sum();
    let text = stage.text_bytes as f64;
    let per_chat = |bytes: u64| bytes as f64 / stage.given as f64;
    let mut notes = vec![format!(
        "{} {}, {:.0} bytes of text each; {:.0} bytes on disk each",
        stage.given,
        stage.chats(),
        text / stage.given as f64,
        per_chat(taken)
    )];
    notes.extend(files.iter().filter(|(_, _, blocks)| *blocks > 1 << 20).map(
        |(path, _, blocks)| {
            let name = path.file_name().unwrap_or_default().display();
            format!("{name}: {:.0} bytes a chat", per_chat(*blocks))
        },
    ));
    vec![Figure {
        job: "disk over raw chat text".into(),
        runs: vec![taken as f64 / text],
        unit: Unit::Times,
        floor: 1.0,
        ratios: Vec::new(),
        limit: "sealed blobs, and pages that the storage engine keeps free".into(),
        notes,
        command: command("disk"),
    }]
}
