//! `sheaf contribute`: read, show, ask, sign, send.

mod args;
mod asking;
mod change;
mod choosing;
mod deliver;
mod drafting;
mod result;
mod settings;

pub(crate) use args::Args;

use crate::chosen::Chosen;
use crate::context::{Context, now};
use crate::error::{CliError, Kind, OrFail as _};
use crate::exports::read_files;
use crate::person::Person;
use crate::preview::Detail;
use crate::progress::Progress;
use crate::prompt;
use crate::text::printable;
use asking::{Answer, Screen};
use choosing::Judge;
use deliver::Delivery;
use drafting::{Drafting, Offer, Round};
use result::Outcome;
use settings::{Decided, Wishes};
use sheaf_node::book::Choices;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::statement::Attribution;
use sheaf_protocol::time::Time;

pub(super) async fn run(args: Args, cx: &Context) -> Result<(), CliError> {
    if args.asks() {
        prompt::somebody_is_there(&cx.out, prompt::AGREE_BEFOREHAND)?;
    }
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
    let wishes = Wishes::from(&args);
    let settings = Decided::by(&wishes, last.as_ref(), info.policy(), now()?.day())?.settings;
    let judge = Judge { delivery: &delivery, info: &info, wishes: &wishes, settings: &settings };
    let offers = tell_languages(cx, judge.chosen(&args, chats).await?).await?;
    let mut giving = Giving { args: &args, delivery: &delivery, wishes, last };
    let mut round = Round { info, offers };
    while let Some(drafting) = giving.agree(&round, &mut outcome).await? {
        let choices = drafting.decided.settings.choices.clone();
        let agreed = drafting.drafted.into_iter().map(|d| (d.draft, d.offer)).collect();
        let changed = delivery.deliver(&round.info, agreed, &mut outcome).await?;
        if outcome.gave_something() {
            settings::remember(&book, &choices)?;
        }
        match changed {
            None => break,
            Some(_) if args.yes => return Err(policy_changed(&round.info)),
            Some(changed) => {
                show_change(cx, &round.info, &changed.info);
                round = Round { info: *changed.info, offers: changed.offers };
            }
        }
    }
    client.close().await;
    cx.out.report(&outcome)?;
    outcome.verdict()
}

async fn tell_languages(cx: &Context, chosen: Vec<Chosen>) -> Result<Vec<Offer>, CliError> {
    let _waiting = Progress::spinner(&cx.out, "telling the languages");
    tokio::task::spawn_blocking(|| Offer::all(chosen)).await.or_fail("telling the languages")
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

/// What a member asks for, which they may change on the way.
struct Giving<'a> {
    args: &'a Args,
    delivery: &'a Delivery<'a>,
    wishes: Wishes,
    last: Option<Choices>,
}

impl Giving<'_> {
    /// Shows what would be given until the member agrees. `None`: there is nothing to sign.
    async fn agree(
        &mut self,
        round: &Round,
        outcome: &mut Outcome,
    ) -> Result<Option<Drafting>, CliError> {
        let cx = self.delivery.cx;
        let under_key = self.under_key()?;
        let mut drafting = self.draft(round, &self.wishes, outcome)?;
        loop {
            if drafting.drafted.is_empty() {
                outcome.left_out(&mut drafting);
                return Ok(None);
            }
            let screen = Screen { round, drafting: &drafting, under_key };
            if self.args.asks() || !cx.out.quiet {
                let detail = if self.args.full { Detail::Full } else { Detail::Short };
                cx.out.show(|page| screen.page(page, detail));
            }
            if self.args.dry_run {
                outcome.left_out(&mut drafting);
                outcome.would_give(&round.info, &drafting);
                return Ok(None);
            }
            let answer =
                if self.args.yes { Answer::Agreed } else { screen.ask(cx, &self.wishes).await? };
            match answer {
                Answer::Agreed => {
                    outcome.left_out(&mut drafting);
                    return Ok(Some(drafting));
                }
                Answer::Change(wishes) => self.change(*wishes, round, outcome, &mut drafting)?,
            }
        }
    }

    /// Takes other settings, unless the policy takes fewer chats under them.
    fn change(
        &mut self,
        wishes: Wishes,
        round: &Round,
        outcome: &Outcome,
        drafting: &mut Drafting,
    ) -> Result<(), CliError> {
        let changed = self.draft(round, &wishes, outcome)?;
        if changed.drafted.len() < drafting.drafted.len() {
            let reason = changed.refused.first().map(|refused| printable(refused.reason()));
            let reason = reason.unwrap_or_default();
            self.delivery.cx.out.show(|page| {
                page.line(page.style.yellow(&format!("Not possible so: {reason}")));
                page.line("The settings stay as they were.");
            });
            return Ok(());
        }
        (self.wishes, *drafting) = (wishes, changed);
        Ok(())
    }

    fn draft(
        &self,
        round: &Round,
        wishes: &Wishes,
        outcome: &Outcome,
    ) -> Result<Drafting, CliError> {
        let Delivery { person, book, .. } = self.delivery;
        Drafting::of(round, (person, book), (wishes, self.last.as_ref()), outcome, now()?)
    }

    /// Chats that anyone can see were given under the member's key.
    fn under_key(&self) -> Result<u64, CliError> {
        let records = self.delivery.book.records()?.into_iter();
        let named = records.filter(|record| record.attribution != Attribution::None);
        Ok(named.filter(|record| record.state.is_given()).count() as u64)
    }
}

fn show_change(cx: &Context, before: &CommunityInfo, after: &CommunityInfo) {
    cx.out.show(|page| {
        page.blank();
        page.heading(
            "The community changed its policy meanwhile. Nothing was given under the old one.",
        );
        for line in before.policy().diff(after.policy()) {
            page.line(format_args!("  {}", printable(&line)));
        }
        page.blank();
    });
}

fn policy_changed(info: &CommunityInfo) -> CliError {
    let message = format!(
        "the policy of \"{}\" changed while this ran; what was agreed to beforehand was the old one",
        printable(info.name())
    );
    CliError::new(Kind::Refused, message).hint("run it again: the new policy will be shown")
}
