//! `sheaf key`.

mod restore;

use crate::context::Context;
use crate::error::CliError;
use crate::output::{Page, Report};
use crate::person::book_of;
use crate::text::printable;
use serde::Serialize;
use sheaf_protocol::id::{CommunityId, PublicKey};

/// What to do about keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The public keys of this home
    Show,
    /// Bring a person's keys back from their 24 words (asked for, or read from standard input)
    /// into a new home folder, and find again what they gave
    Restore(restore::Args),
}

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Show => show(cx),
        Command::Restore(args) => restore::run(args, cx).await,
    }
}

fn show(cx: &Context) -> Result<(), CliError> {
    let home = cx.existing_home()?;
    let seed = home.seed()?;
    let mut members = Vec::new();
    for book in book_of(&home).communities()? {
        let name = book.known()?.map(|known| known.name).unwrap_or_default();
        let key = seed.member_key(&book.id()).public();
        members.push(Member { community: book.id(), name, key });
    }
    cx.out.report(&Keys {
        node: home.node_key()?.public(),
        operator: seed.operator_key().public(),
        log: home.log_key()?.map(|key| key.public()),
        root: home.root_key()?.map(|key| key.public()),
        members,
    })
}

#[derive(Debug, Serialize)]
struct Keys {
    node: PublicKey,
    operator: PublicKey,
    log: Option<PublicKey>,
    root: Option<PublicKey>,
    members: Vec<Member>,
}

#[derive(Debug, Serialize)]
struct Member {
    community: CommunityId,
    name: String,
    key: PublicKey,
}

impl Report for Keys {
    fn page(&self, page: &mut Page) {
        page.heading("Public keys of this home");
        page.field("node", self.node);
        page.field("operator", self.operator);
        if let Some(log) = self.log {
            page.field("log", log);
        }
        if let Some(root) = self.root {
            page.field("root", root);
        }
        for member in &self.members {
            page.line(format_args!("  as a member of \"{}\":", printable(&member.name)));
            page.field("", member.key);
        }
    }
}
