//! A dry run: what there is, as the nodes count it, before anything is accepted.

use super::sources::Sources;
use crate::error::CliError;
use crate::output::{Page, Report};
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::flow::gather::counts;
use sheaf_protocol::exchange::Counted;
use sheaf_protocol::id::CommunityId;
use std::collections::BTreeMap;

/// The counts of all communities.
#[derive(Debug, Default, Serialize)]
pub(super) struct DryRun {
    dry_run: bool,
    /// The nodes say so; it is proved only when a dataset is built.
    attested: bool,
    chats: u64,
    licences: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    communities: Vec<OfCommunity>,
}

#[derive(Debug, Serialize)]
struct OfCommunity {
    community: CommunityId,
    name: String,
    chats: u64,
    licences: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    policy: Vec<String>,
}

pub(super) async fn dry_run(sources: &Sources) -> Result<DryRun, CliError> {
    let mut all = DryRun { dry_run: true, attested: true, ..DryRun::default() };
    for (id, source) in sources {
        let counts = counts(&source.client, *id).await?;
        let community = OfCommunity {
            community: *id,
            name: source.info.name().to_owned(),
            chats: counts.chats,
            licences: by_label(&counts.licences),
            languages: by_label(&counts.languages),
            policy: source.info.policy().sentences(),
        };
        all.chats += community.chats;
        add(&mut all.licences, &community.licences);
        add(&mut all.languages, &community.languages);
        all.communities.push(community);
    }
    Ok(all)
}

fn by_label(counted: &[Counted]) -> BTreeMap<String, u64> {
    counted.iter().map(|counted| (counted.label.clone(), counted.chats)).collect()
}

fn add(all: &mut BTreeMap<String, u64>, some: &BTreeMap<String, u64>) {
    for (label, number) in some {
        *all.entry(label.clone()).or_default() += number;
    }
}

impl Report for DryRun {
    fn page(&self, page: &mut Page) {
        for community in &self.communities {
            let chats = count(community.chats, "chat");
            page.heading(format_args!("{}: {chats}", printable(&community.name)));
            page.field("community", community.community);
            labels(page, &community.licences, &community.languages);
        }
        if self.communities.len() > 1 {
            page.heading(format_args!("Together: {}", count(self.chats, "chat")));
            labels(page, &self.licences, &self.languages);
        }
        page.aside("As the nodes count them (attested). Nothing was accepted, signed or fetched.");
    }
}

fn labels(page: &mut Page, licences: &BTreeMap<String, u64>, languages: &BTreeMap<String, u64>) {
    for (name, counts) in [("licences", licences), ("languages", languages)] {
        let word = |(label, number): (&String, &u64)| format!("{} {number}", printable(label));
        let words: Vec<_> = counts.iter().map(word).collect();
        if !words.is_empty() {
            page.field(name, words.join(", "));
        }
    }
}
