//! `sheaf contribute`: read, show, ask, sign, send.

mod args;
mod asking;
mod change;
mod choosing;
mod deliver;
mod drafting;
mod given;
mod giving;
mod result;
mod scrubbing;
mod settings;

pub(crate) use args::Args;

use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::exports::read_files;
use crate::person::Person;
use crate::progress::Progress;
use crate::prompt;
use deliver::Delivery;
use giving::{Ended, Giving};
use result::Outcome;
use scrubbing::Wants;
use settings::Wishes;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::time::Time;

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    if args.asks() {
        prompt::somebody_is_there(&cx.out, prompt::AGREE_BEFOREHAND)?;
    }
    let edits = args.private.edits()?;
    args.private.check(args.scrubber.settings().is_some())?;
    let scrubber = args.scrubber.open(&cx.out).await?;
    let person = Person::of(cx)?;
    let book = person.community(args.community)?;
    let (chats, files) = read_files(args.files.clone(), cx.out).await?;
    let (client, info) = {
        let _waiting = Progress::spinner(&cx.out, "reaching the community's node");
        person.reach(&book).await?
    };
    check_clock(&info, now()?)?;
    let mut outcome = Outcome::new(&info, files, args.dry_run);
    let delivery = Delivery { cx, person: &person, book: &book, client: &client };
    if !args.dry_run {
        delivery.resume(&info, &mut outcome).await?;
    }
    let last = book.known()?.and_then(|known| known.choices);
    let (wishes, wants) = (Wishes::from(&args), Wants::from(&args.private));
    let mut giving = Giving {
        args: &args,
        delivery: &delivery,
        wishes,
        wants,
        edits,
        scrubber,
        last,
        outcome,
        has_list: false,
    };
    let ended = giving.run(info, chats).await?;
    let outcome = giving.outcome;
    client.close().await;
    if ended == Ended::Done || outcome.has_news() {
        cx.out.report(&outcome)?;
    }
    match ended {
        Ended::Done => outcome.verdict(),
        refused => Err(refused.error(&outcome)),
    }
}

/// Said before anything is signed: the node would refuse each chat for it.
fn check_clock(info: &CommunityInfo, now: Time) -> Result<(), CliError> {
    if info.clock_off(now).is_none() {
        return Ok(());
    }
    let node = info.node_clock();
    let message = format!("the clock of this machine says {now}, the node's says {node}");
    Err(CliError::new(Kind::Clock, message).hint("the wrong one must be set; then run it again"))
}
