//! Secrets: whatever gives its reader power over something.
//!
//! One pass looks for all literals by which a secret may be known: how the keys of vendors begin (`formats.rs`), names that passwords and keys are given (`named.rs`), the heads of
//! keys, tokens and headers. Behind each a small judge looks a bounded way. What has no literal (a
//! bot's token, a user in a URL) begins at a sign instead.

mod aws;
mod body;
mod formats;
mod header;
mod jwt;
mod made_up;
mod named;
mod pem;
mod phrase;
mod signs;
mod url;
mod value;

use super::folded::Folded;
use super::found::Finds;
use super::literals::{Bounds, Literals};
use formats::{FORMATS, Format};
use header::Header;
use named::{NAMES, Name};

/// Finds secrets.
#[derive(Debug)]
pub(super) struct Secrets {
    literals: Literals,
    /// What each of them is for.
    leads: Vec<Lead>,
}

/// What a literal may lead to.
#[derive(Debug, Clone, Copy)]
enum Lead {
    Format(&'static Format),
    Name(&'static Name),
    Header(Header),
    Pem,
    Jwt,
    Phrase,
    /// The data centre at the end of a key of Mailchimp.
    Mailchimp,
}

/// How far a text was looked at for each thing that can be long: what stands before is not looked at
/// again, so that literals within literals cost nothing.
#[derive(Debug, Default)]
struct Judged {
    keys: usize,
    values: named::Values,
    headers: usize,
    armour: usize,
    tokens: usize,
}

impl Default for Secrets {
    fn default() -> Self {
        let formats = FORMATS.iter().map(|format| (format.prefix, Lead::Format(format)));
        let names = NAMES.iter().map(|name| (name.word, Lead::Name(name)));
        let headers = Header::ALL.into_iter().map(|(word, header)| (word, Lead::Header(header)));
        let phrases = phrase::NAMES.into_iter().map(|name| (name, Lead::Phrase));
        let others = [("-----BEGIN", Lead::Pem), ("eyJ", Lead::Jwt), ("-us", Lead::Mailchimp)];
        let (literals, leads): (Vec<_>, _) =
            formats.chain(names).chain(headers).chain(phrases).chain(others).unzip();
        Self { literals: Literals::new(literals, Bounds::None), leads }
    }
}

impl Secrets {
    pub(super) fn find(&self, text: &Folded<'_>, found: &mut Finds) {
        let mut judged = Judged::default();
        self.literals.each(text.bytes(), |index, at| match self.leads[index] {
            Lead::Format(format) => format.find(text, at, &mut judged.keys, found),
            Lead::Name(name) => name.find(text, at, &mut judged.values, found),
            Lead::Header(header) => header.find(text, at, &mut judged.headers, found),
            Lead::Pem => pem::find(text, at, &mut judged.armour, found),
            Lead::Jwt => jwt::find(text, at, &mut judged.tokens, found),
            Lead::Phrase => phrase::find(text, at.end, found),
            Lead::Mailchimp => signs::mailchimp(text, at, found),
        });
        url::find(text, found);
        signs::find(text, found);
    }
}
