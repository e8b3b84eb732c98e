//! What our pages tell people to type can be typed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_command_in_our_pages_exists_with_its_options() {
    let mut checked = 0;
    for page in pages() {
        for line in commands(&fs::read_to_string(&page).unwrap()) {
            let words: Vec<&str> = line.split(' ').collect();
            let help = help_of(&words);
            let options = words.iter().filter(|word| word.starts_with('-') && word.len() > 1);
            for option in options {
                assert!(
                    help.contains(option),
                    "{}: {line}: no such option {option}",
                    page.display()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 20, "found {checked} commands only");
}

#[test]
fn version_and_completions_are_there() {
    assert!(said(&["--version"]).starts_with("sheaf "), "{}", said(&["--version"]));
    for shell in ["bash", "zsh", "fish"] {
        assert!(said(&["completions", shell]).contains("contribute"), "completions for {shell}");
    }
}

/// What `--help` says of the command in a line: as many of its words as are subcommands.
fn help_of(words: &[&str]) -> String {
    let named = words.iter().skip(1).take_while(|w| w.chars().all(|c| c.is_ascii_lowercase()));
    let named: Vec<&str> = named.copied().collect();
    // `sheaf completions bash`: the last word may be an argument.
    for length in (1..=named.len()).rev() {
        let output =
            Command::new(sheaf_tests::sheaf()).args(&named[..length]).arg("--help").output();
        let output = output.unwrap();
        if output.status.success() {
            return String::from_utf8(output.stdout).unwrap();
        }
    }
    panic!("there is no such command: {}", words.join(" "));
}

fn said(args: &[&str]) -> String {
    let output = Command::new(sheaf_tests::sheaf()).args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Lines of the page's shell blocks that run `sheaf`, without comments and redirections.
fn commands(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("sheaf "));
    lines.map(|line| line.split(['#', '>', '|', ';']).next().unwrap().trim()).collect()
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guides = fs::read_dir(root.join("docs/guides")).unwrap().map(|page| page.unwrap().path());
    guides.chain([root.join("README.md"), root.join("docs/cli.md")]).collect()
}
