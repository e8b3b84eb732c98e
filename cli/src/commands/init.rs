//! `sheaf init`.

use crate::context::{Context, now};
use crate::error::{CliError, OrFail as _};
use crate::output::{Page, Report};
use crate::person::book_of;
use crate::preview::policy_words;
use crate::prompt::{ask, confirm};
use crate::text::printable;
use clap::ValueEnum;
use serde::Serialize;
use sheaf_node::book::Known;
use sheaf_node::flow::found::{Founded, Founding, found};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::policy::Policy;
use std::path::PathBuf;

/// Where a node listens if nothing else is said: every interface, QUIC and TCP.
pub(super) const LISTEN: [&str; 2] = ["/ip4/0.0.0.0/udp/4101/quic-v1", "/ip4/0.0.0.0/tcp/4101"];

/// Arguments of `sheaf init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The community's name
    #[arg(long)]
    name: Option<String>,
    /// The policy to begin with [default: open; `sheaf policy presets` shows them]
    #[arg(long, value_enum)]
    preset: Option<PresetName>,
    /// Where the node will listen (multiaddress; may be given several times) [default: port 4101
    /// of every interface, QUIC and TCP]
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

/// A preset's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Open licences; anyone may read and replicate
    Open,
    /// Open, and every chat may be used to train models
    Research,
    /// Only members and listed partner nodes read; chats go after a year
    Circle,
}

impl PresetName {
    /// Its word on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Research => "research",
            Self::Circle => "circle",
        }
    }
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => ask(&cx.out, "What is the community called?", "give it with --name NAME").await?,
    };
    let preset = preset(&args, cx).await?;
    let policy = Policy::preset(preset.into());
    if !args.yes {
        cx.out.show(|page| policy_words(page, &policy));
        let question =
            format!("Found \"{}\" in {} under this policy?", printable(&name), cx.home.display());
        confirm(&cx.out, &question).await?;
    }
    let listen = match args.listen.is_empty() {
        true => LISTEN.map(str::to_owned).to_vec(),
        false => args.listen,
    };
    let home = cx.home()?;
    let founding = Founding { name: name.clone(), policy, listen: listen.clone(), now: now()? };
    let founding_home = home.clone();
    let work = move || found(&founding_home, founding);
    let founded = tokio::task::spawn_blocking(work).await.or_fail("founding")??;
    let known = Known { name: name.clone(), addresses: Vec::new(), member: true, choices: None };
    book_of(&home).of(&founded.community).remember(&known)?;
    cx.out.report(&Init::new(cx, name, preset, listen, &founded))
}

async fn preset(args: &Args, cx: &Context) -> Result<PresetName, CliError> {
    match args.preset {
        Some(preset) => Ok(preset),
        None if args.yes || args.name.is_some() => Ok(PresetName::Open),
        None => {
            let question = "Which policy to begin with: open, research or circle? [open]";
            let word = ask(&cx.out, question, "give it with --preset NAME").await?;
            match word.as_str() {
                "" => Ok(PresetName::Open),
                word => PresetName::from_str(word, true).map_err(|_| {
                    CliError::usage(format!("there is no preset {word:?}"))
                        .hint("`sheaf policy presets` shows them")
                }),
            }
        }
    }
}

#[derive(Serialize)]
struct Init<'a> {
    community: CommunityId,
    name: String,
    preset: &'static str,
    home: PathBuf,
    listen: Vec<String>,
    /// Shown once; kept nowhere but in the key files.
    root_words: &'a str,
    seed_words: &'a str,
}

impl<'a> Init<'a> {
    fn new(
        cx: &Context,
        name: String,
        preset: PresetName,
        listen: Vec<String>,
        founded: &'a Founded,
    ) -> Self {
        Self {
            community: founded.community,
            name,
            preset: preset.word(),
            home: cx.home.clone(),
            listen,
            root_words: &founded.root_words,
            seed_words: &founded.seed_words,
        }
    }
}

impl Report for Init<'_> {
    fn page(&self, page: &mut Page) {
        let done = format!("\"{}\" is founded.", printable(&self.name));
        page.line(page.style.green(&done));
        page.field("community", self.community);
        page.field("home", self.home.display());
        page.blank();
        page.heading("Write these words down now, on paper. They are not shown again.");
        page.blank();
        page.line("  The community itself (root key): whoever has these words can take it over.");
        words(page, self.root_words);
        page.line("  You, its steward (seed): these words bring your keys back on a new machine.");
        words(page, self.seed_words);
        let root = self.home.join("keys").join("root");
        page.aside(format_args!(
            "The root key also lies in {}; with the words on paper you may\nmove that file offline.",
            root.display()
        ));
        page.blank();
        page.line("Next:  sheaf serve            run the node");
        page.line("       sheaf member invite    bring somebody in");
    }
}

fn words(page: &mut Page, words: &str) {
    let words: Vec<_> = words.split(' ').collect();
    for (row, six) in words.chunks(6).enumerate() {
        let numbered = six.iter().enumerate();
        let cells: Vec<_> =
            numbered.map(|(at, word)| format!("{:>2} {word:<8}", row * 6 + at + 1)).collect();
        let line = format!("      {}", cells.join(" "));
        page.line(page.style.bold(line.trim_end()));
    }
    page.blank();
}
