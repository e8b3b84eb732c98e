//! Datasets: built from real logs, checked from their files alone, damaged in every way.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub)]

mod again;
mod commons;
mod damage;
mod folder;

use commons::{Commons, chat, consent, three_towns};
use folder::Folder;
use sheaf_node::flow::assemble::{BuildError, check_folder};
use sheaf_protocol::dataset::{Exclusion, LeftOutReason, Need, Recipe};
use sheaf_protocol::verify::Verdict;
use std::path::Path;

pub fn check(folder: &Path) -> Verdict {
    check_folder(folder, &mut |_| {}).unwrap()
}

fn trainable(commons: &Commons) -> Recipe {
    let usage = [("train-ai".to_owned(), Need::Granted)].into();
    Recipe { usage, purpose: "a test".into(), ..commons.recipe() }
}

#[test]
fn a_union_dataset_verifies_from_its_files_alone() {
    let commons = three_towns();
    let folder = Folder::new();
    let summary = commons.build(folder.path(), trainable(&commons)).unwrap();
    assert_eq!(summary.rows, 5, "bread, tides, knots, Brot and fog");
    assert_eq!(summary.duplicates, 1, "both towns have the chat about tides");
    let verdict = check(folder.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    assert_eq!(verdict.counts.rows, 5);
    assert_eq!(verdict.counts.excluded[&Exclusion::Usage], 1, "not for training");
    let chats = verdict.counts.chats;
    assert_eq!((chats.withdrawn, chats.taken_down, chats.live), (2, 1, 7));
    assert_eq!(verdict.root, Some(summary.root));
}

#[test]
fn a_group_carries_the_strictest_terms_and_names_its_members() {
    let commons = three_towns();
    let folder = Folder::new();
    commons.build(folder.path(), trainable(&commons)).unwrap();
    let rows = folder.text("chats.jsonl");
    let tides = rows.lines().find(|line| line.contains("The moon, mostly.")).unwrap();
    let row: serde_json::Value = serde_json::from_str(tides).unwrap();
    assert_eq!(row["licence"], "CC-BY-4.0 AND CC0-1.0");
    assert_eq!(row["duplicates"].as_array().unwrap().len(), 1);
    assert!(
        !rows.contains("\"chat_key\"") && row["opening"].is_string(),
        "r is published, never K"
    );
}

#[test]
fn the_same_logs_give_the_same_bytes() {
    let commons = three_towns();
    let mut turned = commons.clone();
    turned.0.reverse();
    let (one, two) = (Folder::new(), Folder::new());
    commons.build(one.path(), trainable(&commons)).unwrap();
    turned.build(two.path(), trainable(&commons)).unwrap();
    assert_eq!(one.files(), two.files(), "the order in which logs arrive does not count");
}

#[test]
fn what_could_not_be_had_is_attested_by_name() {
    let commons = three_towns();
    let folder = Folder::new();
    let builder = commons.builder(folder.path(), trainable(&commons));
    let mut first = true;
    let summary = builder.write(
        &mut |position| {
            let refused = std::mem::take(&mut first);
            Ok(if refused {
                sheaf_node::flow::assemble::Fetched::LeftOut(LeftOutReason::Refused)
            } else {
                commons.fetch(position)
            })
        },
        &mut |_| {},
    );
    assert_eq!(summary.unwrap().left_out[&LeftOutReason::Refused], 1);
    let verdict = check(folder.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    let text = verdict.sentences().join("\n");
    assert!(text.contains("Attested, not proved: 1 selected chats whose keys"), "{text}");
}

#[test]
fn a_build_counts_what_it_selects() {
    let commons = three_towns();
    let folder = Folder::new();
    let plan = commons.build(folder.path(), trainable(&commons)).unwrap().plan;
    assert_eq!(plan.count(), 6);
    assert_eq!(plan.licences["CC0-1.0"], 2);
    assert_eq!(plan.languages["de"], 1);
}

#[test]
fn a_build_that_is_given_up_leaves_nothing() {
    let commons = three_towns();
    let folder = Folder::new();
    let empty = || std::fs::read_dir(folder.path().parent().unwrap()).unwrap().count() == 0;
    drop(commons.builder(folder.path(), trainable(&commons)));
    assert!(empty(), "given up before anything was fetched");
    let mut asked = 0;
    let builder = commons.builder(folder.path(), trainable(&commons));
    let failed = builder.write(
        &mut |position| {
            asked += 1;
            if asked > 3 { Err("the line is dead".into()) } else { Ok(commons.fetch(position)) }
        },
        &mut |_| {},
    );
    assert!(matches!(failed, Err(BuildError::Fetch(_))), "{failed:?}");
    assert!(empty(), "given up in the middle");
}

#[test]
fn nothing_is_a_dataset_too() {
    let commons = Commons(vec![commons::Town::found(9, "Empty Quarter")]);
    let folder = Folder::new();
    let summary = commons.build(folder.path(), commons.recipe()).unwrap();
    assert_eq!(summary.rows, 0);
    let verdict = check(folder.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
}

#[test]
fn many_chats_cross_every_batch() {
    let mut town = commons::Town::found(5, "Metropolis");
    for n in 0..1200 {
        town.give(&chat(&format!("number {n}"), "counted"), consent());
    }
    let commons = Commons(vec![town]);
    let folder = Folder::new();
    assert_eq!(commons.build(folder.path(), commons.recipe()).unwrap().rows, 1200);
    let verdict = check(folder.path());
    assert!(verdict.good, "{:#?}", verdict.sentences());
    assert_eq!(verdict.counts.rows, 1200);
}
