//! `sheaf policy`.

use super::init::PresetName;
use crate::context::Context;
use crate::error::{CliError, Kind, OrFail as _};
use crate::node::OwnNode;
use crate::output::{Page, Report};
use crate::person::Person;
use crate::preview::policy_words;
use crate::prompt::confirm;
use crate::steward::Steward;
use crate::text::printable;
use clap::ValueEnum as _;
use serde::Serialize;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::policy::{Policy, Preset, ReplicaRule};
use sheaf_protocol::statement::Body;
use std::path::{Path, PathBuf};

/// What to do about a policy.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The policy in force, in plain words
    Show {
        /// Of which community [default: the one at home here, or the only one you are a member of]
        #[arg(long, value_name = "KEY")]
        community: Option<CommunityId>,
    },
    /// Put a new policy in force
    Publish {
        /// The policy as TOML; `sheaf policy template` writes one to begin with
        file: PathBuf,
        /// Agree beforehand
        #[arg(long)]
        yes: bool,
    },
    /// The policies that `sheaf init` offers
    Presets,
    /// Write a policy as TOML to standard output, to edit and publish
    Template {
        /// Which to begin with
        #[arg(long, value_enum, default_value = "open")]
        preset: PresetName,
    },
}

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Show { community } => show(community, cx).await,
        Command::Publish { file, yes } => publish(&file, yes, cx).await,
        Command::Presets => cx.out.report(&Presets::all()),
        Command::Template { preset } => template(preset, cx),
    }
}

async fn show(community: Option<CommunityId>, cx: &Context) -> Result<(), CliError> {
    let info = match OwnNode::of(cx).await {
        Ok(node) => {
            let info = node.community(community).await?;
            node.close().await;
            info
        }
        Err(error) if error.kind == Kind::NodeNotRunning => as_member(community, cx).await?,
        Err(error) => return Err(error),
    };
    cx.out.report(&InForce::new(&info))
}

async fn as_member(
    community: Option<CommunityId>,
    cx: &Context,
) -> Result<CommunityInfo, CliError> {
    let person = Person::of(cx)?;
    let book = person.community(community)?;
    let (client, info) = person.reach(&book).await?;
    client.close().await;
    Ok(info)
}

async fn publish(file: &Path, yes: bool, cx: &Context) -> Result<(), CliError> {
    let mut policy = read(file)?;
    let steward = Steward::of(cx).await?;
    keep_origin(&mut policy, &steward.client.node(), cx);
    let changes = steward.info.policy().diff(&policy);
    if changes.is_empty() {
        return Err(CliError::usage("this is the policy in force already: nothing to publish"));
    }
    if !yes {
        cx.out.show(|page| {
            page.heading("What changes");
            changes.iter().for_each(|line| page.line(format_args!("  {}", printable(line))));
            page.aside("  Chats given before keep the stricter of the terms then and now.");
        });
        confirm(&cx.out, "Sign this policy and put it in force?").await?;
    }
    let index = steward.log(Body::Policy(policy)).await?;
    let community = steward.info.id();
    steward.close().await;
    cx.out.report(&Published { community, index, changes })
}

/// The community's own node stays one of the listed ones: without it nobody would hold the chats
/// under this policy.
fn keep_origin(policy: &mut Policy, node: &PublicKey, cx: &Context) {
    if policy.replicas == ReplicaRule::Listed && !policy.replica_keys.contains(node) {
        cx.out.note(format_args!("The community's own node was not listed; added: {node}"));
        policy.replica_keys.push(*node);
        policy.replica_keys.sort();
    }
}

fn read(file: &Path) -> Result<Policy, CliError> {
    let text = std::fs::read_to_string(file).or_fail(file.display())?;
    let policy: Policy = toml::from_str(&text).map_err(|error| {
        CliError::usage(format!("{} is not a policy: {error}", file.display()))
            .hint("`sheaf policy template` writes one to begin with")
    })?;
    policy.validate().map_err(|error| CliError::usage(format!("{}: {error}", file.display())))?;
    match policy.unknown_licences().first() {
        Some(id) => {
            Err(CliError::usage(format!("{}: {id} is not an SPDX licence", file.display()))
                .hint("https://spdx.org/licenses lists them"))
        }
        None => Ok(policy),
    }
}

fn template(preset: PresetName, cx: &Context) -> Result<(), CliError> {
    let policy = Policy::preset(preset.into());
    let toml = toml::to_string(&policy).or_fail("writing the policy")?;
    cx.out.report(&Template { policy, toml })
}

#[derive(Debug, Serialize)]
struct InForce {
    community: CommunityId,
    name: String,
    /// Its log entry.
    index: u64,
    policy: Policy,
    sentences: Vec<String>,
}

impl InForce {
    fn new(info: &CommunityInfo) -> Self {
        let policy = info.policy().clone();
        Self {
            community: info.id(),
            name: info.name().to_owned(),
            index: info.policy_ref().index,
            sentences: policy.sentences(),
            policy,
        }
    }
}

impl Report for InForce {
    fn page(&self, page: &mut Page) {
        page.heading(format_args!("{}  {}", printable(&self.name), self.community));
        policy_words(page, &self.policy);
        page.aside(format_args!("  in force since log entry {}", self.index));
    }
}

#[derive(Debug, Serialize)]
struct Published {
    community: CommunityId,
    index: u64,
    changes: Vec<String>,
}

impl Report for Published {
    fn page(&self, page: &mut Page) {
        let done = format!("The new policy is in force: log entry {}.", self.index);
        page.line(page.style.green(&done));
    }
}

#[derive(Debug, Serialize)]
struct Presets {
    presets: Vec<Named>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: &'static str,
    policy: Policy,
    sentences: Vec<String>,
}

impl Presets {
    fn all() -> Self {
        let named = |name: &PresetName| {
            let policy = Policy::preset((*name).into());
            Named { name: name.word(), sentences: policy.sentences(), policy }
        };
        Self { presets: PresetName::value_variants().iter().map(named).collect() }
    }
}

impl Report for Presets {
    fn page(&self, page: &mut Page) {
        for preset in &self.presets {
            page.heading(preset.name);
            policy_words(page, &preset.policy);
            page.blank();
        }
        page.aside(
            "`sheaf init --preset NAME` begins with one; `sheaf policy template` writes it out.",
        );
    }
}

#[derive(Debug, Serialize)]
struct Template {
    policy: Policy,
    #[serde(skip)]
    toml: String,
}

impl Report for Template {
    fn page(&self, page: &mut Page) {
        self.toml.lines().for_each(|line| page.line(line));
    }
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Open => Self::Open,
            PresetName::Research => Self::Research,
            PresetName::Circle => Self::Circle,
        }
    }
}
