//! `sheaf key restore`: after a machine was lost.

use crate::context::{Context, now};
use crate::error::{CliError, OrFail as _};
use crate::output::{Page, Report};
use crate::person::book_of;
use crate::progress::Progress;
use crate::prompt::ask;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::book::Known;
use sheaf_node::client::Client;
use sheaf_node::flow::recover::recover;
use sheaf_node::home::Home;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::{SecretKey, Seed};
use std::io::{self, IsTerminal as _, Read as _};
use zeroize::Zeroizing;

/// More than 24 words of any length take.
const WORDS_BYTES_MAX: u64 = 4096;

/// Arguments of `sheaf key restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The node of a community that you are a member of; again for each community
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<String>,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let words = words(cx).await?;
    let seed = Seed::from_words(&words).map_err(|error| {
        CliError::usage(error).hint("type the 24 words in the order in which they were shown")
    })?;
    let home = Home::restore(&cx.home, &seed)?;
    let mut communities = Vec::new();
    for address in &args.addresses {
        communities.push(of_community(cx, &home, &seed, address).await?);
    }
    cx.out.report(&Restored { operator: seed.operator_key().public(), communities })
}

async fn words(cx: &Context) -> Result<Zeroizing<String>, CliError> {
    if io::stdin().is_terminal() {
        let instead = "give the words on standard input";
        return ask(&cx.out, "The 24 words:", instead).await.map(Zeroizing::new);
    }
    let read = || {
        let mut words = Zeroizing::new(String::new());
        io::stdin().lock().take(WORDS_BYTES_MAX).read_to_string(&mut words).map(|_| words)
    };
    tokio::task::spawn_blocking(read).await.or_fail("reading the words")?.or_fail("the words")
}

/// Joins nothing: the membership is in the log, and is only looked up.
async fn of_community(
    cx: &Context,
    home: &Home,
    seed: &Seed,
    address: &str,
) -> Result<Found, CliError> {
    let _waiting = Progress::spinner(&cx.out, "asking the community's node");
    let addresses = [address.to_owned()];
    // Which community it is, and with it which key is ours, is not known before asking: under a key
    // that is forgotten, for no other key of ours is that node's business.
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).or_fail("the system gives no random bytes")?;
    let stranger = Client::connect(SecretKey::from_bytes(secret), &addresses).await?;
    let id = stranger.community(None).await?.id();
    stranger.close().await;
    let client = Client::connect(seed.member_key(&id), &addresses).await?;
    let info = client.community(Some(id)).await?;
    let book = book_of(home).of(&id);
    let choices = book.known()?.and_then(|known| known.choices);
    let (name, member) = (info.name().to_owned(), info.is_member());
    book.remember(&Known { name: name.clone(), addresses: addresses.into(), member, choices })?;
    let found = recover(&client, &info, &book, seed, now()?).await?;
    client.close().await;
    Ok(Found { community: id, name, member, chats: found.new })
}

/// Never the words.
#[derive(Debug, Serialize)]
struct Restored {
    operator: PublicKey,
    communities: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    community: CommunityId,
    name: String,
    member: bool,
    /// How many chats were found that this home did not know.
    chats: u64,
}

impl Report for Restored {
    fn page(&self, page: &mut Page) {
        page.line(page.style.green("Your keys are back."));
        for found in &self.communities {
            let member = if found.member { "a member" } else { "not a member" };
            let (name, chats) = (printable(&found.name), count(found.chats, "chat"));
            page.line(format_args!("  \"{name}\": {member}; {chats} found again"));
        }
        match self.communities.is_empty() {
            true => {
                page.aside("Find what you gave: sheaf key restore ADDRESS, with the words again")
            }
            false => {
                page.aside("`sheaf chats` shows them. Their titles were only on the old machine.")
            }
        }
    }
}
