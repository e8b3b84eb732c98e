//! What can be said beforehand about what is private.

use super::typed::{Change, change};
use super::{Edits, SHARE_SECRETS};
use crate::error::CliError;
use crate::text_file;
use sheaf_node::limits::SCRUB_EDITS_BYTES_MAX;
use sheaf_node::scrub::{Class, CustomKind, Kind};
use std::path::{Path, PathBuf};

/// What becomes of what is private.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "What is private")]
pub(crate) struct Private {
    /// Mask what is found of this kind, such as person or api-key; "secrets" is every kind of secret
    /// (may be given several times) [default: what the community's policy masks]
    #[arg(long, value_name = "KIND", value_parser = any)]
    pub(super) mask: Vec<Named>,
    /// Leave what is found of this kind as it is, such as email (may be given several times)
    #[arg(long, value_name = "KIND", value_parser = personal)]
    pub(super) keep: Vec<Kind>,
    /// Mask, keep or replace single values and texts: a file with lines such as "mask Waldhof",
    /// "keep desk@example.org", "Anna = my sister"; in a file, for a shell remembers what is typed
    #[arg(long, value_name = "FILE")]
    pub(super) edits: Option<PathBuf>,
    /// Give chats with secrets that are not masked: say "share my secrets"
    #[arg(long, value_name = "WORDS", value_parser = [SHARE_SECRETS])]
    pub(super) keep_secrets: Option<String>,
}

impl Private {
    /// The lines of `--edits`, each with its number.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it cannot be understood.
    pub(in super::super) fn edits(&self) -> Result<Edits, CliError> {
        self.edits.as_deref().map_or(Ok(Vec::new()), read).map(Edits)
    }

    /// Refuses kinds that nobody looks for (only another scrubber has names of its own), and those of which
    /// both was said.
    ///
    /// # Errors
    /// A kind that is none of Sheaf's, without another scrubber; one that is to be masked and kept.
    pub(in super::super) fn check(&self, has_other: bool) -> Result<(), CliError> {
        let is_masked = |kind: &&Kind| self.mask.contains(&Named::Kind(**kind));
        if let Some(kind) = self.keep.iter().find(is_masked) {
            let both = format!("{kind} is both to be masked (--mask) and kept (--keep): say one");
            return Err(CliError::usage(both));
        }
        let masked = self.mask.iter().filter_map(|named| match named {
            Named::Kind(kind) => Some(kind),
            Named::Secrets => None,
        });
        let mut own = masked.chain(&self.keep).filter(|kind| matches!(kind, Kind::Custom(_)));
        match own.next() {
            Some(kind) if !has_other => Err(CliError::usage(format!("{kind}: {}", no_kind()))
                .hint("a scrubber of your own may have others: --scrubber PROGRAM")),
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<Vec<(usize, Change)>, CliError> {
    let text = text_file::read(path, SCRUB_EDITS_BYTES_MAX).map_err(|error| error.hint(LINE))?;
    changes(&text_file::name(path), &text)
}

fn changes(name: &str, text: &str) -> Result<Vec<(usize, Change)>, CliError> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    said.map(|(number, line)| match change(line, 0) {
        Ok(Change::Turn(_)) => {
            Err(wrong_line(name, number, "say whether to mask it or to keep it"))
        }
        Ok(change) => Ok((number, change)),
        Err(problem) => Err(wrong_line(name, number, &problem)),
    })
    .collect()
}

/// What is wrong with a line; its text is not repeated.
pub(super) fn wrong_line(name: &str, number: usize, problem: &str) -> CliError {
    CliError::usage(format!("{name}, line {number}: {problem}")).hint(LINE)
}

const LINE: &str = "a line is: mask TEXT, keep TEXT, or TEXT = WORDS";

/// Kinds by one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Secrets,
    Kind(Kind),
}

pub(super) fn named(word: &str) -> Result<Named, String> {
    let kind = || Kind::LOOKED_FOR.into_iter().find(|kind| kind.name() == word);
    match word {
        "secrets" => Ok(Named::Secrets),
        _ => kind().map(Named::Kind).ok_or_else(no_kind),
    }
}

fn no_kind() -> String {
    let kinds = Kind::LOOKED_FOR.map(|kind| kind.name()).join(", ");
    format!("no such kind; there are {kinds}. A single value is a line of a file: --edits FILE")
}

/// The same, or a kind that another scrubber may have: [`Private::check`] looks whether there is one.
fn any(word: &str) -> Result<Named, String> {
    let own = || CustomKind::new(word).map(Kind::Custom).map(Named::Kind);
    named(word).or_else(|error| own().ok_or(error))
}

fn personal(word: &str) -> Result<Kind, String> {
    match any(word)? {
        Named::Kind(kind) if kind.class() == Class::Personal => Ok(kind),
        _ => Err("secrets are kept with --keep-secrets only".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_no_kind_to_keep_in_passing() {
        assert!(personal("password").is_err() && personal("secrets").is_err());
        assert_eq!(personal("email"), Ok(Kind::Email));
    }

    #[test]
    fn of_a_kind_one_thing_is_said() {
        let kinds = |mask, keep| Private { mask, keep, ..Private::default() };
        let both = kinds(vec![Named::Kind(Kind::Phone)], vec![Kind::Email, Kind::Phone]);
        assert!(both.check(false).unwrap_err().message.contains("phone"));
        let each = kinds(vec![Named::Kind(Kind::Phone), Named::Secrets], vec![Kind::Email]);
        assert!(each.check(false).is_ok());
    }

    #[test]
    fn a_file_says_what_could_be_typed_and_errors_do_not_repeat_it() {
        let file = "# of mine\n\nmask Waldhof\n12 = a number\nkeep email\n";
        let read = changes("file", file).unwrap();
        let numbers: Vec<_> = read.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [3, 4, 5]);
        for wrong in ["mask Waldhof\nWaldhof\n", "\nemail"] {
            let error = changes("file", wrong).unwrap_err();
            assert!(
                error.message.contains("line 2") && !error.message.contains("Wald"),
                "{error:?}"
            );
        }
    }
}
