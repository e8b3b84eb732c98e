//! `sheaf serve`.

use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::output::{Output, Page, Report};
use crate::person::book_of;
use crate::scrubber::ScrubberArgs;
use crate::signals::stop_wanted;
use crate::text::printable;
use serde::Serialize;
use sheaf_node::book::Known;
use sheaf_node::home::Home;
use sheaf_node::net::NetError;
use sheaf_node::plugin::Plugin;
use sheaf_node::runtime::{Running, ServeError, ServeOptions, serve};
use sheaf_protocol::id::{CommunityId, PublicKey};
use std::io;

/// Arguments of `sheaf serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen (multiaddress; may be given several times) [default: as `sheaf init` was
    /// told; port 4101 of every interface for a node without a community]
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Sign although no partner node has confirmed the newest head: only if this is surely the
    /// one and newest copy of this home
    #[arg(long)]
    sign_unconfirmed: bool,
    #[command(flatten)]
    scrubber: ScrubberArgs,
    /// From now on without one: what is named with --scrubber is kept for every start
    #[arg(long, conflicts_with = "scrubber", help_heading = "A scrubber of your own")]
    no_scrubber: bool,
    /// End when standard input ends: for programs that start a node
    #[arg(long, hide = true)]
    until_stdin_ends: bool,
}

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    let stop = stop_wanted();
    let home = cx.home()?;
    let listen = match args.listen.is_empty() && home.settings()?.listen.is_empty() {
        true => super::init::LISTEN.map(str::to_owned).to_vec(),
        false => args.listen,
    };
    keep_scrubber(&home, &args.scrubber, args.no_scrubber).await?;
    let scrubber = home.settings()?.scrubber.map(|scrubber| scrubber.program);
    let options = ServeOptions { listen, sign_unconfirmed: args.sign_unconfirmed };
    let shutdown = async {
        tokio::select! {
            () = stop => {}
            () = stdin_ended(args.until_stdin_ends) => {}
        }
    };
    let out = cx.out;
    let book_home = home.clone();
    let ready = move |running: &Running| {
        for outcome in [remember(&book_home, running), say(&out, running, scrubber)] {
            if let Err(error) = outcome {
                error.print(out.json);
            }
        }
    };
    serve(home, options, ready, shutdown).await?;
    cx.out.note("The node has stopped.");
    Ok(())
}

/// Keeps the scrubber that was named for this start and those to come.
async fn keep_scrubber(home: &Home, named: &ScrubberArgs, none: bool) -> Result<(), CliError> {
    let named = named.settings();
    if named.is_none() && !none {
        return Ok(());
    }
    // Not under a node that runs with another.
    let _lock = home.lock()?;
    if let Some(scrubber) = &named {
        Plugin::open(scrubber).await?;
    }
    let mut settings = home.settings()?;
    if settings.scrubber != named {
        settings.scrubber = named;
        home.write_settings(&settings)?;
    }
    Ok(())
}

/// The steward who works in this home folder finds the node by their book.
fn remember(home: &Home, running: &Running) -> Result<(), CliError> {
    let Some((community, name)) = &running.home else { return Ok(()) };
    let book = book_of(home).of(community);
    let known = book.known()?;
    let choices = known.as_ref().and_then(|known| known.choices.clone());
    let addresses = running.addresses.clone();
    let now = Known { name: name.clone(), addresses, member: true, choices };
    // On a full disk a node starts as it did before.
    if known.as_ref() != Some(&now) {
        book.remember(&now)?;
    }
    Ok(())
}

fn say(out: &Output, running: &Running, scrubber: Option<String>) -> Result<(), CliError> {
    out.report(&Up {
        node: running.node,
        addresses: running.addresses.clone(),
        community: running.home.as_ref().map(|(id, _)| *id),
        name: running.home.as_ref().map(|(_, name)| name.clone()),
        followed: running.followed as u64,
        scrubber,
    })
}

/// Reads in a thread that the system ends with the process: tokio's own would hold up the end.
async fn stdin_ended(wanted: bool) {
    if !wanted {
        return std::future::pending().await;
    }
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Whatever is read is of no interest; an error ends it, too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = ended.send(());
    });
    // The sender is dropped only after it has sent.
    let _ = end.await;
}

#[derive(Debug, Serialize)]
struct Up {
    node: PublicKey,
    addresses: Vec<String>,
    community: Option<CommunityId>,
    name: Option<String>,
    followed: u64,
    /// A program that looks for what is private beside Sheaf.
    scrubber: Option<String>,
}

impl Report for Up {
    fn page(&self, page: &mut Page) {
        match &self.name {
            Some(name) => page.heading(format_args!("The node of \"{}\" is up.", printable(name))),
            None => page.heading("The node is up; it is home of no community."),
        }
        if let Some(community) = self.community {
            page.field("community", community);
        }
        self.addresses.iter().for_each(|address| page.field("listens at", address));
        match self.followed {
            0 => page.field("follows", "no other community yet: sheaf follow ADDRESS"),
            followed => page.field("follows", count_communities(followed)),
        }
        if let Some(scrubber) = &self.scrubber {
            page.field("scrubber", format_args!("{}, beside Sheaf's", printable(scrubber)));
        }
        page.aside("Ctrl-C stops it.");
    }
}

fn count_communities(number: u64) -> String {
    if number == 1 { "1 community".into() } else { format!("{number} communities") }
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Home(error) => error.into(),
            ServeError::Net(NetError::Listen { addr, source })
                if source.kind() == io::ErrorKind::AddrInUse =>
            {
                Self::new(Kind::PortTaken, format!("cannot listen on {addr}: the port is taken"))
                    .hint(
                        "is the node running already (`sheaf status`)? Else name another port: \
                         --listen /ip4/0.0.0.0/udp/4102/quic-v1",
                    )
            }
            ServeError::Net(error) => Self::failed(error)
                .hint("an address to listen on looks like /ip4/0.0.0.0/udp/4101/quic-v1"),
            error @ (ServeError::Open(_) | ServeError::Store(_) | ServeError::Large(_)) => {
                Self::failed(error).hint(
                    "`sheaf doctor` reads every file of this home folder, and says what to do",
                )
            }
        }
    }
}
